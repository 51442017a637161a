//! What is said of each mistake in RecordRoute.

use super::model::RouteMistake::{self, *};
use crate::guide::cause::MistakeText;
use crate::guide::geometry::EARTH_RADIUS;
use crate::verdict::Diagnosis;

/// A server whose calls go on counting together.
pub fn state_leaks() -> Diagnosis {
    Diagnosis::mistake(
        "state-leaks",
        "Each call goes on counting where the one before it ended.",
    )
    .hint("Counters belong inside the method: a call begins with zeros.")
}

/// A server that is right as long as one call is open at a time. `wrong` is what came of a call that met another.
pub fn shared_counters(wrong: &str) -> Diagnosis {
    Diagnosis::mistake(
        "state-leaks",
        format!("Two calls that are open at the same time count together. {wrong}"),
    )
    .hint("Counters belong inside the method, and not in the service or in a static: each call has its own.")
}

/// A server that measures a route rightly as long as no other begins. `wrong` is what came of one that met another.
pub fn shared_clock(wrong: &str) -> Diagnosis {
    Diagnosis::mistake(
        "state-leaks",
        format!("`elapsed_time` begins anew where another route begins meanwhile: the calls share one clock. {wrong}"),
    )
    .hint("Take the time at the beginning of the method, into a variable of the call, and not into the service or a static.")
}

/// A server whose clock runs since before a call began, and showed so many seconds at most.
pub fn runs_since_before(seconds: i32) -> Diagnosis {
    Diagnosis::mistake(
        "state-leaks",
        format!(
            "`elapsed_time` is up to {seconds} s in calls that took less: the clock was not started with the call, but \
             before it."
        ),
    )
    .hint("Take the time at the beginning of the method: what the service keeps is older than the call.")
}

/// A server that subtracts two times of whole seconds.
pub fn subtracts_seconds() -> Diagnosis {
    Diagnosis::mistake(
        "elapsed-seconds-subtracted",
        "`elapsed_time` is the difference of two times that were cut to whole seconds before, so a second that has not \
         passed may count.",
    )
    .hint("Take the difference of the times as they are, and cut off its fraction then.")
}

/// A factor that differs so little from 1 comes from no other radius: those in use differ by more.
const SLIGHT: f64 = 0.000_05;

/// Distances that are all off by a factor that no table lists.
pub fn off_by(factor: f64) -> Diagnosis {
    let message = format!("Every `distance` is {factor:.7} times what it must be.");
    let about_the_radius = (0.98..1.02).contains(&factor);
    if (factor - 1.0).abs() < SLIGHT {
        let hint =
            "Look at the numbers in your formula, such as π: one of them has too few digits.";
        return Diagnosis::new(message).hint(hint);
    }
    if about_the_radius {
        // The tolerance of the legs leaves about four digits.
        let radius = (EARTH_RADIUS * factor / 1000.0).round() * 1000.0;
        return Diagnosis::mistake(
            "wrong-radius",
            format!("{message} That is a radius of about {radius:.0} metres."),
        )
        .hint("Here R is 6 371 000 metres.");
    }
    Diagnosis::new(message).hint("Look for a unit or a factor: R is 6 371 000 metres, and the haversine formula has one factor 2.")
}

