//! What an answer can have instead of a gRPC status of the server's own.

use std::error::Error;
use std::fmt;

use h2::Reason;
use tonic::Code;

/// Why a call ended without a status from the server: how it broke off, or what is not gRPC in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// No connection for the call: the system's words.
    Unreachable(String),
    /// There is a connection, but nothing is said on it.
    Silent,
    /// The connection was closed while the call was under way.
    Closed,
    /// The server reset the stream (RST_STREAM), with this code.
    Reset(Reason),
    /// The server gave up the connection (GOAWAY), with this code.
    GoAway(Reason),
    /// The server's HTTP/2 library gave up the connection because of many small frames that waited unread. It
    /// is the budget of h2, on which tonic is built: see its `too_many_data_frames`.
    ManySmallFrames,
    /// What the server sent is no valid HTTP/2: the code that says what is wrong with it.
    Invalid(Reason),
    /// The stream ended without trailers.
    NoTrailers,
    /// The stream ended inside a message.
    HalfMessage,
    /// The transport failed in a way of its own: its words.
    Transport(String),
    /// An HTTP status that is not 200.
    HttpStatus(u16),
    /// The content-type of something else, or none.
    ContentType(Option<String>),
    /// Trailers without a grpc-status.
    NoStatus,
    /// A grpc-status that is none.
    BadStatus(String),
    /// The first byte of a message is neither 0 nor 1.
    BadFlag(u8),
    /// A compressed message, though the client accepts none; by which method, if that was said.
    Compressed(Option<String>),
    /// A compressed message that cannot be unpacked.
    BadGzip,
    /// A compressed message that is longer than any that is read, once it is unpacked.
    Inflated,
    /// A message of so many bytes is announced, which are more than are read.
    TooLong(u32),
}

/// What h2 says when it gives up a connection because of many small frames.
const SMALL_FRAMES: &str = "too_many_data_frames";

