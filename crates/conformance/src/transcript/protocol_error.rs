//! What an answer can have instead of a gRPC status of the server's own.

use std::error::Error;
use std::fmt;

use h2::Reason;
use tonic::Code;

/// Why a call ended without a status from the server: how it broke off, or what is not gRPC in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProtocolError {
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

impl ProtocolError {
    /// What an error of the transport means.
    pub fn of(error: &(dyn Error + 'static)) -> ProtocolError {
        let chain = || std::iter::successors(Some(error), |error| (*error).source());
        if let Some(error) = chain().find_map(|error| error.downcast_ref::<h2::Error>()) {
            return ProtocolError::of_h2(error);
        }
        if chain().any(|error| error.is::<tonic::ConnectError>()) {
            // The innermost error is the system's; those around it only say that connecting failed.
            let words = chain().last().map_or(String::new(), ToString::to_string);
            return ProtocolError::Unreachable(words);
        }
        let is_closed = |error: &hyper::Error| {
            error.is_closed() || error.is_canceled() || error.is_incomplete_message()
        };
        let mut hypers = chain().filter_map(|error| error.downcast_ref::<hyper::Error>());
        if chain().any(|error| error.is::<std::io::Error>()) || hypers.any(is_closed) {
            return ProtocolError::Closed;
        }
        ProtocolError::Transport(chain().last().map_or(String::new(), ToString::to_string))
    }

    fn of_h2(error: &h2::Error) -> ProtocolError {
        match error.reason() {
            Some(reason) if error.is_remote() && error.is_go_away() => {
                // What the server said beside the code stands only in the error's words.
                if error.to_string().contains(SMALL_FRAMES) {
                    ProtocolError::ManySmallFrames
                } else {
                    ProtocolError::GoAway(reason)
                }
            }
            Some(reason) if error.is_remote() => ProtocolError::Reset(reason),
            Some(reason) => ProtocolError::Invalid(reason),
            None if error.is_io() => ProtocolError::Closed,
            None => ProtocolError::Transport(error.to_string()),
        }
    }

    /// Whether the call broke off, rather than that something came that is no gRPC.
    pub fn is_break(&self) -> bool {
        match self {
            ProtocolError::Unreachable(_)
            | ProtocolError::Silent
            | ProtocolError::Closed
            | ProtocolError::Reset(_)
            | ProtocolError::GoAway(_)
            | ProtocolError::ManySmallFrames
            | ProtocolError::Invalid(_)
            | ProtocolError::NoTrailers
            | ProtocolError::HalfMessage
            | ProtocolError::Transport(_) => true,
            ProtocolError::HttpStatus(_)
            | ProtocolError::ContentType(_)
            | ProtocolError::NoStatus
            | ProtocolError::BadStatus(_)
            | ProtocolError::BadFlag(_)
            | ProtocolError::Compressed(_)
            | ProtocolError::BadGzip
            | ProtocolError::Inflated
            | ProtocolError::TooLong(_) => false,
        }
    }

    /// The code that a gRPC client makes up for it.
    pub fn code(&self) -> Code {
        match self {
            ProtocolError::Unreachable(_)
            | ProtocolError::Silent
            | ProtocolError::Closed
            | ProtocolError::GoAway(_)
            | ProtocolError::ManySmallFrames => Code::Unavailable,
            ProtocolError::Reset(Reason::REFUSED_STREAM) => Code::Unavailable,
            ProtocolError::Reset(Reason::CANCEL) => Code::Cancelled,
            ProtocolError::Reset(Reason::ENHANCE_YOUR_CALM) => Code::ResourceExhausted,
            ProtocolError::Reset(Reason::INADEQUATE_SECURITY) => Code::PermissionDenied,
            ProtocolError::HttpStatus(401) => Code::Unauthenticated,
            ProtocolError::HttpStatus(403) => Code::PermissionDenied,
            ProtocolError::HttpStatus(404) => Code::Unimplemented,
            ProtocolError::HttpStatus(429 | 502..=504) => Code::Unavailable,
            ProtocolError::HttpStatus(400)
            | ProtocolError::Reset(_)
            | ProtocolError::Invalid(_)
            | ProtocolError::HalfMessage
            | ProtocolError::BadFlag(_)
            | ProtocolError::BadGzip
            | ProtocolError::Compressed(_) => Code::Internal,
            ProtocolError::TooLong(_) | ProtocolError::Inflated => Code::ResourceExhausted,
            ProtocolError::HttpStatus(_)
            | ProtocolError::Transport(_)
            | ProtocolError::NoTrailers
            | ProtocolError::ContentType(_)
            | ProtocolError::NoStatus
            | ProtocolError::BadStatus(_) => Code::Unknown,
        }
    }
}

/// In one sentence, without the full stop, for somebody who has never seen an HTTP/2 frame.
impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProtocolError::Unreachable(words) => write!(f, "no connection could be made ({words})"),
            ProtocolError::Silent => f.write_str("the server accepts the connection and sends nothing"),
            ProtocolError::Closed => f.write_str("the server closed the connection"),
            ProtocolError::Reset(reason) => write!(
                f,
                "the server reset the stream with the code {} ({})",
                name(*reason),
                meaning(*reason)
            ),
            ProtocolError::GoAway(reason) => write!(
                f,
                "the server gave up the whole connection (GOAWAY) with the code {} ({})",
                name(*reason),
                meaning(*reason)
            ),
            ProtocolError::ManySmallFrames => write!(
                f,
                "the server's HTTP/2 library gave up the whole connection (GOAWAY, {SMALL_FRAMES}), since \
                 many small messages waited there unread"
            ),
            ProtocolError::Invalid(Reason::ENHANCE_YOUR_CALM) => f.write_str(
                "the server sent far more headers, or frames that say nothing, than a call can need",
            ),
            ProtocolError::Invalid(reason) => write!(
                f,
                "what the server sent is no valid HTTP/2 ({}: {})",
                name(*reason),
                violation(*reason)
            ),
            ProtocolError::NoTrailers => {
                f.write_str("the stream ended without trailers, and so without a status")
            }
            ProtocolError::HalfMessage => f.write_str("the stream ended inside a message"),
            ProtocolError::Transport(words) => write!(f, "the connection failed ({words})"),
            ProtocolError::HttpStatus(status) => {
                let reason = http::StatusCode::from_u16(*status).ok();
                let reason = reason.and_then(|status| status.canonical_reason());
                let reason = reason.map_or(String::new(), |reason| format!(" ({reason})"));
                write!(
                    f,
                    "its HTTP status is {status}{reason}, and a gRPC answer has 200"
                )
            }
            ProtocolError::ContentType(Some(kind)) => write!(
                f,
                "its content-type is `{kind}`, and a gRPC answer has `application/grpc`"
            ),
            ProtocolError::ContentType(None) => {
                f.write_str("it has no content-type, and a gRPC answer has `application/grpc`")
            }
            ProtocolError::NoStatus => f.write_str("its trailers hold no grpc-status"),
            ProtocolError::BadStatus(value) => write!(
                f,
                "its grpc-status is `{value}`, and that must be a number from 0 to 16"
            ),
            ProtocolError::BadFlag(flag) => write!(
                f,
                "a message begins with the byte {flag}. Before each message stand five bytes: 0, or 1 if it \
                 is compressed, and four of its length"
            ),
            ProtocolError::Compressed(Some(method)) => write!(
                f,
                "a message is compressed (grpc-encoding: {method}), which the client has not said that it accepts"
            ),
            ProtocolError::Compressed(None) => f.write_str(
                "a message is marked as compressed, without a grpc-encoding that says how",
            ),
            ProtocolError::BadGzip => f.write_str("a message is marked as compressed with gzip, and is not"),
            ProtocolError::Inflated => f.write_str(
                "a compressed message is longer than 4 MiB once it is unpacked, and clients refuse that",
            ),
            ProtocolError::TooLong(length) => write!(
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
            let said = ProtocolError::Reset(Reason::from(code)).to_string();
            assert!(!said.contains("does not know"), "{said}");
            assert!(said.contains('_') || said.contains("CANCEL"), "{said}");
        }
        assert_eq!(
            ProtocolError::GoAway(Reason::from(99)).to_string(),
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
        assert_eq!(
            ProtocolError::of(&ours),
            ProtocolError::Invalid(Reason::PROTOCOL_ERROR)
        );
        let io = std::io::Error::other("gone");
        assert_eq!(ProtocolError::of(&io), ProtocolError::Closed);
    }
}
