//! "The course is done" is said of the code as it is, and not of what passed at some time.

use super::{LESSON, SERVER};
use testkit::Lab;
use testkit::course::{LESSONS, codelab, passed};

/// A lab in which all lessons but the last have passed.
fn before_the_end(name: &str) -> Lab {
    let lab = Lab::new(name);
    lab.solve_up_to("run-client");
    lab.note_passed_up_to("run-client");
    lab
}

/// Breaks lesson 4 in a way that the learner's own client does not notice: it sends no corners the other way round.
fn break_it(text: String) -> String {
    text.replace(
        "lo.latitude.min(hi.latitude)..=lo.latitude.max(hi.latitude)",
        "lo.latitude..=hi.latitude",
    )
}

#[test]
fn all_is_checked_once_more_when_the_last_lesson_passes() {
    let lab = before_the_end("once-more");
    let run = lab.run(["check"]).exits(0);
    let run = run.complains("All lessons have passed. Checking all of them once more.");
    for lesson in codelab() {
        assert!(
            run.stdout.contains(&format!("✓ {}", lesson.id)),
            "{}",
            run.stdout
        );
    }
    // Once that is known, it is not found out again with every check.
    let run = lab.run(["check", "try-it-out"]).exits(0);
    assert!(!run.stderr.contains("once more"));
}

#[test]
fn an_earlier_lesson_that_is_broken_since_is_named() {
    let lab = before_the_end("broken-since");
    lab.edit(SERVER, break_it);
    let run = lab.run(["check", "try-it-out"]).exits(1);
    let run = run.says(&format!("✗ {LESSON}"));
    assert!(
        !run.stdout.contains(&passed(codelab().count())),
        "{}",
        run.stdout
    );
    assert_eq!(lab.record(LESSON)["passed"], false);
    assert_eq!(lab.record("try-it-out")["passed"], true);
    assert!(LESSONS.len() > 13);
}

#[cfg(unix)]
#[test]
fn the_interactive_lab_checks_all_once_more() {
    use testkit::terminal::Terminal;
    let lab = before_the_end("once-more-lab");
    let right = lab.read(SERVER);
    lab.edit(SERVER, break_it);
    let mut terminal = Terminal::open(&lab);
    terminal.wait("the lesson that is broken", |screen| {
        screen.contains("✗ Not yet") && screen.contains(LESSON)
    });
    testkit::processes::wait_until("that is recorded", || lab.record(LESSON)["passed"] == false);
    lab.write(SERVER, &right);
    terminal.press_and_see("c", "The course is done.");
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}