/// The words for a mistake.
pub fn message(mistake: RouteMistake) -> MistakeText {
    const HAVERSINE: &str = "The haversine formula is h = sin²(Δφ/2) + cos φ₁ · cos φ₂ · sin²(Δλ/2), and the \
                             distance 2 · R · asin(√h), with latitudes φ and longitudes λ in radians.";
    const RADIUS: &str = "Here R is 6 371 000 metres.";
    match mistake {
        SummaryEmpty => MistakeText::with_remedy(
            "The summary is empty: all of its figures are always 0.",
            "Fill in each field of the summary before you return it.",
        ),
        NoPointCounted => MistakeText::with_remedy(
            "`point_count` is always 0.",
            "Add one for every message received, and put the number into the summary.",
        ),
        CountsLegs | CountsOneLess | CountsOneMore => MistakeText::with_remedy(
            "`point_count` is off by one.",
            "Count points, not legs: add one for every message received.",
        ),
        FirstPointNotCounted => MistakeText::with_remedy(
            "The first point of the route is not counted.",
            "Count every point, and look each up in the database; only the leg needs a point before it.",
        ),
        FirstPointSkipped => MistakeText::with_remedy(
            "The first point of the route is lost: it is not counted, and no leg begins at it.",
            "Read every message in the loop, and none before it.",
        ),
        LastPointSkipped => MistakeText::with_remedy(
            "The last point of the route is lost: it is not counted, and no leg ends at it.",
            "Deal with each point as soon as it has come.",
        ),
        CountsSwapped => MistakeText::with_remedy(
            "`point_count` and `feature_count` have changed places.",
            "`point_count` counts every point, `feature_count` those where the database has a feature.",
        ),
        CountsFeaturesOnly => MistakeText::with_remedy(
            "A point is counted in `point_count` only if a feature stands there.",
            "Count each point before you look it up, and not in the `if` that finds a feature.",
        ),
        CountsInOneByte | CountsInSignedByte | CountsUpToOneByte => MistakeText::with_remedy(
            "The counts do not go beyond one byte.",
            "Count in an int32, as the message does: a route may have thousands of points.",
        ),
        DropsZeroPoint => MistakeText::with_remedy(
            "Point(0, 0) is left out of the route. It is zero bytes on the wire, and still a point.",
            "Count every message that comes, whatever it holds.",
        ),
        CountsDistinctPoints => MistakeText::with_remedy(
            "A point that is visited twice counts once in `point_count`.",
            "Every visit counts.",
        ),
        CountsNamedOnly => MistakeText::with_remedy(
            "Features without a name do not count in `feature_count`, as in the Java and Node examples. Here \
             they count too.",
            "Ask whether there is a feature at the point, not what it is called.",
        ),
        CountsDistinctFeatures => MistakeText::with_remedy(
            "A feature that is visited twice counts once in `feature_count`.",
            "Every visit counts.",
        ),
        LatitudeOnly => MistakeText::with_remedy(
            "A point counts as a feature where only its latitude is that of a feature.",
            "Compare both coordinates exactly.",
        ),
        LongitudeOnly => MistakeText::with_remedy(
            "A point counts as a feature where only its longitude is that of a feature.",
            "Compare both coordinates exactly.",
        ),
        EveryPointAFeature => MistakeText::with_remedy(
            "Every point counts as a feature.",
            "Add one to `feature_count` only where the database has a feature at exactly the point.",
        ),
        NoFeatureCounted => MistakeText::with_remedy(
            "`feature_count` is always 0.",
            "Look each point up in the database, and add one where there is a feature.",
        ),
        DistanceAlwaysZero => MistakeText::with_remedy(
            "`distance` is always 0: it is never filled in, or no leg is measured from the point before.",
            "Measure the leg from the point before to this one, add it up, and put the sum into the summary.",
        ),
        PreviousNeverMoves => MistakeText::with_remedy(
            "Every leg is measured from the first point of the route.",
            "After every leg, remember its end: the next leg begins there.",
        ),
        StartsAtOrigin => MistakeText::with_remedy(
            "The route begins with a leg from Point(0, 0), which is not part of it.",
            "The first point has no leg: begin with no `previous` point at all.",
        ),
        EndsToEndsOnly => MistakeText::with_remedy(
            "`distance` is the way from the first point straight to the last.",
            "Add up the legs, from each point to the next.",
        ),
        LastLegLost => MistakeText::with_remedy(
            "The last leg is missing in `distance`.",
            "Add the leg as soon as its second point has come.",
        ),
        DegreesNotScaled => MistakeText::with_remedy(
            "Coordinates go into the formula as they travel, in degrees × 10⁷.",
            "Divide them by 10 000 000 first.",
        ),
        DegreesNotRadians => MistakeText::with_remedy(
            "Degrees go into sine and cosine, which want radians.",
            "Convert them first.",
        )
        .in_rust("In Rust: `to_radians()`."),
        Kilometres => MistakeText::with_remedy(
            "`distance` is in kilometres, 1000 times too small. It must be in metres.",
            RADIUS,
        ),
        Miles => MistakeText::with_remedy(
            "`distance` is in miles, 1609.344 times too small. It must be in metres.",
            RADIUS,
        ),
        EquatorialRadius => MistakeText::with_remedy(
            "The radius of the Earth is 6 378 137 metres in your formula, the one at the equator.",
            RADIUS,
        ),
        PolarRadius => MistakeText::with_remedy(
            "The radius of the Earth is 6 356 752 metres in your formula, the one at the poles.",
            RADIUS,
        ),
        MeanRadius => MistakeText::with_remedy(
            "The radius of the Earth is 6 371 009 metres in your formula.",
            RADIUS,
        ),
        OtherRadius => MistakeText::with_remedy(
            "The radius of the Earth is 6 372 797 metres in your formula.",
            RADIUS,
        ),
        NominalRadius => MistakeText::with_remedy(
            "The radius of the Earth is 6 378 100 metres in your formula.",
            RADIUS,
        ),
        HalfAngle => MistakeText::with_remedy(
            "The haversine takes the sine of half the difference; yours takes the whole.",
            HAVERSINE,
        ),
        CosineMissing => MistakeText::with_remedy(
            "The two cosines of the latitudes are missing in the haversine formula.",
            HAVERSINE,
        ),
        FlatMap | FlatMapShrunk => MistakeText::with_remedy(
            "Distances are measured as on a flat map, but the Earth is round.",
            HAVERSINE,
        ),
        LatitudeForLongitude => MistakeText::with_remedy(
            "The difference of the latitudes is used where that of the longitudes belongs.",
            HAVERSINE,
        ),
        CosinesOfLongitudes => MistakeText::with_remedy(
            "The cosines in the haversine formula are taken of the longitudes; they belong to the latitudes.",
            HAVERSINE,
        ),
        SamePointNan | ArcCosineNan => MistakeText::with_remedy(
            "Where two equal points follow each other, your formula breaks down: the distance becomes NaN, or \
             the call ends with an error.",
            "Rounding brings a cosine or a root just out of its range: clamp the value first, or \
             use the haversine formula with atan2.",
        ),
        ElapsedMilliseconds => MistakeText::with_remedy(
            "`elapsed_time` is in milliseconds. It must be in seconds.",
            "Give whole seconds.",
        )
        .in_rust("In Rust: `as_secs()`."),
        ElapsedMicroseconds => MistakeText::with_remedy(
            "`elapsed_time` is in microseconds. It must be in seconds.",
            "Give whole seconds.",
        )
        .in_rust("In Rust: `as_secs()`."),
        ElapsedNanoseconds => MistakeText::with_remedy(
            "`elapsed_time` is in nanoseconds. It must be in seconds.",
            "Give whole seconds.",
        )
        .in_rust("In Rust: `as_secs()`."),
        ElapsedRoundedUp => MistakeText::with_remedy(
            "`elapsed_time` is rounded up: a second that has only begun counts, too.",
            "Count the whole seconds that have passed: round down.",
        ),
        ElapsedRounded => MistakeText::with_remedy(
            "`elapsed_time` is rounded: a second that has not passed counts.",
            "Count the whole seconds that have passed: take the difference first, and cut off its fraction then.",
        ),
        ElapsedAtLeastOne => MistakeText::with_remedy(
            "`elapsed_time` is never less than 1.",
            "A route that took less than a second took 0 whole seconds.",
        ),
        ElapsedTenths => MistakeText::with_remedy(
            "`elapsed_time` is in tenths of a second. It must be in seconds.",
            "Give whole seconds.",
        )
        .in_rust("In Rust: `as_secs()`."),
        ElapsedHundredths => MistakeText::with_remedy(
            "`elapsed_time` is in hundredths of a second. It must be in seconds.",
            "Give whole seconds.",
        )
        .in_rust("In Rust: `as_secs()`."),
        ElapsedFractionInMilliseconds | ElapsedFractionInMicroseconds => MistakeText::with_remedy(
            "`elapsed_time` is only the fraction of the last second.",
            "Give the whole seconds, and not what is left beside them.",
        )
        .in_rust("In Rust: `as_secs()`, and not `subsec_millis()`."),
        ElapsedWholeGaps | ElapsedWholeGapsFromFirstPoint | ElapsedWholeGapsUntilLastPoint => {
            MistakeText::with_remedy(
                "`elapsed_time` adds up only the whole seconds between one point and the next: what is less is lost each time.",
                "Take the time once at the beginning and once at the end, and cut off the fraction of the difference.",
            )
        }
        ElapsedUntilFirstPoint => MistakeText::with_remedy(
            "`elapsed_time` counts only until the first point, but the route ends with the half-close.",
            "Take the time once more when the stream of points has ended.",
        ),
        ElapsedUntilLastPoint => MistakeText::with_remedy(
            "`elapsed_time` counts only until the last point, but the route ends with the half-close.",
            "Take the time once more when the stream of points has ended, and not with each point.",
        ),
        ElapsedSinceFirstPoint => MistakeText::with_remedy(
            "`elapsed_time` counts from the first point on, but the route begins with the call.",
            "Take the time before you read the first point.",
        ),
        ElapsedSinceLastPoint => MistakeText::with_remedy(
            "`elapsed_time` counts from the last point on.",
            "Take the time once, before you read the first point, and not again with each point.",
        ),
        ElapsedAlwaysZero => MistakeText::with_remedy(
            "`elapsed_time` is always 0.",
            "Take the time when the call begins, and again when the client has half-closed.",
        ),
        EmptyRouteError => MistakeText::with_remedy(
            "A route without points is answered with an error. It is valid: all figures are 0.",
            "Return the summary as always.",
        ),
    }
}
