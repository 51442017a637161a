//! `reset`: resets the learner's code of a lesson. The code is kept.

use std::path::Path;

use super::{Exit, Lab, Problem};
use crate::learner::reset::{self, Scope};
use crate::screen::{self, ask};

/// Resets the regions of a lesson, or its whole files. On a terminal the learner is asked first, unless `sure`; a no is
/// not a failure. Without a terminal there is no question; a reset can be undone.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read or written, there is no such lesson, or a place
/// cannot be found; then nothing has been changed.
pub fn run(
    lessons: Option<&Path>,
    name: Option<&str>,
    scope: Scope,
    sure: bool,
) -> Result<Exit, Problem> {
    let lab = Lab::open(lessons)?;
    let lesson = lab.lesson(name)?;
    let program = screen::invocation();
    if !sure && ask::can() {
        let plan = reset::preview(&lab.folder, lesson, scope)?;
        let question = screen::rewritten::may_reset(lesson, &plan, program);
        let answer = |error| {
            Problem::new(
                Exit::CouldNot,
                format!("cannot read the answer: {error}"),
                "",
            )
        };
        if !plan.changes.is_empty() && !ask::yes(&question).map_err(answer)? {
            screen::print_error("Nothing has been changed.");
            return Ok(Exit::Passed);
        }
    }
    let done = reset::reset(&lab.folder, &lab.store, lesson, scope)?;
    screen::print(&screen::rewritten::reset(lesson, &done, program));
    Ok(Exit::Passed)
}
