//! Every key, with and without a run in progress.

use super::{PROTO, endless_cargo, lab_at};
use testkit::processes::wait_until;
use testkit::terminal::Terminal;
use testkit::{Lab, course};

/// Presses every key, and sees its answer. The lab is at a lesson that has not been begun.
fn press_all(lab: &Lab, terminal: &mut Terminal, lesson: &str) {
    terminal.press_and_see("?", "go to the next lesson");
    terminal.press_and_see("?", lesson);
    terminal.press_and_see("h", "hint 1 of 3");
    terminal.press_and_see("t", "─ the lesson ─");
    terminal.press_and_see("\u{1b}[6~", "↑↓ lines");
    terminal.press_and_see("\u{1b}[F", "↑ lines");
    terminal.press_and_see("\u{1b}[A", "↑↓ lines");
    terminal.press_and_see("jj", "↑ lines");
    terminal.press_and_see("\u{1b}[H", "↓ lines 1 to");
    terminal.press_and_see("hh", "hint 3 of 3");
    terminal.press_and_see("h", "There are no more hints. Press s");
    terminal.press_and_see("s", "You have not tried this lesson yet");
    terminal.press_and_see("y", "─ the solution ─");
    terminal.press_and_see("w", "Write the solution into your files?");
    terminal.press_and_see("n", "Nothing has been changed");
    terminal.press_and_see("x", "Reset lesson");
    terminal.press_and_see("n", "Nothing has been changed");
    terminal.press_and_see("l", "─ all lessons ─");
    let last = course::LESSONS.last().unwrap();
    terminal.press_and_see("\u{1b}[F", &format!("❯   {:>2} {}", last.number, last.id));
    terminal.press_and_see("m", &format!("» {:>2} {}", last.number, last.id));
    terminal.press("m");
    terminal.wait("no longer skipped", |screen| !screen.contains('»'));
    terminal.press_and_see("x", &format!("Reset lesson {}?", last.number));
    terminal.press_and_see("n", "Nothing has been changed");
    terminal.press_and_see("\u{1b}", "─ the solution ─");
    terminal.press_and_see("u", "There is nothing to undo");
    terminal.press_and_see("n", "has not passed yet");
    terminal.press_and_see("o", "did not open the file");
    terminal.press_and_see("z", "`z` does nothing here");
    terminal.press_and_see("v", lesson);
    assert_eq!(lab.record("define-messages")["skipped"], false);
}

#[test]
fn every_key_is_answered_without_a_run() {
    let lab = Lab::new("lab-keys-idle");
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Lesson 1: Define the messages");
    press_all(&lab, &mut terminal, "Lesson 1");
    // And those that check.
    terminal.press_and_see("r", "Nothing is written yet");
    terminal.press_and_see("c", "try-it-out");
    terminal.press("q");
    let (code, screen) = terminal.ends();
    assert_eq!(code, Some(0));
    assert!(screen.contains(&course::passed(0)), "{screen}");
}

#[test]
fn every_key_is_answered_during_a_build_that_does_not_end() {
    let lab = lab_at("lab-keys-build", "list-features");
    let cargo = endless_cargo(&lab);
    let mut terminal = Terminal::open_with(&lab, &[], &[("CARGO", &cargo)]);
    terminal.press_and_see("r", "1 of 9 crates");
    press_all(&lab, &mut terminal, "Lesson 4");
    terminal.press_and_see("c", "Checking all lessons");
    terminal.press_and_see("r", "Checking lesson 4");
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn a_question_answered_with_yes_is_done_and_undone() {
    let lab = Lab::new("lab-undo");
    let handed_out = lab.read(PROTO);
    lab.solve("define-messages");
    let solved = lab.read(PROTO);
    let mut terminal = Terminal::open(&lab);
    terminal.sees("✓ Passed.");
    terminal.press_and_see("x", "Reset lesson 1?");
    terminal.press_and_see("y", "has been reset. u restores your code");
    assert_eq!(lab.read(PROTO), handed_out);
    terminal.sees("Nothing is written yet");
    assert_eq!(lab.record("define-messages")["passed"], false);
    terminal.press_and_see("u", "Undone:");
    assert_eq!(lab.read(PROTO), solved);
    terminal.sees("✓ Passed.");
    terminal.press_and_see("u", "There is nothing more to undo");
    terminal.press_and_see("U", "Redone:");
    assert_eq!(lab.read(PROTO), handed_out);
    // The solution, written.
    terminal.press_and_see("s", "Show the solution anyway?");
    terminal.press_and_see("y", "message Point");
    terminal.press_and_see("wy", "is in your files. u restores your code");
    assert_eq!(lab.read(PROTO), solved);
    terminal.press_and_see("v", "✓ Passed.");
    terminal.press("u");
    terminal.sees("Undone:");
    assert_eq!(lab.read(PROTO), handed_out);
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn as_many_keys_at_once_as_there_may_be() {
    let lab = Lab::new("lab-many-keys");
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Lesson 1: Define the messages");
    // Each opens the help or closes it, so that one that is lost is seen.
    terminal.press(&"?".repeat(5_001));
    terminal.sees("─ keys ─");
    terminal.press(&"?".repeat(20_001));
    terminal.wait("it is closed", |screen| !screen.contains("─ keys ─"));
    terminal.press(&"j".repeat(20_000));
    terminal.press("\u{3}");
    assert_eq!(terminal.ends().0, Some(130));
}

#[test]
fn the_terminal_may_have_any_size_and_change_it() {
    let lab = Lab::new("lab-resize");
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Lesson 1: Define the messages");
    terminal.resize(40, 140);
    terminal.wait("a wider rule", |screen| screen.contains(&"─".repeat(100)));
    terminal.resize(5, 20);
    terminal.sees("Lesson 1: Def");
    terminal.resize(1, 1);
    // More than any terminal has, of which a part is used, and one that does not know its size.
    for (rows, columns) in [
        (24, 20_000),
        (65_535, 80),
        (65_535, 65_535),
        (1, 65_535),
        (0, 0),
        (0, 80),
        (24, 0),
    ] {
        let before = terminal.bytes().len();
        terminal.resize_unseen(rows, columns);
        let is_drawn = || terminal.bytes().len() > before;
        wait_until(&format!("{rows} × {columns} is drawn"), is_drawn);
    }
    terminal.resize(24, 80);
    terminal.sees("↓ lines 1 to");
    terminal.press_and_see("l", "❯ ▶  1 define-messages");
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}
