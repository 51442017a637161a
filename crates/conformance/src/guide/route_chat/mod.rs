//! RouteChat: notes go in, and earlier notes from the same place come out, while both sides are still talking.

mod cause;
mod client;
mod evidence;
mod judge;
mod limit;
mod messages;
pub mod model;
#[cfg(test)]
pub mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::cause::ObservedChat;
use self::model::Chat;
pub use self::model::ChatMistake;
use super::cases::is_zero;
use super::cause::{Cause, Disturbance, Explanation, MistakeText};
use super::draw::{Draw, without_parts};
use super::mistake::Mistake as _;
use super::played::Played;
use super::synthetic::{Conversation, Invention, Length};
use super::{CancelledCalls, Case, Database, Method, OpenCall};
use crate::messages::{Message, Point, RouteNote, Rpc};
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::{Event, EventKind, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream;
use crate::verdict::{CaseReport, Diagnosis, Outcome};

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

/// One call of RouteChat.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, from = "WrittenChat")]
pub struct RouteChatCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// Notes that an earlier call left, which this call must not see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_call: Vec<RouteNote>,
    /// Notes of another call, which stays open beside this one until this one has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside_open_call: Vec<RouteNote>,
    /// Notes of another call, which comes and goes before the last note of this one. The lab makes such cases
    /// of those beside an open call; files do not hold them.
    #[serde(skip)]
    pub around_another_call: Vec<RouteNote>,
    /// How many calls are cancelled before this one, each after its first reply.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after_cancelled: u32,
    /// The notes to send, one after the other, each with the replies that must come before the next.
    pub turns: Vec<Turn>,
}

/// A case as a file holds it: a long chat is only described there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChat {
    case: String,
    why: String,
    #[serde(default)]
    earlier_call: Vec<RouteNote>,
    #[serde(default)]
    beside_open_call: Vec<RouteNote>,
    #[serde(default)]
    after_cancelled: u32,
    #[serde(default)]
    turns: Vec<Turn>,
    #[serde(default)]
    long: Option<LongChat>,
}

/// A long chat: a round of notes, one at each place, and then another round.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongChat {
    /// How many places there are.
    places: u32,
    /// How many rounds.
    rounds: u32,
    /// How many characters each note is made longer by.
    #[serde(default)]
    padding: usize,
}

impl LongChat {
    fn notes(&self) -> Vec<RouteNote> {
        // Longer in bytes than in characters, as many texts are.
        let padding = " é".repeat(self.padding / 2);
        let note = |round: u32, place: u32| RouteNote {
            location: Some(Point {
                latitude: place.cast_signed(),
                longitude: 1,
            }),
            message: format!("{round}.{place}{padding}"),
        };
        let rounds = 1..=self.rounds;
        rounds
            .flat_map(|round| (1..=self.places).map(move |place| (round, place)))
            .map(|(round, place)| note(round, place))
            .collect()
    }
}

impl From<WrittenChat> for RouteChatCase {
    fn from(written: WrittenChat) -> RouteChatCase {
        let mut turns = written.turns;
        if let Some(long) = written.long {
            turns.extend(answered(long.notes()));
        }
        RouteChatCase {
            case: written.case,
            why: written.why,
            earlier_call: written.earlier_call,
            beside_open_call: written.beside_open_call,
            around_another_call: Vec::new(),
            after_cancelled: written.after_cancelled,
            turns,
        }
    }
}

/// With more notes than this, a chat is a long one.
const MANY: usize = 100;

/// A chat with a text of more bytes is one, too.
const LONG_TEXT: usize = 1_000;

/// One note, and the replies to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The note to send.
    pub send: RouteNote,
    /// The replies to come, in this order.
    pub expect: Vec<RouteNote>,
}

impl RouteChatCase {
    /// A case with the replies of the model.
    pub fn new(case: &str, why: &str, notes: Vec<RouteNote>) -> RouteChatCase {
        RouteChatCase {
            case: case.to_string(),
            why: why.to_string(),
            turns: answered(notes),
            ..RouteChatCase::default()
        }
    }

    /// Whether another call is open at the same time.
    fn meets_another_call(&self) -> bool {
        !self.beside_open_call.is_empty() || !self.around_another_call.is_empty()
    }

    /// The notes that are sent.
    pub fn notes(&self) -> Vec<RouteNote> {
        self.turns.iter().map(|turn| turn.send.clone()).collect()
    }
}

