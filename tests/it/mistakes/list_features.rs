//! ListFeatures: what learners get wrong.

use routeguide::proto::{Feature, Point, Rectangle};
use tonic::Status;

use super::{Row, all_are_found};
use testkit::guide::{FEATURES, Guide};

pub fn at(feature: &Feature) -> Point {
    feature.location.unwrap_or_default()
}

/// South, north, west and east of a rectangle.
pub fn sides(rectangle: &Rectangle) -> (i32, i32, i32, i32) {
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

pub fn is_inside(rectangle: &Rectangle, point: Point) -> bool {
    let (south, north, west, east) = sides(rectangle);
    (south..=north).contains(&point.latitude) && (west..=east).contains(&point.longitude)
}

/// The right answer.
pub fn inside(rectangle: &Rectangle) -> Vec<Feature> {
    let all = FEATURES.iter();
    all.filter(|f| is_inside(rectangle, at(f)))
        .cloned()
        .collect()
}

/// A server that takes a feature if this says so.
pub fn takes(takes: impl Fn(&Rectangle, Point) -> bool + Send + Sync + 'static) -> Guide {
    Guide::lists(move |rectangle| {
        let all = FEATURES.iter();
        Ok(all.filter(|f| takes(rectangle, at(f))).cloned().collect())
    })
}

/// A server that does this to the right answer.
pub fn spoils(spoil: impl Fn(&mut Vec<Feature>) + Send + Sync + 'static) -> Guide {
    Guide::lists(move |rectangle| {
        let mut features = inside(rectangle);
        spoil(&mut features);
        Ok(features)
    })
}

/// A server that compares what this makes of each coordinate.
pub fn compares<T: PartialOrd + 'static>(of: fn(i32) -> T) -> Guide {
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
fn coordinates_that_are_compared_too_coarsely() {
    let rows: Vec<Row> = vec![
        (
            "coordinates-rounded",
            compares(|value| value / 10),
            "in steps of 10 ten-millionths",
        ),
        (
            "coordinates-rounded",
            compares(|value| value.div_euclid(1000)),
            "in steps of 1000 ten-millionths",
        ),
        (
            "borders-too-wide",
            takes(|r, p| {
                let (south, north, west, east) = sides(r);
                (south - 10..=north + 10).contains(&p.latitude)
                    && (west - 10..=east + 10).contains(&p.longitude)
            }),
            "up to 10 ten-millionths",
        ),
        (
            "single-precision",
            takes(|r, p| {
                let (south, north, west, east) = sides(r);
                let of = |value: i32| value as f32;
                (of(south)..=of(north)).contains(&of(p.latitude))
                    && (of(west)..=of(east)).contains(&of(p.longitude))
            }),
            "32-bit floating-point",
        ),
    ];
    all_are_found("list-features", rows);
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
        ("no-filter", takes(|_, _| true), "wherever it is"),
        (
            "inverted-filter",
            takes(|r, p| !is_inside(r, p)),
            "outside the rectangle",
        ),
        (
            "skips-unnamed",
            spoils(|all| all.retain(|f| !f.name.is_empty())),
            "as some public RouteGuides do",
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
