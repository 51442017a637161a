//! The driver of the interactive lab: hands what happens to the model in `crate::lab`, performs the effects that it
//! returns, and draws it.

mod app;
mod display;
mod driver;
mod editor;
mod event;
mod file_worker;
mod runs;
mod serving;

use std::path::Path;

use super::{Exit, Lab, Problem};
use crate::cli::AnswerFormat;
use crate::screen::terminal;
use app::App;

/// Opens the interactive lab, as lines if that is asked for or the terminal can do nothing else; without a terminal,
/// and if lines are not asked for, prints the list of lessons instead.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read, or the terminal cannot be used.
pub async fn run(lessons: Option<&Path>, poll: bool, plain: bool) -> Result<Exit, Problem> {
    if !plain && !terminal::is_interactive() {
        return super::list::run(lessons, None, AnswerFormat::Human);
    }
    let is_plain = plain || terminal::is_dumb();
    App::open(Lab::open_quietly(lessons)?, poll, is_plain)?
        .run()
        .await
}
