//! RouteChat: notes go in, and earlier notes from the same place come out, while both sides are still talking.

mod beside;
mod case;
mod cause;
mod client;
mod evidence;
mod judge;
mod limit;
mod messages;
pub mod model;
mod places;
#[cfg(test)]
pub mod tests;

use std::sync::Arc;

pub use self::case::{RouteChatCase, Turn};
use self::cause::ObservedChat;
use self::model::Chat;
pub use self::model::ChatMistake;
use super::cause::{Cause, Disturbance, Explanation, MistakeText};
use super::draw::Draw;
use super::played::Played;
use super::synthetic::{Conversation, Invention, Length};
use super::{Case, Database, Method};
use crate::messages::{Message, Point, RouteNote, Rpc};
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::Transcript;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream;
use crate::verdict::{CaseReport, Diagnosis};

/// More replies than this are a flood. A server whose calls share their history, and that has served many of
/// them, sends thousands.
const LIMITS: MessageLimits = MessageLimits {
    messages: 20_000,
    bytes: 2 << 20,
};

/// How many mistakes more a case counts that does not show by itself that calls share their history.
const HIDDEN: usize = 5;

/// The RPC RouteChat.
#[derive(Debug, Clone, Copy)]
pub struct RouteChat;

impl Method for RouteChat {
    const RPC: Rpc = Rpc::RouteChat;

    type Case = RouteChatCase;

    /// Chats at a few places, so that notes meet.
    fn random(draw: &mut Draw<'_>, count: usize) -> Vec<RouteChatCase> {
        (1..=count)
            .map(|n| {
                let places: Vec<Point> = (0..3).map(|_| draw.near()).collect();
                let notes = (1..=draw.random.usize(2..10))
                    .map(|m| RouteNote {
                        location: draw.random.choice(&places).copied(),
                        message: format!("note {n}.{m}"),
                    })
                    .collect();
                RouteChatCase::new(&Draw::name(n), &draw.why, notes)
            })
            .collect()
    }

    fn for_other_features(written: Vec<RouteChatCase>, _: &mut Draw<'_>) -> Vec<RouteChatCase> {
        written
    }

    fn limits(_: &Database) -> MessageLimits {
        LIMITS
    }

    fn plain_call(_: &Database) -> (Vec<Step>, Expected) {
        (Vec::new(), Expected::Count(0))
    }

    /// Notes that bring many replies, and are all sent before one of these is waited for: a server that keeps a few replies
    /// back, and not all of them, sends some.
    fn reading_test(_: &mut Draw<'_>) -> Option<(RouteChatCase, Vec<Step>)> {
        const NOTES: usize = 20;
        let note = |n: usize| RouteNote {
            location: Some(Point {
                latitude: 5,
                longitude: 7,
            }),
            message: format!("at once {n}"),
        };
        let why = "Twenty notes, and the client waits for any reply before it half-closes.";
        let case = RouteChatCase::new(beside::AT_ONCE, why, (1..=NOTES).map(note).collect());
        let notes = case.notes().into_iter().map(Message::RouteNote);
        let steps = vec![Step::SendAll(notes.collect()), Step::AwaitCount(1)];
        Some((case, steps))
    }

    fn judge(case: &RouteChatCase, _: &Database, transcript: Transcript) -> CaseReport {
        judge::judge(case, transcript)
    }

    fn blocked_by_open_call() -> Diagnosis {
        Diagnosis::mistake(
            "blocks-other-chats",
            "While another chat is open, this one gets no replies; it passes when run alone.",
        )
        .hint("Calls run side by side: hold no lock while you wait for the client's next note.")
    }

    fn case_of(name: &str, why: &str, _: &Database, call: &Transcript) -> RouteChatCase {
        let notes = call.sent().filter_map(|message| match message {
            Message::RouteNote(note) => Some(note.clone()),
            _ => None,
        });
        RouteChatCase::new(name, why, notes.collect())
    }

    type Mistake = ChatMistake;

    type Observed = ObservedChat;

    const ORDER_MATTERS: bool = true;

    const OPTIONAL_FIELD: &'static str = "a note's location";

