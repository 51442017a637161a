//! Smaller chats, the model as a server, and chats judged event by event.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::judge::judge;
use super::*;
use crate::guide::properties;
use crate::guide::simulated::Simulated;
use crate::transcript::{Event, EventKind, Status};
use crate::verdict::Outcome;

impl Simulated for RouteChat {
    const PAIRS_AND_FOUND: (usize, usize) = (36, 16);

    fn simulate(_: &Database, cases: &[RouteChatCase], wrong: &[ChatMistake]) -> Vec<ObservedChat> {
        let mut chat = Chat::with_mistakes(wrong);
        let mut calls = Vec::new();
        for case in cases {
            for sent in [case.earlier_call.clone(), case.notes()] {
                if !wrong.contains(&ChatMistake::SharedHistory) {
                    chat = Chat::with_mistakes(wrong);
                }
                let came = sent.iter().flat_map(|note| chat.reply(note));
                let came = came.map(RouteNote::with_defaults).collect();
                calls.push(ObservedChat { sent, came });
            }
        }
        calls
    }

    fn answer_of(call: &ObservedChat) -> Option<Vec<Message>> {
        Some(call.came.iter().cloned().map(Message::RouteNote).collect())
    }

    fn answered_with(call: ObservedChat, messages: &[Message]) -> ObservedChat {
        let notes = messages.iter().filter_map(|message| match message {
            Message::RouteNote(note) => Some(note.clone()),
            _ => None,
        });
        ObservedChat {
            came: notes.collect(),
            ..call
        }
    }

    fn any_case(_: &Database) -> BoxedStrategy<RouteChatCase> {
        vec(properties::note(), 0..6)
            .prop_map(|notes| RouteChatCase::new("c", "", notes))
            .boxed()
    }
}

#[test]
fn what_does_not_matter_in_a_chat_goes() {
    let chat = RouteChatCase::new(
        "",
        "",
        (0..20).map(|n| note(n % 3, &n.to_string())).collect(),
    );
    let fails = |case: &RouteChatCase| case.turns.iter().any(|turn| turn.expect.len() > 1);
    let smallest = crate::guide::draw::smallest(chat, &Database::default(), fails);
    assert_eq!(smallest.turns.len(), 3);
}

fn note(place: i32, message: &str) -> RouteNote {
    RouteNote {
        location: Some(Point {
            latitude: place,
            longitude: 0,
        }),
        message: message.to_string(),
    }
}

fn sent(place: i32, message: &str) -> EventKind {
    EventKind::Sent {
        message: Message::RouteNote(note(place, message)),
    }
}

fn came(place: i32, message: &str) -> EventKind {
    EventKind::Received {
        message: Message::RouteNote(note(place, message)),
    }
}

fn ok() -> EventKind {
    EventKind::Ended {
        status: Status::ok(),
    }
}

fn stalled() -> EventKind {
    EventKind::Stalled {
        waiting_for: "message 1 from the server".to_string(),
    }
}

/// Judges what happened in a chat of a, b and c, with a and c at one place.
fn judged(events: Vec<EventKind>) -> Option<(String, Vec<&'static str>, Option<usize>)> {
    let notes = [note(1, "a"), note(2, "b"), note(1, "c")];
    let case = RouteChatCase::new("test", "", notes.to_vec());
    let event = |what| Event {
        at: Duration::ZERO,
        what,
    };
    let transcript = Transcript {
        rpc: Rpc::RouteChat,
        events: events.into_iter().map(event).collect(),
    };
    let report = judge(&case, transcript);
    assert_eq!(report.outcome == Outcome::Pass, report.diagnosis.is_none());
    let mark = report.mark;
    report.diagnosis.map(|d| (d.message, d.mistakes, mark))
}

#[test]
fn a_right_chat_passes() {
    let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
    assert_eq!(
        judged(vec![
            a,
            b,
            c,
            EventKind::Headers,
            came(1, "a"),
            EventKind::HalfClosed,
            ok()
        ]),
        None
    );
}

#[test]
fn a_reply_that_comes_before_its_note_is_no_reply() {
    let events = vec![
        sent(1, "a"),
        came(1, "a"),
        sent(2, "b"),
        sent(1, "c"),
        EventKind::HalfClosed,
        ok(),
    ];
    let (message, _, mark) = judged(events).unwrap();
    assert!(message.contains("came after note 1 (\"a\" at"), "{message}");
    assert_eq!(mark, Some(1));
}

#[test]
fn the_wrong_note_is_shown_beside_the_right_one() {
    let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
    let (message, _, mark) =
        judged(vec![a, b, c, came(1, "c"), EventKind::HalfClosed, ok()]).unwrap();
    assert!(
        message.contains("must come next, in reply to note 3 (\"c\""),
        "{message}"
    );
    assert_eq!(mark, Some(3));
}

#[test]
fn one_reply_too_many_is_found() {
    let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
    let events = vec![
        a,
        b,
        c,
        came(1, "a"),
        came(1, "c"),
        EventKind::HalfClosed,
        ok(),
    ];
    let (message, _, mark) = judged(events).unwrap();
    assert!(message.contains("one too many"), "{message}");
    assert_eq!(mark, Some(4));
}

#[test]
fn replies_that_wait_for_the_half_close_are_told_from_replies_that_never_come() {
    let begin = || {
        vec![
            sent(1, "a"),
            sent(2, "b"),
            sent(1, "c"),
            stalled(),
            EventKind::HalfClosed,
        ]
    };
    let late = [begin(), vec![came(1, "a"), ok()]].concat();
    let (_, mistakes, mark) = judged(late).unwrap();
    assert_eq!((mistakes, mark), (vec!["replies-at-end"], Some(3)));

    let never = [begin(), vec![ok()]].concat();
    let (message, mistakes, _) = judged(never).unwrap();
    assert!(message.contains("did not come: \"a\""), "{message}");
    assert!(mistakes.is_empty());

    // Late and wrong: it must not be said that the replies are right.
    let wrong = [begin(), vec![came(2, "b"), ok()]].concat();
    let (message, mistakes, _) = judged(wrong).unwrap();
    assert!(
        message.contains("did not come") && mistakes.is_empty(),
        "{message}"
    );
}

#[test]
fn replies_that_wait_for_the_next_note_are_one_behind() {
    let notes = [note(1, "a"), note(1, "b"), note(1, "c")];
    let case = RouteChatCase::new("test", "", notes.to_vec());
    let what = vec![
        sent(1, "a"),
        sent(1, "b"),
        stalled(),
        sent(1, "c"),
        came(1, "a"),
        EventKind::HalfClosed,
        came(1, "a"),
        came(1, "b"),
        ok(),
    ];
    let at = Duration::ZERO;
    let events = what.into_iter().map(|what| Event { at, what }).collect();
    let rpc = Rpc::RouteChat;
    let report = judge(&case, Transcript { rpc, events });
    assert_eq!(report.diagnosis.unwrap().mistakes, ["one-behind"]);
}

#[test]
fn an_end_before_the_half_close_is_named() {
    let (message, mistakes, _) = judged(vec![sent(1, "a"), ok()]).unwrap();
    assert_eq!(mistakes, ["closes-after-reply"], "{message}");
}

#[test]
fn a_chat_that_never_ends_is_named() {
    let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
    let events = vec![a, b, c, came(1, "a"), EventKind::HalfClosed, stalled()];
    let (_, mistakes, mark) = judged(events).unwrap();
    assert_eq!((mistakes, mark), (vec!["never-ends"], Some(5)));
}
