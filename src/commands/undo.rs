//! `undo`: what the lab has changed in the learner's files, as it was before; and again, as it was after.

use super::{Exit, Lab, Problem};
use crate::learner::undo;
use crate::screen::{self, Canvas};

/// Brings back what was there before the last `reset`, `solution --write` or upgrade; after an `undo`, what
/// was there before that. That there is nothing to undo is no failure.
///
/// # Errors
///
/// If there is no lab here, or its files cannot be read or written.
pub fn run() -> Result<Exit, Problem> {
    let lab = Lab::open()?;
    let undone = undo::undo(&lab.folder, &lab.store)?;
    screen::print(&screen::rewritten::undo(
        &undone,
        screen::invocation(),
        Canvas::stdout(),
    ));
    Ok(Exit::Passed)
}
