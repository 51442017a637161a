//! The mistake matrix: every mistake of the tables as a small server of its own, written as a learner
//! writes it, and checked over TCP through the real binary.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

mod support;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use routeguide::features::distance;
use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
use support::guide::{FEATURES, Guide, Replies};
use support::outside::check;
use support::parallel;
use tokio_stream::StreamExt as _;
use tonic::Status;

/// A row of a table: the id, the server that makes this mistake, and a word of the sentence that is due.
type Row = (&'static str, Guide, &'static str);

/// Checks each server's lesson, and asserts the id, the sentence, the evidence and the exit code.
fn all_are_found(lesson: &str, rows: Vec<Row>) {
    parallel(rows, |(id, guide, words)| {
        let addr = guide.serve().to_string();
        let run = check(&["--addr", &addr, lesson, "--format", "json", "--seed", "5"]);
        assert_eq!(run.code, Some(1), "{id}: {}{}", run.stdout, run.stderr);
        let report = run.json();
        let diagnosis = &report["lessons"][0]["diagnosis"];
        assert_eq!(
            diagnosis["mistakes"],
            serde_json::json!([id]),
            "{diagnosis:#}"
        );
        let message = diagnosis["message"].as_str().unwrap();
        assert!(message.contains(words), "{id}: {message}");
        let cases = report["lessons"][0]["cases"].as_array().unwrap();
        let evidence = cases.iter().find(|case| case["outcome"] == "fail").unwrap();
        assert!(
            !evidence["transcript"].as_array().unwrap().is_empty(),
            "{id}"
        );
    });
}

fn at(feature: &Feature) -> Point {
    feature.location.unwrap_or_default()
}

/// South, north, west and east of a rectangle.
fn sides(rectangle: &Rectangle) -> (i32, i32, i32, i32) {
    let (lo, hi) = (
        rectangle.lo.unwrap_or_default(),
        rectangle.hi.unwrap_or_default(),
    );
    (
        lo.latitude.min(hi.latitude),
        lo.latitude.max(hi.latitude),
        lo.longitude.min(hi.longitude),
        lo.longitude.max(hi.longitude),
    )
}

fn is_inside(rectangle: &Rectangle, point: Point) -> bool {
    let (south, north, west, east) = sides(rectangle);
    (south..=north).contains(&point.latitude) && (west..=east).contains(&point.longitude)
}

/// The right answer.
fn inside(rectangle: &Rectangle) -> Vec<Feature> {
    let all = FEATURES.iter();
    all.filter(|f| is_inside(rectangle, at(f)))
        .cloned()
        .collect()
}

/// A server that takes a feature if this says so.
fn takes(takes: impl Fn(&Rectangle, Point) -> bool + Send + Sync + 'static) -> Guide {
    Guide::lists(move |rectangle| {
        let all = FEATURES.iter();
        Ok(all.filter(|f| takes(rectangle, at(f))).cloned().collect())
    })
}

/// A server that does this to the right answer.
fn spoils(spoil: impl Fn(&mut Vec<Feature>) + Send + Sync + 'static) -> Guide {
    Guide::lists(move |rectangle| {
        let mut features = inside(rectangle);
        spoil(&mut features);
        Ok(features)
    })
}

/// A server that compares what this makes of each coordinate.
fn compares<T: PartialOrd + 'static>(of: fn(i32) -> T) -> Guide {
    takes(move |rectangle, p| {
        let (lo, hi) = (
            rectangle.lo.unwrap_or_default(),
            rectangle.hi.unwrap_or_default(),
        );
        let between = |a: i32, b: i32, x: i32| {
            let (a, b, x) = (of(a), of(b), of(x));
            (a <= x && x <= b) || (b <= x && x <= a)
        };
        between(lo.latitude, hi.latitude, p.latitude)
            && between(lo.longitude, hi.longitude, p.longitude)
    })
}

