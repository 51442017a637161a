//! What the recording server needs to know to answer calls.

use std::fmt::Debug;

use bytes::Bytes;

use super::fault_injection::Details;
use crate::messages::{Message, Rpc};
use crate::transcript::Status;

/// The answers to all calls of one run. What they are is decided by the rooms above, which know the contract.
pub trait Answers: Debug + Send + Sync {
    /// Begins to answer a call.
    fn open(&self, rpc: Rpc, length: Length) -> Box<dyn Conversation>;

    /// What a call ends with that is made to fail.
    fn error(&self) -> Status;

    /// What a call ends with whose request is said to be wrong.
    fn refusal(&self, details: Details) -> tonic::Status;
}

/// How long the answers of a run are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// A few messages.
    Short,
    /// More messages than any limit that a client may have, and in a call in which both sides stream, more bytes than
    /// fit into the window of a client that does not read.
    Long,
}

/// The server's side of one call.
pub trait Conversation: Send {
    /// What is sent in answer to a message of the client's, at once.
    fn message(&mut self, _message: Message) -> Vec<Message> {
        Vec::new()
    }

    /// Fields to put before those of a message that answers one of the client's. A reader overrides them with the
    /// message's own, so that they are nothing but bytes on the way.
    fn padding(&self) -> Bytes {
        Bytes::new()
    }

    /// What is sent once the client has half-closed.
    fn half_closed(&mut self) -> Vec<Message> {
        Vec::new()
    }
}
