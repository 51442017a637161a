//! One line of a trace, before it is drawn.

use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderMap, HeaderName};

use crate::reference::watched::observer::Side;

/// So many characters of a text from outside are kept for drawing.
const LONGEST: usize = 500;

/// What every gRPC call says, or what is told in words of its own.
const PASSED_OVER: [&str; 4] = ["te", "content-type", "grpc-status", "grpc-message"];

/// What a class must not read off the wall.
const SECRET: [HeaderName; 3] = [
    http::header::AUTHORIZATION,
    http::header::PROXY_AUTHORIZATION,
    http::header::COOKIE,
];

/// Something that happened in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The call's number, counted from 1; 0 for what belongs to none.
    pub call: u64,
    /// How long after the call's beginning.
    pub at: Duration,
    /// What it was.
    pub event: Event,
}

/// What can happen. All texts are from outside, and cut to a bearable length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The call begins.
    Opened {
        /// The name of the RPC, or the path if it is none of ours.
        name: String,
        /// Who calls, where that is known.
        peer: Option<SocketAddr>,
        /// What the request's headers say, in one text.
        headers: String,
    },
    /// A message.
    Said {
        /// Who sent it.
        from: Side,
        /// It, in words.
        words: String,
    },
    /// So many messages were not drawn.
    LeftOut {
        /// From the client.
        client: u64,
        /// From the server.
        server: u64,
    },
    /// The client will send no more.
    HalfClosed,
    /// The server's headers.
    Headers {
        /// What they say, in one text.
        headers: String,
    },
    /// The server has ended the call.
    Ended {
        /// Whether it went well.
        is_ok: bool,
        /// The status, in words.
        words: String,
        /// What else the trailers say, in one text.
        trailers: String,
        /// Whether they came in the place of headers.
        at_once: bool,
    },
    /// The call is gone, and nobody has ended it.
    Gone {
        /// Whose doing it was.
        by: Side,
        /// What happened.
        words: String,
    },
    /// The call is over.
    Closed(Summary),
    /// So many calls were not drawn at all.
    Unseen {
        /// How many.
        calls: u64,
    },
}

/// All of a call in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The name of the RPC, or the path.
    pub name: String,
    /// The code that it ended with, or what stands in its place.
    pub outcome: String,
    /// Whether it went well.
    pub is_ok: bool,
    /// Messages from the client.
    pub to_server: u64,
    /// Messages from the server.
    pub to_client: u64,
}

/// The beginning of a text.
pub fn clipped(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// What headers say beyond what every call says.
pub fn headers(headers: &HeaderMap) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        let value = value.as_bytes();
        let is_unusual = name == http::header::CONTENT_TYPE && value != b"application/grpc";
        if PASSED_OVER.contains(&name.as_str()) && !is_unusual {
            continue;
        }
        let value = match SECRET.contains(name) {
            true => "…".into(),
            false => String::from_utf8_lossy(value),
        };
        let comma = if text.is_empty() { "" } else { ", " };
        text.push_str(&format!("{comma}{name}: {value}"));
        if text.len() > 4 * LONGEST {
            break;
        }
    }
    clipped(&text)
}
