//! `list`: the lessons, and what has been passed.

use super::{Exit, Lab, Problem};
use crate::screen::{self, Canvas};

/// Lists all lessons.
///
/// # Errors
///
/// If there is no lab here, or its files cannot be read.
pub fn run() -> Result<Exit, Problem> {
    let lab = Lab::open()?;
    screen::print(&screen::list::draw(
        &lab.course,
        &lab.progress,
        Canvas::stdout(),
    ));
    Ok(Exit::Passed)
}
