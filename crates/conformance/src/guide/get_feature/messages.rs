//! What is said of each mistake in GetFeature.

use super::model::GetMistake::{self, *};
use crate::guide::cause::MistakeText;

/// The words for a mistake.
pub fn message(mistake: GetMistake) -> MistakeText {
    const EXACT: &str = "Compare both coordinates exactly.";
    const NO_FEATURE: &str = "Where there is no feature, answer with a Feature that has an empty name and the point \
                              that was asked for.";
    match mistake {
        MissingIsError => MistakeText::with_remedy(
            "Where there is no feature, the call ends with an error. A point without a feature has an answer, \
             too.",
            NO_FEATURE,
        ),
        NearestOnGlobe | NearestOnMap | NearestBySum => MistakeText::with_remedy(
            "You answer with the nearest feature, also where there is none at exactly the point.",
            EXACT,
        ),
        LocationMissing => MistakeText::with_remedy(
            "The feature comes without its location.",
            "Copy the whole Feature: its name and its location.",
        ),
        BlankWhereMissing => MistakeText::with_remedy(
            "Where there is no feature, the answer has no location.",
            "Set its location to the point that was asked for.",
        ),
        NameInvented => MistakeText::with_remedy(
            "Where there is no feature, the answer has a name all the same.",
            "Leave the name empty: that is how a client knows that there is no feature.",
        ),
        FirstFeature => MistakeText::with_remedy(
            "The first feature of the database comes, whatever point is asked for.",
            "Look for the feature whose location is the point.",
        ),
        FirstWhereMissing => MistakeText::with_remedy(
            "The first feature of the database comes where there is no feature.",
            NO_FEATURE,
        ),
        NameMissing => MistakeText::with_remedy(
            "No name ever comes, as if there were no feature anywhere.",
            "Look for the feature at the point, and copy the whole Feature: its name and its location.",
        ),
        AxesSwapped => MistakeText::with_remedy(
            "You look for the feature with latitude and longitude in each other's place.",
            "Compare latitude with latitude, and longitude with longitude.",
        ),
        LatitudeOnly => {
            MistakeText::with_remedy("You compare only the latitudes of two points.", EXACT)
        }
        LongitudeOnly => {
            MistakeText::with_remedy("You compare only the longitudes of two points.", EXACT)
        }
    }
}
