//! What a server answers to RecordRoute, rightly or with known mistakes.

use std::collections::HashSet;

use crate::guide::Database;
use crate::guide::geometry::{self, EARTH_RADIUS};
use crate::guide::mistake::mistakes;
use crate::messages::{Point, RouteSummary};

mistakes! {
    /// The ways in which RecordRoute goes wrong.
    pub enum RouteMistake {
        /// The summary is never filled in.
        SummaryEmpty = "summary-empty",
        /// No point is counted.
        NoPointCounted = "no-point-counted",
        /// Legs are counted, not points; a route without points has none.
        CountsLegs = "count-off-by-one",
        /// As `CountsLegs`, but a route without points has -1.
        CountsOneLess = "count-off-by-one",
        /// One point too many.
        CountsOneMore = "count-off-by-one",
        /// The first point is neither counted nor looked up; the way from it is measured.
        FirstPointNotCounted = "first-point-not-counted",
        /// The first point is left out of the route.
        FirstPointSkipped = "first-point-skipped",
        /// The last point is.
        LastPointSkipped = "last-point-skipped",
        /// The two counts have changed places.
        CountsSwapped = "counts-swapped",
        /// A point counts only where there is a feature.
        CountsFeaturesOnly = "counts-features-only",
        /// The counts begin anew after 255.
        CountsInOneByte = "counter-overflow",
        /// After 127 they go on at -128.
        CountsInSignedByte = "counter-overflow",
        /// They stay at 255.
        CountsUpToOneByte = "counter-overflow",
        /// Point(0, 0) is left out of the route.
        DropsZeroPoint = "drops-zero-point",
        /// A place visited twice counts once.
        CountsDistinctPoints = "counts-distinct-points",
        /// Features without a name do not count.
        CountsNamedOnly = "counts-named-only",
        /// A feature visited twice counts once.
        CountsDistinctFeatures = "counts-distinct-features",
        /// A point counts as a feature where one has its latitude.
        LatitudeOnly = "latitude-only",
        /// Where one has its longitude.
        LongitudeOnly = "longitude-only",
        /// Every point counts as a feature.
        EveryPointAFeature = "every-point-a-feature",
        /// No feature counts.
        NoFeatureCounted = "no-feature-counted",
        /// No leg is added, or each is measured from a point to itself.
        DistanceAlwaysZero = "distance-always-zero",
        /// Every leg is measured from the first point.
        PreviousNeverMoves = "previous-never-moves",
        /// The route begins with a leg from Point(0, 0).
        StartsAtOrigin = "starts-at-origin",
        /// Only the distance between the first point and the last is measured.
        EndsToEndsOnly = "ends-to-ends-only",
        /// The last leg is left out.
        LastLegLost = "last-leg-lost",
        /// Degrees × 10⁷ are taken for degrees.
        DegreesNotScaled = "degrees-not-scaled",
        /// Degrees are taken for radians.
        DegreesNotRadians = "degrees-not-radians",
        /// The distance is in kilometres.
        Kilometres = "kilometres",
        /// The distance is in miles.
        Miles = "miles",
        /// The radius is the one at the equator, 6 378 137 m (WGS 84).
        EquatorialRadius = "wrong-radius",
        /// The radius is the one at the poles, 6 356 752 m (WGS 84).
        PolarRadius = "wrong-radius",
        /// The radius is 6 371 009 m (the IUGG's mean radius, rounded).
        MeanRadius = "wrong-radius",
        /// The radius is 6 372 797 m, another mean that is found in tutorials.
        OtherRadius = "wrong-radius",
        /// The radius is 6 378 100 m (the IAU's nominal radius).
        NominalRadius = "wrong-radius",
        /// sin²(Δ) for sin²(Δ/2).
        HalfAngle = "half-angle",
        /// The factor cos φ₁ · cos φ₂ is left out.
        CosineMissing = "cosine-missing",
        /// Pythagoras on the angles, as if the Earth were flat and meridians parallel.
        FlatMap = "flat-map",
        /// Pythagoras with the longitudes shrunk by the cosine of the latitude between.
        FlatMapShrunk = "flat-map",
        /// The difference of the latitudes is used where that of the longitudes belongs.
        LatitudeForLongitude = "latitude-for-longitude",
        /// The cosines are taken of the longitudes.
        CosinesOfLongitudes = "latitude-for-longitude",
        /// Two equal points in a row give NaN, and so does the sum.
        SamePointNan = "same-point-nan",
        /// The arc cosine of the spherical law of cosines, which is NaN where rounding goes beyond 1.
        ArcCosineNan = "same-point-nan",
        /// The time is in milliseconds.
        ElapsedMilliseconds = "elapsed-milliseconds",
        /// In microseconds.
        ElapsedMicroseconds = "elapsed-microseconds",
        /// In nanoseconds.
        ElapsedNanoseconds = "elapsed-nanoseconds",
        /// Every second that has begun counts.
        ElapsedRoundedUp = "elapsed-rounded-up",
        /// The time is rounded to the nearest second.
        ElapsedRounded = "elapsed-rounded",
        /// Less than a second counts as one.
        ElapsedAtLeastOne = "elapsed-at-least-one",
        /// The time is in tenths of a second.
        ElapsedTenths = "elapsed-tenths",
        /// In hundredths.
        ElapsedHundredths = "elapsed-hundredths",
        /// The milliseconds since the last whole second.
        ElapsedFractionInMilliseconds = "elapsed-fraction",
        /// The microseconds.
        ElapsedFractionInMicroseconds = "elapsed-fraction",
        /// The whole seconds between one point and the next are added up, those before the first and after the last too.
        ElapsedWholeGaps = "elapsed-gaps-cut",
        /// Without those before the first.
        ElapsedWholeGapsFromFirstPoint = "elapsed-gaps-cut",
        /// Without those after the last.
        ElapsedWholeGapsUntilLastPoint = "elapsed-gaps-cut",
        /// The clock is read with the last point, and not at the half-close.
        ElapsedUntilLastPoint = "elapsed-until-last-point",
        /// The clock is read with the first point.
        ElapsedUntilFirstPoint = "elapsed-until-first-point",
        /// The clock is started when the first point has come.
        ElapsedSinceFirstPoint = "elapsed-since-first-point",
        /// It is started anew with every point.
        ElapsedSinceLastPoint = "elapsed-since-last-point",
        /// The time is always 0.
        ElapsedAlwaysZero = "elapsed-always-zero",
        /// A route without points is answered with an error.
        EmptyRouteError = "empty-route-error",
    }
}

