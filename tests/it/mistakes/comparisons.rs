//! ListFeatures: comparisons that are missing, turned round or made with the wrong number, and features that are not sent
//! as they are.

use std::collections::HashSet;
use std::sync::Mutex;

use routeguide::proto::{Feature, Point, Rectangle};

use super::list_features::{at, inside, is_inside, sides, spoils, takes};
use super::{Row, all_are_found};
use testkit::guide::{FEATURES, Guide};

/// A server with its own idea of where a rectangle begins and ends: south, north, west and east of its two corners.
fn between(ends: impl Fn(Point, Point) -> [i32; 4] + Send + Sync + 'static) -> Guide {
    takes(move |rectangle: &Rectangle, p| {
        let corner = |corner: Option<Point>| corner.unwrap_or_default();
        let [south, north, west, east] = ends(corner(rectangle.lo), corner(rectangle.hi));
        (south..=north).contains(&p.latitude) && (west..=east).contains(&p.longitude)
    })
}

/// The right ends.
fn ordered(lo: Point, hi: Point) -> [i32; 4] {
    [
        lo.latitude.min(hi.latitude),
        lo.latitude.max(hi.latitude),
        lo.longitude.min(hi.longitude),
        lo.longitude.max(hi.longitude),
    ]
}

/// A server that changes places of the two corners where this says so, and then takes them as they are.
fn swaps_corners(if_so: fn(Point, Point) -> bool) -> Guide {
    between(move |lo, hi| {
        let (lo, hi) = if if_so(lo, hi) { (hi, lo) } else { (lo, hi) };
        [lo.latitude, hi.latitude, lo.longitude, hi.longitude]
    })
}

#[test]
fn every_comparison_that_is_missing_or_turned_round() {
    let mut rows: Vec<Row> = Vec::new();
    let ids: [(&str, &str, &str); 4] = [
        (
            "south-not-compared south-from-longitudes",
            "south-turned-round",
            "southern side",
        ),
        ("north-not-compared", "north-turned-round", "northern side"),
        ("west-not-compared", "west-turned-round", "western side"),
        (
            "east-not-compared east-from-latitudes",
            "east-turned-round",
            "eastern side",
        ),
    ];
    for (side, (missing, turned, words)) in ids.into_iter().enumerate() {
        let compared = move |rectangle: &Rectangle, p: Point| {
            let (south, north, west, east) = sides(rectangle);
            [
                p.latitude >= south,
                p.latitude <= north,
                p.longitude >= west,
                p.longitude <= east,
            ]
        };
        let others = move |rectangle: &Rectangle, p: Point| {
            let all = compared(rectangle, p).into_iter().enumerate();
            all.filter(|(other, _)| *other != side)
                .all(|(_, holds)| holds)
        };
        rows.push((missing, takes(others), words));
        let is_end = move |rectangle: &Rectangle, p: Point| {
            let (south, north, west, east) = sides(rectangle);
            let ends = [
                (south, p.latitude),
                (north, p.latitude),
                (west, p.longitude),
                (east, p.longitude),
            ];
            ends[side].0 == ends[side].1
        };
        let turned_round = move |rectangle: &Rectangle, p: Point| {
            let holds = compared(rectangle, p)[side];
            others(rectangle, p) && (!holds || is_end(rectangle, p))
        };
        rows.push((turned, takes(turned_round), words));
    }
    all_are_found("list-features", rows);
}

