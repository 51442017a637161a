//! What is asked of every stream, whatever it carries: that its messages can be read, that it ends,
//! and that its status is OK.

use std::time::Duration;

use super::diagnosis::Finding;
use super::{CaseReport, Diagnosis};
use crate::transcript::CutOffReason;
use crate::transcript::{Event, EventKind, ProtocolError, Status, Transcript};

/// The first event that no right call has, and what it means. A stall is left to the RPC's own
/// judgement if it comes before the half-close, since there it depends on what was expected.
pub fn fault(transcript: &Transcript) -> Option<Finding> {
    let half_closed = transcript.position(|what| matches!(what, EventKind::HalfClosed));
    let mut messages = 0;
    transcript
        .events
        .iter()
        .enumerate()
        .find_map(|(index, event)| {
            let diagnosis = match &event.what {
                EventKind::Received { .. } => {
                    messages += 1;
                    None
                }
                EventKind::Undecodable { problem, .. } => Some(undecodable(problem, messages + 1)),
                EventKind::CutOff { excess } => cut_off(*excess, messages, event.at),
                EventKind::Stalled { waiting_for } if half_closed.is_some_and(|at| at < index) => {
                    Some(went_quiet(transcript, waiting_for, messages))
                }
                EventKind::Ended { status } if !status.is_ok() => {
                    Some(bad_status(status, messages))
                }
                _ => None,
            };
            diagnosis.map(|diagnosis| Finding {
                diagnosis,
                mark: Some(index),
            })
        })
}

/// A message of another type than the contract's.
fn undecodable(problem: &str, number: usize) -> Diagnosis {
    // The decoder's words, with the names that protobuf has for what travels explained.
    let mut words = problem.to_string();
    for (opening, name, means) in WIRE_TYPES {
        words = words.replace(
            &format!("{opening}{name}"),
            &format!("{opening}{name}, {means}"),
        );
    }
    let words = words.trim_start_matches("failed to decode Protobuf message: ");
    let message = format!(
        "Message {number} from the server does not decode as the contract's type: {words}."
    );
    let diagnosis = match problem.contains(WIRE_TYPES[0].0) {
        true => Diagnosis::mistake("field-type", message),
        false => Diagnosis::new(message),
    };
    diagnosis.hint(COMPARE_THE_PROTO)
}

/// What to do about messages that one side writes and the other cannot read.
const COMPARE_THE_PROTO: &str =
    "Compare the field types and numbers in your .proto with the lesson's.";

/// Whether a server says that it could not decode a message: the words of tonic and prost, grpc-go, Java, Python, Node, C#
/// and C++.
fn is_about_decoding(message: &str) -> bool {
    let message = message.to_lowercase();
    let words = [
        "failed to decode",
        "invalid wire type",
        "unmarshal",
        "deserializ",
        "invalid protobuf byte sequence",
        "failed to parse",
    ];
    words.iter().any(|words| message.contains(words))
}

/// How numbers and texts travel, as the decoder calls it, and the types of a .proto that travel so.
const WIRE_TYPES: [(&str, &str, &str); 8] = {
    const CAME: &str = "invalid wire type: ";
    const DUE: &str = "expected ";
    const NUMBER: &str = "as an int32 travels";
    const DOUBLE: &str = "as a double travels";
    const TEXT: &str = "as a string or a message travels";
    const FLOAT: &str = "as a float travels";
    [
        (CAME, "Varint", NUMBER),
        (CAME, "SixtyFourBit", DOUBLE),
        (CAME, "LengthDelimited", TEXT),
        (CAME, "ThirtyTwoBit", FLOAT),
        (DUE, "Varint", NUMBER),
        (DUE, "SixtyFourBit", DOUBLE),
        (DUE, "LengthDelimited", TEXT),
        (DUE, "ThirtyTwoBit", FLOAT),
    ]
};

/// A call that sent more than can be right, and was cut off for that.
pub fn flood(transcript: &Transcript) -> Option<Finding> {
    let is_flood = |what: &EventKind| {
        let too_much = |excess: &CutOffReason| {
            matches!(excess, CutOffReason::Flood { .. } | CutOffReason::TooMany)
        };
        matches!(what, EventKind::CutOff { excess } if too_much(excess))
    };
    let mark = transcript.position(is_flood)?;
    fault(transcript).filter(|finding| finding.mark == Some(mark))
}

/// A call that ended with OK, without the one message that the server must send where it does not stream.
pub fn not_one_answer(transcript: &Transcript) -> Option<Finding> {
    let kind = match transcript.rpc.client_streams() {
        true => "client-streaming",
        false => "unary",
    };
    let received = transcript.received().count();
    let diagnosis = match received {
        1 => return None,
        0 => Diagnosis::mistake(
            "replies-nothing",
            format!(
                "The call ended with OK, but without an answer. A {kind} call returns one message."
            ),
        ),
        n => Diagnosis::new(format!(
            "{n} message{} came. A {kind} call returns one.",
            plural(n)
        )),
    };
    Some(Finding {
        diagnosis,
        mark: transcript.nth_received(1).or(transcript.last()),
    })
}