use RouteMistake::*;

/// More than two mistakes that are made together: a clock that runs from the first point to the last, and is rounded.
pub const BUNDLES: &[&[RouteMistake]] = &[
    &[
        ElapsedRounded,
        ElapsedSinceFirstPoint,
        ElapsedUntilLastPoint,
    ],
    &[
        ElapsedRoundedUp,
        ElapsedSinceFirstPoint,
        ElapsedUntilLastPoint,
    ],
];

/// The figures of a summary as they are computed, before they are made to fit an int32. How long the
/// route took is not among them: the clock is the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// How many points.
    pub point_count: i64,
    /// How many features.
    pub feature_count: i64,
    /// The distance in metres, or whatever a mistake makes of it; also NaN.
    pub distance: f64,
}

/// The summary of a route that took `seconds` whole seconds.
pub fn right_answer(database: &Database, route: &[Point], seconds: i32) -> RouteSummary {
    let figures = answer(database, route, &[]).unwrap_or_default();
    let count = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    RouteSummary {
        point_count: count(figures.point_count),
        feature_count: count(figures.feature_count),
        distance: figures.distance.round() as i32,
        elapsed_time: seconds,
    }
}

/// How many metres a summary's distance may be off: a metre for each leg, if each was rounded, and
/// one for rounding at the end. Less than two points have no leg, and no distance to round.
pub fn distance_tolerance(points: usize) -> i32 {
    match points {
        0 | 1 => 0,
        _ => i32::try_from(points).unwrap_or(i32::MAX),
    }
}

