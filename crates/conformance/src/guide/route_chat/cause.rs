//! From all calls of RouteChat to the mistake behind them, as far as the general search does not go.

use std::collections::HashMap;

use super::model::{Chat, ChatMistake};
use crate::messages::{Message, Point, RouteNote};
use crate::transcript::{Event, EventKind, Status};
use crate::verdict::stream;

/// A call as far as the model can reproduce it: the notes that were sent, and all replies, in order.
/// When each came is another question.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedChat {
    /// The notes that were sent.
    pub sent: Vec<RouteNote>,
    /// The replies that came.
    pub came: Vec<RouteNote>,
}

impl ObservedChat {
    /// A call that the server ended with OK after the client had half-closed, and so after it had read
    /// all the notes; or that it left open, and sent nothing more.
    pub fn of(transcript: &[Event]) -> Option<ObservedChat> {
        let half_closed = |what: &EventKind| matches!(what, EventKind::HalfClosed);
        let ended =
            |what: &EventKind| matches!(what, EventKind::Ended { status } if Status::is_ok(status));
        let position =
            |kind: &dyn Fn(&EventKind) -> bool| transcript.iter().position(|e| kind(&e.what));
        let end = match stream::never_ended(transcript) {
            true => transcript.len(),
            false => position(&ended)?,
        };
        let whole = position(&half_closed)? < end;
        let mut call = ObservedChat {
            sent: Vec::new(),
            came: Vec::new(),
        };
        for event in transcript {
            match &event.what {
                EventKind::Sent {
                    message: Message::RouteNote(note),
                } => call.sent.push(note.clone()),
                EventKind::Received {
                    message: Message::RouteNote(note),
                } => call.came.push(note.clone().with_defaults()),
                EventKind::Undecodable { .. } => return None,
                _ => {}
            }
        }
        whole.then_some(call)
    }

    /// Whether a server that remembers this would have replied just so. The history goes on with the call.
    pub fn is_answered_by(&self, chat: &mut Chat) -> bool {
        let replies = self.sent.iter().flat_map(|note| chat.reply(note));
        replies
            .map(RouteNote::with_defaults)
            .eq(self.came.iter().cloned())
    }
}

/// Whether a server with these mistakes, and no other, would have sent just these replies. Calls are in
/// the order in which they were made.
pub fn reproduces(calls: &[ObservedChat], wrong: &[ChatMistake]) -> bool {
    if wrong.contains(&ChatMistake::SharedHistory) {
        let mut chat = Chat::with_mistakes(wrong);
        return calls.iter().all(|call| call.is_answered_by(&mut chat)) || goes_on(calls, wrong);
    }
    calls
        .iter()
        .all(|call| call.is_answered_by(&mut Chat::with_mistakes(wrong)))
}

/// Whether all replies are explained by one history for all calls that was not empty at the beginning:
/// the server has served other clients before.
fn goes_on(calls: &[ObservedChat], wrong: &[ChatMistake]) -> bool {
    let echoes = match wrong {
        [ChatMistake::SharedHistory] => false,
        [ChatMistake::EchoesNewNote, ChatMistake::SharedHistory] => true,
        // What another mistake would have made of the notes of others cannot be known.
        _ => return false,
    };
    let notes: Vec<Sent<'_>> = calls
        .iter()
        .flat_map(|call| {
            let last = call.sent.len().saturating_sub(1);
            let sent = call.sent.iter().enumerate();
            sent.map(move |(index, note)| Sent {
                note,
                call,
                is_first: index == 0,
                is_last: index == last,
            })
        })
        .collect();
    let mut search = Unwinding {
        notes,
        echoes,
        steps: MOST_STEPS,
    };
    search.from(0, &[], &HashMap::new())
}

/// How many notes are looked at before the search is given up. Wrong guesses are found out after a note
/// or two, so that few are needed.
const MOST_STEPS: usize = 20_000;

struct Sent<'a> {
    note: &'a RouteNote,
    call: &'a ObservedChat,
    is_first: bool,
    is_last: bool,
}

/// The search for what was at each place before the first note of ours came there.
struct Unwinding<'a> {
    notes: Vec<Sent<'a>>,
    echoes: bool,
    steps: usize,
}

impl<'a> Unwinding<'a> {
    /// Whether the notes from `index` on are explained. `rest` are the replies of this call that belong
    /// to them, and `known` what is at the places that have been visited.
    fn from(
        &mut self,
        index: usize,
        rest: &'a [RouteNote],
        known: &HashMap<Point, Vec<RouteNote>>,
    ) -> bool {
        let Some(Sent {
            note,
            call,
            is_first,
            is_last,
        }) = self.notes.get(index)
        else {
            return true;
        };
        let (note, is_last) = ((*note).clone().with_defaults(), *is_last);
        let rest: &'a [RouteNote] = if *is_first { &call.came } else { rest };
        if self.steps == 0 {
            return false;
        }
        self.steps -= 1;
        let place = note.location.unwrap_or_default();
        let own = usize::from(self.echoes);
        let lengths = match known.get(&place) {
            Some(history) => history.len() + own..=history.len() + own,
            None => {
                let here = |reply: &&RouteNote| reply.location == note.location;
                own..=rest.iter().take_while(here).count()
            }
        };
        for length in lengths.rev() {
            let Some((replies, rest)) = rest.split_at_checked(length) else {
                continue;
            };
            let (history, echo) = replies.split_at(length.saturating_sub(own));
            let is_echo = echo.iter().all(|reply| *reply == note);
            let is_history = known.get(&place).is_none_or(|known| known == history);
            if !is_echo || !is_history || (is_last && !rest.is_empty()) {
                continue;
            }
            let mut known = known.clone();
            let mut history = history.to_vec();
            history.push(note.clone());
            known.insert(place, history);
            if self.from(index + 1, rest, &known) {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::Database;
    use crate::guide::cause;
    use crate::guide::route_chat::RouteChat;

    fn note(place: i32, message: &str) -> RouteNote {
        RouteNote {
            location: Some(Point {
                latitude: place,
                longitude: 1,
            }),
            message: message.to_string(),
        }
    }

    fn calls(wrong: &[ChatMistake], before: Vec<RouteNote>) -> Vec<ObservedChat> {
        let mut chat = Chat::with_mistakes(wrong);
        for note in &before {
            chat.reply(note);
        }
        let spoken = [
            vec![note(1, "a"), note(2, "b"), note(1, "c")],
            vec![note(2, "d"), note(1, "e"), note(1, "f"), note(3, "g")],
            vec![note(1, "h"), note(3, "i")],
        ];
        let call = |sent: Vec<RouteNote>| ObservedChat {
            came: sent.iter().flat_map(|note| chat.reply(note)).collect(),
            sent,
        };
        spoken.into_iter().map(call).collect()
    }

    #[test]
    fn a_history_that_was_there_before_is_recognised() {
        use ChatMistake::{EchoesNewNote, SharedHistory};
        let before = vec![note(1, "x"), note(1, "y"), note(3, "z")];
        for wrong in [&[SharedHistory][..], &[EchoesNewNote, SharedHistory]] {
            let calls = calls(wrong, before.clone());
            assert_eq!(
                cause::find::<RouteChat>(&Database::default(), &calls)
                    .unwrap()
                    .certain,
                wrong
            );
        }
    }

    #[test]
    fn strange_notes_that_no_history_explains_are_not() {
        let mut calls = calls(&[ChatMistake::SharedHistory], vec![note(1, "x")]);
        calls[2].came.remove(0);
        assert_eq!(cause::find::<RouteChat>(&Database::default(), &calls), None);
    }
}
