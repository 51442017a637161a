//! The judgement of all chats: which rule the server follows, and how it ends a chat that it refuses.

use super::case::StatusCase;
use super::rule::{WrongRule, refuses};
use super::{CODE, FIELD, messages};
use crate::guide::mistake::Mistake as _;
use crate::guide::production::{PlayedCall, came, how_disturbed};
use crate::guide::route_chat::model::right_answer;
use crate::messages::{Message, RouteNote};
use crate::transcript::{EventKind, Status, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis, stream};

/// What a server did with one chat.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    /// It answered all notes, and ended with OK after the half-close.
    TookAll,
    /// It did something else with a note: what, if that is not right.
    Refused(Option<Diagnosis>),
    /// Nothing can be said of the length of notes.
    Other(Diagnosis),
}

/// Judges the chats, in the order of the cases.
pub fn judge(cases: &[StatusCase], played: Vec<PlayedCall>) -> Vec<CaseReport> {
    let seen: Vec<Seen> = cases
        .iter()
        .zip(&played)
        .map(|(case, played)| see(case, &played.call))
        .collect();
    let rule = wrong_rule(cases, &seen);
    let mut reports = Vec::new();
    for ((case, played), seen) in cases.iter().zip(played).zip(seen) {
        let beside = played.beside.and_then(|call| disturbed(case, &call));
        let finding = match seen {
            Seen::Other(found) => Some(found),
            Seen::TookAll | Seen::Refused(None) => {
                by_rule(case, rule, seen == Seen::TookAll, &played.call)
            }
            Seen::Refused(Some(how)) => match case.refused {
                Some(_) => Some(how),
                None => by_rule(case, rule, false, &played.call),
            },
        };
        let expected = case.due().into_iter().map(Message::RouteNote).collect();
        let mark = played.call.last();
        let finding = finding
            .or(beside)
            .map(|diagnosis| Finding { diagnosis, mark });
        let report = CaseReport::of_call(&case.case, &case.why, expected, played.call);
        reports.push(report.judged(finding));
    }
    reports
}

/// The notes of a case up to the one that ends it.
fn notes(case: &StatusCase) -> Vec<RouteNote> {
    let mut notes = case.taken();
    notes.extend(case.refused());
    notes
}

/// The rule that a server follows which takes or refuses other notes than it should: the first that gives all that
/// was seen.
fn wrong_rule(cases: &[StatusCase], seen: &[Seen]) -> Option<WrongRule> {
    let reproduces = |rule: Option<WrongRule>| {
        let mut pairs = cases.iter().zip(seen);
        pairs.all(|(case, seen)| match seen {
            Seen::Other(_) => true,
            Seen::TookAll => !refuses(rule, &notes(case)),
            Seen::Refused(_) => refuses(rule, &notes(case)),
        })
    };
    if reproduces(None) {
        return None;
    }
    let mut rules = WrongRule::ALL.iter().copied();
    rules.find(|rule| reproduces(Some(*rule)))
}

/// What is wrong with a chat that was taken or refused, if it should have been the other.
fn by_rule(
    case: &StatusCase,
    rule: Option<WrongRule>,
    was_taken: bool,
    call: &Transcript,
) -> Option<Diagnosis> {
    if was_taken != case.refused.is_some() {
        return None;
    }
    Some(match (rule, was_taken) {
        (Some(rule), _) => messages::rule(rule),
        (None, true) => messages::rule(WrongRule::Missing),
        (None, false) => {
            let status = call.status().map_or(String::new(), Status::to_string);
            messages::refused_without_reason(&status, call.sent().count())
        }
    })
}

/// What a server did with a chat.
fn see(case: &StatusCase, call: &Transcript) -> Seen {
    let due = case.due();
    let came = came(call);
    let half_closed = call.position(|what| matches!(what, EventKind::HalfClosed));
    let ended = call.position(|what| matches!(what, EventKind::Ended { .. }));
    let is_early = half_closed.is_none_or(|half_closed| Some(half_closed) > ended);
    let Some(status) = call.status() else {
        let found = stream::fault(call).map(|found| found.diagnosis);
        return Seen::Other(found.unwrap_or_else(messages::other_replies));
    };
    if status.code == "UNIMPLEMENTED" && status.is_the_servers() {
        let found = stream::fault(call).map(|found| found.diagnosis);
        return Seen::Other(found.unwrap_or_else(messages::other_replies));
    }
    if status.broke_off() {
        return match case.refused {
            Some(_) => Seen::Refused(Some(messages::broke_off(&status.message))),
            None => Seen::Other(match stream::fault(call) {
                Some(found) => found.diagnosis,
                None => messages::other_replies(),
            }),
        };
    }
    if !status.is_the_servers() {
        let found = stream::fault(call).map(|found| found.diagnosis);
        return Seen::Other(found.unwrap_or_else(messages::other_replies));
    }
    let has_due = came.starts_with(&due);
    if status.is_ok() {
        return if is_early {
            Seen::Refused(Some(messages::ok_for_error(None)))
        } else {
            went_on(case, &due, &came)
        };
    }
    if !has_due && !due.starts_with(&came) {
        return Seen::Other(messages::other_replies());
    }
    let was_waited_for = call.position(|what| matches!(what, EventKind::Stalled { .. }));
    let how = if status.code != CODE {
        Some(messages::wrong_code(status))
    } else if !names_the_field(&status.message) {
        Some(messages::field_not_named(status))
    } else if !is_early && was_waited_for.is_some() {
        Some(messages::late())
    } else if !has_due {
        Some(messages::due_replies_lost(
            due.len() - came.len(),
            due.len(),
        ))
    } else if came.len() > due.len() {
        Some(messages::answered(came.len() - due.len()))
    } else {
        None
    };
    Seen::Refused(how)
}

/// Whether a text names the field: in whatever case, and with anything around it.
fn names_the_field(text: &str) -> bool {
    text.to_lowercase().contains(FIELD)
}

/// What a server did with a chat that it ended with OK after the half-close.
fn went_on(case: &StatusCase, due: &[RouteNote], came: &[RouteNote]) -> Seen {
    let taken = case.taken();
    let Some(refused) = case.refused() else {
        return match came == due {
            true => Seen::TookAll,
            false => Seen::Other(messages::other_replies()),
        };
    };
    let afterwards = case.afterwards();
    let with = |middle: &[RouteNote]| {
        right_answer(&[&taken[..], middle, &afterwards[..]].concat()).concat()
    };
    if came == with(std::slice::from_ref(&refused)) {
        return Seen::TookAll;
    }
    if came == with(&[]) {
        return Seen::Refused(Some(messages::dropped()));
    }
    let sent = || notes(case).into_iter().chain(afterwards.iter().cloned());
    let other = came
        .iter()
        .find(|note| !sent().any(|sent| sent.message == note.message));
    Seen::Refused(Some(match other {
        None => return Seen::Other(messages::other_replies()),
        Some(note) if !note.message.is_empty() && refused.message.starts_with(&note.message) => {
            messages::cut(note.message.chars().count())
        }
        Some(note) => messages::ok_for_error(Some(&note.message)),
    }))
}

/// What became of a chat that was open beside, if it did not go on.
fn disturbed(case: &StatusCase, call: &Transcript) -> Option<Diagnosis> {
    let replies = right_answer(&case.notes_beside()).concat();
    how_disturbed(&replies, call).map(|how| messages::ends_others(&how))
}
