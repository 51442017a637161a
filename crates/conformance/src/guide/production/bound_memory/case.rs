//! The chats that a server is checked with.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::guide::production::{OpenCall, PlannedCall};
use crate::messages::{Message, Point, RouteNote, Rpc};
use crate::probe::script::{Expected, Step};

/// One chat: a round of notes, one at each of its places, and then another round, until there are as many.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongChat {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// How many notes are sent.
    pub notes: usize,
    /// At how many places.
    pub places: usize,
    /// Whether the client waits for the status before it half-closes. Then notes follow that show whether the chat goes
    /// on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stays_open: bool,
    /// How many notes another chat has left that is open meanwhile, and goes on afterwards.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub beside: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The replies to each note of a chat, as the numbers of the notes that are sent again.
fn answers(notes: &[RouteNote]) -> Vec<Vec<usize>> {
    let mut by_place: HashMap<Point, Vec<usize>> = HashMap::new();
    let mut answers = Vec::new();
    for (number, note) in notes.iter().enumerate() {
        let here = by_place.entry(note.location.unwrap_or_default());
        let here = here.or_default();
        answers.push(here.clone());
        here.push(number);
    }
    answers
}

/// All replies to a chat, in order. This is the model of RouteChat, and quick for long chats.
pub fn replies(notes: &[RouteNote]) -> Vec<RouteNote> {
    let numbers = answers(notes).into_iter().flatten();
    numbers.map(|number| notes[number].clone()).collect()
}

/// Notes that are left in turn at so many places, in a part of the world of their own.
fn in_turn(count: usize, places: usize, longitude: i32) -> Vec<RouteNote> {
    let note = |number: usize| RouteNote {
        location: Some(Point {
            latitude: i32::try_from(number % places.max(1)).unwrap_or(i32::MAX),
            longitude,
        }),
        message: format!("note {}", number + 1),
    };
    (0..count).map(note).collect()
}

const OF_THE_CHAT: i32 = 11;
const AFTERWARDS: i32 = 12;
const BESIDE: i32 = 13;

/// How many long notes a burst begins with. Their replies are more than a server's library keeps for a client that does not
/// read, so that it reads nothing after them.
const LONG_NOTES: usize = 20;

/// The notes of a burst: some long ones at one place, and short ones at places of their own.
pub fn burst(count: usize) -> Vec<RouteNote> {
    let mut notes = in_turn(count, count, OF_THE_CHAT);
    for note in notes.iter_mut().take(LONG_NOTES) {
        note.location = Some(Point::default());
        note.message = note.message.repeat(120);
    }
    notes
}

/// Notes as messages.
pub fn messages(notes: &[RouteNote]) -> Vec<Message> {
    notes.iter().cloned().map(Message::RouteNote).collect()
}

impl LongChat {
    /// Whether the chat has more notes than it may have.
    pub fn is_refused(&self, most: usize) -> bool {
        self.notes > most
    }

    /// The notes of the chat.
    pub fn notes(&self) -> Vec<RouteNote> {
        in_turn(self.notes, self.places, OF_THE_CHAT)
    }

    /// The notes that the server takes.
    pub fn taken(&self, most: usize) -> Vec<RouteNote> {
        in_turn(self.notes.min(most), self.places, OF_THE_CHAT)
    }

    /// The notes that follow in a chat that stays open. A server that goes on, and remembers them, answers the last.
    pub fn afterwards(&self) -> Vec<RouteNote> {
        match self.stays_open {
            true => in_turn(2, 1, AFTERWARDS),
            false => Vec::new(),
        }
    }

    /// The call that the client makes.
    pub fn call(&self, most: usize) -> PlannedCall {
        let notes = self.notes();
        let afterwards = self.afterwards();
        let due = replies(&self.taken(most)).len();
        // What comes from a server that takes all of them is no flood.
        let all = replies(&[&notes[..], &afterwards].concat()).len();
        let mut steps = vec![Step::SendAll(messages(&notes))];
        if self.stays_open {
            steps.push(Step::SendAll(messages(&afterwards)));
            steps.push(Step::AwaitCount(due + 1));
        }
        PlannedCall {
            rpc: Rpc::RouteChat,
            steps,
            expected: Expected::Count(all + 1),
            beside: self.open_beside(),
        }
    }

    /// The notes of the other chat. The last comes when the first chat is over.
    pub fn notes_beside(&self) -> Vec<RouteNote> {
        match self.beside {
            0 => Vec::new(),
            // Each place but one has a note, and the last two notes are answered.
            count => in_turn(count + 1, count - 1, BESIDE),
        }
    }

    fn open_beside(&self) -> Option<OpenCall> {
        let notes = self.notes_beside();
        let (last, first) = notes.split_last()?;
        let before = replies(first).len();
        let all = replies(&notes).len();
        Some(OpenCall {
            // Once the reply is there, all of them have been taken.
            first: vec![Step::SendAll(messages(first)), Step::AwaitCount(before)],
            rest: vec![Step::Send(last.clone().into()), Step::AwaitCount(all)],
            expected: Expected::Count(all),
        })
    }
}
