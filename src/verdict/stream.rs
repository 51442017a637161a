//! What is asked of every stream, whatever it carries: that its messages can be read, that it ends,
//! and that its status is OK.

use super::Diagnosis;
use super::diagnosis::Finding;
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
                Some(Diagnosis::mistake(
                    "never-ends",
                    format!(
                        "The client has half-closed, but {waiting_for} does not come: after \
                         {messages} message{} the server went quiet.",
                        plural(messages)
                    ),
                ))
            }
            What::Ended { status } if !status.is_ok() => Some(bad_status(status, messages)),
            _ => None,
        };
        diagnosis.map(|diagnosis| Finding { diagnosis, mark: Some(index) })
    })
}

fn bad_status(status: &crate::probe::Status, messages: usize) -> Diagnosis {
    if status.code == "UNIMPLEMENTED" {
        return Diagnosis::mistake(
            "rpc-unimplemented",
            format!("The server ended the call with {status}"),
        )
        .hint(
            "This RPC is still the stub, or its method is not the one that is served: write it.",
        );
    }
    let id = if messages == 0 {
        "error-before-data"
    } else {
        "wrong-status"
    };
    let when = match messages {
        0 => "before any message".to_string(),
        n => format!("after {n} message{}", plural(n)),
    };
    Diagnosis::mistake(
        id,
        format!("The server ended the call {when} with {status}; it must end with OK."),
    )
}

/// `s` unless it is one.
pub fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
