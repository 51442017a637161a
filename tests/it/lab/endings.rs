//! Every way out restores the terminal and leaves no process.

use rustix::process::Signal;

use super::{endless_cargo, lab_at};
use testkit::Lab;
use testkit::processes::{assert_gone, wait_until};
use testkit::terminal::Terminal;

const CTRL_C: &str = "\u{3}";

/// A lab during a build that never ends, and the process id of the build.
fn while_building(name: &str) -> (Lab, Terminal, i32) {
    let lab = lab_at(name, "list-features");
    let cargo = endless_cargo(&lab);
    let mut terminal = Terminal::open_with(&lab, &[], &[("CARGO", &cargo)]);
    terminal.press_and_see("r", "1 of 9 crates");
    wait_until("it is built", || lab.path("ids").exists());
    wait_until("its id is written", || lab.read("ids").ends_with('\n'));
    let id = lab.read("ids").trim().parse().unwrap();
    (lab, terminal, id)
}

#[test]
fn ctrl_c_on_every_page() {
    let lab = Lab::new("lab-ctrl-c");
    for (keys, text) in [
        ("", "─ the lesson ─"),
        ("h", "─ hints ─"),
        ("sy", "─ the solution ─"),
        ("l", "─ all lessons ─"),
        ("?", "─ keys ─"),
        ("x", "Reset lesson 1?"),
        ("r", "Nothing is written yet"),
    ] {
        let mut terminal = Terminal::open(&lab);
        terminal.sees("Lesson 1");
        assert!(terminal.is_raw());
        terminal.press_and_see(keys, text);
        terminal.press(CTRL_C);
        assert_eq!(terminal.ends().0, Some(130), "{text}");
    }
}

#[test]
fn ctrl_c_during_a_build_that_does_not_end() {
    let (_lab, mut terminal, id) = while_building("lab-ctrl-c-build");
    terminal.press(CTRL_C);
    assert_eq!(terminal.ends().0, Some(130));
    assert_gone(&[id]);
}

#[test]
fn ctrl_c_while_a_program_that_does_not_answer_is_called() {
    let lab = lab_at("lab-ctrl-c-call", "list-features");
    let hang = "        std::fs::write(\"ids\", format!(\"{}\\n\", std::process::id()))?;\n        \
                std::future::pending().await\n";
    lab.write_place(super::SERVER, "list-features", hang);
    let mut terminal = Terminal::open(&lab);
    terminal.sees("running the cases");
    wait_until("the method is called", || lab.path("ids").exists());
    wait_until("its id is written", || lab.read("ids").ends_with('\n'));
    terminal.press(CTRL_C);
    assert_eq!(terminal.ends().0, Some(130));
    assert_gone(&[lab.read("ids").trim().parse().unwrap()]);
}

#[test]
fn signals() {
    let codes = [
        (Signal::INT, 130),
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::QUIT, 131),
    ];
    for (signal, code) in codes {
        let (_lab, terminal, id) = while_building("lab-signals");
        terminal.signal(signal);
        assert_eq!(terminal.ends().0, Some(code), "{signal:?}");
        assert_gone(&[id]);
    }
}

#[test]
fn the_terminal_is_closed() {
    // At rest, and while something runs. The lab gets the signal that the system sends, or, without it, notices that
    // the terminal has nothing more to read and takes nothing more.
    for ignored in [false, true] {
        let lab = Lab::new("lab-closed");
        let terminal = match ignored {
            true => Terminal::open_without_hangup(&lab, &[]),
            false => Terminal::open(&lab),
        };
        terminal.sees("Lesson 1");
        assert_eq!(terminal.closes(), Some(129), "{ignored}");
    }
    let (_lab, terminal, id) = while_building("lab-closed-building");
    assert_eq!(terminal.closes(), Some(129));
    assert_gone(&[id]);
}

#[test]
fn a_terminal_that_takes_no_more_text_keeps_no_lab_from_ending() {
    let (_lab, terminal, id) = while_building("lab-stuck");
    assert_eq!(terminal.ends_unread(Signal::TERM), Some(143));
    assert_gone(&[id]);
}

#[test]
fn a_killed_lab_leaves_no_build() {
    let (_lab, terminal, id) = while_building("lab-killed");
    terminal.signal(Signal::KILL);
    assert_gone(&[id]);
}