#[test]
fn every_mistake_in_list_features() {
    let rows: Vec<Row> = vec![
        (
            "border-south",
            takes(|r, p| is_inside(r, p) && p.latitude > sides(r).0),
            "exactly on the south border",
        ),
        (
            "border-north",
            takes(|r, p| is_inside(r, p) && p.latitude < sides(r).1),
            "exactly on the north border",
        ),
        (
            "border-west",
            takes(|r, p| is_inside(r, p) && p.longitude > sides(r).2),
            "exactly on the west border",
        ),
        (
            "border-east",
            takes(|r, p| is_inside(r, p) && p.longitude < sides(r).3),
            "exactly on the east border",
        ),
        (
            "borders-open",
            takes(|r, p| {
                let (south, north, west, east) = sides(r);
                south < p.latitude && p.latitude < north && west < p.longitude && p.longitude < east
            }),
            "whichever of the four",
        ),
        (
            "corners-not-ordered",
            takes(|r, p| {
                let (lo, hi) = (r.lo.unwrap_or_default(), r.hi.unwrap_or_default());
                (lo.latitude..=hi.latitude).contains(&p.latitude)
                    && (lo.longitude..=hi.longitude).contains(&p.longitude)
            }),
            "any two opposite corners",
        ),
        (
            "latitude-not-ordered",
            takes(|r, p| {
                let (lo, hi) = (r.lo.unwrap_or_default(), r.hi.unwrap_or_default());
                is_inside(r, p) && (lo.latitude..=hi.latitude).contains(&p.latitude)
            }),
            "not the two latitudes",
        ),
        (
            "longitude-not-ordered",
            takes(|r, p| {
                let (lo, hi) = (r.lo.unwrap_or_default(), r.hi.unwrap_or_default());
                is_inside(r, p) && (lo.longitude..=hi.longitude).contains(&p.longitude)
            }),
            "not the two longitudes",
        ),
        (
            "axes-swapped",
            takes(|r, p| {
                is_inside(
                    r,
                    Point {
                        latitude: p.longitude,
                        longitude: p.latitude,
                    },
                )
            }),
            "the other way round",
        ),
        (
            "latitude-ignored",
            takes(|r, p| {
                is_inside(
                    r,
                    Point {
                        latitude: sides(r).0,
                        ..p
                    },
                )
            }),
            "only the longitudes",
        ),
        (
            "longitude-ignored",
            takes(|r, p| {
                is_inside(
                    r,
                    Point {
                        longitude: sides(r).2,
                        ..p
                    },
                )
            }),
            "only the latitudes",
        ),
        (
            "any-side",
            takes(|r, p| {
                let (south, north, west, east) = sides(r);
                (south..=north).contains(&p.latitude) || (west..=east).contains(&p.longitude)
            }),
            "both must be",
        ),
        ("no-filter", takes(|_, _| true), "wherever it lies"),
        (
            "inverted-filter",
            takes(|r, p| !is_inside(r, p)),
            "outside the rectangle",
        ),
        (
            "skips-unnamed",
            spoils(|all| all.retain(|f| !f.name.is_empty())),
            "as the Java, Node and C# examples do",
        ),
        (
            "first-only",
            spoils(|all| all.truncate(1)),
            "Only the first feature",
        ),
        (
            "drops-first",
            spoils(|all| drop(all.drain(..all.len().min(1)))),
            "The first feature of every answer is lost",
        ),
        (
            "drops-last",
            spoils(|all| drop(all.pop())),
            "The last feature of every answer is lost",
        ),
        (
            "duplicates",
            spoils(|all| *all = [all.clone(), all.clone()].concat()),
            "comes twice",
        ),
        (
            "sends-nothing",
            spoils(|all| all.clear()),
            "No feature ever comes",
        ),
        (
            "blank-at-end",
            spoils(|all| all.push(Feature::default())),
            "an empty one comes",
        ),
        (
            "name-missing",
            spoils(|all| all.iter_mut().for_each(|f| f.name.clear())),
            "without their names",
        ),
        (
            "location-missing",
            spoils(|all| all.iter_mut().for_each(|f| f.location = None)),
            "without their locations",
        ),
        (
            "degrees-rounded",
            compares(|e7| e7 / 10_000_000),
            "whole degrees",
        ),
        (
            "single-precision",
            compares(|e7| e7 as f32),
            "32-bit floating-point",
        ),
        (
            "width-overflow",
            takes(|r, p| {
                let (south, north, west, east) = sides(r);
                let within = |from: i32, to: i32, x: i32| {
                    (0..=to.wrapping_sub(from)).contains(&x.wrapping_sub(from))
                };
                within(south, north, p.latitude) && within(west, east, p.longitude)
            }),
            "does not fit an int32",
        ),
        (
            "absolute-values",
            compares(i32::wrapping_abs),
            "West and south are negative",
        ),
        (
            "empty-is-error",
            Guide::lists(|rectangle| match inside(rectangle) {
                none if none.is_empty() => Err(Status::not_found("no feature there")),
                features => Ok(features),
            }),
            "An empty stream is an answer",
        ),
    ];
    all_are_found("list-features", rows);
}

