//! The lesson `return-status`: a chat with a note that is too long ends with INVALID_ARGUMENT, and the message of the status
//! names the field. A note is too long if its text has more than 1,000 characters, which are code points of Unicode.

mod case;
mod judge;
mod messages;
mod rule;
#[cfg(test)]
mod tests;

pub use self::case::StatusCase;
use super::{OfServer, PlannedCall, PlayedCall};
use crate::verdict::CaseReport;

/// How many characters the text of a note may have.
pub const MOST_CHARACTERS: usize = 1_000;

/// The code that a chat with a longer note ends with.
const CODE: &str = "INVALID_ARGUMENT";

/// The field that the message of the status names.
const FIELD: &str = "message";

impl OfServer for Vec<StatusCase> {
    fn calls(&self) -> Vec<PlannedCall> {
        self.iter().map(StatusCase::call).collect()
    }

    fn judge(&self, played: Vec<PlayedCall>) -> Vec<CaseReport> {
        judge::judge(self, played)
    }
}
