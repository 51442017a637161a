use std::time::Duration;

use http::HeaderMap;

use super::traced_call::message_text;
use super::*;
use crate::messages::{Message, Point, Rpc};
use crate::probe::message_scanner::{MessageScanner, Scanned, WireMessage};
use crate::reference::observe::observer::{
    CallEvent, CallObserver, CallSide, CallStart, Observer as _, Termination,
};
use crate::transcript::Status;
use event::TraceEvent;

/// An RPC whose requests are points.
fn rpc_of_points() -> Rpc {
    let point = Message::Point(Point {
        latitude: 1,
        longitude: 2,
    });
    let takes_points = |rpc: &Rpc| rpc.decode_request(&point.encode()) == Ok(point.clone());
    Rpc::ALL.into_iter().find(takes_points).unwrap()
}

fn open(trace: &Trace, path: &str) -> Option<Box<dyn CallObserver>> {
    trace.call_started(&CallStart {
        path,
        peer: None,
        headers: &HeaderMap::new(),
    })
}

/// A message as it travels.
fn wire_message(text: &[u8]) -> WireMessage {
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    let wire = [&[0], &length[..], text].concat();
    let mut scanner = MessageScanner::new(&HeaderMap::new(), true);
    match scanner.scan(&mut wire.into()).completes {
        Some(Scanned::Message(message)) => message,
        other => panic!("{other:?}"),
    }
}

fn send(observer: &mut dyn CallObserver, from: CallSide, message: &WireMessage) {
    observer.on_event(Duration::ZERO, &CallEvent::Message { from, message });
}

fn end(observer: &mut dyn CallObserver) {
    let ended = CallEvent::Ended {
        status: &Status::ok(),
        trailers: &HeaderMap::new(),
        trailers_only: false,
    };
    observer.on_event(Duration::ZERO, &ended);
}

fn rest(trace: &Trace) -> Vec<TraceEvent> {
    trace.close();
    let mut events = Vec::new();
    while let Some(entries) = trace.next() {
        events.extend(entries.into_iter().map(|entry| entry.event));
    }
    events
}

#[test]
fn omitted_messages_are_reported_before_the_next_event() {
    let trace = Trace::default();
    let mut call = open(&trace, Rpc::ALL[0].path()).unwrap();
    let note = wire_message(b"");
    for n in 0..100_000 {
        let from = if n % 4 == 0 {
            CallSide::Server
        } else {
            CallSide::Client
        };
        send(&mut *call, from, &note);
    }
    call.on_event(Duration::ZERO, &CallEvent::HalfClosed);
    end(&mut *call);
    let events = rest(&trace);
    assert!(events.len() < 1_000, "{}", events.len());
    let drawn = |from: CallSide| {
        let is_message = |event: &&TraceEvent| matches!(event, TraceEvent::Message { from: by, .. } if *by == from);
        events.iter().filter(is_message).count() as u64
    };
    let omitted: Vec<(u64, u64)> = events
        .iter()
        .filter_map(|event| match event {
            TraceEvent::OmittedMessages { client, server } => Some((*client, *server)),
            _ => None,
        })
        .collect();
    let sum = |side: fn(&(u64, u64)) -> u64| omitted.iter().map(side).sum::<u64>();
    assert_eq!(drawn(CallSide::Client) + sum(|(client, _)| *client), 75_000);
    assert_eq!(drawn(CallSide::Server) + sum(|(_, server)| *server), 25_000);
    let [.., before, half_close, ended, closed] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(
        matches!(before, TraceEvent::OmittedMessages { .. }),
        "{before:?}"
    );
    assert_eq!(*half_close, TraceEvent::HalfClosed);
    assert!(matches!(ended, TraceEvent::Ended { is_ok: true, .. }));
    let TraceEvent::Closed(summary) = closed else {
        panic!("{closed:?}");
    };
    assert_eq!((summary.to_server, summary.to_client), (75_000, 25_000));
}

