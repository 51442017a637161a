//! What a server answers to ListFeatures, rightly or with known mistakes.

use crate::guide::Database;
use crate::guide::mistake::mistakes;
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
        /// A feature's latitude is compared with the rectangle's longitudes, and the other way round.
        AxesSwapped = "axes-swapped",
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
        NameMissing => features.iter_mut().for_each(|f| f.name.clear()),
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
    swapped: bool,
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

/// The two ends of a side as they are compared with, and whether each belongs to it.
struct Range {
    from: f64,
    to: f64,
    from_is_in: bool,
    to_is_in: bool,
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
        let after = x > self.from || (self.from_is_in && x == self.from);
        let before = x < self.to || (self.to_is_in && x == self.to);
        after && before
    }
}

impl Filter {
    fn new(rectangle: &Rectangle, wrong: &[ListMistake]) -> Filter {
        let has = |mistake: ListMistake| wrong.contains(&mistake);
        let compared = Compared::of(wrong);
        let lo = rectangle.lo.unwrap_or_default();
        let hi = rectangle.hi.unwrap_or_default();
        let range = |a: i32, b: i32, unordered: ListMistake, first: ListMistake, last| {
            let (a, b) = (compared.number(a), compared.number(b));
            let ordered = !has(CornersNotOrdered) && !has(unordered);
            Range {
                from: if ordered { a.min(b) } else { a },
                to: if ordered { a.max(b) } else { b },
                from_is_in: !has(BordersOpen) && !has(first),
                to_is_in: !has(BordersOpen) && !has(last),
                wraps: has(WidthOverflow),
            }
        };
        Filter {
            latitudes: range(
                lo.latitude,
                hi.latitude,
                LatitudeNotOrdered,
                BorderSouth,
                BorderNorth,
            ),
            longitudes: range(
                lo.longitude,
                hi.longitude,
                LongitudeNotOrdered,
                BorderWest,
                BorderEast,
            ),
            compared,
            skips_unnamed: has(SkipsUnnamed),
            swapped: has(AxesSwapped),
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
        let (up, across) = if self.swapped {
            (longitude, latitude)
        } else {
            (latitude, longitude)
        };
        let inside = match self.both {
            Both::And => self.latitudes.holds(up) && self.longitudes.holds(across),
            Both::Or => self.latitudes.holds(up) || self.longitudes.holds(across),
            Both::OnlyLatitudes => self.latitudes.holds(up),
            Both::OnlyLongitudes => self.longitudes.holds(across),
            Both::Neither => true,
        };
        inside != self.inverted
    }
}