impl Flaw {
    /// What an error of the transport means.
    pub fn of(error: &(dyn Error + 'static)) -> Flaw {
        let chain = || std::iter::successors(Some(error), |error| (*error).source());
        if let Some(error) = chain().find_map(|error| error.downcast_ref::<h2::Error>()) {
            return Flaw::of_h2(error);
        }
        if chain().any(|error| error.is::<tonic::ConnectError>()) {
            // The innermost error is the system's; those around it only say that connecting failed.
            let words = chain().last().map_or(String::new(), ToString::to_string);
            return Flaw::Unreachable(words);
        }
        let is_closed = |error: &hyper::Error| {
            error.is_closed() || error.is_canceled() || error.is_incomplete_message()
        };
        let mut hypers = chain().filter_map(|error| error.downcast_ref::<hyper::Error>());
        if chain().any(|error| error.is::<std::io::Error>()) || hypers.any(is_closed) {
            return Flaw::Closed;
        }
        Flaw::Transport(chain().last().map_or(String::new(), ToString::to_string))
    }

    fn of_h2(error: &h2::Error) -> Flaw {
        match error.reason() {
            Some(reason) if error.is_remote() && error.is_go_away() => {
                // What the server said beside the code stands only in the error's words.
                if error.to_string().contains(SMALL_FRAMES) {
                    Flaw::ManySmallFrames
                } else {
                    Flaw::GoAway(reason)
                }
            }
            Some(reason) if error.is_remote() => Flaw::Reset(reason),
            Some(reason) => Flaw::Invalid(reason),
            None if error.is_io() => Flaw::Closed,
            None => Flaw::Transport(error.to_string()),
        }
    }

    /// Whether the call broke off, rather than that something came that is no gRPC.
    pub fn is_break(&self) -> bool {
        match self {
            Flaw::Unreachable(_)
            | Flaw::Silent
            | Flaw::Closed
            | Flaw::Reset(_)
            | Flaw::GoAway(_)
            | Flaw::ManySmallFrames
            | Flaw::Invalid(_)
            | Flaw::NoTrailers
            | Flaw::HalfMessage
            | Flaw::Transport(_) => true,
            Flaw::HttpStatus(_)
            | Flaw::ContentType(_)
            | Flaw::NoStatus
            | Flaw::BadStatus(_)
            | Flaw::BadFlag(_)
            | Flaw::Compressed(_)
            | Flaw::BadGzip
            | Flaw::Inflated
            | Flaw::TooLong(_) => false,
        }
    }

    /// The code that a gRPC client makes up for it.
    pub fn code(&self) -> Code {
        match self {
            Flaw::Unreachable(_)
            | Flaw::Silent
            | Flaw::Closed
            | Flaw::GoAway(_)
            | Flaw::ManySmallFrames => Code::Unavailable,
            Flaw::Reset(Reason::REFUSED_STREAM) => Code::Unavailable,
            Flaw::Reset(Reason::CANCEL) => Code::Cancelled,
            Flaw::Reset(Reason::ENHANCE_YOUR_CALM) => Code::ResourceExhausted,
            Flaw::Reset(Reason::INADEQUATE_SECURITY) => Code::PermissionDenied,
            Flaw::HttpStatus(401) => Code::Unauthenticated,
            Flaw::HttpStatus(403) => Code::PermissionDenied,
            Flaw::HttpStatus(404) => Code::Unimplemented,
            Flaw::HttpStatus(429 | 502..=504) => Code::Unavailable,
            Flaw::HttpStatus(400)
            | Flaw::Reset(_)
            | Flaw::Invalid(_)
            | Flaw::HalfMessage
            | Flaw::BadFlag(_)
            | Flaw::BadGzip
            | Flaw::Compressed(_) => Code::Internal,
            Flaw::TooLong(_) | Flaw::Inflated => Code::ResourceExhausted,
            Flaw::HttpStatus(_)
            | Flaw::Transport(_)
            | Flaw::NoTrailers
            | Flaw::ContentType(_)
            | Flaw::NoStatus
            | Flaw::BadStatus(_) => Code::Unknown,
        }
    }
}

/// In one sentence, without the full stop, for somebody who has never seen an HTTP/2 frame.
impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Unreachable(words) => write!(f, "no connection could be made ({words})"),
            Flaw::Silent => f.write_str("the server accepts the connection and says nothing"),
            Flaw::Closed => f.write_str("the server closed the connection"),
            Flaw::Reset(reason) => write!(
                f,
                "the server reset the stream with the code {} ({})",
                name(*reason),
                meaning(*reason)
            ),
            Flaw::GoAway(reason) => write!(
                f,
                "the server gave up the whole connection (GOAWAY) with the code {} ({})",
                name(*reason),
                meaning(*reason)
            ),
            Flaw::ManySmallFrames => write!(
                f,
                "the server's HTTP/2 library gave up the whole connection (GOAWAY, {SMALL_FRAMES}), since \
                 many small messages waited there unread"
            ),
            Flaw::Invalid(Reason::ENHANCE_YOUR_CALM) => f.write_str(
                "the server sent far more headers, or frames that say nothing, than a call can need",
            ),
            Flaw::Invalid(reason) => write!(
                f,
                "what the server sent is no valid HTTP/2 ({}: {})",
                name(*reason),
                violation(*reason)
            ),
            Flaw::NoTrailers => {
                f.write_str("the stream ended without trailers, and so without a status")
            }
            Flaw::HalfMessage => f.write_str("the stream ended inside a message"),
            Flaw::Transport(words) => write!(f, "the connection failed ({words})"),
            Flaw::HttpStatus(status) => {
                let reason = http::StatusCode::from_u16(*status).ok();
                let reason = reason.and_then(|status| status.canonical_reason());
                let reason = reason.map_or(String::new(), |reason| format!(" ({reason})"));
                write!(
                    f,
                    "its HTTP status is {status}{reason}, and a gRPC answer has 200"
                )
            }
            Flaw::ContentType(Some(kind)) => write!(
                f,
                "its content-type is `{kind}`, and a gRPC answer has `application/grpc`"
            ),
            Flaw::ContentType(None) => {
                f.write_str("it has no content-type, and a gRPC answer has `application/grpc`")
            }
            Flaw::NoStatus => f.write_str("its trailers hold no grpc-status"),
            Flaw::BadStatus(value) => write!(
                f,
                "its grpc-status is `{value}`, and that must be a number from 0 to 16"
            ),
            Flaw::BadFlag(flag) => write!(
                f,
                "a message begins with the byte {flag}. Before each message stand five bytes: 0, or 1 if it \
                 is compressed, and four of its length"
            ),
            Flaw::Compressed(Some(method)) => write!(
                f,
                "a message is compressed (grpc-encoding: {method}), which the client has not said that it accepts"
            ),
            Flaw::Compressed(None) => f.write_str(
                "a message is marked as compressed, without a grpc-encoding that says how",
            ),
            Flaw::BadGzip => f.write_str("a message is marked as compressed with gzip, and is not"),
            Flaw::Inflated => f.write_str(
                "a compressed message is longer than 4 MiB once it is unpacked, and clients refuse that",
            ),
            Flaw::TooLong(length) => write!(
                f,
                "a message of {length} bytes is announced, and clients refuse more than 4 MiB"
            ),
        }
    }
}

