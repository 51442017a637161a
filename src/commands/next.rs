//! `next`: shows the lesson to do.

use std::path::Path;

use super::{Exit, Lab, Problem};
use crate::learner::{lesson_status, work};
use crate::screen::{self, Canvas};

/// Shows the first lesson that has not passed, or the named one.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read, or there is no such lesson.
pub fn run(lessons: Option<&Path>, name: Option<&str>) -> Result<Exit, Problem> {
    let lab = Lab::open(lessons)?;
    let canvas = Canvas::stdout();
    if name.is_none() && lab.current().is_none() {
        screen::print(&screen::lesson::finished(
            &lab.course,
            &lab.progress,
            screen::invocation(),
            canvas,
        ));
        return Ok(Exit::Passed);
    }
    let lesson = lab.lesson(name)?;
    let regions = work::regions(&lab.folder, lesson);
    screen::print(&screen::lesson::draw(
        lesson,
        lesson_status::tally(lesson.head.part, &lab.course, &lab.progress),
        &regions,
        lab.current()
            .is_some_and(|current| current.number == lesson.number),
        screen::invocation(),
        canvas,
    ));
    Ok(Exit::Passed)
}
