//! The judgement of all chats: which rule the server follows, and how it ends a chat that is too long.

use super::case::{LongChat, replies};
use super::rule::{WrongRule, refuses};
use super::{BoundMemory, CODE, Chats, messages};
use crate::guide::mistake::Mistake as _;
use crate::guide::production::{PlayedCall, came, how_disturbed};
use crate::messages::{Message, RouteNote};
use crate::transcript::{EventKind, ProtocolError, Status, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis, stream};

/// What was seen of a chat.
enum Seen {
    /// It went on to its end as if no note had been too much.
    TookAll,
    /// It was ended.
    Refused(Refusal),
    /// It went on to its end, and not all of it was kept.
    Forgot,
    /// Something else is wrong with it.
    Other(Diagnosis),
}

/// How a chat was ended.
enum Refusal {
    /// As it should be.
    Right,
    /// In a way that is wrong for whatever note it was.
    Wrong(Diagnosis),
    /// At the wrong note, as the replies show; wrong in itself only if no rule explains which note it was.
    AtOther(Diagnosis),
}

/// Judges the chats, in their order.
pub fn judge(asked: &BoundMemory, played: Vec<PlayedCall>) -> Vec<CaseReport> {
    let most = asked.most_notes;
    let seen: Vec<Seen> = asked
        .chats
        .iter()
        .zip(&played)
        .map(|(chat, played)| see(chat, most, &played.call))
        .collect();
    // In a chat that is just too long, it does not show that notes are forgotten.
    let forgets = seen.iter().any(|seen| matches!(seen, Seen::Forgot));
    let rule = wrong_rule(asked, &seen).filter(|_| !forgets);
    let mut reports = Vec::new();
    for ((chat, played), seen) in asked.chats.iter().zip(played).zip(seen) {
        let is_refused = chat.is_refused(most);
        let found = match seen {
            Seen::Other(found) => Some(found),
            Seen::TookAll if !is_refused => None,
            Seen::TookAll | Seen::Forgot if forgets => Some(messages::forgotten()),
            Seen::TookAll | Seen::Forgot => {
                Some(messages::rule(rule.unwrap_or(WrongRule::Missing), most))
            }
            Seen::Refused(_) if !is_refused => Some(match rule {
                Some(rule) => messages::rule(rule, most),
                None => {
                    let status = played
                        .call
                        .status()
                        .map_or(String::new(), Status::to_string);
                    messages::refused_without_reason(&status, chat.notes)
                }
            }),
            Seen::Refused(Refusal::Wrong(found)) => Some(found),
            Seen::Refused(Refusal::AtOther(found)) => Some(found).filter(|_| rule.is_none()),
            Seen::Refused(Refusal::Right) => None,
        };
        // What a rule does to other chats is said of the rule.
        let beside = played.beside.as_ref().filter(|_| rule.is_none());
        let beside = beside.and_then(|call| how_disturbed(&replies(&chat.notes_beside()), call));
        let found = found.or_else(|| beside.map(|how| messages::ends_others(&how)));
        let mark = played.call.last();
        let finding = found.map(|diagnosis| Finding { diagnosis, mark });
        let expected = replies(&chat.taken(most));
        let expected = expected.into_iter().map(Message::RouteNote).collect();
        let report = CaseReport::of_call(&chat.case, &chat.why, expected, played.call);
        reports.push(report.judged(finding));
    }
    reports
}

/// The rule that a server follows which ends other chats than it should: the first that gives all that was seen.
fn wrong_rule(asked: &BoundMemory, seen: &[Seen]) -> Option<WrongRule> {
    let reproduces = |rule: Option<WrongRule>| {
        let mut pairs = refuses(rule, asked).into_iter().zip(seen);
        pairs.all(|(refuses, seen)| match seen {
            Seen::Other(_) | Seen::Forgot => true,
            Seen::TookAll => !refuses,
            Seen::Refused(_) => refuses,
        })
    };
    if reproduces(None) {
        return None;
    }
    let mut rules = WrongRule::ALL.iter().copied();
    rules
        .find(|rule| reproduces(Some(*rule)))
        .or_else(|| never_forgets(seen).then_some(WrongRule::AllEver))
}

/// Whether a server takes chats up to one, and none after it, not even a short one. (How much it has been made to remember
/// before this check is not known.)
fn never_forgets(seen: &[Seen]) -> bool {
    let is_refused = |seen: &Seen| matches!(seen, Seen::Refused(_));
    let first = seen.iter().position(is_refused);
    first.is_some_and(|first| {
        first > 0 && seen.len() - first > 1 && seen.iter().skip(first).all(is_refused)
    })
}

