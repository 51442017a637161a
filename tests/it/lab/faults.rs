//! Faults of other labs that this one must not have.

use std::process::Stdio;

use super::{PROTO, SERVER, lab_at};
use testkit::processes::wait_until;
use testkit::terminal::Terminal;
use testkit::{Lab, course};

/// A save during a check was dropped, so that broken code was recorded as done.
#[test]
fn a_save_during_a_check_is_not_dropped() {
    let lab = lab_at("lab-fault-dropped", "list-features");
    lab.solve("list-features");
    let right = lab.read(SERVER);
    // Slow enough to be overtaken: the check waits until the test lets it go on.
    let held = right.replace(
        "let rectangle = ",
        "while !std::path::Path::new(\"go\").exists() {\n            \
             std::fs::write(\"asked\", \"\")?;\n            \
             tokio::time::sleep(std::time::Duration::from_millis(1)).await;\n        }\n        \
         let rectangle = ",
    );
    lab.write(SERVER, &held);
    let terminal = Terminal::open(&lab);
    wait_until("the server is called", || lab.path("asked").exists());
    let broken = right.replace("let rectangle = ", "let rectangle: u8 = ");
    lab.write(SERVER, &broken);
    lab.write("go", "");
    terminal.sees("It does not compile yet");
    assert_ne!(lab.record("list-features")["passed"], true);
}

/// An endless program made the screen hang, and `q` did nothing.
#[test]
fn an_endless_program_hangs_nothing() {
    let lab = lab_at("lab-fault-endless", "list-features");
    let endless = "        println!(\"{}\", request.into_inner().lo.is_some());\n        \
                   std::fs::write(\"asked\", \"\")?;\n        \
                   loop {\n            std::thread::park();\n        }\n";
    lab.write_place(SERVER, "list-features", endless);
    let mut terminal = Terminal::open(&lab);
    wait_until("the server is called", || lab.path("asked").exists());
    terminal.press_and_see("?", "go to the next lesson");
    terminal.press_and_see("h", "hint 1 of 3");
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

/// A second lab in another window overwrote the progress of the first.
#[test]
fn two_labs_on_one_folder_share_what_is_recorded() {
    let lab = Lab::new("lab-fault-two");
    let mut first = Terminal::open(&lab);
    let mut second = Terminal::open(&lab);
    first.sees("Lesson 1");
    second.press_and_see("h", "hint 1 of 3");
    lab.solve("define-messages");
    first.sees(&format!("{} passed", course::of_all(1)));
    second.sees(&format!("{} passed", course::of_all(1)));
    second.press("h");
    second.sees("hint 2 of 3");
    first.press_and_see("n", "Lesson 2");
    lab.solve("define-service");
    first.sees(&format!("{} passed", course::of_all(2)));
    second.sees(&format!("{} passed", course::of_all(2)));
    assert_eq!(lab.record("define-messages")["hints"], 2);
    assert_eq!(lab.record("define-service")["passed"], true);
    for mut terminal in [first, second] {
        terminal.press("q");
        assert_eq!(terminal.ends().0, Some(0));
    }
}

/// An unreadable file of progress was erased silently.
#[test]
fn an_unreadable_progress_is_kept_and_reported() {
    let lab = Lab::new("lab-fault-unreadable");
    lab.run(["hint"]).exits(0);
    lab.write(".routeguide-lab/progress.json", "{ half of it");
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Your progress could not be read and starts again. The file is kept as");
    terminal.press_and_see("h", "hint 1 of 3");
    assert_eq!(
        lab.read(".routeguide-lab/progress.unreadable.json"),
        "{ half of it"
    );
}

/// Reset destroyed work without asking.
#[test]
fn reset_asks_and_keeps() {
    let lab = Lab::new("lab-fault-reset");
    lab.solve("define-messages");
    let own = lab.read(PROTO);
    let mut terminal = Terminal::open(&lab);
    terminal.sees("✓ Passed.");
    terminal.press_and_see("x", "y/n");
    terminal.press_and_see("\r", "Nothing has been changed");
    assert_eq!(lab.read(PROTO), own);
    terminal.press_and_see("xy", "u restores your code");
    assert_ne!(lab.read(PROTO), own);
    terminal.press_and_see("u", "Undone");
    assert_eq!(lab.read(PROTO), own);
}

/// `NO_COLOR` and pipes got escape codes nevertheless.
#[test]
fn no_colour_where_none_is_wanted_and_no_codes_in_pipes() {
    let lab = Lab::new("lab-fault-colour");
    let colours = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        // A code that sets colours or weight ends with `m`.
        text.split("\u{1b}[").skip(1).any(|code| {
            let end = code.find(|c: char| c.is_ascii_alphabetic());
            end.is_some_and(|end| code[end..].starts_with('m'))
        })
    };
    for (value, coloured) in [("", true), ("1", false)] {
        let mut terminal = Terminal::open_with(&lab, &[], &[("NO_COLOR", value)]);
        terminal.sees("Lesson 1");
        for keys in ["h", "l", "?", "x", "r", "c"] {
            terminal.press(keys);
        }
        terminal.sees("try-it-out");
        assert_eq!(colours(&terminal.bytes()), coloured, "NO_COLOR={value}");
        // The selected lesson has a sign.
        terminal.press_and_see("l", "❯");
    }
    let mut piped = lab.command::<&str>([]);
    let output = piped.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("define-messages")
    );
}

/// A lab that was suspended while it held the lock blocked the keys of another one.
#[test]
fn a_lock_that_is_not_let_go_of_keeps_no_key_waiting() {
    let lab = Lab::new("lab-fault-lock");
    lab.run(["hint"]).exits(0);
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Lesson 1");
    let lock = std::fs::File::open(lab.path(".routeguide-lab/lock")).unwrap();
    lock.lock().unwrap();
    terminal.press_and_see("h", "hint 2 of 3");
    terminal.press_and_see("?", "go to the next lesson");
    terminal.sees("Another lab is using .routeguide-lab");
    assert_eq!(lab.record("define-messages")["hints"], 1);
    lock.unlock().unwrap();
    let recorded = || lab.record("define-messages")["hints"] == 2;
    wait_until("the second hint is recorded", recorded);
    lock.lock().unwrap();
    terminal.press("h");
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

/// A file of progress that becomes unreadable while the lab is open is kept and reported, too.
#[test]
fn progress_that_becomes_unreadable_is_kept_and_reported() {
    let lab = Lab::new("lab-fault-breaks");
    let terminal = Terminal::open(&lab);
    terminal.sees("Lesson 1");
    lab.run(["hint"]).exits(0);
    lab.write(".routeguide-lab/progress.json", "{ half");
    terminal.sees("Your progress could not be read and starts again. The file is kept as");
    assert_eq!(
        lab.read(".routeguide-lab/progress.unreadable.json"),
        "{ half"
    );
}

/// Pasted text was taken for keys: it may contain an `x` and a `y`.
#[test]
fn a_text_that_is_pasted_does_nothing() {
    let lab = Lab::new("lab-fault-paste");
    lab.solve("define-messages");
    let own = lab.read(PROTO);
    let mut terminal = Terminal::open(&lab);
    terminal.sees("✓ Passed.");
    terminal.press_and_see(
        "\u{1b}[200~lxy\rsyw y q\u{1b}[201~",
        "Paste into your editor",
    );
    assert_eq!(lab.read(PROTO), own);
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}
