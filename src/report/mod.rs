//! What a check found, in each format that `--format` knows; and the answers of `list` and `doctor` as JSON.
//!
//! A format is a file with a [`Reporter`], and a line in [`FORMATS`].

pub mod doctor;
mod github;
pub mod human;
mod json;
mod junit;
pub mod list;
#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod schemas;

use std::fmt;
use std::path::Path;

use thiserror::Error;

use crate::location::Location;
use crate::verdict::{CheckReport, LessonReport};

/// Every format, in the order in which the help lists them.
pub const FORMATS: [&dyn Reporter; 4] =
    [&human::Human, &json::Json, &junit::Junit, &github::Github];

/// One format of a report.
pub trait Reporter: fmt::Debug + Send + Sync {
    /// Its name, as `--format` takes it.
    fn name(&self) -> &'static str;

    /// What it is, in a few words for the help.
    fn help(&self) -> &'static str;

    /// Whether people read it: then lines about what to do next follow it.
    fn is_for_people(&self) -> bool {
        false
    }

    /// What is printed before the check, if anything: a program that is checked may write to the lab's own output.
    /// The report and the problem begin with what ends it.
    fn beginning(&self) -> Option<String> {
        None
    }

    /// What is printed in place of a report after an interruption, if [`Reporter::beginning`] was.
    fn interrupted(&self) -> Option<String> {
        None
    }

    /// The report of a check, for standard output.
    ///
    /// # Errors
    ///
    /// If the writer of the format fails.
    fn report(&self, report: &CheckReport, context: &Context<'_>) -> Result<String, ReportError>;

    /// The report of a check that could not be made at all, for standard output. `message` says why.
    ///
    /// # Errors
    ///
    /// As [`Reporter::report`].
    fn problem(&self, target: &str, message: &str) -> Result<String, ReportError>;
}

/// What a format may need to know beside the report.
pub struct Context<'a> {
    /// The command that repeats the check.
    pub command: &'a str,
    /// Whether calls that were right are drawn, too.
    pub trace: bool,
    /// Whether a lesson had passed before this check.
    pub passed_before: &'a dyn Fn(&LessonReport) -> bool,
    /// Where a lesson is to be changed, with the file named from `folder`.
    pub locate: &'a dyn Fn(&LessonReport) -> Option<Location>,
    /// The lab's folder, if the learner's own code was checked.
    pub folder: Option<&'a Path>,
}

/// Why a report could not be written. No report causes this; the writers' signatures have it.
#[derive(Debug, Error)]
pub enum ReportError {
    /// serde_json's.
    #[error("cannot write the report: {0}")]
    Json(#[from] serde_json::Error),
    /// quick-junit's.
    #[error("cannot write the report: {0}")]
    Xml(#[from] quick_junit::SerializeError),
}