/// The right answer, but for the time.
fn summary(route: &[Point], elapsed: Duration) -> RouteSummary {
    let metres: f64 = route.windows(2).map(|leg| distance(&leg[0], &leg[1])).sum();
    let is_feature = |point: &&Point| FEATURES.iter().any(|f| at(f) == **point);
    RouteSummary {
        point_count: route.len() as i32,
        feature_count: route.iter().filter(is_feature).count() as i32,
        distance: metres as i32,
        elapsed_time: elapsed.as_secs() as i32,
    }
}

/// A server that does this to the right answer.
fn sums_up(spoil: impl Fn(&mut RouteSummary, &[Point], Duration) + Send + Sync + 'static) -> Guide {
    Guide::records(move |route, elapsed| {
        let mut right = summary(route, elapsed);
        spoil(&mut right, route, elapsed);
        Ok(right)
    })
}

/// A server that measures so much.
fn measures(length: impl Fn(&[Point]) -> f64 + Send + Sync + 'static) -> Guide {
    sums_up(move |summary, route, _| summary.distance = length(route) as i32)
}

/// A server with a formula of its own for a leg, in the radians of both ends.
fn formula(leg: fn([f64; 4]) -> f64) -> Guide {
    let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
    measures(move |route| {
        let leg = |two: &[Point]| {
            leg([
                radians(two[0].latitude),
                radians(two[0].longitude),
                radians(two[1].latitude),
                radians(two[1].longitude),
            ])
        };
        route.windows(2).map(leg).sum()
    })
}

fn metres(route: &[Point]) -> f64 {
    route.windows(2).map(|leg| distance(&leg[0], &leg[1])).sum()
}

const R: f64 = 6_371_000.0;

fn haversine(h: f64) -> f64 {
    2.0 * R * h.sqrt().asin()
}