/// A call that was cut off. Where a single message was wrong before, that says more.
fn cut_off(excess: CutOffReason, messages: usize, after: Duration) -> Option<Diagnosis> {
    let seconds = after.as_secs_f64();
    let diagnosis = match excess {
        CutOffReason::Flood { bytes } => Diagnosis::mistake(
            "floods",
            format!(
                "The server sent {messages} message{}, {bytes} bytes in all, in {seconds:.1} s. That is more \
                 than can be right, and it was cut off.",
                plural(messages)
            ),
        ),
        CutOffReason::TooMany => Diagnosis::mistake(
            "floods",
            format!(
                "The stream does not end: {messages} messages had come after {seconds:.1} s, more than can \
                 be right, and it was cut off."
            ),
        ),
        CutOffReason::Wrong => return None,
        CutOffReason::TooLong => Diagnosis::new(format!(
            "The call had not ended after {seconds:.1} s, in which {messages} message{} came, and was cut \
             off.",
            plural(messages)
        ))
        .hint(MEANT_TO_BE_SLOW),
    };
    Some(diagnosis)
}

/// The id of a server that leaves a call without an answer.
pub const HANGS: &str = "hangs";

const LOOP: &str =
    "Look for a loop that never ends, or that waits for something without giving up its thread";

/// A call that hangs in a server that keeps a processor busy although no call is open any more.
pub fn in_a_loop(found: Diagnosis) -> Diagnosis {
    Diagnosis {
        message: "The method never ends: it gives its thread back to no other call, and keeps a processor busy all the \
                  time."
            .to_string(),
        evidence: Some(found.message),
        hint: Some(format!("{LOOP}.")),
        hint_in_rust: Some(format!("{LOOP}: without `.await`.")),
        ..found
    }
}

/// The id of a server that leaves a call open after everything has come.
pub const NEVER_ENDS: &str = "never-ends";

/// Whether the server left a call open after the client had half-closed.
pub fn never_ended(events: &[Event]) -> bool {
    let half_closed = |event: &Event| matches!(event.what, EventKind::HalfClosed);
    let stalled = |event: &Event| matches!(event.what, EventKind::Stalled { .. });
    events
        .iter()
        .position(half_closed)
        .is_some_and(|at| events[at..].iter().any(stalled))
}

/// What to do about a server that is right, and only slow.
pub const MEANT_TO_BE_SLOW: &str =
    "If your server is meant to be that slow, check it with a longer `--timeout`.";

const FILL: &str = "Not even the headers of the answer came: the method is still at work. One that fills a queue or channel before \
                    it returns the stream waits for ever once that is full: fill it from a task of its own.";

/// A call that does not end although the client has half-closed.
fn went_quiet(transcript: &Transcript, waiting_for: &str, messages: usize) -> Diagnosis {
    let sent = transcript.sent().count();
    let message = format!(
        "The client sent {sent} message{} and half-closed. {messages} message{} came, and then nothing \
         more: {waiting_for} does not come.",
        plural(sent),
        plural(messages)
    );
    let headers = transcript.position(|what| matches!(what, EventKind::Headers));
    let rpc = transcript.rpc;
    match (rpc.client_streams(), rpc.server_streams()) {
        (true, true) => Diagnosis::mistake(NEVER_ENDS, message).hint(
            "Return when the requests end: after the half-close, reading gives no more notes. A stream made of \
             a channel ends when the last sender is dropped.",
        ),
        (false, true) if headers.is_none() => Diagnosis::mistake(HANGS, message).hint(FILL)
            .hint_in_rust(format!("{FILL} In Rust: `tokio::spawn`."))
            .and_hint(MEANT_TO_BE_SLOW),
        _ => Diagnosis::mistake(HANGS, message).hint(MEANT_TO_BE_SLOW),
    }
}

/// The id of a server that breaks down where a message field is unset.
pub const UNSET_FIELD: &str = "unset-field-panics";

/// The id of a server that ends a call with an error before it has sent anything.
pub const ERROR_BEFORE_DATA: &str = "error-before-data";

/// The id of a server that sends the data, and then ends the call with an error.
pub const WRONG_STATUS: &str = "wrong-status";

