//! The judgement of the runs.

use super::messages;
use crate::guide::client::{ClientRun, Ending};
use crate::guide::production::{SeenRun, report};
use crate::messages::Rpc;
use crate::transcript::{EventKind, Status, Transcript};
use crate::verdict::{CaseReport, Diagnosis};

const RPC: Rpc = Rpc::ListFeatures;

/// Judges the runs, in the order of their plans.
pub fn judge(messages: usize, seen: &[SeenRun]) -> Vec<CaseReport> {
    let [enough, none, fails, further @ ..] = seen else {
        return Vec::new();
    };
    let further_run = |piece: &str| {
        let mut further = further.iter();
        further.find(|seen| seen.planned.piece == piece)
    };
    let goes_on = further_run(super::PIECE);
    let why = format!("The server sends {messages} features, and then nothing more.");
    let mut cases = vec![
        report(
            "enough",
            &why,
            RPC,
            &enough.run,
            has_enough(messages, &enough.run, goes_on),
        ),
        report(
            "fewer",
            "The stream ends before there are as many.",
            RPC,
            &none.run,
            has_fewer(&none.run),
        ),
        report(
            "fails",
            "The server ends the call with an error before there are as many.",
            RPC,
            &fails.run,
            meets_an_error(&fails.run, &none.run),
        ),
    ];
    if let Some(one) = further_run(super::ONE) {
        let why = "Your function is asked for one feature.";
        cases.push(report("one", why, RPC, &one.run, has_one(&one.run)));
    }
    cases
}

/// A run in which the learner's function is asked for one feature, and more come.
fn has_one(run: &ClientRun) -> Option<Diagnosis> {
    let call = run.calls_of(RPC).next()?;
    (run.count_printed(call) > 1).then(|| messages::count_ignored().quoting(run.last_said()))
}

fn is_left(call: &Transcript) -> bool {
    let is_cancelled = |what: &EventKind| matches!(what, EventKind::Cancelled);
    call.position(is_cancelled).is_some()
}

/// Whether the client left the call by itself.
fn has_left(run: &ClientRun) -> bool {
    !run.ending.is_timed_out() && run.calls_of(RPC).next().is_some_and(is_left)
}

/// The first call that began after the stream, and is of another RPC.
fn later(run: &ClientRun) -> Option<usize> {
    let calls = &run.recording.calls;
    let stream = calls.iter().position(|call| call.rpc == RPC)?;
    let mut rest = calls.iter().enumerate().skip(stream + 1);
    rest.find(|(_, call)| call.rpc != RPC).map(|(at, _)| at)
}

/// Whether the stream was still open when the later call had ended.
fn is_left_too_late(run: &ClientRun, later: usize) -> bool {
    let recording = &run.recording;
    let time = |at: usize, ends: fn(&EventKind) -> bool| {
        let call = recording.calls.get(at)?;
        let event = call.events.get(call.position(ends)?)?;
        Some(*recording.began.get(at)? + event.at)
    };
    let stream = recording.calls.iter().position(|call| call.rpc == RPC);
    let left = stream.and_then(|at| time(at, |what| matches!(what, EventKind::Cancelled)));
    let ended = time(later, |what| matches!(what, EventKind::Ended { .. }));
    matches!((left, ended), (Some(left), Some(ended)) if left > ended)
}

/// A run in which just as many features come as the client needs.
fn has_enough(messages: usize, run: &ClientRun, goes_on: Option<&SeenRun>) -> Option<Diagnosis> {
    let Some(call) = run.calls_of(RPC).next() else {
        return Some(run.not_called(RPC));
    };
    if run.ending.is_timed_out() {
        return Some(waits(messages, goes_on));
    }
    let failed = matches!(run.ending, Ending::Failure(_));
    if let (true, Some(panic)) = (failed, run.why_panicked()) {
        return Some(panic);
    }
    match (&run.ending, later(run)) {
        (Ending::Failure(how), _) => Some(messages::is_error(how).quoting(run.last_said())),
        (_, None) => Some(messages::exits()),
        (_, Some(_)) if shows_status(&run.said) => {
            Some(messages::shows_status().quoting(run.last_said()))
        }
        (_, Some(later)) if is_left_too_late(run, later) => Some(messages::left_open()),
        _ => {
            let name = run.not_printed(call)?;
            Some(messages::not_printed(&name, messages).quoting(run.last_said()))
        }
    }
}

/// Whether a client shows the status of the call that it has left: as libraries write it.
fn shows_status(said: &str) -> bool {
    [
        "CANCELLED",
        "operation was cancelled",
        "Cancelled on client",
    ]
    .iter()
    .any(|words| said.contains(words))
}

/// Why a client has not left the call: that shows where more comes.
fn waits(messages: usize, goes_on: Option<&SeenRun>) -> Diagnosis {
    let Some(SeenRun { run, .. }) = goes_on else {
        return messages::waits(messages);
    };
    let read_all = || {
        let status = run.calls_of(RPC).next().and_then(Transcript::status);
        status.is_some_and(Status::is_ok) && run.ending == Ending::Success
    };
    if has_left(run) {
        messages::one_too_many(messages)
    } else if read_all() {
        messages::reads_to_the_end(messages)
    } else {
        messages::waits(messages)
    }
}

/// A run in which the stream ends before there are as many.
fn has_fewer(run: &ClientRun) -> Option<Diagnosis> {
    if run.calls_of(RPC).next().is_none() {
        return Some(run.not_called(RPC));
    }
    match &run.ending {
        Ending::Success if later(run).is_some() => None,
        Ending::Success => Some(messages::exits()),
        Ending::Failure(how) => {
            let found = messages::fewer_is_error(how);
            Some(run.why_failed(found))
        }
        Ending::TimedOut(wait) => Some(messages::hangs_at_the_end(&wait.to_string())),
    }
}

/// A run in which the server ends the call with an error.
fn meets_an_error(run: &ClientRun, when_well: &ClientRun) -> Option<Diagnosis> {
    let call = run.calls_of(RPC).next()?;
    let error = call.status().filter(|status| !status.is_ok())?;
    let ends_well = run.ending == Ending::Success;
    let is_told = match run.is_course_client {
        true => !ends_well,
        false => !ends_well || run.speaks_of(error, when_well),
    };
    (!is_told).then(|| messages::ignores_error(&error.to_string()).quoting(run.last_said()))
}
