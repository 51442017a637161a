//! Chats that are right as long as they are small: a history that holds only so much, and texts that are cut. Which limit
//! it is, and how large, is computed from what came.

use std::collections::HashMap;

use super::cause::ObservedChat;
use crate::messages::{Point, RouteNote};

/// What a server remembers at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The last notes of each place.
    AtOnePlace(usize),
    /// The first notes of each place.
    FirstAtOnePlace(usize),
    /// The last notes of the chat.
    InAll(usize),
    /// The first notes of the chat.
    FirstInAll(usize),
    /// The notes of the places that were come to last.
    Places(usize),
    /// The notes of the places that were come to first.
    FirstPlaces(usize),
    /// So many characters of each text.
    Text(usize),
    /// So many bytes of each text.
    TextBytes(usize),
}

/// The limit that explains all calls, if there is one. Calls without a fault are explained by none.
pub fn find(calls: &[ObservedChat]) -> Option<Limit> {
    let reproduced = |limit: &Limit| calls.iter().all(|call| is_answered_by(call, *limit));
    candidates(calls).into_iter().find(reproduced)
}

/// The limits that the first call with a fault allows.
fn candidates(calls: &[ObservedChat]) -> Vec<Limit> {
    const ENDLESS: Limit = Limit::InAll(usize::MAX);
    let Some(call) = calls.iter().find(|call| !is_answered_by(call, ENDLESS)) else {
        return Vec::new();
    };
    let mut candidates = Vec::new();
    // Where the first reply is missing, the limit is reached: it is what had been remembered until then.
    let mut history = History::new(ENDLESS);
    let mut came = call.came.iter();
    for note in &call.sent {
        let expected = history.reply(note);
        let replies: Vec<&RouteNote> = came.by_ref().take(expected.len()).collect();
        if expected.iter().eq(replies.iter().copied()) {
            continue;
        }
        let before = history.notes.len() - 1;
        let places = history.places.len();
        let is_at = |other: &RouteNote| other.location == note.location;
        let at_this_place = history.notes[..before]
            .iter()
            .filter(|other| is_at(other))
            .count();
        for notes in 1..at_this_place {
            candidates.extend([Limit::AtOnePlace(notes), Limit::FirstAtOnePlace(notes)]);
        }
        for notes in 1..before {
            candidates.extend([Limit::InAll(notes), Limit::FirstInAll(notes)]);
        }
        for number in 1..places {
            candidates.extend([Limit::Places(number), Limit::FirstPlaces(number)]);
        }
        if let (Some(whole), Some(cut)) = (expected.first(), replies.first())
            && whole.message.starts_with(&cut.message)
        {
            let (characters, bytes) = (cut.message.chars().count(), cut.message.len());
            candidates.extend([Limit::Text(characters), Limit::TextBytes(bytes)]);
        }
        break;
    }
    // Most limits are already refuted by the call itself, which is the shortest way to find that out.
    candidates.retain(|limit| is_answered_by(call, *limit));
    candidates
}

fn is_answered_by(call: &ObservedChat, limit: Limit) -> bool {
    let mut history = History::new(limit);
    let mut came = call.came.iter();
    let is_reply = |reply: RouteNote| came.next() == Some(&reply);
    let mut replies = call.sent.iter().flat_map(|note| history.reply(note));
    replies.all(is_reply) && came.next().is_none()
}

/// What a server with a limit remembers in one call.
struct History {
    limit: Limit,
    notes: Vec<RouteNote>,
    /// The places, in the order in which they were come to, each with its notes.
    places: Vec<Point>,
    at: HashMap<Point, Vec<usize>>,
}

impl History {
    fn new(limit: Limit) -> History {
        History {
            limit,
            notes: Vec::new(),
            places: Vec::new(),
            at: HashMap::new(),
        }
    }

    /// The replies to the next note of the call.
    fn reply(&mut self, note: &RouteNote) -> Vec<RouteNote> {
        let note = note.clone().with_defaults();
        let place = note.location.unwrap_or_default();
        let before = self.notes.len();
        let here = self.at.entry(place).or_default();
        if here.is_empty() && !self.places.contains(&place) {
            self.places.push(place);
        }
        let last = |all: &[usize], most: usize| all[all.len().saturating_sub(most)..].to_vec();
        let first = |all: &[usize], most: usize| all[..all.len().min(most)].to_vec();
        let position = self.places.iter().position(|other| *other == place);
        let position = position.unwrap_or_default();
        let indices = match self.limit {
            Limit::AtOnePlace(most) => last(here, most),
            Limit::FirstAtOnePlace(most) => first(here, most),
            Limit::InAll(most) => {
                let oldest = before.saturating_sub(most);
                here.iter()
                    .copied()
                    .filter(|index| *index >= oldest)
                    .collect()
            }
            Limit::FirstInAll(most) => here.iter().copied().filter(|index| *index < most).collect(),
            Limit::Places(most) if position + most < self.places.len() => Vec::new(),
            Limit::FirstPlaces(most) if position >= most => Vec::new(),
            _ => here.clone(),
        };
        here.push(before);
        self.notes.push(note);
        let replies = indices.into_iter().map(|index| self.notes[index].clone());
        replies.map(|reply| self.cut(reply)).collect()
    }

    fn cut(&self, mut note: RouteNote) -> RouteNote {
        match self.limit {
            Limit::Text(most) => note.message = note.message.chars().take(most).collect(),
            Limit::TextBytes(most) => {
                let end = note.message.floor_char_boundary(most);
                note.message.truncate(end);
            }
            _ => {}
        }
        note
    }
}