impl Case for RouteChatCase {
    fn name(&self) -> &str {
        &self.case
    }

    fn leaves_a_field_unset(&self) -> bool {
        let turns = self.turns.iter().map(|turn| &turn.send);
        turns
            .chain(&self.earlier_call)
            .any(|note| note.location.is_none())
    }

    fn comes_last(&self) -> bool {
        self.leaves_a_field_unset() || self.after_cancelled > 0 || self.meets_another_call()
    }

    fn is_long(&self) -> bool {
        let has_long_text = |turn: &Turn| turn.send.message.len() > LONG_TEXT;
        self.turns.len() > MANY || self.turns.iter().any(has_long_text)
    }

    /// A chat has nothing to do with the features, so the answer is the same from every database.
    fn answered_from(self, _: &Database) -> RouteChatCase {
        RouteChatCase {
            turns: answered(self.notes()),
            ..self
        }
    }

    fn smaller(&self, _: &Database) -> Vec<RouteChatCase> {
        without_parts(&self.notes())
            .map(|notes| RouteChatCase::new(&self.case, &self.why, notes))
            .collect()
    }

    fn steps(&self) -> Vec<Step> {
        steps(&self.turns)
    }

    fn expected(&self) -> Expected {
        let replies = self.turns.iter().flat_map(|turn| turn.expect.clone());
        Expected::These(replies.map(Message::RouteNote).collect())
    }

    fn earlier_call(&self) -> Vec<Step> {
        sends(&self.earlier_call)
    }

    fn cancelled(&self) -> Option<CancelledCalls> {
        let steps = [
            sends(&self.notes()),
            vec![Step::AwaitCount(1), Step::Cancel],
        ];
        (self.after_cancelled > 0).then(|| CancelledCalls {
            count: self.after_cancelled,
            steps: steps.concat(),
        })
    }

    /// The chat that stays open, with one more note at the place of its first: by then, the other chat has
    /// come and gone.
    fn beside(&self, _: &Database) -> Option<OpenCall<RouteChatCase>> {
        let mut notes = self.beside_open_call.clone();
        let first = notes.first()?.clone();
        let message = format!("{}, all the while", first.message);
        notes.push(RouteNote { message, ..first });
        let case = RouteChatCase {
            around_another_call: self.notes(),
            ..RouteChatCase::new(&self.case, &self.why, notes)
        };
        let (last, first) = case.turns.split_last()?;
        let (first, rest) = (steps(first), steps(std::slice::from_ref(last)));
        Some(OpenCall { case, first, rest })
    }
}

/// Each note, with the replies of the model.
fn answered(notes: Vec<RouteNote>) -> Vec<Turn> {
    let replies = model::right_answer(&notes);
    let turns = notes.into_iter().zip(replies);
    turns.map(|(send, expect)| Turn { send, expect }).collect()
}

/// Each note, with the replies to wait for before the next.
fn steps(turns: &[Turn]) -> Vec<Step> {
    let turn = |turn: &Turn| {
        let replies = turn.expect.iter().cloned().map(Message::RouteNote);
        let note = Step::Send(Message::RouteNote(turn.send.clone()));
        [note, Step::Await(replies.collect())]
    };
    turns.iter().flat_map(turn).collect()
}

fn sends(notes: &[RouteNote]) -> Vec<Step> {
    let messages = notes.iter().cloned().map(Message::RouteNote);
    messages.map(Step::Send).collect()
}

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
        let limit = limit::find(calls)?;
        Some(Explanation::Other(Box::new(messages::limited(&limit))))
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
        let late = is_late(played, counts, made);
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
        name_shared_history(played);
        name_disturbance(played);
    }

    const HINT_IF_NEVER_CALLED: Option<&'static str> = Some(
        "A queue or channel that is filled before its notes are handed to the call waits for ever once it is full: make the \
         call first, and fill it from a task beside the call.",
    );

    const REQUEST_NOUN: &'static str = "note";

    type ClientCall = Vec<RouteNote>;

    const FAILURES: &'static [When] = &[When::AtTheEnd];

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

/// Whether a server with these mistakes kept back replies that it had: a client waited for them in vain, with
/// all patience, and they came only after the half-close.
fn is_late(
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

/// Names the mistake of calls beside an open one, if other calls have shown that all share one history: what came in them
/// was left at its place by some call.
fn name_shared_history(played: &mut [Played<RouteChatCase>]) {
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
