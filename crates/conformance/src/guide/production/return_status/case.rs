//! The chats that a server is checked with.

use serde::{Deserialize, Serialize};

use crate::guide::production::{OpenCall, PlannedCall};
use crate::guide::route_chat::model::right_answer;
use crate::messages::{Message, Point, RouteNote, Rpc};
use crate::probe::script::{Expected, Step};

/// One chat.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// Notes that the server takes. Each is answered as in any chat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<WrittenNote>,
    /// Whether all notes are sent at once, and no reply is waited for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_once: bool,
    /// The note after them, which ends the chat. Without one, the chat ends with OK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<WrittenNote>,
    /// Notes of another chat, which is open meanwhile and goes on afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside_open_call: Vec<WrittenNote>,
}

/// A note as a file holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenNote {
    /// Its place.
    pub location: Point,
    /// Its text.
    pub message: Text,
}

/// A text as a file holds it: a long one is only described there.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// The text itself.
    Written(String),
    /// A text that is said several times.
    Repeated {
        /// What is said.
        repeat: String,
        /// How many times.
        times: usize,
    },
}

impl WrittenNote {
    /// The note as it travels.
    pub fn note(&self) -> RouteNote {
        RouteNote {
            location: Some(self.location),
            message: match &self.message {
                Text::Written(text) => text.clone(),
                Text::Repeated { repeat, times } => repeat.repeat(*times),
            },
        }
    }
}

/// Where the notes are left that show whether a chat goes on. No case has a note of its own there.
const ELSEWHERE: Point = Point {
    latitude: -777_777_777,
    longitude: 1_777_777_777,
};

impl StatusCase {
    /// The notes that the server takes.
    pub fn taken(&self) -> Vec<RouteNote> {
        self.notes.iter().map(WrittenNote::note).collect()
    }

    /// The note that ends the chat.
    pub fn refused(&self) -> Option<RouteNote> {
        self.refused.as_ref().map(WrittenNote::note)
    }

    /// The replies that are due, in order: to the notes that the server takes.
    pub fn due(&self) -> Vec<RouteNote> {
        right_answer(&self.taken()).concat()
    }

    /// The notes that come after the one that ends the chat: one at its place, and two elsewhere. A server that goes on
    /// answers the last with the one before it, so that nobody has to wait to see that the chat has not ended.
    pub fn afterwards(&self) -> Vec<RouteNote> {
        let Some(refused) = &self.refused else {
            return Vec::new();
        };
        let note = |location: Point, text: &str| RouteNote {
            location: Some(location),
            message: text.to_string(),
        };
        vec![
            note(refused.location, "after the long note"),
            note(ELSEWHERE, "still there?"),
            note(ELSEWHERE, "and now?"),
        ]
    }

    /// The call that the client makes.
    pub fn call(&self) -> PlannedCall {
        let taken = self.taken();
        let mut steps = Vec::new();
        for (note, replies) in taken.iter().zip(right_answer(&taken)) {
            steps.push(Step::Send(note.clone().into()));
            if !self.at_once {
                steps.push(Step::Await(messages(replies)));
            }
        }
        let mut most = self.due();
        if let Some(refused) = self.refused() {
            // What comes if the server takes it is no flood.
            let afterwards = self.afterwards();
            let all = [&taken[..], std::slice::from_ref(&refused), &afterwards].concat();
            most = right_answer(&all).concat();
            steps.push(Step::Send(refused.into()));
            steps.extend(afterwards.into_iter().map(|note| Step::Send(note.into())));
            steps.push(Step::AwaitCount(self.due().len() + 1));
        }
        PlannedCall {
            rpc: Rpc::RouteChat,
            steps,
            expected: Expected::Count(most.len() + 1),
            beside: self.beside(),
        }
    }

    /// The notes of the other chat, with one more at the place of its first.
    pub fn notes_beside(&self) -> Vec<RouteNote> {
        let mut notes: Vec<RouteNote> = self
            .beside_open_call
            .iter()
            .map(WrittenNote::note)
            .collect();
        if let Some(first) = notes.first().cloned() {
            let message = format!("{}, all the while", first.message);
            notes.push(RouteNote { message, ..first });
        }
        notes
    }

    fn beside(&self) -> Option<OpenCall> {
        let notes = self.notes_beside();
        let replies = right_answer(&notes);
        let mut steps: Vec<Vec<Step>> = notes
            .into_iter()
            .zip(&replies)
            .map(|(note, replies)| {
                let replies = messages(replies.clone());
                vec![Step::Send(note.into()), Step::Await(replies)]
            })
            .collect();
        let rest = steps.pop()?;
        Some(OpenCall {
            first: steps.concat(),
            rest,
            expected: Expected::Count(replies.concat().len()),
        })
    }
}

fn messages(notes: Vec<RouteNote>) -> Vec<Message> {
    notes.into_iter().map(Message::RouteNote).collect()
}
