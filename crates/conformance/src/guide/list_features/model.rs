//! What a server answers to ListFeatures, rightly or with known mistakes.

use std::collections::HashSet;

use crate::guide::mistake::mistakes;
use crate::guide::{Database, geometry};
use crate::messages::{Feature, Rectangle};

mistakes! {
    /// The ways in which ListFeatures goes wrong.
    pub enum ListMistake {
        /// The south border does not belong to the rectangle.
        BorderSouth = "border-south",
        /// Nor the north border.
        BorderNorth = "border-north",
        /// Nor the west border.
        BorderWest = "border-west",
        /// Nor the east border.
        BorderEast = "border-east",
        /// None of the four does.
        BordersOpen = "borders-open",
        /// `lo` is taken for the south-west corner, and `hi` for the north-east one.
        CornersNotOrdered = "corners-not-ordered",
        /// Only the longitudes are put in order.
        LatitudeNotOrdered = "latitude-not-ordered",
        /// Only the latitudes are put in order.
        LongitudeNotOrdered = "longitude-not-ordered",
        /// The corners change places as a whole where the latitude of `lo` is the larger one.
        CornersSwappedByLatitude = "corners-swapped-as-a-whole",
        /// Where its longitude is.
        CornersSwappedByLongitude = "corners-swapped-as-a-whole",
        /// Where one of the two is.
        CornersSwappedByEither = "corners-swapped-as-a-whole",
        /// Where both are.
        CornersSwappedByBoth = "corners-swapped-as-a-whole",
        /// A latitude must be at least the larger of the two, and at most the smaller.
        LatitudeEndsSwapped = "latitude-ends-swapped",
        /// A longitude must.
        LongitudeEndsSwapped = "longitude-ends-swapped",
        /// The smaller latitude is taken for both ends.
        LatitudeMinimumTwice = "latitude-ends-equal",
        /// The larger latitude is.
        LatitudeMaximumTwice = "latitude-ends-equal",
        /// The smaller longitude is taken for both ends.
        LongitudeMinimumTwice = "longitude-ends-equal",
        /// The larger longitude is.
        LongitudeMaximumTwice = "longitude-ends-equal",
        /// Nothing is compared with the south border.
        SouthNotCompared = "south-not-compared",
        /// Nor with the north border.
        NorthNotCompared = "north-not-compared",
        /// Nor with the west border.
        WestNotCompared = "west-not-compared",
        /// Nor with the east border.
        EastNotCompared = "east-not-compared",
        /// A feature must be south of the south border.
        SouthTurnedRound = "south-turned-round",
        /// North of the north border.
        NorthTurnedRound = "north-turned-round",
        /// West of the west border.
        WestTurnedRound = "west-turned-round",
        /// East of the east border.
        EastTurnedRound = "east-turned-round",
        /// The southern end is computed from the two longitudes.
        SouthFromLongitudes = "south-from-longitudes",
        /// From the longitude of `lo` and the latitude of `hi`.
        SouthFromLongitudeOfLo = "south-from-longitudes",
        /// From the latitude of `lo` and the longitude of `hi`.
        SouthFromLongitudeOfHi = "south-from-longitudes",
        /// The northern end is computed from the two longitudes.
        NorthFromLongitudes = "north-from-longitudes",
        /// From the longitude of `lo` and the latitude of `hi`.
        NorthFromLongitudeOfLo = "north-from-longitudes",
        /// From the latitude of `lo` and the longitude of `hi`.
        NorthFromLongitudeOfHi = "north-from-longitudes",
        /// The western end is computed from the two latitudes.
        WestFromLatitudes = "west-from-latitudes",
        /// From the latitude of `lo` and the longitude of `hi`.
        WestFromLatitudeOfLo = "west-from-latitudes",
        /// From the longitude of `lo` and the latitude of `hi`.
        WestFromLatitudeOfHi = "west-from-latitudes",
        /// The eastern end is computed from the two latitudes.
        EastFromLatitudes = "east-from-latitudes",
        /// From the latitude of `lo` and the longitude of `hi`.
        EastFromLatitudeOfLo = "east-from-latitudes",
        /// From the longitude of `lo` and the latitude of `hi`.
        EastFromLatitudeOfHi = "east-from-latitudes",
        /// The southern end is always the latitude of `lo`.
        SouthOfLo = "south-from-one-corner",
        /// Of `hi`.
        SouthOfHi = "south-from-one-corner",
        /// The northern end is always the latitude of `lo`.
        NorthOfLo = "north-from-one-corner",
        /// Of `hi`.
        NorthOfHi = "north-from-one-corner",
        /// The western end is always the longitude of `lo`.
        WestOfLo = "west-from-one-corner",
        /// Of `hi`.
        WestOfHi = "west-from-one-corner",
        /// The eastern end is always the longitude of `lo`.
        EastOfLo = "east-from-one-corner",
        /// Of `hi`.
        EastOfHi = "east-from-one-corner",
        /// A feature's longitude is compared with the southern end.
        LongitudeAgainstSouth = "longitude-against-south",
        /// With the northern end.
        LongitudeAgainstNorth = "longitude-against-north",
        /// A feature's latitude is compared with the western end.
        LatitudeAgainstWest = "latitude-against-west",
        /// With the eastern end.
        LatitudeAgainstEast = "latitude-against-east",
        /// A feature's latitude is compared with the rectangle's longitudes, and the other way round.
        AxesSwapped = "axes-swapped",
        /// Its latitude is compared with the longitudes, and its longitude too.
        LatitudeAgainstLongitudes = "latitude-against-longitudes",
        /// Its longitude is compared with the latitudes, and its latitude too.
        LongitudeAgainstLatitudes = "longitude-against-latitudes",
        /// The ends of the latitudes are the two numbers of `lo`, and those of the longitudes the two of `hi`.
        CornerAgainstItself = "corner-against-itself",
        /// Only longitudes are compared.
        LatitudeIgnored = "latitude-ignored",
        /// Only latitudes are compared.
        LongitudeIgnored = "longitude-ignored",
        /// One axis inside is enough.
        AnySide = "any-side",
        /// Every feature comes.
        NoFilter = "no-filter",
        /// Every feature outside comes.
        InvertedFilter = "inverted-filter",
        /// Features without a name do not come.
        SkipsUnnamed = "skips-unnamed",
        /// Of features with the same name, only the first comes.
        EachNameOnce = "each-name-once",
        /// None comes.
        SendsNothing = "sends-nothing",
        /// Only the first comes.
        FirstOnly = "first-only",
        /// The first does not come.
        DropsFirst = "drops-first",
        /// The last does not come.
        DropsLast = "drops-last",
        /// Every feature comes twice.
        EachTwice = "duplicates",
        /// The first comes twice.
        FirstTwice = "duplicates",
        /// The last comes twice.
        LastTwice = "duplicates",
        /// An empty feature comes at the end.
        BlankAtEnd = "blank-at-end",
        /// Features come without their names.
        NameMissing = "name-missing",
        /// Features come without their locations.
        LocationMissing = "location-missing",
        /// Names come without the spaces in them.
        NamesWithoutSpaces = "names-without-spaces",
        /// The latitude and the longitude of each feature have changed places.
        LocationSwapped = "location-swapped",
        /// Coordinates are cut to whole degrees before they are compared.
        DegreesCut = "degrees-rounded",
        /// Coordinates are rounded to whole degrees.
        DegreesRounded = "degrees-rounded",
        /// Coordinates are rounded down to whole degrees.
        DegreesFloored = "degrees-rounded",
        /// Coordinates are compared as 32-bit floating-point numbers.
        SinglePrecision = "single-precision",
        /// The rectangle's height and width are computed in 32 bits, and wrap.
        WidthOverflow = "width-overflow",
        /// Signs are dropped.
        AbsoluteValues = "absolute-values",
        /// No feature is answered with an error.
        EmptyIsError = "empty-is-error",
    }
}

