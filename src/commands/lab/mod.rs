//! The driver of the interactive lab: hands what happens to the model in `crate::lab`, performs the effects that it
//! returns, and draws it.

mod app;
mod driver;
mod editor;
mod event;
mod file_worker;
mod runs;

use std::path::Path;

use super::{Exit, Lab, Problem};
use crate::cli::AnswerFormat;
use crate::screen::terminal::is_interactive;
use app::App;

/// Opens the interactive lab; without a terminal, prints the list of lessons instead.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read, or the terminal cannot be used.
pub async fn run(lessons: Option<&Path>, poll: bool) -> Result<Exit, Problem> {
    if !is_interactive() {
        return super::list::run(lessons, None, AnswerFormat::Human);
    }
    App::open(Lab::open_quietly(lessons)?, poll)?.run().await
}
