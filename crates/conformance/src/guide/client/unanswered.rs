//! The `connect` of the course, where nothing listens. Nobody else has such a function, so all of it may speak Rust.

use super::Ending;
use crate::verdict::{CaseReport, Diagnosis};

/// Judges a client that was sent to an address where nothing listens.
pub fn unanswered(addr: &str, ending: &Ending, stderr: &str) -> CaseReport {
    let finding = match ending {
        Ending::Failure(_) => None,
        Ending::Success => Some(
            Diagnosis::new(format!(
                "Nothing listens on {addr}, but your `connect` returns `Ok`."
            ))
            .hint("Return the error of the connection: `?` does it."),
        ),
        Ending::TimedOut(_) => Some(
            Diagnosis::new(format!(
                "Nothing listens on {addr}, but your `connect` goes on waiting."
            ))
            .hint("Return the error of the connection, so that the caller can decide what to do."),
        ),
    };
    CaseReport::of_fact(
        "nobody-listens",
        finding.map(|finding| finding.quoting(stderr)),
    )
}