#[test]
fn every_mistake_in_record_route() {
    let total = Arc::new(Mutex::new(0));
    let named = |p: &Point| FEATURES.iter().any(|f| at(f) == *p && !f.name.is_empty());
    let rows: Vec<Row> = vec![
        (
            "count-off-by-one",
            sums_up(|s, route, _| s.point_count = (route.len() as i32 - 1).max(0)),
            "off by one",
        ),
        (
            "drops-zero-point",
            Guide::records(|route, elapsed| {
                let set: Vec<Point> = route
                    .iter()
                    .filter(|p| **p != Point::default())
                    .copied()
                    .collect();
                Ok(summary(&set, elapsed))
            }),
            "zero bytes on the wire",
        ),
        (
            "counts-distinct-points",
            sums_up(|s, route, _| {
                s.point_count = route.iter().collect::<HashSet<_>>().len() as i32
            }),
            "visited twice counts once in `point_count`",
        ),
        (
            "counts-named-only",
            sums_up(move |s, route, _| {
                s.feature_count = route.iter().filter(|p| named(p)).count() as i32
            }),
            "without a name do not count",
        ),
        (
            "counts-distinct-features",
            sums_up(|s, route, _| {
                let distinct: HashSet<_> = route.iter().copied().collect();
                let distinct: Vec<_> = distinct.into_iter().collect();
                s.feature_count = summary(&distinct, Duration::ZERO).feature_count;
            }),
            "visited twice counts once in `feature_count`",
        ),
        (
            "every-point-a-feature",
            sums_up(|s, _, _| s.feature_count = s.point_count),
            "Every point counts as a feature",
        ),
        (
            "no-feature-counted",
            sums_up(|s, _, _| s.feature_count = 0),
            "`feature_count` is always 0",
        ),
        (
            "previous-never-moves",
            measures(|route| route.iter().map(|p| distance(&route[0], p)).sum()),
            "from the first point",
        ),
        (
            "starts-at-origin",
            measures(|route| {
                let first = route
                    .first()
                    .map_or(0.0, |p| distance(&Point::default(), p));
                metres(route) + first
            }),
            "a leg from Point(0, 0)",
        ),
        (
            "ends-to-ends-only",
            measures(|route| match route {
                [first, .., last] => distance(first, last),
                _ => 0.0,
            }),
            "straight to the last",
        ),
        (
            "last-leg-lost",
            measures(|route| metres(&route[..route.len().saturating_sub(1)])),
            "The last leg is missing",
        ),
        (
            "degrees-not-scaled",
            measures(|route| {
                let radians = |e7: i32| f64::from(e7).to_radians();
                let leg = |two: &[Point]| {
                    let (a, b) = (two[0], two[1]);
                    let (lat1, lat2) = (radians(a.latitude), radians(b.latitude));
                    let (dlat, dlon) = (lat2 - lat1, radians(b.longitude) - radians(a.longitude));
                    haversine(
                        (dlat / 2.0).sin().powi(2)
                            + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2),
                    )
                };
                route.windows(2).map(leg).sum()
            }),
            "in degrees × 10⁷",
        ),
        (
            "degrees-not-radians",
            measures(|route| {
                let degrees = |e7: i32| f64::from(e7) / 1e7;
                let leg = |two: &[Point]| {
                    let (a, b) = (two[0], two[1]);
                    let (lat1, lat2) = (degrees(a.latitude), degrees(b.latitude));
                    let (dlat, dlon) = (lat2 - lat1, degrees(b.longitude) - degrees(a.longitude));
                    let h = (dlat / 2.0).sin().powi(2)
                        + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
                    2.0 * R * h.sqrt().atan2((1.0 - h).sqrt())
                };
                route.windows(2).map(leg).sum()
            }),
            "want radians",
        ),
        (
            "kilometres",
            measures(|route| metres(route) / 1000.0),
            "1000 times too small",
        ),
        (
            "miles",
            measures(|route| metres(route) / 1609.344),
            "in miles",
        ),
        (
            "wrong-radius",
            measures(|route| metres(route) * 6_378_137.0 / R),
            "6 378 137",
        ),
        (
            "wrong-radius",
            measures(|route| metres(route) * 6_400_000.0 / R),
            "about 6400000 metres",
        ),
        (
            "half-angle",
            formula(|[lat1, lon1, lat2, lon2]| {
                let h = (lat2 - lat1).sin().powi(2)
                    + lat1.cos() * lat2.cos() * (lon2 - lon1).sin().powi(2);
                2.0 * R * h.sqrt().atan2((1.0 - h).sqrt())
            }),
            "sine of half the difference",
        ),
        (
            "cosine-missing",
            formula(|[lat1, lon1, lat2, lon2]| {
                let h = ((lat2 - lat1) / 2.0).sin().powi(2) + ((lon2 - lon1) / 2.0).sin().powi(2);
                2.0 * R * h.sqrt().atan2((1.0 - h).sqrt())
            }),
            "cosines of the latitudes are missing",
        ),
        (
            "flat-map",
            formula(|[lat1, lon1, lat2, lon2]| {
                ((lat2 - lat1).powi(2) + (lon2 - lon1).powi(2)).sqrt() * R
            }),
            "a flat map",
        ),
        (
            "latitude-for-longitude",
            formula(|[lat1, _, lat2, _]| {
                let half = ((lat2 - lat1) / 2.0).sin().powi(2);
                haversine(half + lat1.cos() * lat2.cos() * half)
            }),
            "where that of the longitudes belongs",
        ),
        (
            "same-point-nan",
            formula(|[lat1, lon1, lat2, lon2]| {
                (lat1.sin() * lat2.sin() + lat1.cos() * lat2.cos() * (lon2 - lon1).cos()).acos() * R
            }),
            "becomes NaN",
        ),
        (
            "elapsed-milliseconds",
            sums_up(|s, _, elapsed| s.elapsed_time = elapsed.as_millis() as i32),
            "in milliseconds",
        ),
        (
            "elapsed-always-zero",
            sums_up(|s, _, _| s.elapsed_time = 0),
            "`elapsed_time` is always 0",
        ),
        (
            "state-leaks",
            sums_up(move |s, _, _| {
                let mut total = total.lock().unwrap();
                *total += s.point_count;
                s.point_count = *total;
            }),
            "where the one before it ended",
        ),
        (
            "empty-route-error",
            Guide::records(|route, elapsed| match route {
                [] => Err(Status::invalid_argument("no points")),
                route => Ok(summary(route, elapsed)),
            }),
            "A route without points is answered with an error",
        ),
        (
            "answers-early",
            Guide::reads_route(|mut points| {
                Box::pin(async move {
                    points.message().await?;
                    Ok(RouteSummary::default())
                })
            }),
            "before the client had half-closed",
        ),
    ];
    all_are_found("record-route", rows);
}

