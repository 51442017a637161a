//! `doctor`: finds what is missing or broken on the machine and in the folder.

use super::{Exit, Problem};
use crate::cli::AnswerFormat;
use crate::doctor::{self, Severity};
use crate::screen::{self, Canvas};
use crate::{report, text};

/// Examines everything, and says what to do about each problem. It works without a lab.
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
            screen::print(&text::escape_workflow_commands(&drawn));
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
