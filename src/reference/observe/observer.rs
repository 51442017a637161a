//! What an observer is told about a call.

use std::net::SocketAddr;
use std::time::Duration;

use http::HeaderMap;
use tonic::Code;

use crate::probe::message_scanner::WireMessage;
use crate::transcript::Status;

/// The two sides of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallSide {
    /// The one that makes the call.
    Client,
    /// The one that answers it.
    Server,
}

/// Is told when a call starts.
pub trait Observer: Send + Sync {
    /// A call starts. The observer that this returns is told what happens in it; `None` ignores the call.
    fn call_started(&self, start: &CallStart<'_>) -> Option<Box<dyn CallObserver>>;

    /// Whether the observer reads the content of messages. If no observer does, messages are not kept.
    fn reads_messages(&self) -> bool;
}

/// Is told what happens in one call.
pub trait CallObserver: Send {
    /// Something happened, this long after the start of the call. Nothing follows [`CallEvent::Ended`] and
    /// [`CallEvent::Terminated`]. The call waits until this returns, so it must be quick.
    fn on_event(&mut self, at: Duration, event: &CallEvent<'_>);
}

/// The start of a call.
#[derive(Debug)]
pub struct CallStart<'a> {
    /// The path of the request, such as `/package.Service/Method`. It may be one that the server does not know.
    pub path: &'a str,
    /// The client's address, if this side knows it.
    pub peer: Option<SocketAddr>,
    /// The request's headers.
    pub headers: &'a HeaderMap,
}

/// Something that happens in a call after its start.
#[derive(Debug)]
pub enum CallEvent<'a> {
    /// A message has passed.
    Message {
        /// The side that sent it.
        from: CallSide,
        /// The message.
        message: &'a WireMessage,
    },
    /// Bytes have passed that are not a gRPC message. This is reported once for each direction, since the
    /// beginning of the next message cannot be found after it.
    NotAMessage {
        /// The side that sent them.
        from: CallSide,
        /// The first byte, which should be the compression flag, 0 or 1.
        flag: u8,
    },
    /// The client has half-closed the call: it sends no more messages.
    HalfClosed,
    /// The server's headers, without a status.
    Headers(&'a HeaderMap),
    /// The server has ended the call with a status.
    Ended {
        /// The status. If the server sent none, it carries the protocol error.
        status: &'a Status,
        /// The trailers.
        trailers: &'a HeaderMap,
        /// Whether the trailers took the place of the headers.
        trailers_only: bool,
    },
    /// The call has ended without a status from the server.
    Terminated(&'a Termination),
}

/// How a call ended that has no status from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Termination {
    /// The side that caused it, as far as this program can tell.
    pub by: CallSide,
    /// The status code that gRPC uses for it.
    pub code: Code,
    /// What happened, in a few words.
    pub reason: String,
}
