//! What a client sent, beside what it had to send.

use crate::guide::Database;
use crate::messages::{Message, Point, Rectangle, RouteNote};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;

pub fn rectangle(expect: &Rectangle, transcript: &Transcript) -> Option<Finding> {
    let mark = transcript.position(|what| matches!(what, EventKind::Sent { .. }))?;
    let EventKind::Sent {
        message: Message::Rectangle(came),
    } = &transcript.events[mark].what
    else {
        return None;
    };
    // Any two opposite corners stand for the same rectangle.
    let ends = |r: &Rectangle| {
        let (lo, hi) = (r.lo.unwrap_or_default(), r.hi.unwrap_or_default());
        let order = |a: i32, b: i32| (a.min(b), a.max(b));
        (
            order(lo.latitude, hi.latitude),
            order(lo.longitude, hi.longitude),
        )
    };
    if ends(came) == ends(expect) {
        return None;
    }
    let expected = format!("Expected a rectangle with {expect}; you asked for {came}");
    let mistake = |id, why: &str| Diagnosis::mistake(id, format!("{expected}{why}"));
    let diagnosis = if came.lo.is_none() || came.hi.is_none() {
        mistake("corner-unset", ": a corner is not set.")
    } else if ends(&each_corner(came, scaled)) == ends(expect) {
        // As they travel: in degrees, the two would look the same.
        let raw = |r: &Rectangle| {
            let corner = |p: Option<Point>| {
                p.map_or(String::new(), |p| {
                    format!("({}, {})", p.latitude, p.longitude)
                })
            };
            format!("lo {}, hi {}", corner(r.lo), corner(r.hi))
        };
        Diagnosis::mistake(
            "wrong-rectangle",
            format!(
                "You sent plain degrees: {}. Coordinates travel in degrees × 10⁷: {}.",
                raw(came),
                raw(expect)
            ),
        )
        .hint("Multiply each by 10 000 000: 40 degrees north is 400000000.")
    } else if ends(&each_corner(came, swapped)) == ends(expect) {
        mistake(
            "axes-swapped",
            ": latitude and longitude have changed places.",
        )
    } else if ends(&each_corner(came, unsigned)) == ends(&each_corner(expect, unsigned)) {
        mistake("minus-missing", ": west and south are negative.")
    } else {
        mistake("wrong-rectangle", ".")
    };
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}

fn each_corner(rectangle: &Rectangle, change: impl Fn(Point) -> Point) -> Rectangle {
    Rectangle {
        lo: rectangle.lo.map(&change),
        hi: rectangle.hi.map(&change),
    }
}

fn scaled(point: Point) -> Point {
    Point {
        latitude: point.latitude.saturating_mul(10_000_000),
        longitude: point.longitude.saturating_mul(10_000_000),
    }
}

fn swapped(point: Point) -> Point {
    Point {
        latitude: point.longitude,
        longitude: point.latitude,
    }
}

fn unsigned(point: Point) -> Point {
    Point {
        latitude: point.latitude.saturating_abs(),
        longitude: point.longitude.saturating_abs(),
    }
}

pub fn route(count: usize, database: &Database, transcript: &Transcript) -> Option<Finding> {
    let sent = || {
        transcript
            .events
            .iter()
            .enumerate()
            .filter_map(|(index, event)| match &event.what {
                EventKind::Sent {
                    message: Message::Point(point),
                } => Some((index, *point)),
                _ => None,
            })
    };
    if let Some((index, point)) = sent().find(|(_, point)| !database.has_feature_at(*point)) {
        let diagnosis = Diagnosis::mistake(
            "points-not-features",
            format!("You sent {point}, where no feature of the database stands."),
        );
        let diagnosis = if database.has_feature_at(swapped(point)) {
            let hint = format!(
                "One stands at {}: latitude and longitude have changed places.",
                swapped(point)
            );
            diagnosis.hint(hint)
        } else {
            diagnosis.hint("Send the location of each feature as it stands in the database.")
        };
        return Some(Finding {
            diagnosis,
            mark: Some(index),
        });
    }
    let points = sent().count();
    (points != count).then(|| Finding {
        diagnosis: Diagnosis::mistake(
            "wrong-point-count",
            format!(
                "You sent {points} point{}, but the route must have {count}.",
                plural(points)
            ),
        ),
        mark: sent().map(|(index, _)| index).max().or(transcript.last()),
    })
}

pub fn notes(expect: &[RouteNote], transcript: &Transcript) -> Option<Finding> {
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
                or_nothing(expect.get(first_difference)),
                or_nothing(sent.get(first_difference).map(|(_, note)| *note)),
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
            format!(
                "Note {number} must be {}, but you sent {}.",
                or_nothing(expect.get(first_difference)),
                or_nothing(sent.get(first_difference).map(|(_, note)| *note)),
            ),
        ),
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

fn or_nothing(note: Option<&RouteNote>) -> String {
    note.map_or("nothing".to_string(), ToString::to_string)
}
