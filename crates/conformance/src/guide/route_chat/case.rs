//! The calls of RouteChat that a server is checked with.

use serde::{Deserialize, Serialize};

use super::model;
use crate::guide::cases::is_zero;
use crate::guide::draw::without_parts;
use crate::guide::{CancelledCalls, Case, Database, OpenCall};
use crate::messages::{Message, Point, RouteNote};
use crate::probe::script::{Expected, Step};

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
        // At every other place texts are longer in bytes than in characters.
        let paddings = [" é", " e"].map(|two| two.repeat(self.padding / 2));
        let note = |round: u32, place: u32| RouteNote {
            location: Some(Point {
                latitude: place.cast_signed(),
                longitude: 1,
            }),
            message: format!(
                "{round}.{place}{}",
                paddings[usize::from(place.is_multiple_of(2))]
            ),
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
    pub(super) fn meets_another_call(&self) -> bool {
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
pub(super) fn answered(notes: Vec<RouteNote>) -> Vec<Turn> {
    let replies = model::right_answer(&notes);
    let turns = notes.into_iter().zip(replies);
    turns.map(|(send, expect)| Turn { send, expect }).collect()
}

/// Each note, with the replies to wait for before the next. Many notes to which there is no reply go at once.
fn steps(turns: &[Turn]) -> Vec<Step> {
    let note = |turn: &Turn| Message::RouteNote(turn.send.clone());
    let mut steps = Vec::new();
    for part in turns.chunk_by(|one, next| one.expect.is_empty() && next.expect.is_empty()) {
        if part.len() > MANY {
            steps.push(Step::SendAll(part.iter().map(note).collect()));
            continue;
        }
        for turn in part {
            let replies = turn.expect.iter().cloned().map(Message::RouteNote);
            steps.extend([Step::Send(note(turn)), Step::Await(replies.collect())]);
        }
    }
    steps
}

fn sends(notes: &[RouteNote]) -> Vec<Step> {
    let messages = notes.iter().cloned().map(Message::RouteNote);
    messages.map(Step::Send).collect()
}