/// What a server did with a chat.
fn see(chat: &LongChat, most: usize, call: &Transcript) -> Seen {
    let due = replies(&chat.taken(most));
    let came = came(call);
    let other = || {
        let found = stream::fault(call).map(|found| found.diagnosis);
        Seen::Other(found.unwrap_or_else(messages::other_replies))
    };
    let Some(status) = call.status() else {
        return other();
    };
    if status.broke_off() {
        return match chat.is_refused(most) {
            true => Seen::Refused(Refusal::Wrong(messages::broke_off(&status.message))),
            false => other(),
        };
    }
    if !status.is_the_servers() || status.code == "UNIMPLEMENTED" {
        return other();
    }
    let half_closed = call.position(|what| matches!(what, EventKind::HalfClosed));
    let ended = call.position(|what| matches!(what, EventKind::Ended { .. }));
    let is_early = half_closed.is_none_or(|half_closed| Some(half_closed) > ended);
    if status.is_ok() {
        return went_on(chat, most, &came, is_early);
    }
    let all = replies(&[chat.notes(), chat.afterwards()].concat());
    if !all.starts_with(&came) {
        return Seen::Other(messages::other_replies());
    }
    let was_waited_for = call.position(|what| matches!(what, EventKind::Stalled { .. }));
    Seen::Refused(if status.code != CODE {
        Refusal::Wrong(messages::wrong_code(status))
    } else if !is_early && was_waited_for.is_some() {
        Refusal::Wrong(messages::late())
    } else if came.len() < due.len() {
        Refusal::AtOther(messages::due_replies_lost(
            due.len() - came.len(),
            due.len(),
        ))
    } else if came.len() > due.len() {
        Refusal::AtOther(messages::answered(came.len() - due.len()))
    } else {
        Refusal::Right
    })
}

/// What a server did with a chat that it ended with OK.
fn went_on(chat: &LongChat, most: usize, came: &[RouteNote], is_early: bool) -> Seen {
    let sent = [chat.notes(), chat.afterwards()].concat();
    let all = replies(&sent);
    if came == all {
        return Seen::TookAll;
    }
    if !chat.is_refused(most) {
        return Seen::Other(messages::other_replies());
    }
    let is_sent = |note: &&RouteNote| sent.iter().any(|sent| sent.message == note.message);
    if let Some(said) = came.iter().find(|note| !is_sent(note)) {
        return Seen::Refused(Refusal::Wrong(messages::ok_for_error(Some(&said.message))));
    }
    if is_early || came == replies(&chat.taken(most)) && !chat.stays_open {
        return Seen::Refused(Refusal::Wrong(messages::ok_for_error(None)));
    }
    match came.len() < all.len() {
        true => Seen::Forgot,
        false => Seen::Other(messages::other_replies()),
    }
}

/// Judges chats whose notes come at once: the first that is wrong, or the first.
pub fn burst(asked: Chats, calls: Vec<Transcript>) -> Option<CaseReport> {
    let due = replies(&super::case::burst(asked.notes));
    let wrong = |call: &Transcript| {
        let flaw = call.status().and_then(|status| status.flaw.as_ref());
        if flaw.is_some_and(ProtocolError::is_break) {
            Some(messages::burst_refused(asked, flaw.is_some_and(is_calmed)))
        } else if call.status().is_some_and(Status::is_ok) && came(call) == due {
            None
        } else {
            let found = stream::fault(call).map(|found| found.diagnosis);
            Some(found.unwrap_or_else(messages::other_replies))
        }
    };
    let judged: Vec<_> = calls.into_iter().map(|call| (wrong(&call), call)).collect();
    let at = judged.iter().position(|(found, _)| found.is_some());
    let (found, call) = judged.into_iter().nth(at.unwrap_or_default())?;
    let mark = call.last();
    let finding = found.map(|diagnosis| Finding { diagnosis, mark });
    let expected = due.into_iter().map(Message::RouteNote).collect();
    let why = "Many small notes at once, while the client does not read: they wait in the connection's window.";
    Some(CaseReport::of_call("burst", why, expected, call).judged(finding))
}

/// Whether an HTTP/2 library gave up the connection because of too many frames.
fn is_calmed(flaw: &ProtocolError) -> bool {
    matches!(
        flaw,
        ProtocolError::ManySmallFrames | ProtocolError::GoAway(h2::Reason::ENHANCE_YOUR_CALM)
    )
}
