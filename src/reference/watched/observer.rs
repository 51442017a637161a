//! What can be seen of a call by somebody who stands beside it.

use std::net::SocketAddr;
use std::time::Duration;

use http::HeaderMap;
use tonic::Code;

use super::messages::Wired;
use crate::transcript::Status;

/// The two sides of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who makes it.
    Client,
    /// Who answers it.
    Server,
}

/// Somebody who is told of every call.
pub trait Observer: Send + Sync {
    /// A call begins. Whoever is returned is told what happens in it; with none, nobody is.
    fn opened(&self, opening: &Opening<'_>) -> Option<Box<dyn Witness>>;

    /// Whether what stands in the messages is to be kept until they have been told of.
    fn reads_messages(&self) -> bool;
}

/// Somebody who is told what happens in one call.
pub trait Witness: Send {
    /// Something happened, so long after the call's beginning. After [`Seen::Ended`] or [`Seen::Gone`],
    /// nothing does. The call waits for this, so it must be short.
    fn saw(&mut self, at: Duration, seen: &Seen<'_>);
}

/// How a call begins.
#[derive(Debug)]
pub struct Opening<'a> {
    /// The path of the method: `/routeguide.RouteGuide/ListFeatures`, or whatever was called.
    pub path: &'a str,
    /// Where the client is, as far as that is known on this side.
    pub peer: Option<SocketAddr>,
    /// The request's headers.
    pub headers: &'a HeaderMap,
}

/// What happens in a call after its beginning.
#[derive(Debug)]
pub enum Seen<'a> {
    /// A message has gone by.
    Message {
        /// Who sent it.
        from: Side,
        /// It.
        message: &'a Wired,
    },
    /// Bytes have gone by that begin no gRPC message, with this first byte.
    NoMessage {
        /// Who sent them.
        from: Side,
        /// The first byte.
        flag: u8,
    },
    /// The client has said that it will send no more.
    HalfClosed,
    /// The server's headers, without a status.
    Headers(&'a HeaderMap),
    /// The server has ended the call.
    Ended {
        /// With this status; it has a flaw if the server gave none.
        status: &'a Status,
        /// The headers that it came with.
        trailers: &'a HeaderMap,
        /// Whether they were the first thing that the server sent ("trailers-only").
        at_once: bool,
    },
    /// The call is gone, and nobody has ended it.
    Gone(&'a Gone),
}

/// How a call went that nobody ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Whose doing it was, as far as that can be told.
    pub by: Side,
    /// The code that stands for it.
    pub code: Code,
    /// What happened, in words.
    pub words: String,
}
