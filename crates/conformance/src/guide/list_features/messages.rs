//! What is said of each mistake in ListFeatures.

use std::ops::RangeInclusive;

use super::coarse::Coarse;
use super::model::ListMistake::{self, *};
use crate::guide::cause::MistakeText;
use crate::verdict::Diagnosis;

/// A server that answers every rectangle alike, which no list of mistakes has.
pub fn always_the_same() -> Diagnosis {
    Diagnosis::new("Every rectangle gets the same answer, whatever it is.")
        .hint("Look at the request of each call: nothing that was made for one may serve another.")
}

/// A server that sends no more than so many features in one call.
pub fn limited(limit: usize) -> Diagnosis {
    Diagnosis::mistake(
        "answer-limited",
        format!(
            "No more than {limit} features come in one call, however many are in the rectangle."
        ),
    )
    .hint("Send every feature that is in the rectangle: an answer has no greatest length.")
}

/// A server that looks at no more than the first features of its database.
pub fn database_limited(limit: &RangeInclusive<usize>, total: usize) -> Diagnosis {
    let (least, most) = (limit.start(), limit.end());
    let number = match least == most {
        true => least.to_string(),
        false => format!("{least} (or more, but no more than {most})"),
    };
    Diagnosis::mistake(
        "database-limited",
        format!("Of the {total} features of the database, only the first {number} ever come."),
    )
    .hint("Look at every feature of the database.")
}

/// A server that sends no feature a second time, in whatever call.
pub fn each_comes_once() -> Diagnosis {
    Diagnosis::mistake(
        "state-leaks",
        "A feature that has come in one call is missing in those after it.",
    )
    .hint("Each call is answered for itself: keep what belongs to one call in variables of the method.")
}

/// A server that compares coordinates too coarsely. `or_single`: 32-bit floating-point numbers would look the same.
pub fn coarse(coarse: &Coarse, or_single: bool) -> Diagnosis {
    let (id, message) = match coarse {
        _ if or_single => (
            "coordinates-rounded",
            "Features come that are a little outside, as if coordinates were rounded before they are compared.".to_string(),
        ),
        Coarse::Steps(step) => (
            "coordinates-rounded",
            format!("You compare coordinates in steps of {step} ten-millionths of a degree, and not as they are."),
        ),
        Coarse::Spare(spare) => {
            let (least, most) = (spare.start(), spare.end());
            let how_far = match least == most {
                true => format!("{least}"),
                false => format!("{least} (or more, but no more than {most})"),
            };
            (
                "borders-too-wide",
                format!("Features come, too, that are up to {how_far} ten-millionths of a degree outside."),
            )
        }
    };
    Diagnosis::mistake(id, message).hint("Compare the integers as they are.")
}

