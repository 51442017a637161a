//! RecordRoute: what learners get wrong.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use routeguide::features::distance;
use routeguide::proto::{Point, RouteSummary};
use tonic::Status;

use super::list_features::at;
use super::{Row, all_are_found};
use testkit::guide::{FEATURES, Guide};

/// The right answer, but for the time.
pub fn summary(route: &[Point], elapsed: Duration) -> RouteSummary {
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
pub fn sums_up(
    spoil: impl Fn(&mut RouteSummary, &[Point], Duration) + Send + Sync + 'static,
) -> Guide {
    Guide::records(move |route, elapsed| {
        let mut right = summary(route, elapsed);
        spoil(&mut right, route, elapsed);
        Ok(right)
    })
}

/// A server that measures so much.
pub fn measures(length: impl Fn(&[Point]) -> f64 + Send + Sync + 'static) -> Guide {
    sums_up(move |summary, route, _| summary.distance = length(route) as i32)
}

/// A server with a formula of its own for a leg, in the radians of both ends.
pub fn formula(leg: fn([f64; 4]) -> f64) -> Guide {
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

pub fn metres(route: &[Point]) -> f64 {
    route.windows(2).map(|leg| distance(&leg[0], &leg[1])).sum()
}

pub const R: f64 = 6_371_000.0;

pub fn haversine(h: f64) -> f64 {
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
                    let route: Vec<Point> = points.message().await?.into_iter().collect();
                    Ok(summary(&route, Duration::ZERO))
                })
            }),
            "before the client had half-closed",
        ),
    ];
    all_are_found("record-route", rows);
}
