//! What a client sent, beside what it had to send.

use super::last;
use crate::contract::{Database, Message, Point, Rectangle, RouteNote};
use crate::probe::{Transcript, What};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;

pub fn rectangle(expect: &Rectangle, transcript: &Transcript) -> Option<Finding> {
    let mark = transcript.position(|what| matches!(what, What::Sent { .. }))?;
    let What::Sent {
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
    let mirrored = |p: Option<Point>| {
        p.map(|p| Point {
            longitude: p.longitude.saturating_neg(),
            ..p
        })
    };
    let swapped = |p: Option<Point>| {
        p.map(|p| Point {
            latitude: p.longitude,
            longitude: p.latitude,
        })
    };
    let diagnosis = if came.lo.is_none() || came.hi.is_none() {
        Diagnosis::mistake("corner-unset", format!("{expected}: a corner is not set."))
    } else if ends(&Rectangle {
        lo: mirrored(came.lo),
        hi: mirrored(came.hi),
    }) == ends(expect)
    {
        Diagnosis::mistake("minus-missing", format!("{expected}: west is negative."))
    } else if ends(&Rectangle {
        lo: swapped(came.lo),
        hi: swapped(came.hi),
    }) == ends(expect)
    {
        Diagnosis::mistake(
            "axes-swapped",
            format!("{expected}: latitude and longitude are swapped."),
        )
    } else {
        Diagnosis::mistake("wrong-rectangle", format!("{expected}."))
    };
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}

pub fn route(count: usize, database: &Database, transcript: &Transcript) -> Option<Finding> {
    let sent = || {
        transcript
            .events
            .iter()
            .enumerate()
            .filter_map(|(index, event)| match &event.what {
                What::Sent {
                    message: Message::Point(point),
                } => Some((index, *point)),
                _ => None,
            })
    };
    if let Some((index, point)) = sent().find(|(_, point)| !database.has_feature_at(*point)) {
        return Some(Finding {
            diagnosis: Diagnosis::mistake(
                "points-not-features",
                format!("You sent {point}, where no feature of the database stands."),
            ),
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
        mark: sent().map(|(index, _)| index).max().or(last(transcript)),
    })
}

pub fn notes(expect: &[RouteNote], transcript: &Transcript) -> Option<Finding> {
    let mut sent = transcript
        .events
        .iter()
        .enumerate()
        .filter_map(|(index, event)| match &event.what {
            What::Sent {
                message: Message::RouteNote(note),
            } => Some((index, note)),
            _ => None,
        });
    let place = |note: &RouteNote| note.location.unwrap_or_default();
    for (n, wanted) in expect.iter().enumerate() {
        let Some((index, came)) = sent.next() else {
            return Some(Finding {
                diagnosis: Diagnosis::mistake(
                    "notes-lost",
                    format!(
                        "You sent {n} of {} notes; {} is missing.",
                        expect.len(),
                        wanted
                    ),
                ),
                mark: last(transcript),
            });
        };
        if (place(came), &came.message) != (place(wanted), &wanted.message) {
            let is_another =
                |other: &RouteNote| (place(other), &other.message) == (place(came), &came.message);
            let id = if expect.iter().any(is_another) {
                "notes-reordered"
            } else {
                "notes-altered"
            };
            return Some(Finding {
                diagnosis: Diagnosis::mistake(
                    id,
                    format!("Note {} must be {}, but you sent {}.", n + 1, wanted, came),
                ),
                mark: Some(index),
            });
        }
    }
    sent.next().map(|(index, extra)| Finding {
        diagnosis: Diagnosis::mistake(
            "notes-altered",
            format!(
                "You sent {} after the {} notes of the lesson.",
                extra,
                expect.len()
            ),
        ),
        mark: Some(index),
    })
}
