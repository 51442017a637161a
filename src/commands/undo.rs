//! `undo` and `redo`: undo the last change that the lab has made to the learner's files, and redo it.

use super::{Exit, Lab, Problem};
use crate::learner::snapshot::SnapshotSide;
use crate::learner::undo;
use crate::screen::{self, Canvas};

/// Restores the files as they were before the last `reset`, `solution --write` or upgrade that has not been undone
/// (`Before`), or as they were before the last `undo` (`After`). It is not a failure if there is nothing to do.
///
/// # Errors
///
/// If there is no lab here, or its files cannot be read or written.
pub fn run(side: SnapshotSide) -> Result<Exit, Problem> {
    let lab = Lab::open(None)?;
    let undone = match side {
        SnapshotSide::Before => undo::undo(&lab.folder, &lab.store)?,
        SnapshotSide::After => undo::redo(&lab.folder, &lab.store)?,
    };
    screen::print(&screen::rewritten::undo(
        side,
        &undone,
        screen::invocation(),
        Canvas::stdout(),
    ));
    Ok(Exit::Passed)
}
