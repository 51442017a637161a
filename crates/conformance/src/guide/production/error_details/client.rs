//! The judgement of a client: what it prints of details.

use prost::Message as _;

use super::wire::{self, BadRequest, FieldViolation};
use super::{RPC, client_messages as messages};
use crate::guide::client::{ClientRun, Ending};
use crate::guide::production::{SeenRun, report};
use crate::transcript::Status;
use crate::verdict::{CaseReport, Diagnosis};

/// Judges the runs, in the order of their plans.
pub fn judge(seen: &[SeenRun]) -> Vec<CaseReport> {
    let [well, detailed, plain, unknown] = seen else {
        return Vec::new();
    };
    let (well, detailed) = (&well.run, &detailed.run);
    let cases = [
        (
            "taken",
            "The server takes the notes.",
            well,
            goes_well(well),
        ),
        (
            "details",
            "The server refuses a note, and says in detail what is wrong with two fields.",
            detailed,
            prints_details(detailed, well),
        ),
        (
            "no-details",
            "The server refuses a note without details.",
            &plain.run,
            copes(&plain.run, well, detailed, messages::fails_without),
        ),
        (
            "unknown-details",
            "The server refuses a note, and its details are of a type that the client does not know.",
            &unknown.run,
            copes(&unknown.run, well, detailed, messages::fails_on_unknown),
        ),
    ];
    let judged = |(case, why, run, found)| report(case, why, RPC, run, found);
    cases.map(judged).into()
}

/// What is wrong with a client that has nothing to report.
fn goes_well(run: &ClientRun) -> Option<Diagnosis> {
    if run.calls_of(RPC).next().is_none() {
        return Some(run.not_called(RPC));
    }
    let how = match &run.ending {
        Ending::Success => return None,
        Ending::Failure(how) => how.clone(),
        Ending::TimedOut(wait) => wait.to_string(),
    };
    let found = messages::fails_when_well(&how);
    Some(run.why_failed(found))
}

/// The status that the call of a run was refused with.
fn refusal(run: &ClientRun) -> Option<&Status> {
    let mut all = run.calls_of(RPC).filter_map(|call| call.status());
    all.find(|status| !status.is_ok())
}

/// The violations in a status that the lab has sent.
fn violations(status: &Status) -> Vec<FieldViolation> {
    let details = status.details.as_deref().map(wire::read);
    let Some(Ok(details)) = details else {
        return Vec::new();
    };
    let requests = details.details.iter();
    let requests = requests.filter_map(|any| BadRequest::decode(any.value.as_slice()).ok());
    requests
        .flat_map(|request| request.field_violations)
        .collect()
}

/// What is wrong with what a client prints of details.
fn prints_details(run: &ClientRun, well: &ClientRun) -> Option<Diagnosis> {
    let Some(status) = refusal(run) else {
        return Some(run.not_called(RPC));
    };
    let violations = violations(status);
    let texts: Vec<&str> = violations
        .iter()
        .flat_map(|violation| [violation.field.as_str(), &violation.description])
        .collect();
    let missing = texts.iter().find(|text| !is_printed(text, &run.said))?;
    if let Some(panic) = run.why_panicked() {
        return Some(panic);
    }
    if let Ending::TimedOut(wait) = &run.ending {
        return Some(messages::hangs(&wait.to_string()).quoting(run.last_said()));
    }
    let found = if texts.iter().any(|text| is_printed(text, &run.said)) {
        messages::partly_printed(missing)
    } else if texts.iter().any(|text| run.said.contains(text)) {
        messages::not_decoded()
    } else if run.speaks_of(status, well) {
        messages::only_the_status(&status.to_string())
    } else {
        messages::not_told(&status.to_string())
    };
    Some(found.quoting(run.last_said()))
}

/// Whether a text is printed by itself, and not among bytes: on the wire, a text comes right after its length.
fn is_printed(text: &str, said: &str) -> bool {
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    let escapes = [
        char::from(length).to_string(),
        format!("\\x{length:02x}"),
        format!("\\x{length:02X}"),
        format!("\\{length:03o}"),
        format!("\\u{{{length:x}}}"),
        format!("\\u{length:04x}"),
        format!("\\u{length:04X}"),
    ];
    said.match_indices(text).any(|(at, _)| {
        let before = said.get(..at).unwrap_or_default();
        !escapes
            .iter()
            .any(|escape| before.ends_with(escape.as_str()))
    })
}

/// What is wrong with a client that meets a status of which it can print no details.
fn copes(
    run: &ClientRun,
    well: &ClientRun,
    detailed: &ClientRun,
    fails: fn(&str) -> Diagnosis,
) -> Option<Diagnosis> {
    // That it does not call is said of another run.
    let status = refusal(run)?;
    let panics = |run: &ClientRun| run.why_panicked().is_some();
    let how = match &run.ending {
        Ending::Failure(_) if panics(run) && !panics(detailed) => Some("panics".to_string()),
        // A client may end with an error since its call did.
        Ending::Failure(how) if detailed.ending == Ending::Success => {
            Some(format!("ends with {how}"))
        }
        Ending::TimedOut(wait) => Some(format!("does not end: {wait}")),
        _ => None,
    };
    let found = how.map(|how| fails(&how));
    let is_told = run.speaks_of(status, well);
    let found = found.or_else(|| (!is_told).then(|| messages::not_told(&status.to_string())));
    Some(found?.quoting(run.last_said()))
}

#[cfg(test)]
mod tests {
    use super::is_printed;

    #[test]
    fn a_text_among_bytes_is_not_printed() {
        let text = "Too windy 12345";
        for said in [
            "Too windy 12345",
            "berth: Too windy 12345\n",
            "description: \"Too windy 12345\"",
            "b\"\\x12\\x0fToo windy 12345\" Too windy 12345",
        ] {
            assert!(is_printed(text, said), "{said}");
        }
        for said in [
            "",
            "Too windy",
            "details: b\"\\x12\\x0fToo windy 12345\"",
            "value: \"\\022\\017Too windy 12345\"",
            "\u{12}\u{f}Too windy 12345",
            "\"\\u0012\\u000fToo windy 12345\"",
            "\"\\u{12}\\u{f}Too windy 12345\"",
        ] {
            assert!(!is_printed(text, said), "{said}");
        }
    }
}
