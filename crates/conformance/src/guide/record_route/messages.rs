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

/// Distances that are all off by a factor that no table lists.
pub fn off_by(factor: f64) -> Diagnosis {
    let message = format!("Every `distance` is {factor:.5} times what it must be.");
    let about_the_radius = (0.98..1.02).contains(&factor);
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
        CountsLegs | CountsOneLess | CountsOneMore => MistakeText::with_remedy(
            "`point_count` is off by one.",
            "Count points, not legs: add one for every message received.",
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
        EveryPointAFeature => MistakeText::with_remedy(
            "Every point counts as a feature.",
            "Add one to `feature_count` only where the database has a feature at exactly the point.",
        ),
        NoFeatureCounted => MistakeText::with_remedy(
            "`feature_count` is always 0.",
            "Look each point up in the database, and add one where there is a feature.",
        ),
        PreviousNeverMoves => MistakeText::with_remedy(
            "Every leg is measured from the first point of the route.",
            "Move `previous` forward after every leg.",
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
            "Convert them first: in Rust `to_radians()`.",
        ),
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
            "Use whole seconds: in Rust `as_secs()`.",
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
