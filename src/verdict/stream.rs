//! What is asked of every stream, whatever it carries: that its messages can be read, that it ends,
//! and that its status is OK.

use super::diagnosis::Finding;
use super::{CaseReport, Diagnosis};
use crate::contract::Rpc;
use crate::probe::{Transcript, What};

/// The first event that no right call has, and what it means. A stall is left to the RPC's own
/// judgement if it comes before the half-close, since there it depends on what was expected.
pub fn fault(transcript: &Transcript) -> Option<Finding> {
    let half_closed = transcript.position(|what| matches!(what, What::HalfClosed));
    let mut messages = 0;
    transcript.events.iter().enumerate().find_map(|(index, event)| {
        let diagnosis = match &event.what {
            What::Received { .. } => {
                messages += 1;
                None
            }
            What::Undecodable { problem, .. } => Some(
                Diagnosis::new(format!(
                    "Message {} from the server does not decode as the contract's type: {problem}.",
                    messages + 1
                ))
                .hint("Compare the field types and numbers in your .proto with the lesson's."),
            ),
            What::CutOff => Some(Diagnosis::mistake(
                "floods",
                format!("The server sent {messages} messages, more than can be right, and was cut off."),
            )),
            What::Stalled { waiting_for } if half_closed.is_some_and(|at| at < index) => {
                Some(went_quiet(transcript, waiting_for, messages))
            }
            What::Ended { status } if !status.is_ok() => Some(bad_status(status, messages)),
            _ => None,
        };
        diagnosis.map(|diagnosis| Finding { diagnosis, mark: Some(index) })
    })
}

/// A call that does not end although the client has half-closed.
fn went_quiet(transcript: &Transcript, waiting_for: &str, messages: usize) -> Diagnosis {
    let sent = transcript.sent().count();
    let message = format!(
        "The client sent {sent} message{} and half-closed. {messages} message{} came, and then nothing \
         more: {waiting_for} does not come.",
        plural(sent),
        plural(messages)
    );
    match transcript.rpc {
        Rpc::RouteChat => Diagnosis::mistake("never-ends", message)
            .hint("Return when the requests end: after the half-close, reading gives `None`."),
        Rpc::ListFeatures | Rpc::RecordRoute => Diagnosis::mistake("hangs", message),
    }
}

/// The words of the client's library for an answer that is no gRPC, and for a message that is larger than
/// it takes.
const NOT_GRPC: [&str; 3] = [
    "grpc-status header missing",
    "protocol error: received message with invalid compression flag",
    "invalid content-type",
];
const HUGE: &str = "decoded message length too large";

/// The id of a server that ends a call with an error before it has sent anything.
pub const ERROR_BEFORE_DATA: &str = "error-before-data";

/// The id of a server that sends the data, and then ends the call with an error.
pub const WRONG_STATUS: &str = "wrong-status";

fn bad_status(status: &crate::probe::Status, messages: usize) -> Diagnosis {
    let not_grpc = NOT_GRPC.iter().any(|words| status.message.contains(words));
    if status.code == "UNIMPLEMENTED" && !not_grpc {
        return Diagnosis::mistake(
            "rpc-unimplemented",
            format!("The server ended the call with {status}"),
        )
        .hint(
            "This RPC is still the stub, or its method is not the one that is served: write it.",
        );
    }
    if status.message.contains(HUGE) {
        return Diagnosis::mistake(
            "huge-message",
            format!(
                "Message {} from the server is announced as larger than any message of RouteGuide can be, \
                 and was refused: {}",
                messages + 1,
                status.message
            ),
        )
        .hint("Each message stands behind five bytes: a flag, and its length. Send one Feature a message.");
    }
    if not_grpc {
        return Diagnosis::mistake(
            "not-grpc",
            format!(
                "The server answers in HTTP/2, but not in gRPC: {}.",
                status.message.trim_end_matches('.')
            ),
        )
        .hint("A gRPC answer has the content-type application/grpc, and ends with a grpc-status in its trailers.");
    }
    let id = if messages == 0 {
        ERROR_BEFORE_DATA
    } else {
        WRONG_STATUS
    };
    let when = match messages {
        0 => "before any message".to_string(),
        n => format!("after {n} message{}", plural(n)),
    };
    let diagnosis = Diagnosis::mistake(
        id,
        format!("The server ended the call {when} with {status}; it must end with OK."),
    );
    match of_python(&status.message) {
        Some(hint) => diagnosis.hint(hint),
        None => diagnosis,
    }
}

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