/// The figures that a server with these mistakes answers with; none if it ends the call with an error
/// instead.
pub fn answer(database: &Database, route: &[Point], wrong: &[RouteMistake]) -> Option<Figures> {
    let has = |mistake: RouteMistake| wrong.contains(&mistake);
    if route.is_empty() && has(EmptyRouteError) {
        return None;
    }
    let kept: Vec<Point>;
    let mut route = if has(DropsZeroPoint) {
        let is_set = |point: &&Point| **point != Point::default();
        kept = route.iter().filter(is_set).copied().collect();
        &kept
    } else {
        route
    };
    let without_first = route.split_first().map_or(route, |(_, rest)| rest);
    if has(FirstPointSkipped) {
        route = without_first;
    }
    if has(LastPointSkipped) {
        route = route.split_last().map_or(route, |(_, rest)| rest);
    }
    let counted = match has(FirstPointNotCounted) {
        true => without_first,
        false => route,
    };
    if has(SummaryEmpty) {
        return Some(Figures::default());
    }
    let mut figures = Figures {
        point_count: point_count(database, counted, wrong),
        feature_count: feature_count(database, counted, wrong),
        distance: length(route, wrong),
    };
    for number in [&mut figures.point_count, &mut figures.feature_count] {
        *number = overflowing(*number, wrong);
    }
    if has(CountsSwapped) {
        std::mem::swap(&mut figures.point_count, &mut figures.feature_count);
    }
    Some(figures)
}

