//! `hint`: shows the next hint of a lesson.

use std::path::Path;

use super::{Exit, Lab, Problem};
use crate::screen::{self, Canvas};

/// Shows the hints seen so far and the next one.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read, or there is no such lesson.
pub fn run(lessons: Option<&Path>, name: Option<&str>) -> Result<Exit, Problem> {
    let lab = Lab::open(lessons)?;
    let lesson = lab.lesson(name)?;
    let seen = lab.progress.of(lesson.id()).hints;
    let shown = seen.saturating_add(1).min(lesson.hints.len());
    screen::print(&screen::lesson::hints(
        lesson,
        seen,
        shown,
        screen::invocation(),
        Canvas::stdout(),
    ));
    if shown > seen {
        lab.store
            .update(|progress| progress.note_hints(lesson.id(), shown))?;
    }
    Ok(Exit::Passed)
}