fn place(note: &RouteNote) -> Point {
    note.location.unwrap_or_default()
}

/// A server that remembers every note, and has an idea of its own of what the same place is.
fn keyed<K: PartialEq + 'static>(key: fn(Point) -> K) -> Guide {
    Guide::replies(move |earlier, note| {
        let same = |old: &&RouteNote| key(place(old)) == key(place(note));
        earlier.iter().filter(same).cloned().collect()
    })
}

/// A server that does this to the right replies.
fn garbles(
    garble: impl Fn(Vec<RouteNote>, &RouteNote) -> Vec<RouteNote> + Send + Sync + 'static,
) -> Guide {
    Guide::replies(move |earlier, note| garble(right(earlier, note), note))
}

fn right(earlier: &[RouteNote], note: &RouteNote) -> Vec<RouteNote> {
    let same = |old: &&RouteNote| place(old) == place(note);
    earlier.iter().filter(same).cloned().collect()
}

/// A server that remembers only the notes that this accepts.
fn remembers(accepts: impl Fn(&[RouteNote], &RouteNote) -> bool + Send + Sync + 'static) -> Guide {
    Guide::replies(move |earlier, note| {
        let mut kept: Vec<RouteNote> = Vec::new();
        for old in earlier {
            if accepts(&kept, old) {
                kept.push(old.clone());
            }
        }
        right(&kept, note)
    })
}

