//! Further runs of a client, against a server that misbehaves on purpose or takes its time: which of
//! them the plain run calls for, and what they show.

mod failing;
mod unread;

use self::failing::failing;
use self::unread::reads_after_sending;
use super::ClientRun;
use super::printed::Printed;
use super::reading::prints_nothing;
use crate::guide::cases::ClientCalls;
use crate::guide::client::Ending;
use crate::guide::{Database, registry};
use crate::messages::Rpc;
use crate::probe::recorder::FaultInjection;
use crate::transcript::{EventKind, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis, Outcome};

/// How the server is to behave in further runs, after a plain run and its cases. Where a call was right,
/// the client must see to its errors; where all were, it must also cope with headers that come late and with long
/// answers. Where something was not printed, a further run tells whether it was read.
pub fn after(plain: &ClientRun, expect: &ClientCalls, cases: &[CaseReport]) -> Vec<FaultInjection> {
    if plain.ending != Ending::Success {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for case in cases.iter().filter(|case| case.outcome == Outcome::Pass) {
        if let Some(rpc) = case.rpc.filter(|rpc| expect.rpcs().contains(rpc)) {
            let failures = registry::method(rpc).failures();
            faults.extend(
                failures
                    .iter()
                    .map(|when| FaultInjection::Fails(rpc, *when)),
            );
        }
    }
    if !expect.rpcs().is_empty() && all_pass(cases) {
        faults.push(FaultInjection::Long);
    }
    if cases.iter().any(may_not_read) {
        faults.push(FaultInjection::Slow);
    }
    if cases.iter().any(|case| may_not_print(plain, case)) {
        faults.push(FaultInjection::NoMessages);
    }
    faults
}

/// Judges a further run, and puts what it shows into the cases of the plain one.
pub fn judge(
    plain: &ClientRun,
    fault: FaultInjection,
    run: &ClientRun,
    expect: &ClientCalls,
    database: &Database,
    cases: &mut Vec<CaseReport>,
) {
    match fault {
        // Those are for lessons of part two, which judge them themselves.
        FaultInjection::None
        | FaultInjection::EndsWith(..)
        | FaultInjection::Refuses(..)
        | FaultInjection::NeverAnswers(_)
        | FaultInjection::Stalls(..)
        | FaultInjection::Drips(..) => {}
        FaultInjection::Fails(rpc, when) => cases.push(failing(plain, run, rpc, when)),
        FaultInjection::Slow => {
            for case in cases.iter_mut().filter(|case| may_not_read(case)) {
                if let Some((call, finding)) = left(run, case.rpc, expect, database) {
                    *case = call_case(&case.case, SLOW, call).judged(Some(finding));
                }
            }
        }
        FaultInjection::Long => {
            cases.extend(long(run, expect, database));
            cases.extend(chosen_twice(plain, run, expect, database));
        }
        FaultInjection::NoMessages => {
            let lines = |run: &ClientRun| {
                let lines = run.output.lines();
                lines.filter(|line| !line.trim().is_empty()).count()
            };
            // With nothing to print, it printed as much: so it never prints what comes.
            if run.ending == Ending::Success && lines(run) == lines(plain) {
                for case in cases.iter_mut().filter(|case| may_not_print(plain, case)) {
                    case.diagnosis = nothing_of(plain, case);
                }
            }
        }
    }
}

const SLOW: &str = "The same, from a server that takes its time.";

const LONG: &str = "The same, from a server that begins late and has much to say.";

fn all_pass(cases: &[CaseReport]) -> bool {
    cases.iter().all(|case| case.outcome == Outcome::Pass)
}

fn is_one_of(case: &CaseReport, mistakes: &[&str]) -> bool {
    let diagnosis = case.diagnosis.as_ref();
    diagnosis.is_some_and(|d| d.mistakes.iter().any(|id| mistakes.contains(id)))
}

/// Whether a case failed in a way that may come from not reading to the end. A plain run cannot always
/// tell: what was sent at once may all have arrived before the client left.
fn may_not_read(case: &CaseReport) -> bool {
    let suspicious = [
        "prints-nothing",
        "prints-wrong",
        "stops-after-first",
        "exits-early",
    ];
    case.rpc.is_some() && is_one_of(case, &suspicious)
}

/// Whether a case failed because other things were printed than what came, or none at all.
fn may_not_print(plain: &ClientRun, case: &CaseReport) -> bool {
    // A call with a single answer has that in any case.
    case.rpc.is_some_and(Rpc::server_streams)
        && is_one_of(case, &["prints-wrong"])
        && call_of(plain, case).is_some_and(|call| Printed::of(plain, call).is_nothing())
}

fn nothing_of(plain: &ClientRun, case: &CaseReport) -> Option<Diagnosis> {
    let call = call_of(plain, case)?;
    let printed = Printed::of(plain, call);
    let first = printed.first_missing()?;
    Some(prints_nothing(call.rpc, first.name, &first.text))
}

/// The call that a case is about.
fn call_of<'a>(run: &'a ClientRun, case: &CaseReport) -> Option<&'a Transcript> {
    let mut calls = run.recording.calls.iter();
    calls.find(|call| Some(call.rpc) == case.rpc && call.events == case.transcript)
}