use super::filter::Filter;
use ListMistake::*;

/// More than two mistakes that are made together: three borders forgotten, and half-open ranges, as
/// Python's `range(lo, hi)` is one.
pub const BUNDLES: &[&[ListMistake]] = &[
    &[BorderSouth, BorderNorth, BorderWest],
    &[BorderSouth, BorderNorth, BorderEast],
    &[BorderSouth, BorderWest, BorderEast],
    &[BorderNorth, BorderWest, BorderEast],
    &[BorderNorth, BorderEast, CornersNotOrdered],
    &[BorderNorth, BorderEast, CornersNotOrdered, SkipsUnnamed],
];

/// Every feature in the rectangle or on its border, in the order of the database. (Any order is right; this
/// one is the reference's.)
pub fn right_answer(database: &Database, rectangle: &Rectangle) -> Vec<Feature> {
    answer(database, rectangle, &[]).unwrap_or_default()
}

/// The features that a server with these mistakes sends, in the order of the database; none if it ends
/// the call with an error instead.
pub fn answer(
    database: &Database,
    rectangle: &Rectangle,
    wrong: &[ListMistake],
) -> Option<Vec<Feature>> {
    let filter = Filter::new(rectangle, wrong);
    let inside = database
        .features()
        .iter()
        .filter(|feature| filter.takes(feature));
    let mut features: Vec<Feature> = inside.cloned().collect();
    if features.is_empty() && wrong.contains(&EmptyIsError) {
        return None;
    }
    for mistake in wrong {
        spoil(&mut features, *mistake);
    }
    Some(features)
}

