//! How a command ends: its exit code, and the error of one that could not be carried out.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::course::lessons::UnknownLesson;
use crate::disk::LeadsOut;
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
    /// It was asked to end, and has.
    Ended(ShutdownSignal),
}

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShutdownSignal {
    /// Ctrl-C, which every program on the terminal gets.
    Interrupt,
    /// SIGQUIT.
    Quit,
    /// SIGTERM, or the system is shutting down.
    Terminate,
    /// SIGHUP, or the terminal was closed.
    HangUp,
}

impl Exit {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::NotYet => 1,
            Exit::Usage => 2,
            Exit::CouldNot => 3,
            // The codes that shells use for a program that the signal has ended: 128 and its number.
            Exit::Ended(ShutdownSignal::HangUp) => 129,
            Exit::Ended(ShutdownSignal::Interrupt) => 130,
            Exit::Ended(ShutdownSignal::Quit) => 131,
            Exit::Ended(ShutdownSignal::Terminate) => 143,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// What to do about a link that leads out of the course folder.
const NO_LINK_OUT: &str = "Nothing has been changed. The lab writes only in the course folder: put a file or folder in the \
                           place of the link, and try again.";

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

    /// The answer could not be written, for example because the disk is full.
    pub fn unwritten(error: &io::Error) -> Problem {
        Problem::new(
            Exit::CouldNot,
            format!("cannot write to standard output: {error}"),
            "The answer is not complete. If it goes to a file, is the disk full?",
        )
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
        let next = match &error {
            StoreError::Gone(_) => {
                "Nothing has been changed. Start the lab where the folder is now."
            }
            StoreError::Io { error, .. } if LeadsOut::is(error) => NO_LINK_OUT,
            _ => "Your progress is stored there. Nothing has been changed.",
        };
        Problem::new(Exit::CouldNot, error, next)
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
            ChangeError::Unwritable {
                error, kept: None, ..
            }
            | ChangeError::Store(StoreError::Io { error, .. })
                if LeadsOut::is(error) =>
            {
                NO_LINK_OUT.to_string()
            }
            ChangeError::Store(StoreError::Gone(_)) => {
                "Nothing has been changed. Start the lab where the folder is now.".to_string()
            }
            ChangeError::Unwritable { kept: None, .. } => {
                "Nothing has been changed. Is the disk full, or the file not writable?".to_string()
            }
            ChangeError::Unwritable {
                kept: Some(kept), ..
            } => format!("The previous contents are kept in {}.", kept.display()),
            ChangeError::Store(StoreError::Newer { .. }) => "Nothing has been changed.".to_string(),
            // The error itself says what is wrong.
            ChangeError::Store(StoreError::Io { error, .. })
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput
                        | io::ErrorKind::InvalidData
                        | io::ErrorKind::NotFound
                ) =>
            {
                "Nothing has been changed.".to_string()
            }
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
