//! What a server answers to ListFeatures, rightly or with known mistakes.

use std::collections::HashSet;

use crate::guide::mistake::Mistake as _;
use crate::guide::mistake::mistakes;
use crate::guide::{Database, geometry};
use crate::messages::{Feature, Point, Rectangle};

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

/// Which features are taken for being in the rectangle. The search for the cause asks this very
/// often, so what a mistake means is found out once.
struct Filter {
    latitudes: Range,
    longitudes: Range,
    compared: Compared,
    skips_unnamed: bool,
    across: Across,
    both: Both,
    inverted: bool,
}

/// How the two axes make one answer.
enum Both {
    And,
    Or,
    OnlyLatitudes,
    OnlyLongitudes,
    /// Neither matters.
    Neither,
}

impl Both {
    fn of(wrong: &[ListMistake]) -> Both {
        let of = |mistake: &ListMistake| match mistake {
            NoFilter => Some(Both::Neither),
            LatitudeIgnored => Some(Both::OnlyLongitudes),
            LongitudeIgnored => Some(Both::OnlyLatitudes),
            AnySide => Some(Both::Or),
            _ => None,
        };
        wrong.iter().find_map(of).unwrap_or(Both::And)
    }
}

/// Which of a feature's two numbers are compared with the ends of the other axis.
#[derive(Clone, Copy)]
enum Across {
    Nothing,
    Both,
    Latitude,
    Longitude,
}

impl Across {
    fn of(wrong: &[ListMistake]) -> Across {
        let of = |mistake: &ListMistake| match mistake {
            AxesSwapped => Some(Across::Both),
            LatitudeAgainstLongitudes => Some(Across::Latitude),
            LongitudeAgainstLatitudes => Some(Across::Longitude),
            _ => None,
        };
        wrong.iter().find_map(of).unwrap_or(Across::Nothing)
    }
}

/// As what coordinates are compared. A double holds every int32 exactly.
#[derive(Clone, Copy)]
struct Compared {
    absolute: bool,
    /// What is done to the number, if anything.
    to: fn(f64) -> f64,
}

impl Compared {
    fn of(wrong: &[ListMistake]) -> Compared {
        let of = |mistake: &ListMistake| -> Option<fn(f64) -> f64> {
            match mistake {
                DegreesCut => Some(|e7| (e7 / 1e7).trunc()),
                DegreesRounded => Some(|e7| (e7 / 1e7).round()),
                DegreesFloored => Some(|e7| (e7 / 1e7).floor()),
                SinglePrecision => Some(|e7| f64::from(e7 as f32)),
                _ => None,
            }
        };
        Compared {
            absolute: wrong.contains(&AbsoluteValues),
            to: wrong.iter().find_map(of).unwrap_or(|e7| e7),
        }
    }

    fn number(self, e7: i32) -> f64 {
        let e7 = f64::from(e7);
        (self.to)(if self.absolute { e7.abs() } else { e7 })
    }
}

/// How a number is compared with one end of a side.
#[derive(Clone, Copy)]
enum Comparison {
    /// The end itself belongs to the side.
    Inclusive,
    /// It does not.
    Exclusive,
    /// It is not compared.
    Missing,
    /// Numbers beyond the end are taken, and those before it are not.
    TurnedRound,
}

/// The two ends of a side as they are compared with.
struct Range {
    from: f64,
    to: f64,
    with_from: Comparison,
    with_to: Comparison,
    /// Compares offsets from the first end in 32 bits, which wrap around.
    wraps: bool,
}

impl Range {
    fn holds(&self, x: f64) -> bool {
        if self.wraps {
            // All three are whole numbers that came from an int32.
            let (from, to, x) = (self.from as i32, self.to as i32, x as i32);
            let offset = x.wrapping_sub(from);
            return (0..=to.wrapping_sub(from)).contains(&offset);
        }
        let after = match self.with_from {
            Comparison::Inclusive => x >= self.from,
            Comparison::Exclusive => x > self.from,
            Comparison::Missing => true,
            Comparison::TurnedRound => x <= self.from,
        };
        let before = match self.with_to {
            Comparison::Inclusive => x <= self.to,
            Comparison::Exclusive => x < self.to,
            Comparison::Missing => true,
            Comparison::TurnedRound => x >= self.to,
        };
        after && before
    }
}

/// The mistakes in one axis.
struct AxisMistakes {
    not_ordered: ListMistake,
    ends_swapped: ListMistake,
    minimum_twice: ListMistake,
    maximum_twice: ListMistake,
    /// Those at its first end, south or west, and at its last, north or east.
    at_ends: [EndMistakes; 2],
}

/// The mistakes in the comparison with one end.
struct EndMistakes {
    border: ListMistake,
    not_compared: ListMistake,
    turned_round: ListMistake,
}

const LATITUDES: AxisMistakes = AxisMistakes {
    not_ordered: LatitudeNotOrdered,
    ends_swapped: LatitudeEndsSwapped,
    minimum_twice: LatitudeMinimumTwice,
    maximum_twice: LatitudeMaximumTwice,
    at_ends: [
        EndMistakes {
            border: BorderSouth,
            not_compared: SouthNotCompared,
            turned_round: SouthTurnedRound,
        },
        EndMistakes {
            border: BorderNorth,
            not_compared: NorthNotCompared,
            turned_round: NorthTurnedRound,
        },
    ],
};

