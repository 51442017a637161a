//! The whole course in the interactive lab, as a learner takes it.

use crate::support::terminal::Terminal;
use crate::support::{Lab, WRITTEN};

#[test]
fn the_whole_course_to_its_end() {
    let lab = Lab::new("lab-course");
    let mut terminal = Terminal::open(&lab);
    for (index, lesson) in WRITTEN.iter().enumerate() {
        let number = index + 1;
        terminal.sees(&format!("Lesson {number}: "));
        terminal.sees("─ the lesson ─");
        lab.solve(lesson);
        terminal.sees(&format!("{number} of 13 passed"));
        terminal.sees("✓ Passed.");
        terminal.press("n");
    }
    // The last lesson has nothing to write: it is run at once.
    terminal.sees("The course is done.");
    let screen = terminal.sees("13 of 13");
    assert!(screen.contains("Lesson 13"), "{screen}");
    terminal.press_and_see("c", "Checking all lessons");
    terminal.sees("✓ Passed.");
    terminal.press("q");
    let (code, screen) = terminal.ends();
    assert_eq!(code, Some(0));
    assert!(screen.contains("13 of 13 lessons passed"), "{screen}");
}
