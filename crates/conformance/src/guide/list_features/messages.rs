//! What is said of each mistake in ListFeatures.

use super::model::ListMistake::{self, *};
use crate::guide::cause::MistakeText;
use crate::verdict::Diagnosis;

/// A server that answers every rectangle alike, which no list of mistakes has.
pub fn always_the_same() -> Diagnosis {
    Diagnosis::new("Every rectangle gets the same answer, whatever it is.")
        .hint("Look at the request of each call: nothing that was made for one may serve another.")
}

/// The words for a mistake.
pub fn message(mistake: ListMistake) -> MistakeText {
    const BORDERS: &str = "Borders belong to the rectangle: use <= and >=.";
    match mistake {
        BorderSouth => {
            MistakeText::with_remedy("Features exactly on the south border are missing.", BORDERS)
        }
        BorderNorth => {
            MistakeText::with_remedy("Features exactly on the north border are missing.", BORDERS)
        }
        BorderWest => {
            MistakeText::with_remedy("Features exactly on the west border are missing.", BORDERS)
        }
        BorderEast => {
            MistakeText::with_remedy("Features exactly on the east border are missing.", BORDERS)
        }
        BordersOpen => MistakeText::with_remedy(
            "Features exactly on a border are missing, whichever of the four it is.",
            BORDERS,
        ),
        CornersNotOrdered => MistakeText::with_remedy(
            "You take `lo` for the south-west corner and `hi` for the north-east one, but they are any \
             two opposite corners.",
            "Take the smaller and the larger value of each axis: min and max.",
        ),
        LatitudeNotOrdered => MistakeText::with_remedy(
            "You order the two longitudes, but not the two latitudes: `lo` may also be the northern corner.",
            "You order one axis; order both: min and max of each.",
        ),
        LongitudeNotOrdered => MistakeText::with_remedy(
            "You order the two latitudes, but not the two longitudes: `lo` may also be the eastern corner.",
            "You order one axis; order both: min and max of each.",
        ),
        AxesSwapped => MistakeText::with_remedy(
            "You compare the feature's latitude with the rectangle's longitudes, and the other way round.",
            "Compare latitude with latitude, and longitude with longitude.",
        ),
        LatitudeIgnored => MistakeText::new(
            "You compare only the longitudes: a feature must also be between the two latitudes.",
        ),
        LongitudeIgnored => MistakeText::new(
            "You compare only the latitudes: a feature must also be between the two longitudes.",
        ),
        AnySide => MistakeText::with_remedy(
            "A feature comes if its latitude or its longitude is inside, but both must be.",
            "All four comparisons must hold at once: join them with `and`, not with `or`.",
        ),
        NoFilter => MistakeText::with_remedy(
            "Every feature of the database is sent, wherever it is.",
            "Send a feature only if it is in the rectangle.",
        ),
        InvertedFilter => MistakeText::with_remedy(
            "The features outside the rectangle come, and those inside do not.",
            "Turn the condition around.",
        ),
        SkipsUnnamed => MistakeText::with_remedy(
            "You leave out features without a name, as the Java, Node and C# examples do. This codelab \
             lists them too.",
            "Do not look at the name: only the location counts.",
        ),
        SendsNothing => MistakeText::with_remedy(
            "No feature ever comes: every stream ends empty, with OK.",
            "Send each feature that is in the rectangle. One that is only collected, or only returned, is not \
             sent.",
        ),
        FirstOnly => MistakeText::with_remedy(
            "Only the first feature comes, and the stream ends.",
            "You return inside the loop: go on until every feature has been looked at.",
        ),
        DropsFirst => MistakeText::new("The first feature of every answer is lost."),
        DropsLast => MistakeText::new("The last feature of every answer is lost."),
        EachTwice => {
            MistakeText::new("Every feature comes twice. Each belongs in the stream once.")
        }
        FirstTwice => {
            MistakeText::new("The first feature comes twice. Each belongs in the stream once.")
        }
        LastTwice => {
            MistakeText::new("The last feature comes twice. Each belongs in the stream once.")
        }
        BlankAtEnd => MistakeText::with_remedy(
            "Besides the features an empty one comes, as if to mark where the stream begins or ends.",
            "End the stream; do not send a blank message to say so.",
        ),
        NameMissing => MistakeText::with_remedy(
            "The features come without their names.",
            "Copy the whole Feature: its name and its location.",
        ),
        LocationMissing => MistakeText::with_remedy(
            "The features come without their locations.",
            "Copy the whole Feature: its name and its location.",
        ),
        DegreesCut | DegreesRounded | DegreesFloored => MistakeText::with_remedy(
            "You compare whole degrees, and lose the digits behind.",
            "Compare the integers as they are; there is nothing to divide.",
        ),
        SinglePrecision => MistakeText::with_remedy(
            "You compare 32-bit floating-point numbers, which cannot tell neighbouring coordinates apart.",
            "Compare the integers as they are.",
        ),
        WidthOverflow => MistakeText::with_remedy(
            "hi − lo does not fit an int32 where the rectangle is wide, and wraps around.",
            "Compare the ends instead of subtracting them: lo <= x and x <= hi.",
        ),
        AbsoluteValues => MistakeText::with_remedy(
            "You drop the sign of the coordinates. West and south are negative.",
            "Compare the integers as they are.",
        ),
        EmptyIsError => MistakeText::with_remedy(
            "Where there is no feature, the call ends with an error. An empty stream is an answer, too.",
            "Return the stream as always; with nothing in it, it just ends, with OK.",
        ),
    }
}
