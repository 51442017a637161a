//! What happened in one call, in order.

use std::fmt;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD;
use serde::Serialize;

use crate::messages::{Message, Rpc};

mod protocol_error;
#[cfg(feature = "schema")]
mod schema;

pub use protocol_error::ProtocolError;
#[cfg(feature = "schema")]
pub use schema::CodeName;

/// Everything that was seen of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    /// The RPC that was called.
    pub rpc: Rpc,
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "event", deny_unknown_fields)
)]
pub struct Event {
    /// How long after the start of the call. JSON has milliseconds, rounded to a tenth.
    #[serde(rename = "at_ms", serialize_with = "milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64", range(min = 0)))]
    pub at: Duration,
    /// What it was.
    #[serde(flatten)]
    pub what: EventKind,
}

/// What can happen in a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EventKind {
    /// The client sent a message.
    Sent {
        /// The message.
        message: Message,
    },
    /// The client, which was the lab, sent bytes that are no message, on purpose.
    Damaged {
        /// How many.
        bytes: usize,
    },
    /// The client half-closed: it will send no more.
    HalfClosed,
    /// The client reset the stream, or went away.
    Cancelled,
    /// The server sent its headers.
    Headers,
    /// The server sent a message.
    Received {
        /// The message.
        message: Message,
    },
    /// A message came, from either side, that is not of the type that belongs there.
    Undecodable {
        /// Its length in bytes.
        bytes: usize,
        /// The decoder's words.
        problem: String,
    },
    /// The server ended the call with this status, or the connection did.
    Ended {
        /// The status.
        status: Status,
    },
    /// Nothing moved until the time-out.
    Stalled {
        /// What the lab was waiting for.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        waiting_for: String,
    },
    /// The lab ended the call, which would have gone on.
    CutOff {
        /// Why.
        #[serde(skip)]
        excess: CutOffReason,
    },
}

/// Why a call must not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutOffReason {
    /// So many messages or bytes came that no mistake would explain them.
    Flood {
        /// How many bytes, in all messages.
        bytes: usize,
    },
    /// More messages came than can be right, and still more after them, until the time-out.
    TooMany,
    /// A message that cannot be right came, and others after it, until the time-out.
    Wrong,
    /// All was well so far, but it took many times as long as nothing at all may take.
    TooLong,
}

/// How a call ended: the gRPC status, from the trailers or from the transport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "status", deny_unknown_fields)
)]
pub struct Status {
    /// The code's name: `OK`, `NOT_FOUND`.
    #[cfg_attr(feature = "schema", schemars(with = "CodeName"))]
    pub code: &'static str,
    /// The server's message, often empty; what happened, if no status came from the server.
    pub message: String,
    /// Why no status came from the server, if none did.
    #[serde(skip)]
    pub flaw: Option<ProtocolError>,
    /// What `grpc-status-details-bin` holds, in base64 as it came, if it was there.
    #[serde(skip)]
    pub details: Option<String>,
}

impl Status {
    /// Whether the server has refused to begin with the call, since it has too many.
    pub fn is_refused_stream(&self) -> bool {
        matches!(
            self.flaw,
            Some(ProtocolError::Reset(h2::Reason::REFUSED_STREAM))
        )
    }

    /// The status of a call that went well.
    pub fn ok() -> Status {
        Status::new(tonic::Code::Ok, String::new())
    }

    /// A status from the server.
    pub fn new(code: tonic::Code, message: String) -> Status {
        Status {
            code: code_name(code),
            message,
            flaw: None,
            details: None,
        }
    }

    /// The status of a call whose answer has none.
    pub fn flawed(flaw: ProtocolError) -> Status {
        Status {
            code: code_name(flaw.code()),
            message: flaw.to_string(),
            flaw: Some(flaw),
            details: None,
        }
    }

    /// The code as tonic knows it.
    pub fn tonic_code(&self) -> tonic::Code {
        codes()
            .find(|code| code_name(*code) == self.code)
            .unwrap_or(tonic::Code::Unknown)
    }

    /// Whether the call broke off: no status of the server's own came, and the transport made one up.
    pub fn broke_off(&self) -> bool {
        self.flaw.as_ref().is_some_and(ProtocolError::is_break)
    }

    /// Whether the server itself ended the call with this.
    pub fn is_the_servers(&self) -> bool {
        self.flaw.is_none()
    }

