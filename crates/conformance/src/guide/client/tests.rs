//! A right client, and clients with one thing wrong.

mod any_language;
mod notation;
mod order;
mod printing;
mod protocols;
mod waiting;

use std::time::Duration;

use super::*;
use crate::location::Location;
use crate::messages::{Feature, Message, Point, Rectangle, RouteNote, RouteSummary};
use crate::probe::recorder::{FaultInjection, When};
use crate::transcript::{Event, EventKind, Status, Transcript};

fn point(latitude: i32, longitude: i32) -> Point {
    Point {
        latitude,
        longitude,
    }
}

fn wanted() -> ClientCalls {
    ClientCalls {
        list_features: Some(Rectangle {
            lo: Some(point(40, -75)),
            hi: Some(point(42, -73)),
        }),
        record_route: Some(2),
        route_chat: Some(vec![note(0, "a"), note(1, "b")]),
        ..ClientCalls::default()
    }
}

fn note(latitude: i32, message: &str) -> RouteNote {
    RouteNote {
        location: Some(point(latitude, 0)),
        message: message.to_string(),
    }
}

fn sent(message: impl Into<Message>) -> EventKind {
    EventKind::Sent {
        message: message.into(),
    }
}

fn came(message: impl Into<Message>) -> EventKind {
    EventKind::Received {
        message: message.into(),
    }
}

fn call(rpc: Rpc, mut events: Vec<EventKind>, replies: Vec<EventKind>) -> Transcript {
    events.push(EventKind::HalfClosed);
    events.extend(replies);
    events.push(EventKind::Ended {
        status: Status::ok(),
    });
    transcript(rpc, events)
}

fn transcript(rpc: Rpc, events: Vec<EventKind>) -> Transcript {
    let event = |what| Event {
        at: Duration::ZERO,
        what,
    };
    Transcript {
        rpc,
        events: events.into_iter().map(event).collect(),
    }
}

fn rectangle(lo: Option<Point>, hi: Option<Point>) -> Transcript {
    let feature = Feature {
        name: "Ferry 1".into(),
        location: Some(point(41, -74)),
    };
    call(
        Rpc::ListFeatures,
        vec![sent(Rectangle { lo, hi })],
        vec![came(feature)],
    )
}

fn route(points: &[Point]) -> Transcript {
    let summary = RouteSummary {
        point_count: 2,
        feature_count: 31,
        distance: 4567,
        elapsed_time: 89,
    };
    let sent = points.iter().map(|point| sent(*point)).collect();
    call(Rpc::RecordRoute, sent, vec![came(summary)])
}

fn chat(notes: &[RouteNote]) -> Transcript {
    let sent = notes.iter().cloned().map(sent).collect();
    call(Rpc::RouteChat, sent, vec![came(note(0, "Reply 1: a"))])
}

const PRINTED: &str = "Ferry 1\n2 points, 31 features, 4567 m, 89 s\nReply 1: a\n";

fn run(calls: Vec<Transcript>) -> ClientRun {
    ClientRun {
        addr: "127.0.0.1:1".into(),
        recording: Recording {
            connections: 1,
            prefaces: 1,
            calls,
            ..Recording::default()
        },
        ending: Ending::Success,
        output: PRINTED.into(),
        said: PRINTED.into(),
        stderr: String::new(),
        mark: None,
        misdirected: Misdirected::default(),
        is_course_client: false,
    }
}

/// The end of a client with which nothing moved.
fn stopped() -> Ending {
    Ending::TimedOut(Timeout::Movement(Duration::from_secs(3)))
}

fn right() -> ClientRun {
    run(vec![
        rectangle(Some(point(40, -75)), Some(point(42, -73))),
        route(&[point(1, 1), point(2, 2)]),
        chat(&[note(0, "a"), note(1, "b")]),
    ])
}

fn places() -> Database {
    let places = [point(1, 1), point(2, 2)].map(|point| Feature {
        name: String::new(),
        location: Some(point),
    });
    places.into_iter().collect()
}

fn mistakes(run: &ClientRun) -> Vec<&'static str> {
    let cases = run.judge_calls(&wanted(), &places());
    cases
        .into_iter()
        .filter_map(|case| case.diagnosis)
        .inspect(any_language::assert_spoken)
        .flat_map(|d| d.mistakes)
        .collect()
}

