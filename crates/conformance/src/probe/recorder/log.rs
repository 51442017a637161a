//! What is written down about one call.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::watch;
use tonic::Streaming;

use super::lock;
use crate::messages::{Message, Rpc};
use crate::transcript::{CutOffReason, EventKind, Status, Writer};

/// After how many messages a client is cut off: more than can be right.
const MOST_MESSAGES: usize = 1_000;

/// What is waited for while a client may still send.
pub const MORE_FROM_THE_CLIENT: &str = "another message or a half-close";

/// Writes down a call; one that is dropped before its end was cancelled by the client.
pub struct Log {
    writer: Arc<Mutex<Writer>>,
    changed: watch::Sender<()>,
    rpc: Rpc,
    /// How many messages the client has sent.
    sent: usize,
    ended: bool,
}

impl Log {
    /// A call of which nothing is written down yet. `changed` is told whenever something is.
    pub fn new(rpc: Rpc, writer: Arc<Mutex<Writer>>, changed: watch::Sender<()>) -> Log {
        Log {
            writer,
            changed,
            rpc,
            sent: 0,
            ended: false,
        }
    }

    /// The RPC that was called.
    pub fn rpc(&self) -> Rpc {
        self.rpc
    }

    /// Writes down what has just happened.
    pub fn write(&mut self, what: EventKind) {
        lock(&self.writer).write(what);
        self.changed.send_replace(());
    }

    /// Writes down that the client sent nothing for as long as the lab waits, while it had no headers.
    pub fn stalled(&mut self) {
        self.write(EventKind::Stalled {
            waiting_for: MORE_FROM_THE_CLIENT.to_string(),
        });
    }

    /// The client's next message, or none once it has half-closed.
    ///
    /// # Errors
    ///
    /// The status to end the call with: the client is gone, or what it sent cannot be taken.
    pub async fn next(
        &mut self,
        requests: &mut Streaming<Bytes>,
    ) -> Result<Option<Message>, tonic::Status> {
        let bytes = match requests.message().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                self.write(EventKind::HalfClosed);
                return Ok(None);
            }
            Err(status) => {
                self.ended = true;
                self.write(EventKind::Cancelled);
                return Err(status);
            }
        };
        self.sent += 1;
        if self.sent > MOST_MESSAGES {
            let status = tonic::Status::resource_exhausted("more messages than can be right");
            return Err(self.end_with(
                EventKind::CutOff {
                    excess: CutOffReason::TooMany,
                },
                status,
            ));
        }
        match self.rpc.decode_request(&bytes) {
            Ok(message) => {
                self.write(EventKind::Sent {
                    message: message.clone(),
                });
                Ok(Some(message))
            }
            Err(problem) => {
                let status = tonic::Status::invalid_argument(problem.clone());
                Err(self.end_with(
                    EventKind::Undecodable {
                        bytes: bytes.len(),
                        problem,
                    },
                    status,
                ))
            }
        }
    }

    /// Writes down a message of the server's, and gives its bytes, with others before them.
    pub fn send(&mut self, message: Message, padding: &[u8]) -> Bytes {
        let bytes = [padding, &message.encode()].concat().into();
        self.write(EventKind::Received { message });
        bytes
    }

    /// Writes down a message that another server has sent.
    pub fn received(&mut self, bytes: &Bytes) {
        self.write(match self.rpc.decode_response(bytes) {
            Ok(message) => EventKind::Received { message },
            Err(problem) => EventKind::Undecodable {
                bytes: bytes.len(),
                problem,
            },
        });
    }

    fn end_with(&mut self, what: EventKind, status: tonic::Status) -> tonic::Status {
        self.write(what);
        self.end(Status::from(&status));
        status
    }

    /// Writes down how the server ended the call.
    pub fn end(&mut self, status: Status) {
        self.ended = true;
        self.write(EventKind::Ended { status });
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if !self.ended {
            self.write(EventKind::Cancelled);
        }
    }
}