    /// Whether the call lost its server, or found none: it broke off, or none could be reached.
    pub fn has_no_server(&self) -> bool {
        self.broke_off() || self.code == "UNAVAILABLE"
    }

    /// Whether the call went well.
    pub fn is_ok(&self) -> bool {
        self.code == "OK"
    }
}

impl From<&tonic::Status> for Status {
    fn from(status: &tonic::Status) -> Status {
        let details = match status.details() {
            [] => None,
            details => Some(STANDARD_NO_PAD.encode(details)),
        };
        Status {
            details,
            ..Status::new(status.code(), status.message().to_string())
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Some libraries say "OK" in the message too, and some messages have several lines.
        let words: Vec<&str> = self.message.split_whitespace().collect();
        let words = words.join(" ");
        if words.is_empty() || words == self.code {
            f.write_str(self.code)
        } else {
            write!(f, "{}: {words}", self.code)
        }
    }
}

/// All codes. They are numbered from 0 to 16, without a gap.
fn codes() -> impl Iterator<Item = tonic::Code> {
    (0..=16).map(tonic::Code::from_i32)
}

/// The name of a status code as the gRPC documentation writes it.
fn code_name(code: tonic::Code) -> &'static str {
    match code {
        tonic::Code::Ok => "OK",
        tonic::Code::Cancelled => "CANCELLED",
        tonic::Code::Unknown => "UNKNOWN",
        tonic::Code::InvalidArgument => "INVALID_ARGUMENT",
        tonic::Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        tonic::Code::NotFound => "NOT_FOUND",
        tonic::Code::AlreadyExists => "ALREADY_EXISTS",
        tonic::Code::PermissionDenied => "PERMISSION_DENIED",
        tonic::Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        tonic::Code::FailedPrecondition => "FAILED_PRECONDITION",
        tonic::Code::Aborted => "ABORTED",
        tonic::Code::OutOfRange => "OUT_OF_RANGE",
        tonic::Code::Unimplemented => "UNIMPLEMENTED",
        tonic::Code::Internal => "INTERNAL",
        tonic::Code::Unavailable => "UNAVAILABLE",
        tonic::Code::DataLoss => "DATA_LOSS",
        tonic::Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

impl Transcript {
    /// The messages from the client, in order.
    pub fn sent(&self) -> impl Iterator<Item = &Message> {
        self.events.iter().filter_map(|event| match &event.what {
            EventKind::Sent { message } => Some(message),
            _ => None,
        })
    }

    /// The messages from the server, in order.
    pub fn received(&self) -> impl Iterator<Item = &Message> {
        self.events.iter().filter_map(|event| match &event.what {
            EventKind::Received { message } => Some(message),
            _ => None,
        })
    }

    /// The status that the call ended with, if the server ended it.
    pub fn status(&self) -> Option<&Status> {
        self.events.iter().find_map(|event| match &event.what {
            EventKind::Ended { status } => Some(status),
            _ => None,
        })
    }

    /// The index of the last event, if there is one.
    pub fn last(&self) -> Option<usize> {
        self.events.len().checked_sub(1)
    }

    /// The index of the first event of a kind.
    pub fn position(&self, kind: impl Fn(&EventKind) -> bool) -> Option<usize> {
        self.events.iter().position(|event| kind(&event.what))
    }

    /// The index of the event of the server's `n`th message, counted from 0.
    pub fn nth_received(&self, n: usize) -> Option<usize> {
        self.events
            .iter()
            .enumerate()
            .filter(|(_, event)| matches!(event.what, EventKind::Received { .. }))
            .nth(n)
            .map(|(index, _)| index)
    }
}

/// A transcript that is being written.
#[derive(Debug)]
pub struct Writer {
    started: Instant,
    transcript: Transcript,
}

impl Writer {
    /// Starts the clock of a call.
    pub fn start(rpc: Rpc) -> Writer {
        Writer {
            started: Instant::now(),
            transcript: Transcript {
                rpc,
                events: Vec::new(),
            },
        }
    }

    /// Writes down what has just happened.
    pub fn write(&mut self, what: EventKind) {
        let at = self.started.elapsed();
        self.transcript.events.push(Event { at, what });
    }

    /// What has been written so far.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The finished transcript.
    pub fn finish(self) -> Transcript {
        self.transcript
    }
}

fn milliseconds<S: serde::Serializer>(at: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // Tenths are as fine as a reader can use.
    serializer.serialize_f64((at.as_secs_f64() * 10_000.0).round() / 10.0)
}
