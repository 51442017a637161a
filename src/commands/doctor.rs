//! `doctor`: everything that stops people, looked at.

use super::{Exit, Problem};
use crate::cli::AnswerFormat;
use crate::doctor::{self, Severity};
use crate::screen::{self, Canvas};
use crate::{report, text};

/// Looks at everything, and says what to do where something is not as it should be. There need not be a lab.
///
/// # Errors
///
/// If the current folder is not known.
pub async fn run(format: AnswerFormat) -> Result<Exit, Problem> {
    let here = super::current_folder()?;
    let findings = doctor::examine(&here, screen::invocation()).await;
    match format {
        AnswerFormat::Human => {
            let drawn = screen::doctor::draw(&findings, Canvas::stdout());
            screen::print(&text::inert(&drawn));
        }
        AnswerFormat::Json => screen::print(&report::doctor::render(&findings)?),
    }
    let has_errors = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    Ok(if has_errors {
        Exit::NotYet
    } else {
        Exit::Passed
    })
}
