//! GetFeature: what learners get wrong.

use std::sync::atomic::{AtomicI32, Ordering};

use routeguide::proto::{Feature, Point};
use tonic::Status;

use super::list_features::at;
use super::record_route::sums_up;
use super::{Row, all_are_found};
use testkit::guide::{FEATURES, Guide};
use testkit::outside::check;

fn find(point: &Point) -> Option<Feature> {
    let mut features = FEATURES.iter();
    features.find(|feature| at(feature) == *point).cloned()
}

/// The right answer.
pub fn right_feature(point: &Point) -> Feature {
    find(point).unwrap_or_else(|| Feature {
        name: String::new(),
        location: Some(*point),
    })
}

/// A server that answers where there is no feature with this.
fn elsewhere(answer: fn(&Point) -> Result<Feature, Status>) -> Guide {
    Guide::gets(move |point| find(point).map_or_else(|| answer(point), Ok))
}

/// The feature that is nearest by this measure.
fn nearest(point: &Point, far: fn(Point, Point) -> f64) -> Feature {
    let features = FEATURES.iter();
    let nearest = features.min_by(|a, b| far(at(a), *point).total_cmp(&far(at(b), *point)));
    nearest.cloned().unwrap()
}

#[test]
fn every_mistake_in_get_feature() {
    let rows: Vec<Row> = vec![
        (
            "missing-is-error",
            elsewhere(|_| Err(Status::not_found("no feature there"))),
            "Where there is no feature, the call ends with an error",
        ),
        (
            "nearest-feature",
            Guide::gets(|point| {
                let squares = |a: Point, b: Point| {
                    (f64::from(a.latitude) - f64::from(b.latitude)).powi(2)
                        + (f64::from(a.longitude) - f64::from(b.longitude)).powi(2)
                };
                Ok(nearest(point, squares))
            }),
            "You answer with the nearest feature",
        ),
        (
            "nearest-feature",
            Guide::gets(|point| {
                Ok(nearest(point, |a, b| {
                    routeguide::features::distance(&a, &b)
                }))
            }),
            "You answer with the nearest feature",
        ),
        (
            "location-missing",
            Guide::gets(|point| {
                Ok(Feature {
                    location: None,
                    ..right_feature(point)
                })
            }),
            "The feature comes without its location",
        ),
        (
            "location-missing",
            elsewhere(|_| Ok(Feature::default())),
            "Where there is no feature, the answer has no location",
        ),
        (
            "name-made-up",
            elsewhere(|point| {
                Ok(Feature {
                    name: "Unknown place".to_string(),
                    location: Some(*point),
                })
            }),
            "the answer has a name all the same",
        ),
        (
            "first-feature-always",
            Guide::gets(|_| Ok(FEATURES[0].clone())),
            "whatever point is asked for",
        ),
        (
            "first-feature-always",
            elsewhere(|_| Ok(FEATURES[0].clone())),
            "The first feature of the database comes where there is no feature",
        ),
        (
            "name-missing",
            Guide::gets(|point| {
                Ok(Feature {
                    name: String::new(),
                    ..right_feature(point)
                })
            }),
            "No name ever comes",
        ),
        (
            "axes-swapped",
            Guide::gets(|point| {
                let swapped = Point {
                    latitude: point.longitude,
                    longitude: point.latitude,
                };
                let found = find(&swapped);
                Ok(found.unwrap_or_else(|| Feature {
                    name: String::new(),
                    location: Some(*point),
                }))
            }),
            "latitude and longitude in each other's place",
        ),
        (
            "latitude-only",
            Guide::gets(|point| {
                let mut features = FEATURES.iter();
                let found = features.find(|feature| at(feature).latitude == point.latitude);
                Ok(found.cloned().unwrap_or_else(|| right_feature(point)))
            }),
            "only the latitudes",
        ),
        (
            "longitude-only",
            Guide::gets(|point| {
                let mut features = FEATURES.iter();
                let found = features.find(|feature| at(feature).longitude == point.longitude);
                Ok(found.cloned().unwrap_or_else(|| right_feature(point)))
            }),
            "only the longitudes",
        ),
        (
            "unset-field-panics",
            Guide::gets(|point| {
                assert_ne!(*point, Point::default(), "on purpose");
                Ok(right_feature(point))
            }),
            "leaves both coordinates unset",
        ),
        (
            "rpc-unimplemented",
            Guide::gets(|_| Err(Status::unimplemented("get_feature is not written yet"))),
            "get_feature is not written yet",
        ),
    ];
    all_are_found("get-feature", rows);
}

