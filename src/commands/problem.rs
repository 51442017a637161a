//! How a command ends: its exit code, and the error of one that could not be carried out.

use std::fmt;
use std::process::ExitCode;

use crate::course::lesson::UnknownLesson;
use crate::learner::{ChangeError, NoFolder, StoreError};
use crate::screen;

/// How a command has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Exit {
    /// Everything that was checked has passed, or the command has done its work.
    Passed,
    /// Something checked is not right yet.
    NotYet,
    /// The command line is wrong.
    Usage,
    /// The command could not do its work; the error says why.
    CouldNot,
    /// It was interrupted, as by Ctrl-C.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Passed => 0,
            Exit::NotYet => 1,
            Exit::Usage => 2,
            Exit::CouldNot => 3,
            // The code that shells use for a program that Ctrl-C has ended.
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command could not be carried out: what happened, and what to do about it.
#[derive(Debug)]
pub struct Problem {
    /// How the command ends.
    pub exit: Exit,
    what: String,
    next: String,
}

impl Problem {
    /// A problem: `what` happened, and what to do `next`, if there is something.
    pub fn new(exit: Exit, what: impl fmt::Display, next: impl Into<String>) -> Problem {
        Problem {
            exit,
            what: what.to_string(),
            next: next.into(),
        }
    }
}

impl Problem {
    /// The same, with one more sentence on a line of its own.
    #[must_use]
    pub fn with_sentence(mut self, sentence: &str) -> Problem {
        if !self.next.is_empty() {
            self.next.push('\n');
        }
        self.next.push_str(sentence);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        if !self.next.is_empty() {
            write!(f, "\n{}", self.next)?;
        }
        Ok(())
    }
}

impl From<NoFolder> for Problem {
    fn from(error: NoFolder) -> Problem {
        Problem::new(
            Exit::CouldNot,
            error,
            "Change to the folder that contains start_here, and try again.",
        )
    }
}

impl From<UnknownLesson> for Problem {
    fn from(error: UnknownLesson) -> Problem {
        let next = format!("`{} list` lists all lessons.", screen::invocation());
        Problem::new(Exit::Usage, error, next)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        Problem::new(
            Exit::CouldNot,
            error,
            "Your progress is stored there. Nothing has been changed.",
        )
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Problem {
        let program = screen::invocation();
        let next = match &error {
            ChangeError::Unreadable { lesson, .. } | ChangeError::Markers { lesson, .. } => {
                format!(
                    "Nothing has been changed. Fix the file, or run `{program} reset {lesson} --whole-file` to reset \
                     all of it; its present contents are kept."
                )
            }
            ChangeError::Meanwhile { .. } => "Nothing has been changed. Try again.".to_string(),
            ChangeError::Unwritable { kept: None, .. } => {
                "Nothing has been changed. Is the disk full, or the file not writable?".to_string()
            }
            ChangeError::Unwritable {
                kept: Some(kept), ..
            } => format!("The previous contents are kept in {}.", kept.display()),
            ChangeError::Store(StoreError::Newer { .. }) => "Nothing has been changed.".to_string(),
            ChangeError::Store(_) => {
                "Nothing has been changed. Is the disk full, or something not writable?".to_string()
            }
            ChangeError::NotCarried { .. } => "Nothing has been changed.".to_string(),
        };
        Problem::new(Exit::CouldNot, error, next)
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Problem {
        Problem::new(
            Exit::CouldNot,
            format!("cannot write the answer as JSON: {error}"),
            "",
        )
    }
}
