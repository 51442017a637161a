//! The judgement of the runs.

use std::time::Duration;

use super::{Deadlines, FIRST, Timeout, messages, middle};
use crate::guide::client::{ClientRun, Ending};
use crate::guide::production::{SeenRun, report};
use crate::guide::registry;
use crate::messages::Rpc;
use crate::probe::recorder::{FaultInjection, When};
use crate::transcript::{EventKind, Status, Transcript};
use crate::verdict::{CaseReport, Diagnosis, Outcome};

/// Judges the runs.
pub fn judge(deadlines: &Deadlines, seen: &[SeenRun]) -> Vec<CaseReport> {
    let mut cases: Vec<CaseReport> = registry::required()
        .map(|rpc| is_sent(deadlines, rpc, seen))
        .collect();
    let gives_up = run_of(seen, FaultInjection::NeverAnswers(FIRST))
        .is_some_and(|run| has_given_up(run, FIRST));
    for rpc in registry::required() {
        if let Some(run) = run_of(seen, FaultInjection::Stalls(rpc, middle(rpc))) {
            let name = format!("{rpc}-stalls");
            let why = "The server stops in the middle, and never goes on.";
            let waits = |timeout| match gives_up {
                true => messages::until_first_message(rpc, timeout),
                false => messages::waits_past(rpc, timeout),
            };
            let found = ends_in_time(rpc, run, plain(seen, rpc), waits);
            cases.push(report(&name, why, rpc, run, found));
        }
    }
    if let Some(run) = run_of(seen, FaultInjection::NeverAnswers(FIRST)) {
        let waits = |timeout| messages::waits_past(FIRST, timeout);
        let found = ends_in_time(FIRST, run, plain(seen, FIRST), waits);
        let why = "The server never answers.";
        cases.push(report(
            &format!("{FIRST}-never-answered"),
            why,
            FIRST,
            run,
            found,
        ));
    }
    for SeenRun { planned, run } in seen {
        let (name, why, found) = match planned.fault {
            FaultInjection::Drips(..) => (
                "goes-on",
                "Messages keep coming, for longer than the deadline.",
                ends_in_time(FIRST, run, plain(seen, FIRST), |timeout| {
                    let stalls = FaultInjection::Stalls(FIRST, middle(FIRST));
                    let leaves = run_of(seen, stalls).is_some_and(|run| has_given_up(run, FIRST));
                    match (gives_up, leaves) {
                        (true, true) => messages::per_message(FIRST, timeout),
                        (true, false) => messages::until_first_message(FIRST, timeout),
                        (false, _) => messages::waits_past(FIRST, timeout),
                    }
                }),
            ),
            FaultInjection::EndsWith(..) => (
                "exceeded",
                "The server itself ends the call with DEADLINE_EXCEEDED.",
                knows_the_servers(run, plain(seen, FIRST)),
            ),
            FaultInjection::Fails(_, When::AtOnce) => (
                "fails",
                "The server ends the call with another error, at once.",
                tells_apart(run, plain(seen, FIRST)),
            ),
            _ => continue,
        };
        cases.push(report(&format!("{FIRST}-{name}"), why, FIRST, run, found));
    }
    cases
}

/// The longest deadline that a client has sent; none if anything is wrong with one.
pub fn longest(deadlines: &Deadlines, seen: &[SeenRun]) -> Option<Duration> {
    let are_right =
        registry::required().all(|rpc| is_sent(deadlines, rpc, seen).outcome == Outcome::Pass);
    let timeouts = seen.iter().flat_map(|seen| &seen.run.recording.timeouts);
    let longest = timeouts
        .flatten()
        .filter_map(|header| Timeout::parse(header))
        .max();
    longest.map(|longest| longest.0).filter(|_| are_right)
}

/// The run with this behaviour of the server.
fn run_of(seen: &[SeenRun], fault: FaultInjection) -> Option<&ClientRun> {
    let mut seen = seen.iter();
    seen.find(|seen| seen.planned.fault == fault)
        .map(|seen| &seen.run)
}

/// The run in which all went well, and an RPC was called.
fn plain(seen: &[SeenRun], rpc: Rpc) -> Option<&ClientRun> {
    let plain = seen
        .iter()
        .filter(|seen| seen.planned.fault == FaultInjection::None)
        .map(|seen| &seen.run);
    plain
        .clone()
        .find(|run| run.calls_of(rpc).next().is_some())
        .or_else(|| plain.clone().next())
}

