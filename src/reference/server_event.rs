//! Events that the server reports to the person who runs it.

use std::net::SocketAddr;
use std::time::Duration;

pub use super::unsupported_protocol::UnsupportedProtocol;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerEvent {
    /// The server is stopping.
    Stopping {
        /// How many calls of RouteGuide are open.
        open_calls: usize,
        /// How long they may go on.
        grace: Duration,
    },
    /// The grace period is over.
    GraceOver {
        /// How many calls of RouteGuide were ended with UNAVAILABLE.
        ended_calls: usize,
    },
    /// The system cannot accept connections at present: its message. The server goes on trying.
    CannotAccept(String),
    /// A client speaks a protocol that the server does not.
    UnsupportedProtocol(UnsupportedProtocol, SocketAddr),
    /// A TLS handshake failed: the TLS library's message.
    TlsHandshakeFailed(String, SocketAddr),
}