#[test]
fn corners_and_ends_that_are_mixed_up() {
    let by_latitude = |lo: Point, hi: Point| lo.latitude > hi.latitude;
    let by_either = |lo: Point, hi: Point| lo.latitude > hi.latitude || lo.longitude > hi.longitude;
    let by_both = |lo: Point, hi: Point| lo.latitude > hi.latitude && lo.longitude > hi.longitude;
    const WHOLE: &str = "corners-swapped-as-a-whole";
    let rows: Vec<Row> = vec![
        (WHOLE, swaps_corners(by_latitude), "in order as a whole"),
        (
            WHOLE,
            swaps_corners(|lo, hi| lo.longitude > hi.longitude),
            "in order as a whole",
        ),
        (WHOLE, swaps_corners(by_either), "in order as a whole"),
        (WHOLE, swaps_corners(by_both), "in order as a whole"),
        (
            "latitude-ends-swapped",
            between(|lo, hi| {
                let [south, north, west, east] = ordered(lo, hi);
                [north, south, west, east]
            }),
            "The smaller and the larger latitude have changed places",
        ),
        (
            "longitude-ends-swapped",
            between(|lo, hi| {
                let [south, north, west, east] = ordered(lo, hi);
                [south, north, east, west]
            }),
            "The smaller and the larger longitude have changed places",
        ),
        (
            "latitude-ends-equal",
            between(|lo, hi| {
                let [_, north, west, east] = ordered(lo, hi);
                [north, north, west, east]
            }),
            "are the same latitude",
        ),
        (
            "longitude-ends-equal",
            between(|lo, hi| {
                let [south, north, west, _] = ordered(lo, hi);
                [south, north, west, west]
            }),
            "are the same longitude",
        ),
        (
            "latitude-against-longitudes",
            takes(|r, p| {
                let (_, _, west, east) = sides(r);
                (west..=east).contains(&p.latitude) && (west..=east).contains(&p.longitude)
            }),
            "the feature's latitude with the rectangle's longitudes",
        ),
        (
            "longitude-against-latitudes",
            takes(|r, p| {
                let (south, north, ..) = sides(r);
                (south..=north).contains(&p.latitude) && (south..=north).contains(&p.longitude)
            }),
            "the feature's longitude with the rectangle's latitudes",
        ),
        (
            "corner-against-itself",
            between(|lo, hi| {
                [
                    lo.latitude.min(lo.longitude),
                    lo.latitude.max(lo.longitude),
                    hi.latitude.min(hi.longitude),
                    hi.latitude.max(hi.longitude),
                ]
            }),
            "of one corner",
        ),
    ];
    all_are_found("list-features", rows);
}

/// The ends of a rectangle, each of the two numbers that this takes for it.
fn ends_of(numbers: impl Fn(Point, Point) -> [[i32; 2]; 4] + Send + Sync + 'static) -> Guide {
    between(move |lo, hi| {
        let [south, north, west, east] = numbers(lo, hi);
        let least = |[a, b]: [i32; 2]| a.min(b);
        let most = |[a, b]: [i32; 2]| a.max(b);
        [least(south), most(north), least(west), most(east)]
    })
}

/// The numbers that each end is computed from.
fn right_numbers(lo: Point, hi: Point) -> [[i32; 2]; 4] {
    let (latitudes, longitudes) = ([lo.latitude, hi.latitude], [lo.longitude, hi.longitude]);
    [latitudes, latitudes, longitudes, longitudes]
}

#[test]
fn ends_that_are_computed_from_a_wrong_number() {
    let mut rows: Vec<Row> = Vec::new();
    let ends: [(&str, &str, &str, &str, &str); 4] = [
        (
            "south-not-compared south-from-longitudes",
            "south-from-longitudes",
            "the southern end of the rectangle from a longitude",
            "south-from-one-corner",
            "the southern end of the rectangle from one corner alone",
        ),
        (
            "north-from-longitudes",
            "north-from-longitudes",
            "the northern end of the rectangle from a longitude",
            "north-from-one-corner",
            "the northern end of the rectangle from one corner alone",
        ),
        (
            "west-from-latitudes",
            "west-from-latitudes",
            "the western end of the rectangle from a latitude",
            "west-from-one-corner",
            "the western end of the rectangle from one corner alone",
        ),
        (
            "east-not-compared east-from-latitudes",
            "east-from-latitudes",
            "the eastern end of the rectangle from a latitude",
            "east-from-one-corner",
            "the eastern end of the rectangle from one corner alone",
        ),
    ];
    for (end, (both, one, words, corner, of_one_corner)) in ends.into_iter().enumerate() {
        let with = move |change: fn([i32; 2], [i32; 2]) -> [i32; 2]| {
            ends_of(move |lo, hi| {
                let mut numbers = right_numbers(lo, hi);
                let other = numbers[(end + 2) % 4];
                numbers[end] = change(numbers[end], other);
                numbers
            })
        };
        rows.push((both, with(|_, other| other), words));
        rows.push((one, with(|own, other| [other[0], own[1]]), words));
        rows.push((one, with(|own, other| [own[0], other[1]]), words));
        rows.push((corner, with(|own, _| [own[0]; 2]), of_one_corner));
        rows.push((corner, with(|own, _| [own[1]; 2]), of_one_corner));
    }
    let crossed: [(&str, &str); 4] = [
        ("longitude-against-south", "longitude with the southern end"),
        ("longitude-against-north", "longitude with the northern end"),
        ("latitude-against-west", "latitude with the western end"),
        ("latitude-against-east", "latitude with the eastern end"),
    ];
    for (end, (id, words)) in crossed.into_iter().enumerate() {
        let guide = takes(move |rectangle, p| {
            let (south, north, west, east) = sides(rectangle);
            let mut numbers = [p.latitude, p.latitude, p.longitude, p.longitude];
            numbers[end] = numbers[(end + 2) % 4];
            let [a, b, c, d] = numbers;
            a >= south && b <= north && c >= west && d <= east
        });
        rows.push((id, guide, words));
    }
    // Two ends at once: those of one corner, of which one hides the other, and those of one axis.
    rows.push((
        "west-from-latitudes",
        ends_of(|lo, hi| {
            let [south, north, west, east] = right_numbers(lo, hi);
            [west, north, south, east]
        }),
        "the western end of the rectangle from a latitude",
    ));
    rows.push((
        "longitude-against-latitudes",
        ends_of(|lo, hi| {
            let [south, north, ..] = right_numbers(lo, hi);
            [south, north, south, north]
        }),
        "the feature's longitude with the rectangle's latitudes",
    ));
    all_are_found("list-features", rows);
}

