//! Places that a server takes for the same one, whatever it compares them by.

use std::collections::HashMap;

use super::cause::ObservedChat;
use crate::messages::{Point, RouteNote};

/// Whether the calls are explained by different places that are taken for the same one, and are not right.
pub fn are_mixed_up(calls: &[ObservedChat]) -> bool {
    let calls: Vec<Call> = calls.iter().map(Call::of).collect();
    let found = Search::new(&calls).explanation();
    found.is_some_and(|known| known.values().any(|is_same| *is_same))
}

/// A call with the defaults filled in.
struct Call {
    sent: Vec<RouteNote>,
    came: Vec<RouteNote>,
}

impl Call {
    fn of(call: &ObservedChat) -> Call {
        let defaults = |notes: &[RouteNote]| {
            let notes = notes.iter().cloned();
            notes.map(RouteNote::with_defaults).collect()
        };
        Call {
            sent: defaults(&call.sent),
            came: defaults(&call.came),
        }
    }
}

/// Whether two places are taken for the same, for all pairs that are known. Each pair is in order.
type Known = HashMap<[Point; 2], bool>;

/// How many pairs of notes are looked at before the search is given up. Long chats are not searched.
const MOST_STEPS: usize = 20_000;

/// Where the search is: at an earlier note of a note of a call, when so many of its replies are explained.
#[derive(Clone, Copy, Default)]
struct At {
    call: usize,
    note: usize,
    earlier: usize,
    explained: usize,
}

/// The search for pairs of places that explain all replies.
struct Search<'a> {
    calls: &'a [Call],
    known: Known,
    /// The pairs in the order in which they became known.
    trail: Vec<[Point; 2]>,
    /// Where a pair was taken for the same that may also be different, and how many were known before it.
    doubts: Vec<(At, usize)>,
}

impl<'a> Search<'a> {
    fn new(calls: &'a [Call]) -> Search<'a> {
        Search {
            calls,
            known: Known::new(),
            trail: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// All pairs that explain the calls. None if there are none, or the search takes too long.
    fn explanation(mut self) -> Option<Known> {
        let mut at = At::default();
        for _ in 0..MOST_STEPS {
            let Some(call) = self.calls.get(at.call) else {
                return Some(self.known);
            };
            let Some(note) = call.sent.get(at.note) else {
                at = match at.explained == call.came.len() {
                    true => At {
                        call: at.call + 1,
                        ..At::default()
                    },
                    false => self.go_back()?,
                };
                continue;
            };
            if at.earlier == at.note {
                at.note += 1;
                at.earlier = 0;
                continue;
            }
            let earlier = &call.sent[at.earlier];
            let is_next = call.came.get(at.explained) == Some(earlier);
            let is_same = self.is_same(pair(earlier, note), is_next, at);
            at = match (is_same, is_next) {
                (true, false) => self.go_back()?,
                (true, true) => after(at, 1),
                (false, _) => after(at, 0),
            };
        }
        None
    }

    /// Whether a pair is taken for the same. One that is not known is, as long as that explains what comes next.
    fn is_same(&mut self, pair: [Point; 2], is_next: bool, at: At) -> bool {
        if pair[0] == pair[1] {
            return true;
        }
        if let Some(is_same) = self.known.get(&pair) {
            return *is_same;
        }
        if is_next {
            self.doubts.push((at, self.trail.len()));
        }
        self.known.insert(pair, is_next);
        self.trail.push(pair);
        is_next
    }

    /// Takes the last pair that was in doubt for different instead. None if there is none.
    fn go_back(&mut self) -> Option<At> {
        let (at, known_before) = self.doubts.pop()?;
        let mut dropped = self.trail.drain(known_before..);
        let pair = dropped.next()?;
        for other in dropped {
            self.known.remove(&other);
        }
        self.known.insert(pair, false);
        self.trail.push(pair);
        Some(after(at, 0))
    }
}

/// The next earlier note, when so many more replies are explained.
fn after(at: At, explained: usize) -> At {
    At {
        earlier: at.earlier + 1,
        explained: at.explained + explained,
        ..at
    }
}

/// The places of two notes, in order.
fn pair(one: &RouteNote, other: &RouteNote) -> [Point; 2] {
    let mut pair = [place(one), place(other)];
    pair.sort_by_key(|at| (at.latitude, at.longitude));
    pair
}

fn place(note: &RouteNote) -> Point {
    note.location.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(latitude: i32, longitude: i32, message: &str) -> RouteNote {
        RouteNote {
            location: Some(Point {
                latitude,
                longitude,
            }),
            message: message.to_string(),
        }
    }

    /// The calls of a server that looks notes up by this key.
    fn calls<K: PartialEq>(key: impl Fn(Point) -> K) -> Vec<ObservedChat> {
        let spoken = [
            vec![
                note(2, 3, "a"),
                note(3, 2, "b"),
                note(2, 3, "c"),
                note(6, 1, "d"),
            ],
            vec![
                note(1, 6, "e"),
                note(7, 7, "f"),
                note(7, 7, "g"),
                note(6, 1, "h"),
            ],
        ];
        let call = |sent: Vec<RouteNote>| {
            let mut came = Vec::new();
            for (index, note) in sent.iter().enumerate() {
                let earlier = sent[..index].iter();
                came.extend(
                    earlier
                        .filter(|old| key(place(old)) == key(place(note)))
                        .cloned(),
                );
            }
            ObservedChat { sent, came }
        };
        spoken.into_iter().map(call).collect()
    }

    #[test]
    fn any_key_is_found() {
        let product = calls(|at| at.latitude * at.longitude);
        assert!(are_mixed_up(&product));
        let parity = calls(|at| at.latitude % 2);
        assert!(are_mixed_up(&parity));
    }

    #[test]
    fn a_right_server_and_one_that_no_key_explains_are_not() {
        let mut right = calls(|at| (at.latitude, at.longitude));
        assert!(!are_mixed_up(&right));
        right[0].came.pop();
        assert!(!are_mixed_up(&right));
    }
}