/// The deadlines of the calls of an RPC, as they were sent.
fn sent(run: &ClientRun, rpc: Rpc) -> impl Iterator<Item = Option<&String>> {
    let calls = run.recording.calls.iter().zip(&run.recording.timeouts);
    calls
        .filter(move |(call, _)| call.rpc == rpc)
        .map(|(_, timeout)| timeout.as_ref())
}

/// Whether each call of an RPC came with a deadline that is near enough to be waited for, and all went well.
fn is_sent(deadlines: &Deadlines, rpc: Rpc, seen: &[SeenRun]) -> CaseReport {
    let case = format!("{rpc}-deadline");
    let why = "The header grpc-timeout tells the server how long the client waits.";
    let Some(run) = plain(seen, rpc) else {
        return CaseReport::of_fact(case, None);
    };
    let found = || {
        if run.calls_of(rpc).next().is_none() {
            return Some(run.not_called(rpc));
        }
        for header in sent(run, rpc) {
            let Some(header) = header else {
                return Some(messages::no_deadline(rpc));
            };
            let Some(timeout) = Timeout::parse(header) else {
                return Some(messages::unreadable(rpc, header));
            };
            if timeout.0 > Duration::from_secs(deadlines.most_seconds.into()) {
                return Some(messages::too_long(rpc, timeout, deadlines.most_seconds));
            }
        }
        match &run.ending {
            Ending::Success => None,
            Ending::Failure(how) => {
                let found = messages::fails_when_well(how);
                Some(run.why_failed(found))
            }
            Ending::TimedOut(wait) => Some(messages::fails_when_well(&wait.to_string())),
        }
    };
    report(&case, why, rpc, run, found())
}

/// Whether the client has left the call of an RPC by itself.
fn has_given_up(run: &ClientRun, rpc: Rpc) -> bool {
    let is_left = |call: &Transcript| {
        let cancelled = |what: &EventKind| matches!(what, EventKind::Cancelled);
        call.position(cancelled).is_some()
    };
    !run.ending.is_timed_out() && run.calls_of(rpc).any(is_left)
}

/// Whether the client says that a deadline has passed, in words that it does not use when all goes well.
fn tells(run: &ClientRun, when_well: Option<&ClientRun>) -> bool {
    let speaks = |line: &str| line.to_lowercase().contains("deadline");
    match when_well {
        None => run.said.lines().any(speaks),
        Some(well) => run.new_lines(well).any(speaks),
    }
}

/// What is wrong with a run in which a call of an RPC lasts longer than its deadline.
fn ends_in_time(
    rpc: Rpc,
    run: &ClientRun,
    when_well: Option<&ClientRun>,
    waits: impl Fn(Timeout) -> Diagnosis,
) -> Option<Diagnosis> {
    let Some(timeout) = sent(run, rpc)
        .flatten()
        .find_map(|header| Timeout::parse(header))
    else {
        return Some(match run.calls_of(rpc).next() {
            None => run.not_called(rpc),
            Some(_) => messages::no_deadline(rpc),
        });
    };
    if let (Ending::Failure(_), Some(panic)) = (&run.ending, run.why_panicked()) {
        return Some(panic);
    }
    if !has_given_up(run, rpc) {
        return Some(waits(timeout));
    }
    if !tells(run, when_well) {
        return Some(messages::not_told(rpc).quoting(run.last_said()));
    }
    let is_ignored = run.is_course_client && run.ending == Ending::Success;
    is_ignored.then(|| messages::ignored(rpc).quoting(run.last_said()))
}

/// What is wrong with a run in which the server itself says that the deadline has passed.
fn knows_the_servers(run: &ClientRun, when_well: Option<&ClientRun>) -> Option<Diagnosis> {
    // A client that did not get as far as the error has not ignored it.
    let mut met = run.calls_of(FIRST).filter_map(Transcript::status);
    let is_met = met.any(|status| !status.is_ok());
    (is_met && !tells(run, when_well))
        .then(|| messages::servers_not_told().quoting(run.last_said()))
}

/// What is wrong with a run in which the server ends the call with another error.
fn tells_apart(run: &ClientRun, when_well: Option<&ClientRun>) -> Option<Diagnosis> {
    let mut met = run.calls_of(FIRST).filter_map(Transcript::status);
    let error = met.find(|status: &&Status| !status.is_ok())?;
    tells(run, when_well)
        .then(|| messages::for_every_error(&error.to_string()).quoting(run.last_said()))
}