fn bad_status(status: &Status, messages: usize) -> Diagnosis {
    if let Some(flaw) = &status.flaw {
        return flawed(flaw, status, messages);
    }
    if status.code == "UNIMPLEMENTED" {
        return Diagnosis::mistake(
            "rpc-unimplemented",
            format!("The server ended the call with {status}"),
        )
        .hint(
            "This RPC is still the stub, or its method is not the one that is served: write it.",
        );
    }
    if messages == 0 && is_about_decoding(&status.message) {
        return Diagnosis::mistake(
            "field-type",
            format!(
                "The server cannot read what the client sends: it ended the call with {status}."
            ),
        )
        .hint(COMPARE_THE_PROTO);
    }
    let id = if messages == 0 {
        ERROR_BEFORE_DATA
    } else {
        WRONG_STATUS
    };
    let when = when(messages);
    let diagnosis = Diagnosis::mistake(
        id,
        format!("The server ended the call {when} with {status}; it must end with OK."),
    );
    if status.message == TIMEOUT_OF_TONIC {
        return diagnosis
            .hint("A server sets no time for its calls: a client may take as long as it likes.")
            .hint_in_rust(
                "tonic says so where `Server::builder()` has a `timeout`: take it off, for a client may take as long as it \
                 likes.",
            );
    }
    match of_python(&status.message) {
        Some(hint) => diagnosis.hint(hint),
        None => diagnosis,
    }
}

/// What a server of tonic says of a call that took longer than the time it was set.
const TIMEOUT_OF_TONIC: &str = "Timeout expired";

/// What a status means whose words are those of grpcio, Python's gRPC, for a method that fails.
fn of_python(words: &str) -> Option<&'static str> {
    if words.contains("object is not an iterator") {
        Some("A streaming method in Python is a generator: `yield` each message, and return none.")
    } else if words.starts_with("Failed to serialize response") {
        Some(
            "What your method gave to gRPC is not a message of the type that this RPC answers with.",
        )
    } else if words.starts_with("Exception calling application")
        || words.starts_with("Exception iterating responses")
        || words.starts_with("Unexpected <class")
    {
        Some(
            "Your method raised an exception. Where, its traceback says, on the server's standard error.",
        )
    } else {
        None
    }
}

/// An answer without a status of the server's own.
fn flawed(flaw: &ProtocolError, status: &Status, messages: usize) -> Diagnosis {
    let what = &status.message;
    match flaw {
        ProtocolError::TooLong(_) | ProtocolError::Inflated => Diagnosis::mistake(
            "huge-message",
            format!("Message {} from the server was refused: {what}.", messages + 1),
        )
        .hint("Each message stands behind five bytes: a flag, and its length. Send one Feature a message."),
        ProtocolError::Compressed(_) | ProtocolError::BadGzip => Diagnosis::new(format!("The server's answer cannot be read: {what}."))
            .hint("Compress only by a method that the client names in its header grpc-accept-encoding."),
        ProtocolError::HttpStatus(_) | ProtocolError::ContentType(_) | ProtocolError::NoStatus | ProtocolError::BadStatus(_) | ProtocolError::BadFlag(_) => {
            Diagnosis::mistake(
                "not-grpc",
                format!("The server answers in HTTP/2, but not in gRPC: {what}."),
            )
            .hint("A gRPC answer has the content-type application/grpc, and ends with a grpc-status in its trailers.")
        }
        ProtocolError::Invalid(h2::Reason::ENHANCE_YOUR_CALM) => Diagnosis::mistake(
            "floods",
            format!("The call was cut off {}: {what}.", when(messages)),
        ),
        ProtocolError::Invalid(_) => Diagnosis::mistake(
            "not-http2",
            format!("The call broke off {}: {what}.", when(messages)),
        )
        .hint("A gRPC library writes the frames of HTTP/2 by itself. Is something else on the way, or does it write to the connection?"),
        ProtocolError::ManySmallFrames => Diagnosis::new(format!("The call broke off {}: {what}.", when(messages))).hint(
            "That need not be your method's fault: the library treats many small messages as an attack if they \
             come faster than they are read. In tonic, `Server::builder().initial_connection_window_size(64 << \
             20)` raises what it puts up with. If your method has stopped reading, read until the stream ends.",
        ),
        ProtocolError::Unreachable(_)
        | ProtocolError::Silent
        | ProtocolError::Closed
        | ProtocolError::Reset(_)
        | ProtocolError::GoAway(_)
        | ProtocolError::NoTrailers
        | ProtocolError::HalfMessage
        | ProtocolError::Transport(_) => Diagnosis::new(format!("The call broke off {}: {what}.", when(messages)))
            .hint(
                "Look at what your server wrote. A handler that panics or throws, or that is dropped, ends \
                 its call like this, without a status.",
            ),
    }
}

fn when(messages: usize) -> String {
    match messages {
        0 => "before any message".to_string(),
        n => format!("after {n} message{}", plural(n)),
    }
}

/// A call that stalled after others had been cancelled.
pub fn blocked_by_cancelled(report: CaseReport, cancelled: u32) -> CaseReport {
    let mark = report.mark;
    let diagnosis = Diagnosis::mistake(
        "ignores-cancel",
        format!(
            "After {cancelled} calls that their clients cancelled, the server answers no more: the handlers \
             of those calls still hold something that this call needs."
        ),
    )
    .hint("When a client is gone, its handler must end: let it stop as soon as it can send no more.");
    report.judged(Some(Finding { diagnosis, mark }))
}

/// `s` unless it is one.
pub fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
