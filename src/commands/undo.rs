//! `undo`: undoes the last change that the lab has made to the learner's files, or redoes it.

use super::{Exit, Lab, Problem};
use crate::learner::undo;
use crate::screen::{self, Canvas};

/// Restores the files as they were before the last `reset`, `solution --write` or upgrade; after an `undo`, as they were
/// before that. It is not a failure if there is nothing to undo.
///
/// # Errors
///
/// If there is no lab here, or its files cannot be read or written.
pub fn run() -> Result<Exit, Problem> {
    let lab = Lab::open(None)?;
    let undone = undo::undo(&lab.folder, &lab.store)?;
    screen::print(&screen::rewritten::undo(
        &undone,
        screen::invocation(),
        Canvas::stdout(),
    ));
    Ok(Exit::Passed)
}
