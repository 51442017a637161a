//! Runs in which the server ends calls with an error.

use super::call_case;
use crate::guide::client::headers::waits_for_headers;
use crate::guide::client::mentions::mentions;
use crate::guide::client::printed::last_lines;
use crate::guide::client::{ClientRun, Ending};
use crate::guide::registry;
use crate::messages::Rpc;
use crate::probe::recorder::When;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;
use crate::verdict::{CaseReport, Diagnosis};

const LATE_HEADERS: &str = "The server sends no headers before its first reply.";

/// Judges a run in which the server ended the calls of an RPC with an error. However often the client
/// tried again, in the end it must say so.
pub(super) fn failing(plain: &ClientRun, run: &ClientRun, rpc: Rpc, when: When) -> CaseReport {
    let (case, why) = match when {
        When::AtOnce => (
            format!("{rpc}-refused"),
            "The server refuses the call at once.".to_string(),
        ),
        When::After(n) if rpc.client_streams() && !rpc.server_streams() => {
            let messages = registry::method(rpc).request_noun();
            (
                format!("{rpc}-fails"),
                format!("The server ends the call with an error, after {n} of your {messages}s."),
            )
        }
        When::After(n) => (
            format!("{rpc}-fails"),
            format!(
                "The server ends the call with an error, after {n} message{}.",
                plural(n)
            ),
        ),
    };
    let mut calls = run.recording.calls.iter().filter(|call| call.rpc == rpc);
    let waiting = calls
        .clone()
        .find_map(|call| Some((call, waits_for_headers(call)?)));
    if let Some((call, finding)) = waiting {
        return call_case(&format!("{rpc}-begins-late"), LATE_HEADERS, call).judged(Some(finding));
    }
    let met = calls.rfind(|call| call.status().is_some_and(|status| !status.is_ok()));
    // A client that did not get as far as the error this time has not ignored it.
    let Some((call, error)) = met.and_then(|call| Some((call, call.status()?))) else {
        return CaseReport {
            why: Some(why),
            rpc: Some(rpc),
            ..CaseReport::of_fact(case, None)
        };
    };
    let diagnosis = match run.ending {
        Ending::Failure(_) => None,
        Ending::Success if plain.errors_must_fail && mentions(error, &plain.said, &run.said) => Some(
            Diagnosis::mistake(
                "ignores-error",
                format!(
                    "The server ended {rpc} with {error}. Your client says so, but ends with exit code 0, as \
                     if the call had succeeded."
                ),
            )
            .hint("Return the error: `?` does so. Scripts that run the client look at its exit code.")
            .quoting(last_lines(&run.said)),
        ),
        _ if mentions(error, &plain.said, &run.said) => None,
        Ending::Success => Some(
            Diagnosis::mistake(
                "ignores-error",
                format!(
                    "The server ended {rpc} with {error}, but your client did not say so: it ended with \
                     exit code 0, and it printed neither {} nor \"{}\".",
                    error.code, error.message
                ),
            )
            .hint("Look at the final status, which comes after the last message, and return its error.")
            .quoting(last_lines(&run.said)),
        ),
        Ending::TimedOut => Some(
            Diagnosis::mistake(
                "hangs",
                format!(
                    "The server ended {rpc} with {error}, but your client neither said so nor ended, and \
                     was stopped."
                ),
            )
            .hint("Look at the final status: an error is an end, too.")
            .quoting(last_lines(&run.said)),
        ),
    };
    let finding = diagnosis.map(|diagnosis| Finding {
        diagnosis,
        mark: call.last(),
    });
    call_case(&case, &why, call).judged(finding)
}