/// A call that the client left before the slow server had ended it.
fn left<'a>(
    run: &'a ClientRun,
    rpc: Option<Rpc>,
    expect: &ClientCalls,
    database: &Database,
) -> Option<(&'a Transcript, Finding)> {
    let mut calls = run.recording.calls.iter();
    let call = calls.find(|call| {
        let cancelled = call.position(|what| matches!(what, EventKind::Cancelled));
        Some(call.rpc) == rpc && run.ending == Ending::Success && cancelled.is_some()
    })?;
    Some((call, run.finding(expect, database, call)?))
}

/// What a client sent in two runs where it has to choose, if it chose badly.
fn chosen_twice(
    plain: &ClientRun,
    run: &ClientRun,
    expect: &ClientCalls,
    database: &Database,
) -> Vec<CaseReport> {
    let right = |run: &'_ ClientRun, rpc: Rpc| {
        let mut calls = run.recording.calls.iter().filter(|call| call.rpc == rpc);
        calls
            .find(|call| run.finding(expect, database, call).is_none())
            .cloned()
    };
    let cases = expect.rpcs().into_iter().filter_map(|rpc| {
        let (one, other) = (right(plain, rpc)?, right(run, rpc)?);
        let finding =
            registry::method(rpc).judge_choice(&one, &other, database, plain.is_course_client)?;
        let name = format!("{rpc}-again");
        let why = "What was sent in another run is compared with this.";
        Some(call_case(&name, why, &other).judged(Some(finding)))
    });
    cases.collect()
}

/// Judges a run in which all answers were right, but late and long.
fn long(run: &ClientRun, expect: &ClientCalls, database: &Database) -> Vec<CaseReport> {
    let rename = |case: CaseReport| {
        let unread = call_of(run, &case).and_then(|call| reads_after_sending(run, call));
        let case = CaseReport {
            case: format!("{}-long", case.case),
            why: Some(LONG.to_string()),
            ..case
        };
        case.judged(unread)
    };
    let cases = run.judge_calls(expect, database);
    let is_wrong = |case: &CaseReport| case.outcome == Outcome::Fail;
    // What is wrong in a call says more than how the client ended.
    let is_call_wrong = cases
        .iter()
        .any(|case| case.rpc.is_some() && is_wrong(case));
    cases
        .into_iter()
        .filter(|case| case.rpc.is_some() || is_wrong(case) && !is_call_wrong)
        .map(rename)
        .collect()
}

fn call_case(case: &str, why: &str, call: &Transcript) -> CaseReport {
    CaseReport::of_call(case, why, Vec::new(), call.clone())
}