    fn observed(played: &Played<RouteChatCase>) -> Option<ObservedChat> {
        let refused = played.leaves_a_field_unset()
            && !played.report.ended_ok()
            && !stream::never_ended(&played.report.transcript);
        ObservedChat::of(&played.report.transcript).filter(|_| !refused)
    }

    fn observed_before(played: &Played<RouteChatCase>) -> Vec<ObservedChat> {
        let before = played.before.iter();
        before
            .filter_map(|transcript| ObservedChat::of(&transcript.events))
            .collect()
    }

    fn is_answered_by(_: &Database, call: &ObservedChat, wrong: &[ChatMistake]) -> bool {
        call.is_answered_by(&mut Chat::with_mistakes(wrong))
    }

    fn reproduces(_: &Database, calls: &[ObservedChat], wrong: &[ChatMistake]) -> bool {
        cause::reproduces(calls, wrong)
    }

    /// Calls that were cancelled or went on beside others may have left notes behind, in an order of their
    /// own.
    fn explain(_: &Database, calls: &[ObservedChat]) -> Option<Explanation<ChatMistake>> {
        if let Some(cause) = super::cause::find::<Self>(&Database::default(), calls) {
            return Some(Explanation::Mistakes(cause));
        }
        let limits = limit::find(calls);
        let mixed_up = || places::are_mixed_up(calls).then(messages::places_mixed_up);
        let diagnosis = messages::limited(&limits).or_else(mixed_up)?;
        Some(Explanation::Other(Box::new(diagnosis)))
    }

    fn disturbance(case: &RouteChatCase) -> Disturbance {
        if case.meets_another_call() {
            Disturbance::ByOpenCalls
        } else if case.comes_last() {
            Disturbance::ByEarlierCalls
        } else {
            Disturbance::None
        }
    }

    fn message(mistake: ChatMistake) -> MistakeText {
        messages::message(mistake)
    }

    fn describe(cause: &Cause<ChatMistake>) -> Diagnosis {
        messages::diagnosis(cause)
    }

    fn show_evidence(
        played: &mut [Played<RouteChatCase>],
        made: &[ChatMistake],
        counts: &dyn Fn(&Played<RouteChatCase>) -> bool,
        diagnosis: Diagnosis,
    ) -> Diagnosis {
        let late = beside::is_late(played, counts, made);
        evidence::show(played, made);
        if late {
            messages::at_the_end_too(diagnosis)
        } else {
            diagnosis
        }
    }

    fn ambiguity(
        database: &Database,
        played: &Played<RouteChatCase>,
        call: &ObservedChat,
        made: &[ChatMistake],
    ) -> usize {
        // What an earlier call has left is seen best where the lab has left it.
        let hidden =
            made.contains(&ChatMistake::SharedHistory) && played.case.earlier_call.is_empty();
        super::cause::ambiguity::<Self>(database, call) + HIDDEN * usize::from(hidden)
    }

    fn after_search(played: &mut [Played<RouteChatCase>]) {
        beside::name_buffering(played);
        beside::name_shared_history(played);
        beside::name_disturbance(played);
    }

    const HINT_IF_NEVER_CALLED: Option<&'static str> = Some(
        "A queue or channel that is filled before its notes are handed to the call waits for ever once it is full: make the \
         call first, and fill it from a task beside the call.",
    );

    const REQUEST_NOUN: &'static str = "note";

    type ClientCall = Vec<RouteNote>;

    const FAILURES: &'static [When] = &[When::AtTheEnd, When::AtOnce];

    fn judge_sent(expected: &Vec<RouteNote>, _: &Database, call: &Transcript) -> Option<Finding> {
        client::sent(expected, call)
    }

    fn why_left_open(expected: &Vec<RouteNote>, call: &Transcript) -> Option<Diagnosis> {
        client::why_left_open(expected, call)
    }

    type Synthetic = client::Invented;

    const BURST: usize = client::GREETINGS;

    fn invent(invention: &mut Invention) -> client::Invented {
        client::invent(invention)
    }

    fn converse(invented: &Arc<client::Invented>, length: Length) -> Box<dyn Conversation> {
        client::converse(invented, length)
    }
}
