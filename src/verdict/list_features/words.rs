//! What is said of each mistake in ListFeatures.

use crate::guide::model::ListMistake::{self, *};
use crate::verdict::Diagnosis;
use crate::verdict::cause::Words;

/// A server that answers every rectangle alike, which no table lists.
pub fn always_the_same() -> Diagnosis {
    Diagnosis::new("Every rectangle gets the same answer, whatever it is.")
        .hint("Look at the request of each call: nothing that was made for one may serve another.")
}

/// The words for a mistake.
pub fn of(mistake: ListMistake) -> Words {
    let said = |cause, remedy| Words {
        cause,
        remedy: Some(remedy),
    };
    let plain = |cause| Words {
        cause,
        remedy: None,
    };
    const BORDERS: &str = "Borders belong to the rectangle: use <= and >=.";
    match mistake {
        BorderSouth => said(
            "A feature that lies exactly on the south border does not come.",
            BORDERS,
        ),
        BorderNorth => said(
            "A feature that lies exactly on the north border does not come.",
            BORDERS,
        ),
        BorderWest => said(
            "A feature that lies exactly on the west border does not come.",
            BORDERS,
        ),
        BorderEast => said(
            "A feature that lies exactly on the east border does not come.",
            BORDERS,
        ),
        BordersOpen => said(
            "Features that lie exactly on a border do not come, whichever of the four it is.",
            BORDERS,
        ),
        CornersNotOrdered => said(
            "You take `lo` for the south-west corner and `hi` for the north-east one, but they are any \
             two opposite corners.",
            "Take the smaller and the larger value of each axis: min and max.",
        ),
        LatitudeNotOrdered => said(
            "You order the two longitudes, but not the two latitudes: `lo` may also be the northern corner.",
            "You order one axis; order both: min and max of each.",
        ),
        LongitudeNotOrdered => said(
            "You order the two latitudes, but not the two longitudes: `lo` may also be the eastern corner.",
            "You order one axis; order both: min and max of each.",
        ),
        AxesSwapped => said(
            "You compare the feature's latitude with the rectangle's longitudes, and the other way round.",
            "Compare latitude with latitude, and longitude with longitude.",
        ),
        LatitudeIgnored => plain(
            "You compare only the longitudes: a feature must also lie between the two latitudes.",
        ),
        LongitudeIgnored => plain(
            "You compare only the latitudes: a feature must also lie between the two longitudes.",
        ),
        AnySide => said(
            "A feature comes if its latitude or its longitude is inside, but both must be.",
            "All four comparisons must hold at once: join them with `and`, not with `or`.",
        ),
        NoFilter => said(
            "Every feature of the database comes, wherever it lies.",
            "Send a feature only if it lies in the rectangle.",
        ),
        InvertedFilter => said(
            "The features outside the rectangle come, and those inside do not.",
            "Turn the condition around.",
        ),
        SkipsUnnamed => said(
            "You leave out features without a name, as the Java, Node and C# examples do. This codelab \
             lists them too.",
            "Do not look at the name: only the location counts.",
        ),
        SendsNothing => said(
            "No feature ever comes: every stream ends empty, with OK.",
            "Send each feature that lies in the rectangle. One that is only collected, or only returned, reaches \
             nobody.",
        ),
        FirstOnly => said(
            "Only the first feature comes, and the stream ends.",
            "You return inside the loop: go on until every feature has been looked at.",
        ),
        DropsFirst => plain("The first feature of every answer is lost."),
        DropsLast => plain("The last feature of every answer is lost."),
        EachTwice => plain("Every feature comes twice. Each belongs in the stream once."),
        FirstTwice => plain("The first feature comes twice. Each belongs in the stream once."),
        LastTwice => plain("The last feature comes twice. Each belongs in the stream once."),
        BlankAtEnd => said(
            "Besides the features an empty one comes, as if to mark where the stream begins or ends.",
            "End the stream; do not send a blank message to say so.",
        ),
        NameMissing => said(
            "The features come without their names.",
            "Copy the whole Feature: its name and its location.",
        ),
        LocationMissing => said(
            "The features come without their locations.",
            "Copy the whole Feature: its name and its location.",
        ),
        DegreesCut | DegreesRounded | DegreesFloored => said(
            "You compare whole degrees, and lose the digits behind.",
            "Compare the integers as they are; there is nothing to divide.",
        ),
        SinglePrecision => said(
            "You compare 32-bit floating-point numbers, which cannot tell neighbouring coordinates apart.",
            "Compare the integers as they are.",
        ),
        WidthOverflow => said(
            "hi − lo does not fit an int32 where the rectangle is wide, and wraps around.",
            "Compare the ends instead of subtracting them: lo <= x and x <= hi.",
        ),
        AbsoluteValues => said(
            "You drop the sign of the coordinates. West and south are negative.",
            "Compare the integers as they are.",
        ),
        EmptyIsError => said(
            "Where no feature lies, the call ends with an error. An empty stream is an answer, too.",
            "Return the stream as always; with nothing in it, it just ends, with OK.",
        ),
    }
}
