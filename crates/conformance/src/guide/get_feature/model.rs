//! What a server answers to GetFeature, rightly or with known mistakes.

use crate::guide::mistake::mistakes;
use crate::guide::{Database, geometry};
use crate::messages::{Feature, Point};

mistakes! {
    /// The ways in which GetFeature goes wrong.
    pub enum GetMistake {
        /// A point without a feature is answered with an error, usually NOT_FOUND.
        MissingIsError = "missing-is-error",
        /// The feature with the shortest way over the globe comes.
        NearestOnGlobe = "nearest-feature",
        /// The feature that is nearest when degrees are taken for a flat map comes.
        NearestOnMap = "nearest-feature",
        /// The feature whose coordinates differ least, added up, comes.
        NearestBySum = "nearest-feature",
        /// The answer has no location.
        LocationMissing = "location-missing",
        /// Where there is no feature, the answer has no location.
        BlankWhereMissing = "location-missing",
        /// Where there is no feature, the answer has a name.
        NameInvented = "name-made-up",
        /// The first feature of the database comes for every point.
        FirstFeature = "first-feature-always",
        /// The first feature comes where there is none.
        FirstWhereMissing = "first-feature-always",
        /// The answer has no name, as if no feature were ever found.
        NameMissing = "name-missing",
        /// Latitude and longitude change places in the search.
        AxesSwapped = "axes-swapped",
        /// A feature at the same latitude is enough.
        LatitudeOnly = "latitude-only",
        /// A feature at the same longitude is enough.
        LongitudeOnly = "longitude-only",
    }
}

use GetMistake::*;

/// What a server answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// An error.
    Error,
    /// This feature.
    Feature(Feature),
    /// A feature at a point with a name of the server's own.
    Named(Point),
}

/// The feature at exactly a point, or one without a name at that point.
pub fn right_answer(database: &Database, point: Point) -> Feature {
    let found = database.feature_at(point).cloned();
    found.unwrap_or_else(|| nameless(point))
}

fn nameless(point: Point) -> Feature {
    Feature {
        name: String::new(),
        location: Some(point),
    }
}

/// The first feature at a place that is taken for the right one.
fn at(database: &Database, is_right: impl Fn(Point) -> bool) -> Option<Feature> {
    let mut features = database.features().iter();
    let found = features.find(|feature| is_right(feature.location.unwrap_or_default()));
    found.cloned()
}

/// What a server with these mistakes answers.
pub fn answer(database: &Database, point: Point, wrong: &[GetMistake]) -> Answer {
    let has = |mistake: GetMistake| wrong.contains(&mistake);
    let wanted = if has(AxesSwapped) {
        geometry::swapped(point)
    } else {
        point
    };
    let by_search = wrong
        .iter()
        .find_map(|mistake| search(database, wanted, *mistake));
    let found = by_search.or_else(|| {
        if !has(LongitudeOnly) && !has(LatitudeOnly) {
            return database.feature_at(wanted).cloned();
        }
        at(database, |place| {
            (has(LongitudeOnly) || place.latitude == wanted.latitude)
                && (has(LatitudeOnly) || place.longitude == wanted.longitude)
        })
    });
    let first = || database.features().first().cloned();
    let found = found.or_else(|| first().filter(|_| has(FirstWhereMissing)));
    let mut feature = match found {
        Some(feature) => feature,
        None if has(MissingIsError) => return Answer::Error,
        None if has(NameInvented) && !has(NameMissing) => {
            let is_lost = has(BlankWhereMissing) || has(LocationMissing);
            return Answer::Named(if is_lost { Point::default() } else { point });
        }
        None if has(BlankWhereMissing) => Feature::default(),
        None => nameless(point),
    };
    if has(LocationMissing) {
        feature.location = None;
    }
    if has(NameMissing) {
        feature.name.clear();
    }
    Answer::Feature(feature)
}

/// What is found by a search that does not ask for a feature at a point, if the mistake is such a search.
fn search(database: &Database, wanted: Point, mistake: GetMistake) -> Option<Feature> {
    let nearest = |distance: fn(Point, Point) -> f64| {
        let features = database.features().iter();
        let far = |feature: &&Feature| distance(feature.location.unwrap_or_default(), wanted);
        features
            .min_by(|one, other| far(one).total_cmp(&far(other)))
            .cloned()
    };
    match mistake {
        NearestOnGlobe => nearest(geometry::distance),
        NearestOnMap => nearest(|a, b| {
            let (high, wide) = differences(a, b);
            high.hypot(wide)
        }),
        NearestBySum => nearest(|a, b| {
            let (high, wide) = differences(a, b);
            high + wide
        }),
        FirstFeature => database.features().first().cloned(),
        _ => None,
    }
}

/// By how much two points differ in latitude and in longitude, in degrees × 10⁷.
fn differences(a: Point, b: Point) -> (f64, f64) {
    (
        f64::from(a.latitude.abs_diff(b.latitude)),
        f64::from(a.longitude.abs_diff(b.longitude)),
    )
}

impl Answer {
    /// Whether this answer looks like what came. Of several features at one point, any is right.
    pub fn is_seen_as(&self, database: &Database, request: Point, came: Option<&Feature>) -> bool {
        match (self, came) {
            (Answer::Error, None) => true,
            (Answer::Named(point), Some(came)) => {
                !came.name.is_empty() && came.location.unwrap_or_default() == *point
            }
            (Answer::Feature(feature), Some(came)) => {
                let feature = feature.clone().with_defaults();
                feature == came.clone().with_defaults()
                    || feature == right_answer(database, request)
                        && is_right(database, request, came)
            }
            _ => false,
        }
    }
}

/// Whether a feature is a right answer. Of several features at one point, any is.
pub fn is_right(database: &Database, request: Point, came: &Feature) -> bool {
    let came = came.clone().with_defaults();
    came == right_answer(database, request)
        || came.location == Some(request)
            && database.has_feature_at(request)
            && database.features().contains(&came)
}
