//! The routes of clients.

use super::{same_choice, sent, spread};
use crate::guide::Database;
use crate::messages::{Feature, Message, Point, Rpc};
use crate::transcript::{Event, EventKind, Transcript};
use crate::verdict::diagnosis::Finding;

fn point(latitude: i32) -> Point {
    Point {
        latitude,
        longitude: 7,
    }
}

fn call(latitudes: &[i32]) -> Transcript {
    let sent = latitudes.iter().map(|latitude| EventKind::Sent {
        message: Message::Point(point(*latitude)),
    });
    let event = |what| Event {
        at: std::time::Duration::ZERO,
        what,
    };
    Transcript {
        rpc: Rpc::RecordRoute,
        events: sent.chain([EventKind::HalfClosed]).map(event).collect(),
    }
}

fn places(latitudes: &[i32]) -> Database {
    let features = latitudes.iter().map(|latitude| Feature {
        name: String::new(),
        location: Some(point(*latitude)),
    });
    features.collect()
}

fn id(finding: Option<Finding>) -> Vec<&'static str> {
    finding.map_or(Vec::new(), |finding| finding.diagnosis.mistakes)
}

#[test]
fn a_route_goes_along_more_than_one_place() {
    let database = places(&[1, 2]);
    assert_eq!(id(sent(3, &database, &call(&[1, 1, 1]))), ["same-point"]);
    assert!(sent(3, &database, &call(&[1, 2, 1])).is_none());
    // Where there is only one, there is no other.
    assert!(sent(3, &places(&[1]), &call(&[1, 1, 1])).is_none());
    assert!(sent(1, &database, &call(&[1])).is_none());
}

#[test]
fn a_route_is_one_call() {
    let one = call(&[1]);
    let found = spread(3, &[&one, &one, &one]).unwrap();
    assert_eq!(found.diagnosis.mistakes, ["one-call-per-point"]);
    let message =
        "You made 3 calls of RecordRoute with 1 point each; send all 3 points in one call.";
    assert_eq!(found.diagnosis.message, message);
    let two = call(&[1, 2]);
    let found = spread(3, &[&one, &two]).unwrap();
    assert!(found.diagnosis.message.contains("with 3 points in all;"));
    assert!(spread(3, &[&one, &one]).is_none());
    assert!(spread(2, &[&two]).is_none());
}

#[test]
fn a_route_is_chosen_anew_each_time() {
    let one = call(&[1, 2, 3]);
    assert_eq!(id(same_choice(&one, &one)), ["same-points"]);
    assert_eq!(id(same_choice(&one, &call(&[3, 1, 2]))), ["same-points"]);
    assert!(same_choice(&one, &call(&[1, 2, 4])).is_none());
    assert!(same_choice(&call(&[1, 1, 2]), &call(&[1, 2, 2])).is_none());
}
