//! One event of a trace, before it is drawn.

use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderMap, HeaderName};

use crate::reference::observe::observer::CallSide;

/// How many characters of a text from the network are kept.
const MAX_CHARS: usize = 500;

/// Headers that every gRPC call has, or that are drawn in another way.
const OMITTED_HEADERS: [&str; 5] = ["te", "content-type", "date", "grpc-status", "grpc-message"];

/// Headers whose values are secret. A trace may be projected in front of a class.
const SECRET_HEADERS: [HeaderName; 3] = [
    http::header::AUTHORIZATION,
    http::header::PROXY_AUTHORIZATION,
    http::header::COOKIE,
];

/// Something that happened in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceEntry {
    /// The call's number, counted from 1; 0 if the event belongs to no call.
    pub call: u64,
    /// How long after the start of the call.
    pub at: Duration,
    /// What happened.
    pub event: TraceEvent,
}

/// What can happen. All texts come from the network, and are clipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceEvent {
    /// The call starts.
    Started {
        /// The name of the RPC, or the path if it is not one of RouteGuide's.
        name: String,
        /// The client's address, if it is known.
        peer: Option<SocketAddr>,
        /// The request's headers.
        headers: String,
    },
    /// A message.
    Message {
        /// The side that sent it.
        from: CallSide,
        /// Its content.
        text: String,
    },
    /// Messages that are not drawn.
    OmittedMessages {
        /// How many from the client.
        client: u64,
        /// How many from the server.
        server: u64,
    },
    /// The client sends no more messages.
    HalfClosed,
    /// The server's headers.
    Headers {
        /// Their names and values.
        headers: String,
    },
    /// The server has ended the call.
    Ended {
        /// Whether the status is OK.
        is_ok: bool,
        /// The status: its code and its message.
        status: String,
        /// The other trailers.
        trailers: String,
        /// Whether the trailers took the place of the headers.
        trailers_only: bool,
    },
    /// The call has ended without a status from the server.
    Terminated {
        /// The side that caused it.
        by: CallSide,
        /// What happened.
        reason: String,
    },
    /// The last event of a call.
    Closed(CallSummary),
    /// Calls that are not drawn at all.
    OmittedCalls {
        /// How many.
        calls: u64,
    },
}

/// A call in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallSummary {
    /// The name of the RPC, or the path.
    pub name: String,
    /// The status code, or `no status`.
    pub outcome: String,
    /// Whether the status is OK.
    pub is_ok: bool,
    /// How many messages the client sent.
    pub to_server: u64,
    /// How many messages the server sent.
    pub to_client: u64,
}

/// The beginning of a text.
pub fn clipped(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

/// The headers that not every call has.
pub fn headers(headers: &HeaderMap) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        let value = value.as_bytes();
        let is_unusual = name == http::header::CONTENT_TYPE && value != b"application/grpc";
        if OMITTED_HEADERS.contains(&name.as_str()) && !is_unusual {
            continue;
        }
        let value = match SECRET_HEADERS.contains(name) {
            true => "…".into(),
            false => String::from_utf8_lossy(value),
        };
        let comma = if text.is_empty() { "" } else { ", " };
        text.push_str(&format!("{comma}{name}: {value}"));
        if text.len() > 4 * MAX_CHARS {
            break;
        }
    }
    clipped(&text)
}
