use http::HeaderMap;

use super::*;
use crate::messages::{Message, Point};
use crate::reference::watched::messages::{Found, Messages};
use crate::reference::watched::observer::Gone;
use crate::transcript::Status;

fn open(trace: &Arc<Trace>, path: &str) -> Option<Box<dyn Witness>> {
    trace.opened(&Opening {
        path,
        peer: None,
        headers: &HeaderMap::new(),
    })
}

/// A message as it travels.
fn wired(text: &[u8]) -> Wired {
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    let wire = [&[0], &length[..], text].concat();
    let mut messages = Messages::after(&HeaderMap::new(), true);
    match messages.take(&mut wire.into()).found {
        Some(Found::Message(message)) => message,
        other => panic!("{other:?}"),
    }
}

fn say(witness: &mut dyn Witness, from: Side, message: &Wired) {
    witness.saw(Duration::ZERO, &Seen::Message { from, message });
}

fn end(witness: &mut dyn Witness) {
    let ended = Seen::Ended {
        status: &Status::ok(),
        trailers: &HeaderMap::new(),
        at_once: false,
    };
    witness.saw(Duration::ZERO, &ended);
}

fn rest(trace: &Trace) -> Vec<Event> {
    trace.close();
    let mut events = Vec::new();
    while let Some(entries) = trace.next() {
        events.extend(entries.into_iter().map(|entry| entry.event));
    }
    events
}

#[test]
fn a_flood_is_counted_before_the_next_thing_that_happens() {
    let trace = Arc::new(Trace::default());
    let mut call = open(&trace, "/routeguide.RouteGuide/RouteChat").unwrap();
    let note = wired(b"");
    for n in 0..100_000 {
        let from = if n % 4 == 0 {
            Side::Server
        } else {
            Side::Client
        };
        say(&mut *call, from, &note);
    }
    call.saw(Duration::ZERO, &Seen::HalfClosed);
    end(&mut *call);
    let events = rest(&trace);
    assert!(events.len() < 1_000, "{}", events.len());
    let drawn = |from: Side| {
        let said = |event: &&Event| matches!(event, Event::Said { from: by, .. } if *by == from);
        events.iter().filter(said).count() as u64
    };
    let left_out: Vec<(u64, u64)> = events
        .iter()
        .filter_map(|event| match event {
            Event::LeftOut { client, server } => Some((*client, *server)),
            _ => None,
        })
        .collect();
    let sum = |side: fn(&(u64, u64)) -> u64| left_out.iter().map(side).sum::<u64>();
    assert_eq!(drawn(Side::Client) + sum(|(client, _)| *client), 75_000);
    assert_eq!(drawn(Side::Server) + sum(|(_, server)| *server), 25_000);
    let [.., before, half_close, ended, closed] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(matches!(before, Event::LeftOut { .. }), "{before:?}");
    assert_eq!(*half_close, Event::HalfClosed);
    assert!(matches!(ended, Event::Ended { is_ok: true, .. }));
    let Event::Closed(summary) = closed else {
        panic!("{closed:?}");
    };
    assert_eq!((summary.to_server, summary.to_client), (75_000, 25_000));
}

#[test]
fn the_answer_to_a_flood_is_drawn() {
    let trace = Arc::new(Trace::default());
    let mut call = open(&trace, "/routeguide.RouteGuide/RecordRoute").unwrap();
    for _ in 0..10_000 {
        say(&mut *call, Side::Client, &wired(b""));
    }
    say(&mut *call, Side::Server, &wired(b""));
    end(&mut *call);
    let events = rest(&trace);
    let answer = |event: &Event| matches!(event, Event::Said { from, .. } if *from == Side::Server);
    assert_eq!(
        events.iter().filter(|event| answer(event)).count(),
        1,
        "{events:?}"
    );
}

#[test]
fn what_nobody_draws_does_not_pile_up() {
    let trace = Arc::new(Trace::default());
    let message = wired(b"");
    let mut drawn = 0;
    for _ in 0..20_000 {
        if let Some(mut call) = open(&trace, "/routeguide.RouteGuide/RecordRoute") {
            drawn += 1;
            for _ in 0..100 {
                say(&mut *call, Side::Client, &message);
            }
            end(&mut *call);
        }
    }
    let events = rest(&trace);
    assert!(events.len() < 20_000, "{}", events.len());
    let unseen: u64 = events
        .iter()
        .map(|event| match event {
            Event::Unseen { calls } => *calls,
            _ => 0,
        })
        .sum();
    assert_eq!(drawn + unseen, 20_000);
    assert!(unseen > 0);
}

#[test]
fn what_is_left_out_is_told_when_the_call_stands_still() {
    let trace = Arc::new(Trace::default());
    let mut call = open(&trace, "/routeguide.RouteGuide/RecordRoute").unwrap();
    let message = wired(b"");
    for _ in 0..10_000 {
        say(&mut *call, Side::Client, &message);
    }
    // The call goes on, and nothing happens in it.
    let mut told = false;
    while !told {
        let entries = trace.next().unwrap();
        told = matches!(entries.last().unwrap().event, Event::LeftOut { .. });
    }
    end(&mut *call);
}

#[test]
fn messages_are_told_in_words_and_so_is_what_they_are_not() {
    let point = Message::Point(Point {
        latitude: 1,
        longitude: 2,
    });
    let text = |rpc, bytes: &[u8]| words(rpc, Side::Client, &wired(bytes));
    assert_eq!(text(Some(Rpc::RecordRoute), &point.encode()), "(1, 2)");
    assert_eq!(text(None, &[1]), "1 byte");
    assert_eq!(text(None, b"abc"), "3 bytes");
    let wrong = text(Some(Rpc::RecordRoute), b"\xff\xff");
    assert!(wrong.starts_with("2 bytes that do not decode: "), "{wrong}");
}

#[test]
fn headers_tell_what_is_special_and_no_secrets() {
    let mut all = HeaderMap::new();
    for (name, value) in [
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", "a client"),
        ("authorization", "Bearer sesame"),
        ("grpc-timeout", "5S"),
    ] {
        all.insert(name, value.parse().unwrap());
    }
    let told = "user-agent: a client, authorization: …, grpc-timeout: 5S";
    assert_eq!(entry::headers(&all), told);
    all.insert("content-type", "text/html".parse().unwrap());
    assert!(entry::headers(&all).contains("content-type: text/html"));
    all.insert("long", "x".repeat(10_000).parse().unwrap());
    assert!(entry::headers(&all).chars().count() <= 500);
}

#[test]
fn a_call_that_is_gone_is_closed() {
    let trace = Arc::new(Trace::default());
    let mut call = open(&trace, "/no/such").unwrap();
    let gone = Gone {
        by: Side::Client,
        code: tonic::Code::Cancelled,
        words: "cancelled".into(),
    };
    call.saw(Duration::ZERO, &Seen::Gone(&gone));
    let events = rest(&trace);
    assert!(matches!(&events[0], Event::Opened { name, .. } if name == "/no/such"));
    let Event::Closed(summary) = &events[2] else {
        panic!("{events:?}");
    };
    assert_eq!(
        (summary.is_ok, summary.outcome.as_str()),
        (false, "no status")
    );
}
