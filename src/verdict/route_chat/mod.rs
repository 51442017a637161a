//! Judging calls of RouteChat: each for itself, and then all together for the mistake behind them.

pub mod cause;
mod evidence;
mod judging;
mod words;

pub use judging::{blocked_by_another, judge};

use super::diagnosis::Diagnosis;
use super::played::{self, Played};
use super::report::{CaseReport, Outcome};
use crate::guide::Case as _;
use crate::guide::cases::RouteChatCase;
use crate::guide::model::{Chat, ChatMistake};
use crate::messages::Message;
use crate::transcript::EventKind;

/// Names the mistake behind the calls that are not right, where the model finds one. The calls come in
/// the order in which they were made; each may bring calls that were made before it for its sake.
pub fn explain(mut played: Vec<Played<RouteChatCase>>) -> Vec<CaseReport> {
    played::name_bad_statuses(&mut played);
    played::name_unset_fields(&mut played, "a note's location");
    if !name_the_cause(&mut played, is_whole) {
        // Calls that were cancelled or went on beside others may have left notes behind, in an order of
        // their own: what the others show is still certain.
        name_the_cause(&mut played, |played| {
            is_whole(played) && !played.case.comes_last()
        });
    }
    name_disturbance(&mut played);
    played::explain_unset_fields(&mut played, "a note's location");
    played::reports(played)
}

/// Whether a call was answered to its end.
fn is_whole(played: &Played<RouteChatCase>) -> bool {
    let refused = played.leaves_a_field_unset() && !played.report.ended_ok();
    !refused && cause::Call::of(&played.report.transcript).is_some()
}

/// Looks for the mistake behind the calls that count, and says so in each that failed. False if there is
/// none to be found.
fn name_the_cause(
    played: &mut [Played<RouteChatCase>],
    counts: fn(&Played<RouteChatCase>) -> bool,
) -> bool {
    let counted = played.iter().filter(|played| counts(played));
    let events = counted.flat_map(|played| {
        let before = played.before.iter().map(|transcript| &transcript.events);
        before.chain([&played.report.transcript])
    });
    let calls: Vec<cause::Call> = events
        .filter_map(|events| cause::Call::of(events))
        .collect();
    let Some(cause) = cause::find(&calls) else {
        return false;
    };
    let made: Vec<ChatMistake> =
        [&cause.certain[..], cause.one_of.get(..1).unwrap_or(&[])].concat();
    let late = is_late(played, counts, &made);
    evidence::show(played, &made);
    let shared = made.contains(&ChatMistake::SharedHistory);
    let diagnosis = words::diagnosis(&cause);
    let diagnosis = if late {
        words::at_the_end_too(diagnosis)
    } else {
        diagnosis
    };
    played::explain(played, &diagnosis, |played| {
        let call = cause::Call::of(&played.report.transcript)?;
        // What an earlier call has left is seen best where the lab has left it.
        let hidden = shared && played.case.earlier_call.is_empty();
        counts(played).then(|| cause::lookalikes(&call) + 5 * usize::from(hidden))
    });
    true
}

/// Whether a server with these mistakes kept back replies that it had: a client waited for them in vain, with
/// all patience, and they came only after the half-close.
fn is_late(
    played: &[Played<RouteChatCase>],
    counts: fn(&Played<RouteChatCase>) -> bool,
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

/// Names the mistake of a server whose chats are all right, but for one beside which another has come and
/// gone.
fn name_disturbance(played: &mut [Played<RouteChatCase>]) {
    let failed = |one: &Played<RouteChatCase>| one.report.outcome == Outcome::Fail;
    let is_about_others = |one: &Played<RouteChatCase>| !one.case.around_another_call.is_empty();
    if played
        .iter()
        .any(|one| failed(one) && !is_about_others(one))
    {
        return;
    }
    // One that broke off, or ended too soon, has another mistake.
    let ended = played.iter_mut().filter(|one| one.report.ended_ok());
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