#[test]
fn the_answer_to_a_flood_is_drawn() {
    let trace = Trace::default();
    let mut call = open(&trace, Rpc::ALL[0].path()).unwrap();
    for _ in 0..10_000 {
        send(&mut *call, CallSide::Client, &wire_message(b""));
    }
    send(&mut *call, CallSide::Server, &wire_message(b""));
    end(&mut *call);
    let events = rest(&trace);
    let answer = |event: &TraceEvent| matches!(event, TraceEvent::Message { from, .. } if *from == CallSide::Server);
    assert_eq!(
        events.iter().filter(|event| answer(event)).count(),
        1,
        "{events:?}"
    );
}

#[test]
fn what_nobody_draws_does_not_fill_the_memory() {
    let trace = Trace::default();
    let message = wire_message(b"");
    let mut drawn = 0;
    for _ in 0..20_000 {
        if let Some(mut call) = open(&trace, Rpc::ALL[0].path()) {
            drawn += 1;
            for _ in 0..100 {
                send(&mut *call, CallSide::Client, &message);
            }
            end(&mut *call);
        }
    }
    let events = rest(&trace);
    assert!(events.len() < 20_000, "{}", events.len());
    let omitted: u64 = events
        .iter()
        .map(|event| match event {
            TraceEvent::OmittedCalls { calls } => *calls,
            _ => 0,
        })
        .sum();
    assert_eq!(drawn + omitted, 20_000);
    assert!(omitted > 0);
}

#[test]
fn omitted_messages_are_reported_when_nothing_happens() {
    let trace = Trace::default();
    let mut call = open(&trace, Rpc::ALL[0].path()).unwrap();
    let message = wire_message(b"");
    for _ in 0..10_000 {
        send(&mut *call, CallSide::Client, &message);
    }
    // The call goes on, and nothing happens in it.
    let mut reported = false;
    while !reported {
        let entries = trace.next().unwrap();
        reported = matches!(
            entries.last().unwrap().event,
            TraceEvent::OmittedMessages { .. }
        );
    }
    end(&mut *call);
}

#[test]
fn messages_are_shown_as_text_and_so_is_what_does_not_decode() {
    let point = Message::Point(Point {
        latitude: 1,
        longitude: 2,
    });
    let text = |rpc, bytes: &[u8]| message_text(rpc, CallSide::Client, &wire_message(bytes));
    assert_eq!(text(Some(rpc_of_points()), &point.encode()), "(1, 2)");
    assert_eq!(text(None, &[1]), "1 byte");
    assert_eq!(text(None, b"abc"), "3 bytes");
    let wrong = text(Some(rpc_of_points()), b"\xff\xff");
    assert!(wrong.starts_with("2 bytes that do not decode: "), "{wrong}");
}

#[test]
fn headers_show_what_is_special_and_no_secrets() {
    let mut all = HeaderMap::new();
    for (name, value) in [
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("date", "Sat, 28 Nov 2026 02:37:28 GMT"),
        ("user-agent", "a client"),
        ("authorization", "Bearer sesame"),
        ("grpc-timeout", "5S"),
    ] {
        all.insert(name, value.parse().unwrap());
    }
    let reported = "user-agent: a client, authorization: …, grpc-timeout: 5S";
    assert_eq!(event::headers(&all), reported);
    all.insert("content-type", "text/html".parse().unwrap());
    assert!(event::headers(&all).contains("content-type: text/html"));
    all.insert("long", "x".repeat(10_000).parse().unwrap());
    assert!(event::headers(&all).chars().count() <= 500);
}

#[test]
fn a_terminated_call_is_closed() {
    let trace = Trace::default();
    let mut call = open(&trace, "/no/such").unwrap();
    let termination = Termination {
        by: CallSide::Client,
        code: tonic::Code::Cancelled,
        reason: "cancelled".into(),
    };
    call.on_event(Duration::ZERO, &CallEvent::Terminated(&termination));
    let events = rest(&trace);
    assert!(matches!(&events[0], TraceEvent::Started { name, .. } if name == "/no/such"));
    let TraceEvent::Closed(summary) = &events[2] else {
        panic!("{events:?}");
    };
    assert_eq!(
        (summary.is_ok, summary.outcome.as_str()),
        (false, "no status")
    );
}
