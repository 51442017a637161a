//! What a client must send, and what the recording server answers it.

use std::sync::Arc;

use bytes::Bytes;

use super::model::Chat;
use crate::guide::synthetic::{Conversation, Invention, Length};
use crate::messages::{Message, Point, RouteNote, one_notation};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;

/// How many replies the first note gets in a long answer.
pub const GREETINGS: usize = 120;

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

/// Invents the texts.
pub fn invent(invention: &mut Invention) -> Invented {
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

/// Begins to answer one call.
pub fn converse(invented: &Arc<Invented>, length: Length) -> Box<dyn Conversation> {
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
            let earlier = earlier.map(|note| format!("{}: {}", self.invented.prefix, note.message));
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

/// Why a client that had to be stopped has left its side open.
pub fn why_left_open(expected: &[RouteNote], call: &Transcript) -> Option<Diagnosis> {
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
pub fn sent(expect: &[RouteNote], transcript: &Transcript) -> Option<Finding> {
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
    let (wanted, came) = (
        expect.get(first_difference),
        sent.get(first_difference).map(|(_, note)| *note),
    );
    let is_scaled = is_scaled(wanted, came);
    let (wanted, came) = in_one_notation(wanted, came);
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
                wanted, came
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
            format!("Note {number} must be {}, but you sent {}.", wanted, came),
        ),
    };
    let diagnosis = match is_scaled {
        true => {
            diagnosis.hint("The two numbers of a note go into its point as they are, not × 10⁷.")
        }
        false => diagnosis,
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

/// Two notes that stand in one sentence.
fn in_one_notation(one: Option<&RouteNote>, other: Option<&RouteNote>) -> (String, String) {
    let places = [one, other]
        .into_iter()
        .flatten()
        .filter_map(|note| note.location);
    let write = one_notation(&places.collect::<Vec<_>>());
    let words = |note: Option<&RouteNote>| {
        let Some(note) = note else {
            return "nothing".to_string();
        };
        let place = note
            .location
            .as_ref()
            .map_or("(no location)".to_string(), write);
        format!("{:?} at {place}", note.message)
    };
    (words(one), words(other))
}

/// Whether a note is at the right place, but for a factor that the coordinates of other calls have.
fn is_scaled(wanted: Option<&RouteNote>, came: Option<&RouteNote>) -> bool {
    let place = |note: Option<&RouteNote>| note.map(|note| note.location.unwrap_or_default());
    place(wanted).is_some_and(|wanted| {
        let scaled = Point {
            latitude: wanted.latitude.saturating_mul(E7),
            longitude: wanted.longitude.saturating_mul(E7),
        };
        scaled != wanted && place(came) == Some(scaled)
    })
}

/// How many units of a coordinate are a degree.
const E7: i32 = 10_000_000;
