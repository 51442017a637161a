//! Chats that are right as long as they are small: a history that holds only so much, and texts that are cut. Which limit
//! it is, and how large, is computed from what came.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use super::cause::ObservedChat;
use crate::messages::{Point, RouteNote};

/// Of what a server remembers or sends only so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The last notes of each place.
    AtOnePlace,
    /// The first notes of each place.
    FirstAtOnePlace,
    /// The last notes of the chat.
    InAll,
    /// The first notes of the chat.
    FirstInAll,
    /// The notes of the places that were come to last.
    Places,
    /// The notes of the places that were left last.
    PlacesLeftLast,
    /// The notes of the places that were come to first.
    FirstPlaces,
    /// The characters of each text.
    Text,
    /// The bytes of each text.
    TextBytes,
}

/// A limit, as far as the calls tell how large it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Of what.
    pub kind: Kind,
    /// How large it is.
    pub size: RangeInclusive<usize>,
}

/// The limits that explain all calls, each for itself. Calls without a fault are explained by none.
pub fn find(calls: &[ObservedChat]) -> Vec<Limit> {
    let candidates = candidates(calls);
    let reproduced = |kind: Kind, size: usize| {
        let mut calls = calls.iter();
        calls.all(|call| is_answered_by(call, kind, size))
    };
    let limits = candidates.into_iter().filter_map(|(kind, sizes)| {
        let mut fitting = sizes.filter(|size| reproduced(kind, *size));
        let least = fitting.next()?;
        // A larger one lets more come, so that those that fit are neighbours.
        let most = fitting.next_back().unwrap_or(least);
        Some(Limit {
            kind,
            size: least..=most,
        })
    });
    limits.collect()
}

/// The kinds of limits that the first call with a fault allows, each with the sizes.
fn candidates(calls: &[ObservedChat]) -> Vec<(Kind, Range<usize>)> {
    const ENDLESS: (Kind, usize) = (Kind::InAll, usize::MAX);
    let is_right = |call: &&ObservedChat| is_answered_by(call, ENDLESS.0, ENDLESS.1);
    let Some(call) = calls.iter().find(|call| !is_right(call)) else {
        return Vec::new();
    };
    // Where the first reply is missing, the limit is reached: it is less than what had been remembered until then.
    let mut history = History::new(ENDLESS.0, ENDLESS.1);
    let mut came = call.came.iter();
    for note in &call.sent {
        let expected = history.reply(note);
        let replies: Vec<&RouteNote> = came.by_ref().take(expected.len()).collect();
        if expected.iter().eq(replies.iter().copied()) {
            continue;
        }
        let before = history.notes.len() - 1;
        let is_here = |other: &&RouteNote| other.location == note.location;
        let here = history.notes[..before].iter().filter(is_here).count();
        let places = history.places.len();
        let mut candidates = vec![
            (Kind::AtOnePlace, 1..here),
            (Kind::FirstAtOnePlace, 1..here),
            (Kind::InAll, 1..before),
            (Kind::FirstInAll, 1..before),
            (Kind::Places, 1..places),
            (Kind::PlacesLeftLast, 1..places),
            (Kind::FirstPlaces, 1..places),
        ];
        if let (Some(whole), Some(cut)) = (expected.first(), replies.first())
            && whole.message.starts_with(&cut.message)
        {
            let (characters, bytes) = (cut.message.chars().count(), cut.message.len());
            candidates.push((Kind::Text, characters..characters + 1));
            candidates.push((Kind::TextBytes, bytes..bytes + 1));
        }
        return candidates;
    }
    Vec::new()
}

fn is_answered_by(call: &ObservedChat, kind: Kind, size: usize) -> bool {
    let mut history = History::new(kind, size);
    let mut came = call.came.iter();
    let is_reply = |reply: RouteNote| came.next() == Some(&reply);
    let mut replies = call.sent.iter().flat_map(|note| history.reply(note));
    replies.all(is_reply) && came.next().is_none()
}

/// What a server with a limit remembers in one call.
struct History {
    kind: Kind,
    most: usize,
    notes: Vec<RouteNote>,
    /// The places, in the order in which they were come to, with the position of each, and its notes.
    places: HashMap<Point, (usize, Vec<usize>)>,
    /// The places, the one that was come to last at the end.
    left: Vec<Point>,
}

impl History {
    fn new(kind: Kind, most: usize) -> History {
        History {
            kind,
            most,
            notes: Vec::new(),
            places: HashMap::new(),
            left: Vec::new(),
        }
    }

    /// The replies to the next note of the call.
    fn reply(&mut self, note: &RouteNote) -> Vec<RouteNote> {
        let note = note.clone().with_defaults();
        let place = note.location.unwrap_or_default();
        let before = self.notes.len();
        let new = self.places.len();
        let most = self.most;
        let (position, here) = self.places.entry(place).or_insert((new, Vec::new()));
        let position = *position;
        if self.kind == Kind::PlacesLeftLast {
            let before = self.left.iter().rposition(|other| *other == place);
            if let Some(before) = before {
                if before + most < self.left.len() {
                    here.clear();
                }
                self.left.remove(before);
            }
            self.left.push(place);
        }
        let mut replies = here.clone();
        here.push(before);
        self.notes.push(note);
        match self.kind {
            Kind::AtOnePlace => drop(replies.drain(..replies.len().saturating_sub(most))),
            Kind::FirstAtOnePlace => replies.truncate(most),
            Kind::InAll => replies.retain(|index| *index >= before.saturating_sub(most)),
            Kind::FirstInAll => replies.retain(|index| *index < most),
            Kind::Places if position + most < self.places.len() => replies.clear(),
            Kind::FirstPlaces if position >= most => replies.clear(),
            Kind::Places
            | Kind::PlacesLeftLast
            | Kind::FirstPlaces
            | Kind::Text
            | Kind::TextBytes => {}
        }
        let replies = replies.into_iter().map(|index| self.notes[index].clone());
        replies.map(|reply| self.cut(reply)).collect()
    }

    fn cut(&self, mut note: RouteNote) -> RouteNote {
        match self.kind {
            Kind::Text => note.message = note.message.chars().take(self.most).collect(),
            Kind::TextBytes => {
                let ends = (0..=self.most).rev();
                let mut ends = ends.filter(|end| note.message.is_char_boundary(*end));
                let end = ends.next().unwrap_or_default();
                note.message.truncate(end);
            }
            _ => {}
        }
        note
    }
}