#[test]
fn every_mistake_in_route_chat() {
    let rows: Vec<Row> = vec![
        (
            "echoes-new-note",
            garbles(|mut replies, note| {
                replies.push(note.clone());
                replies
            }),
            "You send the new note back too",
        ),
        (
            "pure-echo",
            garbles(|_, note| vec![note.clone()]),
            "straight back",
        ),
        ("replies-to-all", keyed(|_| ()), "notes of every place"),
        (
            "replies-first-only",
            garbles(|replies, _| replies.into_iter().take(1).collect()),
            "the oldest of the earlier notes only",
        ),
        (
            "newest-first",
            garbles(|replies, _| replies.into_iter().rev().collect()),
            "newest of the earlier notes comes first",
        ),
        ("latitude-only", keyed(|p| p.latitude), "only the latitudes"),
        (
            "longitude-only",
            keyed(|p| p.longitude),
            "only the longitudes",
        ),
        (
            "nearby",
            keyed(|p| (p.latitude / 10_000_000, p.longitude / 10_000_000)),
            "near each other",
        ),
        (
            "axes-unordered",
            keyed(|p| (p.latitude.min(p.longitude), p.latitude.max(p.longitude))),
            "(a, b) and (b, a)",
        ),
        (
            "joined-key",
            keyed(|p| format!("{}{}", p.latitude, p.longitude)),
            "(1, 23) and (12, 3)",
        ),
        (
            "sum-key",
            keyed(|p| i64::from(p.latitude) + i64::from(p.longitude)),
            "(1, 4) and (2, 3)",
        ),
        (
            "origin-is-unset",
            remembers(|_, note| place(note) != Point::default()),
            "at Point(0, 0)",
        ),
        (
            "sends-new-for-old",
            garbles(|replies, note| replies.iter().map(|_| note.clone()).collect()),
            "each of them is the new note",
        ),
        (
            "merges-equal-texts",
            remembers(|kept, note| {
                !kept
                    .iter()
                    .any(|old| old.message == note.message && place(old) == place(note))
            }),
            "the same text",
        ),
        (
            "skips-empty-text",
            remembers(|_, note| !note.message.is_empty()),
            "notes without a text",
        ),
        (
            "never-stores",
            remembers(|_, _| false),
            "No replies come at all",
        ),
        (
            "shared-history",
            shared(false),
            "Notes of other calls come too",
        ),
        (
            "replies-at-end",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let mut all = Vec::new();
                    while let Some(note) = notes.message().await? {
                        all.push(note);
                    }
                    let replies = (0..all.len()).flat_map(move |n| right(&all[..n], &all[n]));
                    Ok(
                        Box::pin(tokio_stream::iter(replies.map(Ok).collect::<Vec<_>>()))
                            as Replies<_>,
                    )
                })
            }),
            "only after the client had half-closed",
        ),
        (
            "one-behind",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let replies = async_stream::try_stream! {
                        let mut earlier: Vec<RouteNote> = Vec::new();
                        let mut due = Vec::new();
                        while let Some(note) = notes.message().await? {
                            for reply in std::mem::take(&mut due) {
                                yield reply;
                            }
                            due = right(&earlier, &note);
                            earlier.push(note);
                        }
                        for reply in due {
                            yield reply;
                        }
                    };
                    Ok(Box::pin(replies) as Replies<_>)
                })
            }),
            "only after the client has sent the next",
        ),
        (
            "closes-after-reply",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let replies = async_stream::try_stream! {
                        let mut earlier: Vec<RouteNote> = Vec::new();
                        while let Some(note) = notes.message().await? {
                            let replies = right(&earlier, &note);
                            let done = !replies.is_empty();
                            for reply in replies {
                                yield reply;
                            }
                            if done {
                                break;
                            }
                            earlier.push(note);
                        }
                    };
                    Ok(Box::pin(replies) as Replies<_>)
                })
            }),
            "while the client was still talking",
        ),
        (
            "never-ends",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let replies = async_stream::try_stream! {
                        let mut earlier: Vec<RouteNote> = Vec::new();
                        while let Some(note) = notes.message().await? {
                            for reply in right(&earlier, &note) {
                                yield reply;
                            }
                            earlier.push(note);
                        }
                        std::future::pending::<()>().await;
                    };
                    Ok(Box::pin(replies) as Replies<_>)
                })
            }),
            "the end of the call does not come",
        ),
        ("blocks-other-chats", locked(), "While another chat is open"),
        (
            "unset-field-panics",
            Guide::replies(|earlier, note| {
                let _ = note.location.unwrap();
                right(earlier, note)
            }),
            "unset",
        ),
    ];
    all_are_found("route-chat", rows);
}

/// A server with one history for all calls.
fn shared(echoes: bool) -> Guide {
    let history = Arc::new(Mutex::new(Vec::new()));
    Guide::replies(move |_, note| {
        let mut history = history.lock().unwrap();
        let mut replies = right(&history, note);
        if echoes {
            replies.push(note.clone());
        }
        history.push(note.clone());
        replies
    })
}