/// The words for a mistake.
pub fn message(mistake: ListMistake) -> MistakeText {
    const BORDERS: &str = "Borders belong to the rectangle: use <= and >=.";
    const FOUR: &str =
        "A rectangle has four sides, so there are four comparisons: two for each axis.";
    const AXIS: &str = "Compare latitude with latitude, and longitude with longitude.";
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
        CornersSwappedByLatitude
        | CornersSwappedByLongitude
        | CornersSwappedByEither
        | CornersSwappedByBoth => MistakeText::with_remedy(
            "You put the two corners in order as a whole, but `lo` may be the northern and the western corner at \
             once.",
            "Order each axis on its own: min and max of the two latitudes, min and max of the two longitudes.",
        ),
        LatitudeEndsSwapped => MistakeText::with_remedy(
            "The smaller and the larger latitude have changed places, and no feature is between them.",
            "A latitude must be at least the smaller one and at most the larger one.",
        ),
        LongitudeEndsSwapped => MistakeText::with_remedy(
            "The smaller and the larger longitude have changed places, and no feature is between them.",
            "A longitude must be at least the smaller one and at most the larger one.",
        ),
        LatitudeMinimumTwice | LatitudeMaximumTwice => MistakeText::with_remedy(
            "Your southern end and your northern end are the same latitude.",
            "Take min for the southern end and max for the northern one.",
        ),
        LongitudeMinimumTwice | LongitudeMaximumTwice => MistakeText::with_remedy(
            "Your western end and your eastern end are the same longitude.",
            "Take min for the western end and max for the eastern one.",
        ),
        SouthNotCompared => MistakeText::with_remedy(
            "You do not compare with the southern side of the rectangle: features south of it come too.",
            FOUR,
        ),
        NorthNotCompared => MistakeText::with_remedy(
            "You do not compare with the northern side of the rectangle: features north of it come too.",
            FOUR,
        ),
        WestNotCompared => MistakeText::with_remedy(
            "You do not compare with the western side of the rectangle: features west of it come too.",
            FOUR,
        ),
        EastNotCompared => MistakeText::with_remedy(
            "You do not compare with the eastern side of the rectangle: features east of it come too.",
            FOUR,
        ),
        SouthTurnedRound => MistakeText::with_remedy(
            "The comparison with the southern side is the wrong way round: features south of the rectangle come.",
            "A latitude must be at least the smaller one: >=.",
        ),
        NorthTurnedRound => MistakeText::with_remedy(
            "The comparison with the northern side is the wrong way round: features north of the rectangle come.",
            "A latitude must be at most the larger one: <=.",
        ),
        WestTurnedRound => MistakeText::with_remedy(
            "The comparison with the western side is the wrong way round: features west of the rectangle come.",
            "A longitude must be at least the smaller one: >=.",
        ),
        EastTurnedRound => MistakeText::with_remedy(
            "The comparison with the eastern side is the wrong way round: features east of the rectangle come.",
            "A longitude must be at most the larger one: <=.",
        ),
        SouthFromLongitudes | SouthFromLongitudeOfLo | SouthFromLongitudeOfHi => {
            MistakeText::with_remedy(
                "You compute the southern end of the rectangle from a longitude.",
                "It is the smaller of the two latitudes.",
            )
        }
        NorthFromLongitudes | NorthFromLongitudeOfLo | NorthFromLongitudeOfHi => {
            MistakeText::with_remedy(
                "You compute the northern end of the rectangle from a longitude.",
                "It is the larger of the two latitudes.",
            )
        }
        WestFromLatitudes | WestFromLatitudeOfLo | WestFromLatitudeOfHi => {
            MistakeText::with_remedy(
                "You compute the western end of the rectangle from a latitude.",
                "It is the smaller of the two longitudes.",
            )
        }
        EastFromLatitudes | EastFromLatitudeOfLo | EastFromLatitudeOfHi => {
            MistakeText::with_remedy(
                "You compute the eastern end of the rectangle from a latitude.",
                "It is the larger of the two longitudes.",
            )
        }
        SouthOfLo | SouthOfHi => MistakeText::with_remedy(
            "You take the southern end of the rectangle from one corner alone, but either corner may be the southern one.",
            "It is the smaller of the two latitudes.",
        ),
        NorthOfLo | NorthOfHi => MistakeText::with_remedy(
            "You take the northern end of the rectangle from one corner alone, but either corner may be the northern one.",
            "It is the larger of the two latitudes.",
        ),
        WestOfLo | WestOfHi => MistakeText::with_remedy(
            "You take the western end of the rectangle from one corner alone, but either corner may be the western one.",
            "It is the smaller of the two longitudes.",
        ),
        EastOfLo | EastOfHi => MistakeText::with_remedy(
            "You take the eastern end of the rectangle from one corner alone, but either corner may be the eastern one.",
            "It is the larger of the two longitudes.",
        ),
        LongitudeAgainstSouth => MistakeText::with_remedy(
            "You compare the feature's longitude with the southern end of the rectangle.",
            AXIS,
        ),
        LongitudeAgainstNorth => MistakeText::with_remedy(
            "You compare the feature's longitude with the northern end of the rectangle.",
            AXIS,
        ),
        LatitudeAgainstWest => MistakeText::with_remedy(
            "You compare the feature's latitude with the western end of the rectangle.",
            AXIS,
        ),
        LatitudeAgainstEast => MistakeText::with_remedy(
            "You compare the feature's latitude with the eastern end of the rectangle.",
            AXIS,
        ),
        LatitudeAgainstLongitudes => MistakeText::with_remedy(
            "You compare the feature's latitude with the rectangle's longitudes.",
            AXIS,
        ),
        LongitudeAgainstLatitudes => MistakeText::with_remedy(
            "You compare the feature's longitude with the rectangle's latitudes.",
            AXIS,
        ),
        CornerAgainstItself => MistakeText::with_remedy(
            "You take min and max of the latitude and the longitude of one corner.",
            "Take min and max of the latitudes of both corners, and of their longitudes.",
        ),
        EachNameOnce => MistakeText::with_remedy(
            "Of several features with the same name, you send only the first.",
            "Send every feature in the rectangle: features with equal names, or without one, are different features.",
        ),
        NamesWithoutSpaces => MistakeText::with_remedy(
            "The names come without the spaces in them, as in the C++ example.",
            "Send each name exactly as the database has it.",
        ),
        LocationSwapped => MistakeText::with_remedy(
            "In the locations that come, latitude and longitude have changed places.",
            "Copy the whole Feature: its name and its location.",
        ),
        AxesSwapped => MistakeText::with_remedy(
            "You compare the feature's latitude with the rectangle's longitudes, and the other way round.",
            AXIS,
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
            "You leave out features without a name, as some public RouteGuides do (those for Java, Node and C#). \
             In this course they are listed, too.",
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
