//! What a chat means together with others: replies that come late, and notes of calls that are open at the same time.

use super::RouteChatCase;
use super::model::{Chat, ChatMistake};
use crate::guide::mistake::Mistake as _;
use crate::guide::played::Played;
use crate::messages::{Message, RouteNote};
use crate::transcript::{Event, EventKind};
use crate::verdict::{Diagnosis, Outcome};

/// Whether a server with these mistakes kept back replies that it had: a client waited for them in vain, with
/// all patience, and they came only after the half-close.
pub fn is_late(
    played: &[Played<RouteChatCase>],
    counts: &dyn Fn(&Played<RouteChatCase>) -> bool,
    made: &[ChatMistake],
) -> bool {
    let waited = played.iter().filter(|one| !one.blind && counts(one));
    let mut kept_back = waited.filter_map(|one| {
        let events = &one.report.transcript;
        let at = |kind: fn(&EventKind) -> bool| events.iter().position(|event| kind(&event.what));
        let stalled = at(|what| matches!(what, EventKind::Stalled { .. }))?;
        let half_closed = at(|what| matches!(what, EventKind::HalfClosed))?;
        let received = at(|what| matches!(what, EventKind::Received { .. }))?;
        let mut chat = Chat::with_mistakes(made);
        let had = events[..stalled].iter().any(|event| match &event.what {
            EventKind::Sent {
                message: Message::RouteNote(note),
            } => !chat.reply(note).is_empty(),
            _ => false,
        });
        had.then_some(half_closed < received)
    });
    let first = kept_back.next();
    first == Some(true) && kept_back.all(|late| late)
}

/// The name of the case that shows whether all replies are kept back.
pub const AT_ONCE: &str = "all-at-once";

/// Names the mistake of a server that keeps replies back, but not all of them until the end.
pub fn name_buffering(played: &mut [Played<RouteChatCase>]) {
    let some_come = played.iter().any(|one| {
        let events = &one.report.transcript;
        let at = |kind: fn(&EventKind) -> bool| events.iter().position(|event| kind(&event.what));
        let first = at(|what| matches!(what, EventKind::Received { .. }));
        let half_closed = at(|what| matches!(what, EventKind::HalfClosed));
        one.case.case == AT_ONCE && first.is_some() && first < half_closed
    });
    if !some_come {
        return;
    }
    let is_late = |found: &Diagnosis| found.mistakes == ["replies-at-end"];
    let diagnoses = played
        .iter_mut()
        .filter_map(|one| one.report.diagnosis.as_mut());
    for found in diagnoses.filter(|found| is_late(found)) {
        *found = Diagnosis::mistake(
            "replies-buffered",
            "The replies are right, but the server keeps them back until there are several.",
        )
        .hint("Send each reply as soon as the note has come that it answers, and let nothing collect them.");
    }
}

/// Names the mistake of calls beside an open one, if other calls have shown that all share one history: what came in them
/// was left at its place by some call.
pub fn name_shared_history(played: &mut [Played<RouteChatCase>]) {
    let id = ChatMistake::SharedHistory.id();
    let mistakes = |one: &Played<RouteChatCase>| {
        let diagnosis = one.report.diagnosis.as_ref();
        diagnosis.map_or(Vec::new(), |diagnosis| diagnosis.mistakes.clone())
    };
    let cause = played.iter().find(|one| mistakes(one).contains(&id));
    let Some(cause) = cause.and_then(|one| one.report.diagnosis.clone()) else {
        return;
    };
    let notes = |events: &[Event], is_sent: bool| -> Vec<RouteNote> {
        let notes = events.iter().filter_map(|event| match &event.what {
            EventKind::Sent {
                message: Message::RouteNote(note),
            } if is_sent => Some(note),
            EventKind::Received {
                message: Message::RouteNote(note),
            } if !is_sent => Some(note),
            _ => None,
        });
        notes.cloned().map(RouteNote::with_defaults).collect()
    };
    let mut sent = Vec::new();
    for one in played.iter() {
        sent.extend(notes(&one.report.transcript, true));
        sent.extend(
            one.before
                .iter()
                .flat_map(|before| notes(&before.events, true)),
        );
    }
    for one in played.iter_mut() {
        let is_unnamed = one.case.meets_another_call()
            && one.report.outcome == Outcome::Fail
            && one.report.ended_ok()
            && mistakes(one).is_empty();
        let came = notes(&one.report.transcript, false);
        if is_unnamed && came.iter().all(|note| sent.contains(note)) {
            let found = one.report.diagnosis.take();
            let (evidence, contrast) =
                found.map_or((None, None), |found| (Some(found.message), found.contrast));
            one.report.diagnosis = Some(Diagnosis {
                evidence,
                contrast,
                ..cause.clone()
            });
        }
    }
}

/// Names the mistake of a server whose chats are all right, but for one beside which another has come and
/// gone.
pub fn name_disturbance(played: &mut [Played<RouteChatCase>]) {
    let failed = |one: &Played<RouteChatCase>| one.report.outcome == Outcome::Fail;
    let is_about_others = |one: &Played<RouteChatCase>| !one.case.around_another_call.is_empty();
    let met_others = |one: &Played<RouteChatCase>| {
        one.passes_alone || one.case.meets_another_call() || one.case.after_cancelled > 0
    };
    if played.iter().any(|one| failed(one) && !met_others(one)) {
        return;
    }
    if !played.iter().any(|one| failed(one) && is_about_others(one)) {
        return;
    }
    // One that broke off, or ended too soon, has another mistake.
    let ended = played.iter_mut().filter(|one| one.report.ended_ok());
    let ended = ended.filter(|one| one.passes_alone || is_about_others(one));
    let diagnoses = ended.filter_map(|one| one.report.diagnosis.as_mut());
    for found in diagnoses.filter(|found| found.mistakes.is_empty()) {
        *found = Diagnosis {
            contrast: found.contrast.take(),
            ..Diagnosis::mistake(
                "shared-history",
                format!(
                    "While this chat was open, another came and went, and then this one no longer had its \
                     own history. {}",
                    found.message
                ),
            )
            .hint("Keep the notes in a variable of the method, not in the service.")
        };
    }
}