/// A server that holds a lock as long as a chat goes on.
fn locked() -> Guide {
    let lock = Arc::new(tokio::sync::Mutex::new(()));
    Guide::chats(move |mut notes| {
        let lock = Arc::clone(&lock);
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let _held = lock.lock().await;
                let mut earlier: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    for reply in right(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<_>)
        })
    })
}

#[test]
fn mistakes_that_any_rpc_can_make() {
    let lists: Vec<Row> = vec![
        (
            "wrong-status",
            Guide::streams_features(|rectangle| {
                Box::pin(async move {
                    let features = inside(&rectangle).into_iter().map(Ok);
                    let end = std::iter::once(Err(Status::internal("no more")));
                    let stream = tokio_stream::iter(features.chain(end).collect::<Vec<_>>());
                    Ok(Box::pin(stream) as Replies<_>)
                })
            }),
            "it must end with OK",
        ),
        (
            "error-before-data",
            Guide::lists(|_| Err(Status::internal("no database"))),
            "before any message with INTERNAL: no database",
        ),
        (
            "hangs",
            Guide::streams_features(|_| Box::pin(std::future::pending())),
            "and then nothing more",
        ),
        (
            "never-ends",
            Guide::streams_features(|rectangle| {
                Box::pin(async move {
                    let features = tokio_stream::iter(inside(&rectangle).into_iter().map(Ok));
                    let stream = features.chain(tokio_stream::pending());
                    Ok(Box::pin(stream) as Replies<_>)
                })
            }),
            "and then the stream did not end",
        ),
        (
            "floods",
            Guide::streams_features(|_| {
                Box::pin(async {
                    let features = std::iter::repeat_with(|| Ok(FEATURES[0].clone()));
                    Ok(Box::pin(tokio_stream::iter(features)) as Replies<_>)
                })
            }),
            "more than can be right",
        ),
        (
            "unset-field-panics",
            takes(|r, p| {
                let (lo, hi) = (r.lo.unwrap(), r.hi.unwrap());
                is_inside(
                    &Rectangle {
                        lo: Some(lo),
                        hi: Some(hi),
                    },
                    p,
                )
            }),
            "leaves a corner of the rectangle unset",
        ),
    ];
    all_are_found("list-features", lists);
    let routes: Vec<Row> = vec![
        (
            "stops-reading",
            Guide::reads_route(|mut points| {
                Box::pin(async move {
                    points.message().await?;
                    std::future::pending().await
                })
            }),
            "The server stopped reading",
        ),
        (
            "hangs",
            Guide::reads_route(|mut points| {
                Box::pin(async move {
                    while points.message().await?.is_some() {}
                    std::future::pending().await
                })
            }),
            "and then nothing more",
        ),
    ];
    all_are_found("record-route", routes);
    let words = "calls that their clients cancelled";
    all_are_found(
        "route-chat",
        vec![("ignores-cancel", holds_on_after_cancel(), words)],
    );
}