/// A server that sends each feature as this makes it.
fn sends(change: impl Fn(&mut Feature) + Send + Sync + 'static) -> Guide {
    spoils(move |features| features.iter_mut().for_each(&change))
}

/// A server that sends no feature twice, in whatever call.
fn each_once() -> Guide {
    let sent: Mutex<HashSet<Point>> = Mutex::default();
    spoils(move |features| {
        let mut sent = sent.lock().unwrap();
        features.retain(|feature| sent.insert(at(feature)));
    })
}

#[test]
fn features_that_are_not_sent_as_they_are() {
    let rows: Vec<Row> = vec![
        (
            "each-name-once",
            spoils(|features| {
                let mut names = std::collections::HashSet::new();
                features.retain(|feature| names.insert(feature.name.clone()));
            }),
            "Of several features with the same name",
        ),
        // In another order, another one of them comes.
        (
            "each-name-once",
            Guide::lists(|rectangle| {
                let mut names = std::collections::HashSet::new();
                let mut features = inside(rectangle);
                features.reverse();
                features.retain(|feature| names.insert(feature.name.clone()));
                Ok(features)
            }),
            "Of several features with the same name",
        ),
        (
            "names-without-spaces",
            sends(|feature| feature.name = feature.name.replace(' ', "")),
            "without the spaces",
        ),
        (
            "name-changed",
            sends(|feature| feature.name = feature.name.to_uppercase()),
            "came with another name",
        ),
        (
            "name-changed",
            sends(|feature| {
                if feature.name.is_empty() {
                    feature.name = "unnamed".to_string();
                }
            }),
            "came with another name",
        ),
        (
            "location-swapped",
            sends(|feature| {
                let Point {
                    latitude,
                    longitude,
                } = at(feature);
                feature.location = Some(Point {
                    latitude: longitude,
                    longitude: latitude,
                });
            }),
            "latitude and longitude have changed places",
        ),
        (
            "location-changed",
            sends(|feature| {
                if !feature.name.is_empty() {
                    let Point {
                        latitude,
                        longitude,
                    } = at(feature);
                    feature.location = Some(Point {
                        latitude: latitude + 7,
                        longitude,
                    });
                }
            }),
            "came with another location",
        ),
        (
            "database-limited",
            spoils(|features| {
                let first = FEATURES.get(..100).unwrap();
                features.retain(|feature| first.contains(feature));
            }),
            "Of the 193 features of the database, only the first 100",
        ),
        (
            "state-leaks",
            each_once(),
            "A feature that has come in one call is missing",
        ),
        (
            "answer-limited",
            spoils(|features| features.truncate(150)),
            "No more than 150 features come in one call",
        ),
        (
            "answer-limited",
            Guide::lists(|rectangle| {
                let features = inside(rectangle);
                assert!(features.iter().all(|f| is_inside(rectangle, at(f))));
                Ok(features.into_iter().rev().take(10).collect())
            }),
            "No more than 10 features come in one call",
        ),
    ];
    all_are_found("list-features", rows);
}
