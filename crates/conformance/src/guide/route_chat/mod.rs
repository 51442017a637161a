//! RouteChat: notes go in, and earlier notes from the same place come out, while both sides are still talking.

mod cause;
mod evidence;
mod judge;
mod messages;
pub mod model;
#[cfg(test)]
pub mod tests;

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use self::cause::ObservedChat;
use self::model::Chat;
pub use self::model::ChatMistake;
use super::cases::is_zero;
use super::cause::{Cause, MistakeText};
use super::draw::{Draw, without_parts};
use super::played::Played;
use super::synthetic::{Conversation, Invention, Length};
use super::{CancelledCalls, Case, Database, Method, OpenCall};
use crate::messages::{Message, Point, RouteNote, Rpc};
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;
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
#[serde(deny_unknown_fields)]
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
        self.leaves_a_field_unset()
            || self.after_cancelled > 0
            || !self.beside_open_call.is_empty()
            || !self.around_another_call.is_empty()
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
    fn beside(&self) -> Option<OpenCall<RouteChatCase>> {
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
        let refused = played.leaves_a_field_unset() && !played.report.ended_ok();
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
    fn may_be_left_out(case: &RouteChatCase) -> bool {
        case.comes_last()
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
        name_disturbance(played);
    }

    const REQUEST_NOUN: &'static str = "note";

    type ClientCall = Vec<RouteNote>;

    const FAILURES: &'static [When] = &[When::After(1)];

    fn judge_sent(expected: &Vec<RouteNote>, _: &Database, call: &Transcript) -> Option<Finding> {
        sent(expected, call)
    }

    fn why_left_open(expected: &Vec<RouteNote>, call: &Transcript) -> Option<Diagnosis> {
        let sent = call.sent().count();
        if sent >= expected.len() || !waits_for_a_reply(call) {
            return None;
        }
        let messages = format!("{sent} message{}", plural(sent));
        let diagnosis = Diagnosis::mistake(
            "waits-for-each-reply",
            format!(
                "Your client sent {messages} and then waited for a reply to the last, but there is none to \
                 come: it is the first note at its place."
            ),
        );
        Some(diagnosis.hint("Send and receive side by side: a note may get no reply."))
    }

    type Synthetic = Invented;

    const BURST: usize = GREETINGS;

    fn invent(invention: &mut Invention) -> Invented {
        Invented {
            prefix: invention.name("Reply"),
            greetings: invention.numbered("Greeting", GREETINGS),
            padding: Message::RouteNote(RouteNote {
                location: None,
                message: " ".repeat(PADDING),
            })
            .encode()
            .into(),
        }
    }

    fn converse(invented: &Arc<Invented>, length: Length) -> Box<dyn Conversation> {
        struct Answer {
            invented: Arc<Invented>,
            chat: Chat,
            length: Length,
            /// Whether the first note is still to be greeted.
            greets: bool,
        }
        impl Conversation for Answer {
            fn message(&mut self, message: Message) -> Vec<Message> {
                let Message::RouteNote(note) = message else {
                    return Vec::new();
                };
                let reply = |text: String| {
                    Message::RouteNote(RouteNote {
                        location: note.location,
                        message: text,
                    })
                };
                let greets = std::mem::take(&mut self.greets);
                let greetings = self.invented.greetings.iter().filter(|_| greets).cloned();
                let earlier = self.chat.reply(&note).into_iter();
                let earlier =
                    earlier.map(|note| format!("{}: {}", self.invented.prefix, note.message));
                greetings.chain(earlier).map(reply).collect()
            }

            fn padding(&self) -> Bytes {
                match self.length {
                    Length::Short => Bytes::new(),
                    Length::Long => self.invented.padding.clone(),
                }
            }
        }
        Box::new(Answer {
            invented: Arc::clone(invented),
            chat: Chat::default(),
            length,
            greets: length == Length::Long,
        })
    }
}

/// How many replies the first note gets in a long answer.
const GREETINGS: usize = 120;

/// How many bytes each of them has besides. Together they are more than the window of any client that does not read: that
/// of tonic is 2 MiB.
const PADDING: usize = 32 << 10;

/// What the recording server sends.
#[derive(Debug)]
pub struct Invented {
    /// What is put before the text of every note that is sent back.
    prefix: String,
    /// The texts of the replies to the first note in a long answer.
    greetings: Vec<String>,
    /// A text that the message's own overrides.
    padding: Bytes,
}

/// Whether the last thing that the client did was to send a note to which the contract has no reply.
fn waits_for_a_reply(call: &Transcript) -> bool {
    let mut chat = Chat::default();
    let notes = call.sent().filter_map(|message| match message {
        Message::RouteNote(note) => Some(note),
        _ => None,
    });
    let replies: Vec<usize> = notes.map(|note| chat.reply(note).len()).collect();
    let came = call.received().count();
    replies.last() == Some(&0) && came == replies.iter().sum::<usize>()
}

/// What is wrong with the notes that a client sent.
fn sent(expect: &[RouteNote], transcript: &Transcript) -> Option<Finding> {
    let sent: Vec<(usize, &RouteNote)> = transcript
        .events
        .iter()
        .enumerate()
        .filter_map(|(index, event)| match &event.what {
            EventKind::Sent {
                message: Message::RouteNote(note),
            } => Some((index, note)),
            _ => None,
        })
        .collect();
    let first_difference = (0..expect.len().max(sent.len())).find(|n| {
        let (wanted, came) = (expect.get(*n), sent.get(*n));
        wanted.map(key) != came.map(|(_, note)| key(note))
    })?;
    // What is left of either side once every note has been set against one that says the same.
    let mut missing: Vec<&RouteNote> = expect.iter().collect();
    let mut foreign: Vec<&RouteNote> = Vec::new();
    for (_, came) in &sent {
        match missing.iter().position(|wanted| key(wanted) == key(came)) {
            Some(found) => drop(missing.remove(found)),
            None => foreign.push(came),
        }
    }
    let number = first_difference + 1;
    let diagnosis = match (foreign.first(), missing.first()) {
        (None, Some(lost)) => Diagnosis::mistake(
            "notes-lost",
            format!(
                "You sent {} of {} notes; {lost} is missing.",
                sent.len(),
                expect.len()
            ),
        ),
        (None, None) => Diagnosis::mistake(
            "notes-reordered",
            format!(
                "You sent the right notes in another order: note {number} must be {}, but you sent {}.",
                or_nothing(expect.get(first_difference)),
                or_nothing(sent.get(first_difference).map(|(_, note)| *note)),
            ),
        ),
        (Some(extra), None) => Diagnosis::mistake(
            "notes-altered",
            format!(
                "You sent {extra} besides the {} notes that are asked for.",
                expect.len()
            ),
        ),
        (Some(_), Some(_)) => Diagnosis::mistake(
            "notes-altered",
            format!(
                "Note {number} must be {}, but you sent {}.",
                or_nothing(expect.get(first_difference)),
                or_nothing(sent.get(first_difference).map(|(_, note)| *note)),
            ),
        ),
    };
    let mark = sent.get(first_difference).map(|(index, _)| *index);
    Some(Finding {
        diagnosis,
        mark: mark.or(transcript.last()),
    })
}

/// What a note says, and where; an unset location is the origin.
fn key(note: &RouteNote) -> (Point, &str) {
    (note.location.unwrap_or_default(), &note.message)
}

fn or_nothing(note: Option<&RouteNote>) -> String {
    note.map_or("nothing".to_string(), ToString::to_string)
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