/// A count as a counter of one byte has it, if a mistake makes it so small.
fn overflowing(count: i64, wrong: &[RouteMistake]) -> i64 {
    const BYTE: i64 = 256;
    let of = |mistake: &RouteMistake| match mistake {
        CountsInOneByte => Some(count.rem_euclid(BYTE)),
        CountsInSignedByte => Some((count + BYTE / 2).rem_euclid(BYTE) - BYTE / 2),
        CountsUpToOneByte => Some(count.min(BYTE - 1)),
        _ => None,
    };
    wrong.iter().find_map(of).unwrap_or(count)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn distinct(points: impl Iterator<Item = Point>) -> i64 {
    count(points.collect::<HashSet<Point>>().len())
}

fn point_count(database: &Database, route: &[Point], wrong: &[RouteMistake]) -> i64 {
    let has = |mistake: RouteMistake| wrong.contains(&mistake);
    let points = count(route.len());
    if has(NoPointCounted) {
        0
    } else if has(CountsFeaturesOnly) {
        let features = route
            .iter()
            .filter(|point| database.has_feature_at(**point));
        count(features.count())
    } else if has(CountsDistinctPoints) {
        distinct(route.iter().copied())
    } else if has(CountsLegs) {
        (points - 1).max(0)
    } else if has(CountsOneLess) {
        points - 1
    } else if has(CountsOneMore) {
        points + 1
    } else {
        points
    }
}

fn feature_count(database: &Database, route: &[Point], wrong: &[RouteMistake]) -> i64 {
    let has = |mistake: RouteMistake| wrong.contains(&mistake);
    let counts = |point: &Point| {
        if has(LatitudeOnly) {
            database.has_feature_at_latitude(point.latitude)
        } else if has(LongitudeOnly) {
            database.has_feature_at_longitude(point.longitude)
        } else if has(CountsNamedOnly) {
            database.has_named_feature_at(*point)
        } else {
            database.has_feature_at(*point)
        }
    };
    let visits = route.iter().copied().filter(counts);
    if has(NoFeatureCounted) {
        0
    } else if has(EveryPointAFeature) {
        count(route.len())
    } else if has(CountsDistinctFeatures) {
        distinct(visits)
    } else {
        count(visits.count())
    }
}

fn length(route: &[Point], wrong: &[RouteMistake]) -> f64 {
    let has = |mistake: RouteMistake| wrong.contains(&mistake);
    let (Some(first), Some(last)) = (route.first(), route.last()) else {
        return 0.0;
    };
    if has(DistanceAlwaysZero) {
        return 0.0;
    }
    let leg = |from: &Point, to: &Point| leg(*from, *to, wrong);
    let mut legs: Vec<f64> = if has(EndsToEndsOnly) {
        vec![leg(first, last)]
    } else if has(PreviousNeverMoves) {
        route[1..].iter().map(|point| leg(first, point)).collect()
    } else {
        route.windows(2).map(|two| leg(&two[0], &two[1])).collect()
    };
    if has(LastLegLost) {
        legs.pop();
    }
    if has(StartsAtOrigin) {
        legs.push(leg(&Point::default(), first));
    }
    let metres: f64 = legs.iter().sum();
    let unit = if has(Kilometres) {
        1000.0
    } else if has(Miles) {
        METRES_PER_MILE
    } else {
        1.0
    };
    metres / unit
}

/// The international mile.
const METRES_PER_MILE: f64 = 1609.344;

fn radius(wrong: &[RouteMistake]) -> f64 {
    let of = |mistake: &RouteMistake| match mistake {
        EquatorialRadius => Some(6_378_137.0),
        PolarRadius => Some(6_356_752.0),
        MeanRadius => Some(6_371_009.0),
        OtherRadius => Some(6_372_797.0),
        NominalRadius => Some(6_378_100.0),
        _ => None,
    };
    wrong.iter().find_map(of).unwrap_or(EARTH_RADIUS)
}

/// One leg. Without a mistake it is [`geometry::distance`], written out so that each of its terms can
/// be wrong.
fn leg(from: Point, to: Point, wrong: &[RouteMistake]) -> f64 {
    let has = |mistake: RouteMistake| wrong.contains(&mistake);
    if wrong.is_empty() {
        return geometry::distance(from, to);
    }
    if has(SamePointNan) && from == to {
        return f64::NAN;
    }
    let scale = if has(DegreesNotScaled) { 1.0 } else { 1e7 };
    let angle = |e7: i32| {
        let degrees = f64::from(e7) / scale;
        if has(DegreesNotRadians) {
            degrees
        } else {
            degrees.to_radians()
        }
    };
    let (lat1, lat2) = (angle(from.latitude), angle(to.latitude));
    let (lon1, lon2) = (angle(from.longitude), angle(to.longitude));
    let radius = radius(wrong);
    let high = lat2 - lat1;
    let wide = if has(LatitudeForLongitude) {
        high
    } else {
        lon2 - lon1
    };
    if has(ArcCosineNan) {
        let cosine = lat1.sin() * lat2.sin() + lat1.cos() * lat2.cos() * wide.cos();
        return cosine.acos() * radius;
    }
    if has(FlatMap) || has(FlatMapShrunk) {
        let shrink = if has(FlatMapShrunk) {
            f64::midpoint(lat1, lat2).cos()
        } else {
            1.0
        };
        return high.hypot(wide * shrink) * radius;
    }
    let cosines = if has(CosineMissing) {
        1.0
    } else if has(CosinesOfLongitudes) {
        lon1.cos() * lon2.cos()
    } else {
        lat1.cos() * lat2.cos()
    };
    let part = if has(HalfAngle) { 1.0 } else { 0.5 };
    let h = (high * part).sin().powi(2) + cosines * (wide * part).sin().powi(2);
    2.0 * radius * h.sqrt().atan2((1.0 - h).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_written_out_is_the_contracts() {
        // A mistake that changes no leg: what is left is the formula itself.
        let mut random = fastrand::Rng::with_seed(1);
        let mut place = || Point {
            latitude: random.i32(-900_000_000..=900_000_000),
            longitude: random.i32(-1_800_000_000..=1_800_000_000),
        };
        for _ in 0..1000 {
            let (from, to) = (place(), place());
            let written_out = leg(from, to, &[CountsLegs]);
            let right = geometry::distance(from, to);
            assert!(
                (written_out - right).abs() < 0.1,
                "{from} to {to}: {written_out} {right}"
            );
        }
    }
}