#[test]
fn a_point_of_a_database_of_the_servers_own_is_found() {
    let addr = Guide::gets(|point| Ok(right_feature(point)))
        .serve()
        .to_string();
    let run = check(&["--addr", &addr, "get-feature", "--seed", "7"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_server_without_get_feature_is_held_to_it_only_when_it_is_named() {
    let addr = Guide::without_get_feature().serve().to_string();
    let bare = check(&["--addr", &addr, "--format", "json"]);
    assert_eq!(bare.code, Some(0), "{}{}", bare.stdout, bare.stderr);
    let lessons = bare.json()["lessons"].as_array().unwrap().clone();
    let ids: Vec<_> = lessons
        .iter()
        .map(|lesson| lesson["lesson"].clone())
        .collect();
    assert_eq!(ids, ["list-features", "record-route", "route-chat"]);

    let named = check(&["--addr", &addr, "get-feature", "--format", "json"]);
    assert_eq!(named.code, Some(1), "{}{}", named.stdout, named.stderr);
    let diagnosis = named.json()["lessons"][0]["diagnosis"].clone();
    assert_eq!(
        diagnosis["mistakes"],
        serde_json::json!(["rpc-unimplemented"])
    );
}

#[test]
fn a_server_with_get_feature_is_checked_for_it_without_being_asked() {
    let addr = Guide::default().serve().to_string();
    let right = check(&["--addr", &addr, "--format", "json"]);
    assert_eq!(right.code, Some(0), "{}{}", right.stdout, right.stderr);
    let lessons = right.json()["lessons"].as_array().unwrap().clone();
    assert_eq!(lessons.last().unwrap()["lesson"], "get-feature");
    assert_eq!(lessons.last().unwrap()["outcome"], "pass");

    let addr = elsewhere(|_| Err(Status::not_found("")))
        .serve()
        .to_string();
    let wrong = check(&["--addr", &addr, "--format", "json"]);
    assert_eq!(wrong.code, Some(1), "{}{}", wrong.stdout, wrong.stderr);
    let lessons = wrong.json()["lessons"].as_array().unwrap().clone();
    let diagnosis = &lessons.last().unwrap()["diagnosis"];
    assert_eq!(
        diagnosis["mistakes"],
        serde_json::json!(["missing-is-error"])
    );
}

#[test]
fn the_lesson_calls_no_other_rpc_of_a_foreign_server() {
    // Its counters go on from call to call, so that a call that no lesson shows would be noticed.
    let so_far = AtomicI32::new(0);
    let addr = sums_up(move |summary, _, _| {
        let points = summary.point_count;
        summary.point_count += so_far.fetch_add(points, Ordering::Relaxed);
    })
    .serve()
    .to_string();
    let run = check(&["--addr", &addr, "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    let report = run.json();
    let lessons = report["lessons"].as_array().unwrap();
    assert_eq!(
        lessons[1]["diagnosis"]["mistakes"],
        serde_json::json!(["state-leaks"]),
        "{}",
        run.stdout
    );
    let own = lessons.last().unwrap();
    assert_eq!(own["lesson"], "get-feature");
    assert_eq!(own["outcome"], "pass");
    for case in own["cases"].as_array().unwrap() {
        assert_eq!(case["rpc"], "GetFeature");
    }
}
