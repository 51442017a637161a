//! Coordinates that are compared too coarsely: in steps, or with some tolerance. How coarsely is computed from what came.

use std::ops::RangeInclusive;

use super::ListFeaturesCase;
use super::cause::ObservedList;
use crate::guide::Database;
use crate::guide::draw::moved;
use crate::messages::{Feature, Point, Rectangle};

/// How coordinates are compared, in units of 10⁻⁷ degrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coarse {
    /// In steps of so many.
    Steps(i64),
    /// With so many to spare on each side, as far as the calls tell.
    Spare(RangeInclusive<i64>),
}

/// The steps that are tried: all digits but so many are compared.
const STEPS: [i64; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// How a coordinate is brought to a step.
type Rounding = fn(i64, i64) -> i64;

const ROUNDINGS: [Rounding; 5] = [
    |value, step| value / step,
    i64::div_euclid,
    |value, step| (value + step / 2).div_euclid(step),
    |value, step| (value + step / 2 - 1).div_euclid(step),
    // As floating-point numbers are rounded in most languages.
    |value, step| (value as f64 / step as f64).round_ties_even() as i64,
];

/// How coarsely a server compares, if that explains all calls. Calls without a fault are explained by nothing.
pub fn find(database: &Database, calls: &[ObservedList]) -> Option<Coarse> {
    let is_right = |call: &ObservedList| call.is_answered_by(database, &[]);
    if calls.iter().all(is_right) {
        return None;
    }
    let in_steps = |step: &i64| {
        ROUNDINGS.iter().any(|rounding| {
            calls.iter().all(|call| {
                let outside = |feature: &Feature| {
                    outside_by(feature, call.request(), |value| rounding(value, *step))
                };
                call.came_just(database, |feature| outside(feature) <= 0)
            })
        })
    };
    if let Some(step) = STEPS.into_iter().find(in_steps) {
        return Some(Coarse::Steps(step));
    }
    spare(database, calls).map(Coarse::Spare)
}

/// How much there is to spare on each side of a rectangle, if it is as much in all calls.
fn spare(database: &Database, calls: &[ObservedList]) -> Option<RangeInclusive<i64>> {
    let exact = |value: i64| value;
    let mut least = 0;
    let mut most = i64::MAX;
    for call in calls {
        let came = call.came.as_ref()?;
        for feature in database.features() {
            let by = outside_by(feature, call.request(), exact);
            let feature = feature.clone().with_defaults();
            match came.contains(&feature) {
                true => least = least.max(by),
                false => most = most.min(by - 1),
            }
        }
    }
    let fits = |call: &ObservedList| {
        call.came_just(database, |feature| {
            outside_by(feature, call.request(), exact) <= least
        })
    };
    (least > 0 && least <= most && most < i64::MAX && calls.iter().all(fits))
        .then_some(least..=most)
}

/// By how much a feature is outside of a rectangle, once each coordinate has been changed; 0 or less if it is inside.
fn outside_by(feature: &Feature, rectangle: Rectangle, change: impl Fn(i64) -> i64) -> i64 {
    let (lo, hi) = (
        rectangle.lo.unwrap_or_default(),
        rectangle.hi.unwrap_or_default(),
    );
    let at = feature.location.unwrap_or_default();
    let outside = |a: i32, b: i32, value: i32| {
        let change = |value: i32| change(value.into());
        let (a, b, value) = (change(a), change(b), change(value));
        (a.min(b) - value).max(value - a.max(b))
    };
    outside(lo.latitude, hi.latitude, at.latitude).max(outside(
        lo.longitude,
        hi.longitude,
        at.longitude,
    ))
}

/// A feature that is farther outside than this has not come because it is near.
const NEAR: i64 = 20_000;

/// Whether some of these features are outside of a rectangle, but near it.
pub fn are_near<'a>(rectangle: Rectangle, features: impl Iterator<Item = &'a Feature>) -> bool {
    let by = |feature| outside_by(feature, rectangle, |value| value);
    let mut by = features.map(by);
    by.any(|by| (1..=NEAR).contains(&by))
}

/// Rectangles that begin more and more beside a feature, on each side of it.
pub fn measuring(database: &Database) -> Vec<ListFeaturesCase> {
    const BY: [i32; 16] = [
        1, 4, 5, 9, 10, 11, 15, 16, 17, 32, 33, 99, 100, 101, 1_000, 10_000,
    ];
    const SPAN: i32 = 50_000;
    let features = database.features();
    let chosen = [0, features.len() / 2];
    let mut cases = Vec::new();
    for feature in chosen.iter().filter_map(|index| features.get(*index)) {
        let at = feature.location.unwrap_or_default();
        for by in BY {
            let to = |high: i32, wide: i32| moved(at, high, wide);
            let sides: [(&str, Point, Point); 4] = [
                ("north", to(by, -SPAN), to(SPAN, SPAN)),
                ("south", to(-SPAN, -SPAN), to(-by, SPAN)),
                ("east", to(-SPAN, by), to(SPAN, SPAN)),
                ("west", to(-SPAN, -SPAN), to(SPAN, -by)),
            ];
            for (side, lo, hi) in sides {
                let name = format!("{by}-{side}-of-{}", cases.len());
                let why = "The rectangle begins a little beside a feature.";
                let rectangle = Rectangle {
                    lo: Some(lo),
                    hi: Some(hi),
                };
                cases.push(ListFeaturesCase::new(database, &name, why, rectangle));
            }
        }
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(latitude: i32, longitude: i32) -> Feature {
        Feature {
            name: format!("{latitude}, {longitude}"),
            location: Some(Point {
                latitude,
                longitude,
            }),
        }
    }

    /// The calls of a server that takes the features for which this is 0 or less.
    fn calls(outside: impl Fn(&Feature, Rectangle) -> i64) -> (Database, Vec<ObservedList>) {
        let database: Database = [
            feature(414_249_527, -740_589_889),
            feature(407_127_753, -740_059_728),
        ]
        .into_iter()
        .collect();
        let call = |case: ListFeaturesCase| {
            let features = database.features().iter();
            let came = features.filter(|feature| outside(feature, case.request) <= 0);
            ObservedList::new(case.request, Some(came.cloned()))
        };
        let calls = measuring(&database).into_iter().map(call).collect();
        (database, calls)
    }

    #[test]
    fn steps_and_spare_are_told_apart() {
        for step in [10, 100, 1_000] {
            for rounding in ROUNDINGS {
                let (database, calls) = calls(|feature, rectangle| {
                    outside_by(feature, rectangle, |value| rounding(value, step))
                });
                assert_eq!(find(&database, &calls), Some(Coarse::Steps(step)));
            }
        }
        let (database, calls) =
            calls(|feature, rectangle| outside_by(feature, rectangle, |value| value) - 10);
        assert_eq!(find(&database, &calls), Some(Coarse::Spare(10..=10)));
    }

    #[test]
    fn a_right_server_and_a_far_feature_are_neither() {
        let (database, calls) =
            calls(|feature, rectangle| outside_by(feature, rectangle, |value| value));
        assert_eq!(find(&database, &calls), None);
    }
}
