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
use crate::messages::Rpc;
use crate::probe::burst::Burst;
use crate::transcript::Transcript;
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
    /// Chats whose notes come at once, while the client makes no room for replies.
    pub burst: Chats,
}

/// Chats on one connection.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chats {
    /// How many there are.
    pub chats: usize,
    /// How many notes each of them has.
    pub notes: usize,
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

    fn burst(&self) -> Option<Burst> {
        Some(Burst {
            rpc: Rpc::RouteChat,
            calls: self.burst.chats,
            messages: case::messages(&case::burst(self.burst.notes)),
        })
    }

    fn judge_burst(&self, calls: Vec<Transcript>) -> Option<CaseReport> {
        judge::burst(self.burst, calls)
    }
}
