//! A cause, as the learner reads it.

use crate::location::Location;

/// Why the crate does not build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The cause, and what to do if that is short, in a sentence or two.
    pub message: String,
    /// What to do about it, if there is more to say.
    pub hint: Option<String>,
    /// What to change, if it is another line than that of the error.
    pub location: Option<Location>,
    /// A file of the crate that is missing, from the lab's root. Then there is no line to change.
    pub missing: Option<String>,
    /// Whether no line is to be changed, since the cause is not in the code.
    pub at_no_line: bool,
}

impl Cause {
    /// A cause at the line of the error.
    pub fn new(message: impl Into<String>) -> Cause {
        Cause {
            message: message.into(),
            hint: None,
            location: None,
            missing: None,
            at_no_line: false,
        }
    }

    /// A missing file as the cause, and what needs it.
    pub fn missing(file: impl Into<String>, needed: &str) -> Cause {
        let file = file.into();
        Cause {
            missing: Some(file.clone()),
            at_no_line: true,
            ..Cause::new(format!("{file} is missing{needed}."))
        }
    }

    /// With what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Cause {
        Cause {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Without a line to change.
    #[must_use]
    pub fn at_no_line(self) -> Cause {
        Cause {
            at_no_line: true,
            ..self
        }
    }

    /// With the line to change.
    #[must_use]
    pub fn at(self, location: Location) -> Cause {
        Cause {
            location: Some(location),
            ..self
        }
    }
}
