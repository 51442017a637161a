//! What the recording server needs to know to answer calls.

use std::fmt::Debug;

use crate::messages::{Message, Rpc};
use crate::transcript::Status;

/// The answers to all calls of one run. What they are is decided by the rooms above, which know the contract.
pub trait Answers: Debug + Send + Sync {
    /// Begins to answer a call.
    fn open(&self, rpc: Rpc) -> Box<dyn Conversation>;

    /// What a call ends with that is made to fail.
    fn error(&self) -> Status;
}

/// The server's side of one call.
pub trait Conversation: Send {
    /// What is sent in answer to a message of the client's, at once.
    fn message(&mut self, _message: Message) -> Vec<Message> {
        Vec::new()
    }

    /// What is sent once the client has half-closed.
    fn half_closed(&mut self) -> Vec<Message> {
        Vec::new()
    }
}