/// How many features a server with these mistakes sends; none if a mistake is in the sending, and not in the choice of
/// features.
pub fn number_sent(
    database: &Database,
    rectangle: &Rectangle,
    wrong: &[ListMistake],
) -> Option<usize> {
    if wrong.iter().any(|mistake| SENDING.contains(mistake)) {
        return None;
    }
    let filter = Filter::new(rectangle, wrong);
    let features = database.features().iter();
    Some(features.filter(|feature| filter.takes(feature)).count())
}

/// The mistakes in the sending, which [`spoil`] makes, and the one in the status.
const SENDING: &[ListMistake] = &[
    EachNameOnce,
    SendsNothing,
    FirstOnly,
    DropsFirst,
    DropsLast,
    EachTwice,
    FirstTwice,
    LastTwice,
    BlankAtEnd,
    EmptyIsError,
];

/// Does to the stream what a mistake in the sending of it does.
fn spoil(features: &mut Vec<Feature>, mistake: ListMistake) {
    match mistake {
        SendsNothing => features.clear(),
        FirstOnly => features.truncate(1),
        DropsFirst => drop(features.drain(..features.len().min(1))),
        DropsLast => drop(features.pop()),
        EachTwice => {
            *features = features
                .iter()
                .flat_map(|f| [f.clone(), f.clone()])
                .collect();
        }
        FirstTwice => features.extend(features.first().cloned()),
        LastTwice => features.extend(features.last().cloned()),
        BlankAtEnd => features.push(Feature::default()),
        EachNameOnce => {
            let mut names = HashSet::new();
            features.retain(|feature| names.insert(feature.name.clone()));
        }
        NameMissing => features.iter_mut().for_each(|f| f.name.clear()),
        NamesWithoutSpaces => features
            .iter_mut()
            .for_each(|f| f.name.retain(|c| c != ' ')),
        LocationSwapped => {
            for feature in features {
                feature.location = feature.location.map(geometry::swapped);
            }
        }
        LocationMissing => features.iter_mut().for_each(|f| f.location = None),
        _ => {}
    }
}
