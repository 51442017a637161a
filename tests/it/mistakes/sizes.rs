//! Nothing in the contract has a limit: servers that have one, each in its own way.

use std::time::Instant;

use routeguide::proto::{Point, RouteNote};
use tonic::Status;

use super::record_route::{summary, sums_up};
use super::{Row, all_are_found};
use testkit::guide::{Guide, Replies};

/// What is counted where a text is measured.
#[test]
fn texts_may_have_a_thousand_characters() {
    let limited = |length: fn(&str) -> usize| {
        Guide::chats(move |mut notes| {
            Box::pin(async move {
                let mut all: Vec<RouteNote> = Vec::new();
                let place = |note: &RouteNote| note.location.unwrap_or_default();
                let replies = async_stream::try_stream! {
                    while let Some(note) = notes.message().await? {
                        if length(&note.message) > 1_000 {
                            Err(Status::invalid_argument("message: too long"))?;
                        }
                        for old in all.iter().filter(|old| place(old) == place(&note)) {
                            yield old.clone();
                        }
                        all.push(note);
                    }
                };
                Ok(Box::pin(replies) as Replies<RouteNote>)
            })
        })
    };
    all_are_found(
        "route-chat",
        vec![(
            "message-limited error-before-data",
            limited(str::len),
            "Calls with shorter messages are right",
        )],
    );
    let addr = limited(|text| text.chars().count()).serve().to_string();
    testkit::outside::check(&["--addr", &addr, "route-chat"]).exits(0);
}

#[test]
fn routes_have_no_limit() {
    let rows: Vec<Row> = vec![
        (
            "call-limited error-before-data",
            Guide::reads_route(|mut points| {
                Box::pin(async move {
                    let (mut route, began) = (Vec::new(), Instant::now());
                    while let Some(point) = points.message().await? {
                        route.push(point);
                        if route.len() > 256 {
                            return Err(Status::resource_exhausted("too many points"));
                        }
                    }
                    Ok(summary(&route, began.elapsed()))
                })
            }),
            "Calls of fewer messages are right",
        ),
        (
            "answers-early",
            Guide::reads_route(|mut points| {
                Box::pin(async move {
                    let (mut route, began) = (Vec::new(), Instant::now());
                    while let Some(point) = points.message().await? {
                        route.push(point);
                        if route.len() == 100 {
                            break;
                        }
                    }
                    Ok(summary(&route, began.elapsed()))
                })
            }),
            "before the client had half-closed",
        ),
        (
            "counter-overflow",
            sums_up(|s, _, _| {
                s.point_count = i32::from(s.point_count as u8);
                s.feature_count = i32::from(s.feature_count as u8);
            }),
            "do not go beyond one byte",
        ),
        (
            "counter-overflow",
            sums_up(|s, _, _| {
                s.point_count = s.point_count.min(255);
                s.feature_count = s.feature_count.min(255);
            }),
            "do not go beyond one byte",
        ),
    ];
    all_are_found("record-route", rows);
}

fn place(note: &RouteNote) -> Point {
    note.location.unwrap_or_default()
}

/// A server that answers with the notes of the place, of those that this keeps of all that came before.
fn keeps(
    keep: impl Fn(&[RouteNote], &RouteNote) -> Vec<RouteNote> + Send + Sync + 'static,
) -> Guide {
    Guide::replies(move |earlier, note| {
        let mut kept = keep(earlier, note);
        kept.retain(|old| place(old) == place(note));
        kept
    })
}

/// The last so many.
fn last(notes: &[RouteNote], most: usize) -> Vec<RouteNote> {
    notes[notes.len().saturating_sub(most)..].to_vec()
}

/// Those of the same place.
fn here(notes: &[RouteNote], note: &RouteNote) -> Vec<RouteNote> {
    notes
        .iter()
        .filter(|old| place(old) == place(note))
        .cloned()
        .collect()
}

/// The places, in the order in which they were come to.
fn places(notes: &[RouteNote]) -> Vec<Point> {
    let mut places = Vec::new();
    for note in notes {
        if !places.contains(&place(note)) {
            places.push(place(note));
        }
    }
    places
}

/// A server that sends each reply as this makes it.
fn cuts(cut: impl Fn(&str) -> String + Send + Sync + 'static) -> Guide {
    Guide::replies(move |earlier, note| {
        let cut = |old: RouteNote| RouteNote {
            message: cut(&old.message),
            ..old
        };
        here(earlier, note).into_iter().map(cut).collect()
    })
}

#[test]
fn chats_have_no_limit() {
    const LIMITED: &str = "history-limited";
    let rows: Vec<Row> = vec![
        (
            LIMITED,
            keeps(|earlier, note| last(&here(earlier, note), 3)),
            "Only the last 3 earlier notes of a place come",
        ),
        (
            LIMITED,
            keeps(|earlier, note| last(&here(earlier, note), 64)),
            "Only the last 64 earlier notes of a place come",
        ),
        (
            LIMITED,
            keeps(|earlier, note| here(earlier, note).into_iter().take(20).collect()),
            "Only the first 20 notes of a place are remembered",
        ),
        (
            LIMITED,
            keeps(|earlier, _| last(earlier, 32)),
            "Only the last 32 notes of a chat are remembered",
        ),
        (
            LIMITED,
            keeps(|earlier, _| last(earlier, 200)),
            "notes of a chat are remembered, wherever they were left",
        ),
        (
            LIMITED,
            keeps(|earlier, _| earlier.iter().take(250).cloned().collect()),
            "Only the first 250 notes of a chat are remembered",
        ),
        (
            LIMITED,
            keeps(|earlier, note| {
                let first: Vec<Point> = places(earlier).into_iter().take(64).collect();
                here(earlier, note)
                    .into_iter()
                    .filter(|old| first.contains(&place(old)))
                    .collect()
            }),
            "Only the notes of the first 64 places are remembered",
        ),
        (
            "text-cut",
            cuts(|text| text.chars().take(64).collect()),
            "cut after 64 characters",
        ),
        (
            "text-cut",
            cuts(|text| {
                let ends = (0..=1000.min(text.len())).rev();
                let mut ends = ends.filter(|end| text.is_char_boundary(*end));
                text[..ends.next().unwrap_or_default()].to_string()
            }),
            "cut after 1000 bytes",
        ),
        (
            "closes-after-reply",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let stream = async_stream::try_stream! {
                        let mut earlier: Vec<RouteNote> = Vec::new();
                        while let Some(note) = notes.message().await? {
                            for reply in here(&earlier, &note) {
                                yield reply;
                            }
                            earlier.push(note);
                            if earlier.len() == 50 {
                                break;
                            }
                        }
                    };
                    Ok(Box::pin(stream) as testkit::guide::Replies<RouteNote>)
                })
            }),
            "while the client was still talking",
        ),
        (
            "replies-twice",
            keeps(|earlier, _| {
                earlier
                    .iter()
                    .flat_map(|old| [old.clone(), old.clone()])
                    .collect()
            }),
            "Every earlier note comes twice",
        ),
        (
            "replies-twice",
            keeps(|earlier, _| [earlier, earlier].concat()),
            "Every earlier note comes twice",
        ),
        (
            "text-for-place",
            Guide::replies(|earlier, note| {
                earlier
                    .iter()
                    .filter(|old| old.message == note.message)
                    .cloned()
                    .collect()
            }),
            "You look notes up by their text",
        ),
    ];
    all_are_found("route-chat", rows);
}
