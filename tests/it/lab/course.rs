//! The whole course in the interactive lab, as a learner takes it.

use testkit::terminal::Terminal;
use testkit::{Lab, course};

#[test]
fn the_whole_course_to_its_end() {
    let lab = Lab::new("lab-course");
    let mut terminal = Terminal::open(&lab);
    // Several at once, which are built once: course/walk_through.rs goes lesson by lesson.
    for lessons in course::written().chunks(4) {
        for (written, lesson) in lessons.iter().enumerate() {
            let number = course::lesson(lesson).number;
            terminal.sees(&format!("Lesson {number}: "));
            terminal.sees("─ the lesson ─");
            if written == 0 {
                lessons.iter().for_each(|lesson| lab.solve(lesson));
            }
            terminal.sees(&format!("{} passed", course::of_all(number)));
            terminal.sees("✓ Passed.");
            terminal.press("n");
        }
    }
    // The last lesson has nothing to write: it is run at once.
    terminal.sees("The course is done.");
    let all = course::codelab().count();
    let screen = terminal.sees(&course::of_all(all));
    assert!(screen.contains(&format!("Lesson {all}")), "{screen}");
    terminal.press_and_see("c", "Checking all lessons");
    terminal.sees("✓ Passed.");
    terminal.press("q");
    let (code, screen) = terminal.ends();
    assert_eq!(code, Some(0));
    assert!(screen.contains(&course::passed(all)), "{screen}");
}