#[test]
fn a_right_client_passes_whatever_corners_it_names() {
    assert!(mistakes(&right()).is_empty());
    let mut other = right();
    other.recording.calls[0] = rectangle(Some(point(42, -75)), Some(point(40, -73)));
    assert!(mistakes(&other).is_empty());
}

#[test]
fn a_wrong_rectangle_is_told_by_what_is_wrong_with_it() {
    for (lo, hi, id) in [
        (Some(point(40, 75)), Some(point(42, 73)), "minus-missing"),
        (Some(point(-75, 40)), Some(point(-73, 42)), "axes-swapped"),
        (Some(point(40, -75)), None, "corner-unset"),
        (
            Some(point(40, -75)),
            Some(point(42, -74)),
            "wrong-rectangle",
        ),
    ] {
        let mut run = right();
        run.recording.calls[0] = rectangle(lo, hi);
        assert_eq!(mistakes(&run), [id]);
    }
}

#[test]
fn a_wrong_route_is_found() {
    for (points, id) in [
        (vec![point(1, 1), point(3, 3)], "points-not-features"),
        (vec![point(1, 1)], "wrong-point-count"),
    ] {
        let mut run = right();
        run.recording.calls[1] = route(&points);
        assert_eq!(mistakes(&run), [id]);
    }
}

#[test]
fn wrong_notes_are_found() {
    for (notes, id) in [
        (vec![note(0, "a")], "notes-lost"),
        (vec![note(1, "b"), note(0, "a")], "notes-reordered"),
        (vec![note(0, "a"), note(9, "b")], "notes-altered"),
        (
            vec![note(0, "a"), note(1, "b"), note(0, "c")],
            "notes-altered",
        ),
    ] {
        let mut run = right();
        run.recording.calls[2] = chat(&notes);
        assert_eq!(mistakes(&run), [id]);
    }
}

#[test]
fn what_came_must_be_printed() {
    let mut silent = right();
    silent.output.clear();
    assert_eq!(mistakes(&silent), ["prints-nothing"; 3]);
    let mut own = right();
    own.output = PRINTED
        .replace("4567", "45678")
        .replace("Ferry 1", "My Ferry");
    assert_eq!(mistakes(&own), ["prints-wrong"; 2]);
}

#[test]
fn calls_that_are_missing_unfinished_or_in_another_order_are_found() {
    let mut absent = right();
    absent.recording.calls.remove(1);
    assert_eq!(mistakes(&absent), ["rpc-never-called"; 2]);

    let mut nowhere = run(Vec::new());
    nowhere.recording.connections = 0;
    assert_eq!(mistakes(&nowhere), ["never-connects"; 3]);

    let mut swapped = right();
    swapped.recording.calls.swap(0, 2);
    assert_eq!(mistakes(&swapped), ["wrong-order"]);

    let mut open = right();
    open.recording.calls[1] = transcript(
        Rpc::RecordRoute,
        vec![sent(point(1, 1)), sent(point(2, 2)), EventKind::Cancelled],
    );
    assert_eq!(mistakes(&open), ["exits-early"]);
    open.ending = stopped();
    assert_eq!(mistakes(&open), ["never-half-closes", "hangs"]);
}

#[test]
fn how_a_client_with_a_wrong_call_ended_is_said_without_a_cause() {
    let mut run = right();
    run.recording.calls[1] = route(&[point(1, 1)]);
    run.ending = Ending::Failure("exit code 1".into());
    assert_eq!(mistakes(&run), ["wrong-point-count"]);
    let cases = run.judge_calls(&wanted(), &places());
    let exit = cases.into_iter().find(|case| case.case == "exit").unwrap();
    assert_eq!(exit.outcome, Outcome::Fail);
    let diagnosis = exit.diagnosis.unwrap();
    assert_eq!(diagnosis.message, "Your client ended with exit code 1.");
}

#[test]
fn a_panic_is_the_cause_of_what_is_missing() {
    let mut run = right();
    run.recording.calls[1] = transcript(Rpc::RecordRoute, vec![sent(point(1, 1))]);
    run.ending = stopped();
    run.stderr = "thread 'x' panicked at start_here/src/client.rs:70:5:\noh no\n".into();
    // The calls before and after it, which are complete, are not blamed.
    assert_eq!(mistakes(&run), ["panics", "hangs"]);
}

