//! The lesson `bound-memory`: a chat takes so many notes, and the next ends it with RESOURCE_EXHAUSTED. Each note counts once,
//! wherever it was left; what the server sends does not count, and neither do other chats.

mod case;
mod judge;
mod messages;
mod rule;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::case::LongChat;
use super::{OfServer, PlannedCall, PlayedCall};
use crate::verdict::CaseReport;

/// What the lesson asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundMemory {
    /// How many notes a chat may have.
    pub most_notes: usize,
    /// The chats that a server is checked with. The first and the last are short ones: a server that never forgets what
    /// chats have left takes the first, and not the last.
    pub chats: Vec<LongChat>,
}

/// The code that a longer chat ends with.
const CODE: &str = "RESOURCE_EXHAUSTED";

impl OfServer for BoundMemory {
    fn calls(&self) -> Vec<PlannedCall> {
        let most = self.most_notes;
        self.chats.iter().map(|chat| chat.call(most)).collect()
    }

    fn judge(&self, played: Vec<PlayedCall>) -> Vec<CaseReport> {
        judge::judge(self, played)
    }
}