/// A server with room for ten chats, which leave their room only when they come to their end.
fn holds_on_after_cancel() -> Guide {
    let room = Arc::new(tokio::sync::Semaphore::new(10));
    Guide::chats(move |mut notes| {
        let room = Arc::clone(&room);
        Box::pin(async move {
            // Nothing is given back when the call is dropped half-way.
            room.acquire().await.unwrap().forget();
            let replies = async_stream::try_stream! {
                let mut earlier: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    for reply in right(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
                room.add_permits(1);
            };
            Ok(Box::pin(replies) as Replies<_>)
        })
    })
}

/// A mistake that only random cases show is shown by the smallest of them, and comes again with its seed.
#[test]
fn a_random_case_that_fails_is_made_smaller() {
    let guide = takes(|r, p| is_inside(r, p) && !(7..140).contains(&inside(r).len()))
        .and(sums_up(|s, route, _| {
            s.point_count += i32::from(route.len() > 5)
        }))
        .and(Guide::replies(|earlier, note| match earlier.len() {
            0..6 => right(earlier, note),
            _ => vec![note.clone()],
        }));
    let addr = guide.serve().to_string();
    let report = check(&["--addr", &addr, "--format", "json", "--seed", "9"])
        .exits(1)
        .json();
    let shown = |lesson: usize| {
        let cases = report["lessons"][lesson]["cases"].as_array().unwrap();
        let failed = cases.iter().filter(|case| case["outcome"] == "fail");
        let sent = |case: &serde_json::Value| {
            let events = case["transcript"].as_array().unwrap();
            events
                .iter()
                .filter(|event| event["event"] == "sent")
                .count()
        };
        let expected = |case: &serde_json::Value| case["expected"].as_array().unwrap().len();
        let case = failed
            .min_by_key(|case| (sent(case), expected(case)))
            .unwrap();
        assert!(
            case["case"].as_str().unwrap().starts_with("random-"),
            "{case:#}"
        );
        (sent(case), expected(case))
    };
    let (_, features) = shown(0);
    assert!((7..14).contains(&features), "{features} features");
    assert_eq!(shown(1).0, 6, "points");
    assert_eq!(shown(2).0, 7, "notes");
    check(&["--addr", &addr, "--seed", "9"])
        .exits(1)
        .says("Drawn at random; `--seed 9` repeats it.")
        .says("--seed 9");
}

/// What no answer can tell apart is named as a family.
#[test]
fn a_family_is_named_whole() {
    let addr = garbles(|mut replies, _| replies.split_off(replies.len().saturating_sub(1))).serve();
    let run = check(&[
        "--addr",
        &addr.to_string(),
        "route-chat",
        "--format",
        "json",
    ])
    .exits(1);
    let report = run.json();
    let diagnosis = &report["lessons"][0]["diagnosis"];
    let family = serde_json::json!(["replies-last-only", "overwrites"]);
    assert_eq!(diagnosis["mistakes"], family);
    assert!(
        diagnosis["message"]
            .as_str()
            .unwrap()
            .contains("either you keep only that one")
    );
}

/// Mistakes of different RPCs, and two of one, are all found.
#[test]
fn several_mistakes_at_once() {
    let skips = spoils(|all| {
        all.retain(|f| !f.name.is_empty());
        all.pop();
    });
    let slow = sums_up(|s, _, _| {
        s.distance /= 1000;
        s.point_count += 1;
        s.feature_count = 0;
    });
    let addr = skips.and(slow).and(shared(true)).serve().to_string();
    for _ in 0..2 {
        let report = check(&["--addr", &addr, "--format", "json"])
            .exits(1)
            .json();
        let found = |n: usize| report["lessons"][n]["diagnosis"]["mistakes"].clone();
        assert_eq!(found(0), serde_json::json!(["skips-unnamed", "drops-last"]));
        let three = ["count-off-by-one", "no-feature-counted", "kilometres"];
        assert_eq!(found(1), serde_json::json!(three));
        // The second time, the history holds the notes of the first check.
        assert_eq!(
            found(2),
            serde_json::json!(["echoes-new-note", "shared-history"])
        );
        let message = report["lessons"][2]["diagnosis"]["message"]
            .as_str()
            .unwrap();
        assert!(message.contains("the Go example's"), "{message}");
    }
}

/// What no table lists is told by its first difference, and never by the name of another mistake.
#[test]
fn mistakes_that_nobody_has_thought_of() {
    let strange = takes(|r, p| is_inside(r, p) && p.latitude % 7 != 0)
        .and(sums_up(|s, route, _| {
            s.distance += 1000 * route.len() as i32
        }))
        .and(garbles(|replies, note| match note.message.len() % 3 {
            0 => Vec::new(),
            _ => replies,
        }));
    let addr = strange.serve().to_string();
    let report = check(&["--addr", &addr, "--format", "json"])
        .exits(1)
        .json();
    for lesson in report["lessons"].as_array().unwrap() {
        assert_eq!(lesson["outcome"], "fail");
        let diagnosis = &lesson["diagnosis"];
        assert_eq!(
            diagnosis["mistakes"],
            serde_json::json!([]),
            "{diagnosis:#}"
        );
    }
}