/// The backtrace, which names the client's own line, is not among its last words.
#[test]
fn a_panic_in_a_library_is_at_the_line_that_called_it() {
    let mut run = right();
    run.recording.calls[1] = transcript(Rpc::RecordRoute, vec![sent(point(1, 1))]);
    run.ending = Ending::Failure("exit code 101".into());
    let panic = "thread 'x' panicked at /rustc/5/library/core/src/num/mod.rs:39:5:\noverflow\n";
    run.stderr = panic.into();
    run.said = format!(
        "{panic}stack backtrace:\n   0: core::num::pow\n             at /rustc/5/library/core/src/num/mod.rs:39:5\n   \
         1: routeguide::client::call\n             at ./start_here/src/client.rs:74:25\n"
    );
    let found = run.panic().unwrap();
    assert_eq!(
        found.location,
        Some(Location::new("start_here/src/client.rs", 74))
    );
    assert!(
        found.message.ends_with("start_here/src/client.rs:74."),
        "{}",
        found.message
    );
}

#[test]
fn replies_that_were_marked_must_be_printed_with_their_mark() {
    let mut run = right();
    run.mark = Some("Reply 77".into());
    assert_eq!(mistakes(&run), ["prints-wrong"]);
    run.output = PRINTED.replace("Reply 1: a", "Reply 77: Reply 1: a");
    assert!(mistakes(&run).is_empty());
}

/// The run of a client that reads all, but takes no notice of an error.
fn failed(rpc: Rpc, said: &str) -> ClientRun {
    let mut call = rectangle(Some(point(40, -75)), Some(point(42, -73)));
    call.rpc = rpc;
    call.events.pop();
    let status = Status {
        code: "DATA_LOSS",
        message: "Storm 1".into(),
        flaw: None,
        details: None,
    };
    call.events.push(Event {
        at: Duration::ZERO,
        what: EventKind::Ended { status },
    });
    ClientRun {
        said: said.into(),
        ..run(vec![call])
    }
}

#[test]
fn further_runs_are_called_for_by_what_was_right() {
    let faults = |plain: &ClientRun| {
        let cases = plain.judge_calls(&wanted(), &places());
        trials::after(plain, &wanted(), &cases)
    };
    let fails = |faults: &[FaultInjection], rpc| faults.iter().filter(|c| c.fails(rpc)).count();
    let all = faults(&right());
    let of = |faults: &[FaultInjection]| {
        wanted()
            .rpcs()
            .into_iter()
            .map(|rpc| fails(faults, rpc))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&all), [2, 2, 2]);
    assert_eq!(all.last(), Some(&FaultInjection::Long));

    let mut wrong = right();
    wrong.recording.calls[1] = route(&[point(1, 1)]);
    assert_eq!(of(&faults(&wrong)), [2, 0, 2]);
    assert!(!faults(&wrong).contains(&FaultInjection::Long));

    let mut failing = right();
    failing.ending = stopped();
    assert!(faults(&failing).is_empty());
}

#[test]
fn an_error_may_be_told_by_the_exit_code_or_in_words() {
    let plain = right();
    let judged = |run: &ClientRun| {
        let mut cases = Vec::new();
        let fault = FaultInjection::Fails(Rpc::ListFeatures, When::After(2));
        trials::judge(&plain, fault, run, &wanted(), &places(), &mut cases);
        let mistakes = cases.remove(0).diagnosis.map(|d| d.mistakes);
        mistakes.unwrap_or_default()
    };
    let silent = failed(Rpc::ListFeatures, "Ferry 1\n");
    assert_eq!(judged(&silent), ["ignores-error"]);
    let told = failed(Rpc::ListFeatures, "Ferry 1\nStorm 1\n");
    assert!(judged(&told).is_empty());
    let mut coded = failed(Rpc::ListFeatures, "Ferry 1\n");
    coded.ending = Ending::Failure("exit code 1".into());
    assert!(judged(&coded).is_empty());
    let mut waiting = failed(Rpc::ListFeatures, "Ferry 1\n");
    waiting.ending = stopped();
    assert_eq!(judged(&waiting), ["hangs"]);
    // It tried again, and this time it did not get that far.
    assert!(judged(&run(Vec::new())).is_empty());
}

#[test]
fn a_failure_after_calls_that_ended_well_is_told_as_such() {
    let mut plain = right();
    plain.ending = Ending::Failure("exit code 1".into());
    assert_eq!(mistakes(&plain), ["end-is-error"]);
    plain.stderr = "thread 'x' panicked at start_here/src/client.rs:70:5:\noh no\n".into();
    assert_eq!(mistakes(&plain), ["panics"]);
}