/// What HTTP/2 calls an error code.
fn name(reason: Reason) -> String {
    let named = format!("{reason:?}");
    match named.starts_with("Reason(") {
        false => named,
        true => u32::from(reason).to_string(),
    }
}

/// What a server means by an error code (RFC 9113, section 7).
fn meaning(reason: Reason) -> &'static str {
    match reason {
        Reason::NO_ERROR => "it wants no more of this, though nothing is wrong",
        Reason::PROTOCOL_ERROR => "it says that the client broke the rules of HTTP/2",
        Reason::INTERNAL_ERROR => "something inside it failed",
        Reason::FLOW_CONTROL_ERROR => "it says that the client sent more than it had leave to",
        Reason::SETTINGS_TIMEOUT => "it says that the client did not confirm its settings",
        Reason::STREAM_CLOSED => "it says that the client sent something after its end",
        Reason::FRAME_SIZE_ERROR => "it says that a frame of the client's has a wrong size",
        Reason::REFUSED_STREAM => "it has not begun with the call, and takes no more for now",
        Reason::CANCEL => "it has dropped the call",
        Reason::COMPRESSION_ERROR => "it could not read the headers",
        Reason::CONNECT_ERROR => "a connection that it needs broke",
        Reason::ENHANCE_YOUR_CALM => "it says that the client asks too much of it",
        Reason::INADEQUATE_SECURITY => "it demands better encryption",
        Reason::HTTP_1_1_REQUIRED => "it wants to be called over HTTP/1.1",
        _ => "which HTTP/2 does not know",
    }
}

/// What is wrong with what a server sent.
fn violation(reason: Reason) -> &'static str {
    match reason {
        Reason::FLOW_CONTROL_ERROR => "it sent more than it had leave to",
        Reason::STREAM_CLOSED => "it sent something after the end of a stream",
        Reason::FRAME_SIZE_ERROR => "a frame has a wrong size",
        Reason::COMPRESSION_ERROR => "its headers cannot be read",
        _ => "a frame that cannot stand where it came, or far too long headers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_http2_has_a_name_and_a_meaning() {
        for code in 0..14 {
            let said = Flaw::Reset(Reason::from(code)).to_string();
            assert!(!said.contains("does not know"), "{said}");
            assert!(said.contains('_') || said.contains("CANCEL"), "{said}");
        }
        assert_eq!(
            Flaw::GoAway(Reason::from(99)).to_string(),
            "the server gave up the whole connection (GOAWAY) with the code 99 (which HTTP/2 does not know)"
        );
    }

    #[test]
    fn the_cause_is_found_behind_what_wraps_it() {
        #[derive(Debug)]
        struct Wrapped(h2::Error);
        impl fmt::Display for Wrapped {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("something failed")
            }
        }
        impl Error for Wrapped {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let ours = Wrapped(h2::Error::from(Reason::PROTOCOL_ERROR));
        assert_eq!(Flaw::of(&ours), Flaw::Invalid(Reason::PROTOCOL_ERROR));
        let io = std::io::Error::other("gone");
        assert_eq!(Flaw::of(&io), Flaw::Closed);
    }
}