const LONGITUDES: AxisMistakes = AxisMistakes {
    not_ordered: LongitudeNotOrdered,
    ends_swapped: LongitudeEndsSwapped,
    minimum_twice: LongitudeMinimumTwice,
    maximum_twice: LongitudeMaximumTwice,
    at_ends: [
        EndMistakes {
            border: BorderWest,
            not_compared: WestNotCompared,
            turned_round: WestTurnedRound,
        },
        EndMistakes {
            border: BorderEast,
            not_compared: EastNotCompared,
            turned_round: EastTurnedRound,
        },
    ],
};

impl AxisMistakes {
    /// The range between the numbers of the two corners, the one of `lo` first.
    fn range(&self, [a, b]: [f64; 2], wrong: &[ListMistake]) -> Range {
        let has = |mistake: ListMistake| wrong.contains(&mistake);
        let (least, most) = (a.min(b), a.max(b));
        let [from, to] =
            if has(CornersNotOrdered) || has(self.not_ordered) || is_swapped_as_a_whole(wrong) {
                [a, b]
            } else if has(self.ends_swapped) {
                [most, least]
            } else if has(self.minimum_twice) {
                [least, least]
            } else if has(self.maximum_twice) {
                [most, most]
            } else {
                [least, most]
            };
        let comparison = |end: &EndMistakes| {
            if has(end.not_compared) {
                Comparison::Missing
            } else if has(end.turned_round) {
                Comparison::TurnedRound
            } else if has(BordersOpen) || has(end.border) {
                Comparison::Exclusive
            } else {
                Comparison::Inclusive
            }
        };
        let [with_from, with_to] = [comparison(&self.at_ends[0]), comparison(&self.at_ends[1])];
        Range {
            from,
            to,
            with_from,
            with_to,
            wraps: has(WidthOverflow),
        }
    }
}

/// Whether whole corners change places, instead of the ends of each axis.
fn is_swapped_as_a_whole(wrong: &[ListMistake]) -> bool {
    let is_such = |mistake: &ListMistake| mistake.id() == CornersSwappedByLatitude.id();
    wrong.iter().any(is_such)
}

/// The two corners as they are taken for the first one and the last one.
fn corners(rectangle: &Rectangle, wrong: &[ListMistake]) -> [Point; 2] {
    let lo = rectangle.lo.unwrap_or_default();
    let hi = rectangle.hi.unwrap_or_default();
    let (north, east) = (lo.latitude > hi.latitude, lo.longitude > hi.longitude);
    let swaps = |mistake: &ListMistake| match mistake {
        CornersSwappedByLatitude => north,
        CornersSwappedByLongitude => east,
        CornersSwappedByEither => north || east,
        CornersSwappedByBoth => north && east,
        _ => false,
    };
    match wrong.iter().any(swaps) {
        true => [hi, lo],
        false => [lo, hi],
    }
}

impl Filter {
    fn new(rectangle: &Rectangle, wrong: &[ListMistake]) -> Filter {
        let has = |mistake: ListMistake| wrong.contains(&mistake);
        let compared = Compared::of(wrong);
        let [a, b] = corners(rectangle, wrong);
        let [latitudes, longitudes] = match has(CornerAgainstItself) {
            true => [[a.latitude, a.longitude], [b.latitude, b.longitude]],
            false => [[a.latitude, b.latitude], [a.longitude, b.longitude]],
        };
        let numbers = |two: [i32; 2]| two.map(|e7| compared.number(e7));
        Filter {
            latitudes: LATITUDES.range(numbers(latitudes), wrong),
            longitudes: LONGITUDES.range(numbers(longitudes), wrong),
            compared,
            skips_unnamed: has(SkipsUnnamed),
            across: Across::of(wrong),
            both: Both::of(wrong),
            inverted: has(InvertedFilter),
        }
    }

    fn takes(&self, feature: &Feature) -> bool {
        if self.skips_unnamed && feature.name.is_empty() {
            return false;
        }
        let at: Point = feature.location.unwrap_or_default();
        let latitude = self.compared.number(at.latitude);
        let longitude = self.compared.number(at.longitude);
        let up = || match self.across {
            Across::Nothing => self.latitudes.holds(latitude),
            Across::Both => self.latitudes.holds(longitude),
            Across::Latitude => self.longitudes.holds(latitude),
            Across::Longitude => self.latitudes.holds(latitude),
        };
        let along = || match self.across {
            Across::Nothing => self.longitudes.holds(longitude),
            Across::Both => self.longitudes.holds(latitude),
            Across::Latitude => self.longitudes.holds(longitude),
            Across::Longitude => self.latitudes.holds(longitude),
        };
        let inside = match self.both {
            Both::And => up() && along(),
            Both::Or => up() || along(),
            Both::OnlyLatitudes => up(),
            Both::OnlyLongitudes => along(),
            Both::Neither => true,
        };
        inside != self.inverted
    }
}
