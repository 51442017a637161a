//! Opening the place to write in an editor.

use std::fs;

use super::{PROTO, program};
use testkit::Lab;
use testkit::processes::wait_until;
use testkit::terminal::Terminal;

/// An editor that writes its arguments to a file and then does `rest`.
fn editor(lab: &Lab, name: &str, rest: &str) -> String {
    let script = format!("printf '%s\\n' \"$@\" > args.part\nmv args.part args\n{rest}");
    program(lab, name, &script)
}

fn arguments(lab: &Lab) -> Vec<String> {
    wait_until("the editor was called", || lab.path("args").exists());
    lab.read("args").lines().map(str::to_string).collect()
}

#[test]
fn an_editor_in_the_terminal_gets_it_and_gives_it_back() {
    let lab = Lab::new("lab-editor");
    let solved = {
        let handed_out = lab.read(PROTO);
        lab.solve("define-messages");
        let solved = lab.read(PROTO);
        lab.write(PROTO, &handed_out);
        solved
    };
    lab.write("solved", &solved);
    // The editor reads a line, and then saves. The save is checked while the editor still runs.
    let rest = "echo editing; read answer; cp solved \"$2\"
until grep -q '\"passed\": true' .routeguide-lab/progress.json; do sleep 0.02; done
[ \"$answer\" = done ]";
    let editor = editor(&lab, "edit", rest);
    let visual = format!("'{editor}' ");
    let mut terminal = Terminal::open_with(&lab, &[], &[("VISUAL", &visual), ("EDITOR", "false")]);
    terminal.sees("Write at");
    terminal.press("o");
    terminal.sees("editing");
    assert!(!terminal.is_raw());
    let place = lab.path(PROTO).to_string_lossy().into_owned();
    assert_eq!(arguments(&lab), ["+12".to_string(), place]);
    // The editor gets the keys now.
    terminal.press("done\n");
    terminal.sees("✓ Passed.");
    assert!(terminal.is_raw());
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn ctrl_c_is_the_editors_while_it_has_the_terminal() {
    let lab = Lab::new("lab-editor-interrupted");
    // The editor handles Ctrl-C itself, as many editors do.
    let rest = "trap 'echo interrupted' INT; echo editing
until [ \"$answer\" = done ]; do read answer; done";
    let editor = editor(&lab, "edit", rest);
    let mut terminal = Terminal::open_with(&lab, &[], &[("EDITOR", &editor)]);
    terminal.sees("Write at");
    terminal.press_and_see("o", "editing");
    for times in 1..=2 {
        terminal.press("\u{3}");
        terminal.wait("the editor gets it", |screen| {
            screen.matches("interrupted").count() == times
        });
        assert!(!terminal.is_raw());
    }
    terminal.press("done\n");
    terminal.sees("Write at");
    assert!(terminal.is_raw());
    terminal.press_and_see("h", "hint 1 of 3");
    // Now the lab gets it again.
    terminal.press("\u{3}");
    assert_eq!(terminal.ends().0, Some(130));
}

#[test]
fn an_editor_that_ctrl_c_ends_does_not_end_the_lab() {
    let lab = Lab::new("lab-editor-ended");
    let rest = "echo >> calls; echo call $(wc -l < calls), editing; exec sleep 1000";
    let editor = editor(&lab, "edit", rest);
    let mut terminal = Terminal::open_with(&lab, &[], &[("EDITOR", &editor)]);
    terminal.sees("Write at");
    // More than once: the signal and the end of the editor come together, in either order.
    for call in 1..=20 {
        terminal.press_and_see("o", &format!("call {call}, editing"));
        terminal.press_and_see("\u{3}", "did not open the file");
        assert!(terminal.is_raw());
    }
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn an_editor_with_a_window_runs_beside_the_lab() {
    let lab = Lab::new("lab-editor-window");
    fs::create_dir(lab.path("bin")).unwrap();
    editor(&lab, "bin/code", "exit 0");
    let path = format!(
        "{}:{}",
        lab.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let mut terminal = Terminal::open_with(&lab, &[], &[("PATH", &path), ("EDITOR", "")]);
    terminal.sees("Write at");
    terminal.press_and_see("o", "Opened start_here/proto/route_guide.proto:12");
    let place = format!("{}:12", lab.path(PROTO).display());
    assert_eq!(arguments(&lab), ["--goto".to_string(), place]);
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn an_editor_that_fails_is_reported() {
    let lab = Lab::new("lab-editor-fails");
    let mut terminal = Terminal::open_with(&lab, &[], &[("EDITOR", "no-such-editor")]);
    terminal.sees("Write at");
    terminal.press_and_see("o", "did not open the file");
    terminal.press_and_see("h", "hint 1 of 3");
}
