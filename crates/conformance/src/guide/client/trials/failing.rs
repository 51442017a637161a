//! Runs in which the server ends calls with an error.

use super::call_case;
use crate::guide::client::headers::waits_for_headers;
use crate::guide::client::mentions::mentions;
use crate::guide::client::printed::{Printed, last_lines};
use crate::guide::client::{ClientRun, Ending};
use crate::guide::registry;
use crate::messages::Rpc;
use crate::probe::recorder::When;
use crate::transcript::{Status, Transcript};
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
        When::AtTheEnd => (
            format!("{rpc}-fails"),
            "The server ends the call with an error in place of OK.".to_string(),
        ),
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
        Ending::Failure(_) if plain.is_course_client => {
            panics(run, rpc, error).or_else(|| prints_at_end(run, call, error).or_else(|| goes_on(run, call, error)))
        }
        Ending::Failure(_) => None,
        Ending::Success if plain.is_course_client && mentions(error, &plain.said, &run.said) => Some(
            Diagnosis::mistake(
                "ignores-error",
                format!(
                    "The server ended {rpc} with {error}. Your client says so, but ends with exit code 0, as \
                     if the call had succeeded."
                ),
            )
            .hint("End with an exit code other than 0. Scripts that run the client look at it.")
            .hint_in_rust("Return the error: `?` does so. Scripts that run the client look at its exit code.")
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
            .hint("Look at the final status, which comes after the last message, and report its error.")
            .hint_in_rust(
                "Return the error of the call: `?` behind each `.await` does so. In a loop, write `while let Some(…) = \
                 ….message().await?`: `while let Ok(Some(…))` takes an error for the end of the stream.",
            )
            .quoting(last_lines(&run.said)),
        ),
        Ending::TimedOut(_) => Some(
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

/// A client that met the error with a panic.
fn panics(run: &ClientRun, rpc: Rpc, error: &Status) -> Option<Diagnosis> {
    let panic = run.panic()?;
    let message = format!("The server ended {rpc} with {error}. {}", panic.message);
    let panic = Diagnosis { message, ..panic };
    Some(
        panic
            .hint("An error is an answer to be expected: report it, and end with an exit code other than 0.")
            .hint_in_rust("An error is an answer to be expected: return it with `?`, and do not `unwrap` or `expect` it away."),
    )
}

/// A client that had printed nothing of what came before the error. It cannot have printed each message as it came.
fn prints_at_end(run: &ClientRun, call: &Transcript, error: &Status) -> Option<Diagnosis> {
    let came = call.received().count();
    if !call.rpc.server_streams() || !Printed::of(run, call).is_nothing() {
        return None;
    }
    let message = format!(
        "The server sent {came} message{} and then ended {} with {error}, and your client had printed nothing of what \
         had come.",
        plural(came),
        call.rpc
    );
    let diagnosis = Diagnosis::mistake("prints-at-end", message)
        .hint("Print each message as it arrives, inside the loop that reads.");
    Some(diagnosis.quoting(last_lines(&run.said)))
}

/// A client that made other calls after one that had failed.
fn goes_on(run: &ClientRun, failed: &Transcript, error: &Status) -> Option<Diagnosis> {
    let calls = &run.recording.calls;
    let index = calls.iter().rposition(|call| call == failed)?;
    let is_after = |call: usize| !run.recording.began_during(call, index);
    let next =
        (index + 1..calls.len()).find(|call| calls[*call].rpc != failed.rpc && is_after(*call))?;
    let message = format!(
        "The server ended {} with {error}, and your client went on and called {}.",
        failed.rpc, calls[next].rpc
    );
    Some(
        Diagnosis::mistake("goes-on-after-error", message)
            .hint("Return the error of a call at once, so that the next call is not made."),
    )
}
