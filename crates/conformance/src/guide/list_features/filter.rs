//! How a rectangle is compared with the places of features, rightly or with known mistakes.

use super::model::ListMistake::{self, *};
use crate::guide::mistake::Mistake as _;
use crate::messages::{Feature, Point, Rectangle};

/// Which features are taken for being in the rectangle. The search for the cause asks this very
/// often, so what a mistake means is found out once.
pub struct Filter {
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
    /// Compares the feature's number on the other axis with the first end.
    from_crosses: bool,
    /// And with the last.
    to_crosses: bool,
    /// Compares offsets from the first end in 32 bits, which wrap around.
    wraps: bool,
}

impl Range {
    /// Whether a feature with this number, and that one on the other axis, is inside.
    fn holds(&self, own: f64, other: f64) -> bool {
        let number = |crosses: bool| if crosses { other } else { own };
        let (x, y) = (number(self.from_crosses), number(self.to_crosses));
        if self.wraps {
            // All of them are whole numbers that came from an int32.
            let (from, to, x) = (self.from as i32, self.to as i32, own as i32);
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
            Comparison::Inclusive => y <= self.to,
            Comparison::Exclusive => y < self.to,
            Comparison::Missing => true,
            Comparison::TurnedRound => y >= self.to,
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
    /// A feature's number on the other axis is compared with it.
    against_other: ListMistake,
    /// It is computed from numbers of the other axis: from both corners' ones, or from the one of `lo` or of `hi`.
    from_others: [ListMistake; 3],
    /// It is the number of one corner alone, `lo` or `hi`.
    of_one_corner: [ListMistake; 2],
}

impl EndMistakes {
    /// The numbers of `lo` and `hi` that this end is computed from: `own` are those of its axis.
    fn numbers(&self, own: [f64; 2], other: [f64; 2], wrong: &[ListMistake]) -> [f64; 2] {
        let has = |mistake: ListMistake| wrong.contains(&mistake);
        let [both, of_lo, of_hi] = self.from_others;
        let [only_lo, only_hi] = self.of_one_corner;
        let (mut lo, mut hi) = (own[0], own[1]);
        if has(both) || has(of_lo) {
            lo = other[0];
        }
        if has(both) || has(of_hi) {
            hi = other[1];
        }
        if has(only_lo) {
            hi = lo;
        }
        if has(only_hi) {
            lo = hi;
        }
        [lo, hi]
    }
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
            against_other: LongitudeAgainstSouth,
            from_others: [
                SouthFromLongitudes,
                SouthFromLongitudeOfLo,
                SouthFromLongitudeOfHi,
            ],
            of_one_corner: [SouthOfLo, SouthOfHi],
        },
        EndMistakes {
            border: BorderNorth,
            not_compared: NorthNotCompared,
            turned_round: NorthTurnedRound,
            against_other: LongitudeAgainstNorth,
            from_others: [
                NorthFromLongitudes,
                NorthFromLongitudeOfLo,
                NorthFromLongitudeOfHi,
            ],
            of_one_corner: [NorthOfLo, NorthOfHi],
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
            against_other: LatitudeAgainstWest,
            from_others: [
                WestFromLatitudes,
                WestFromLatitudeOfLo,
                WestFromLatitudeOfHi,
            ],
            of_one_corner: [WestOfLo, WestOfHi],
        },
        EndMistakes {
            border: BorderEast,
            not_compared: EastNotCompared,
            turned_round: EastTurnedRound,
            against_other: LatitudeAgainstEast,
            from_others: [
                EastFromLatitudes,
                EastFromLatitudeOfLo,
                EastFromLatitudeOfHi,
            ],
            of_one_corner: [EastOfLo, EastOfHi],
        },
    ],
};

impl AxisMistakes {
    /// The range between the numbers of the two corners, the one of `lo` first; `other` are those of the other axis.
    fn range(&self, own: [f64; 2], other: [f64; 2], wrong: &[ListMistake]) -> Range {
        let has = |mistake: ListMistake| wrong.contains(&mistake);
        let is_in_order =
            !has(CornersNotOrdered) && !has(self.not_ordered) && !is_swapped_as_a_whole(wrong);
        let least = |[a, b]: [f64; 2]| a.min(b);
        let most = |[a, b]: [f64; 2]| a.max(b);
        let [first, last] = [0, 1].map(|end: usize| {
            let numbers = self.at_ends[end].numbers(own, other, wrong);
            (numbers, numbers[end])
        });
        let (from, to) = if !is_in_order {
            (first.1, last.1)
        } else if has(self.ends_swapped) {
            (most(first.0), least(last.0))
        } else if has(self.minimum_twice) {
            (least(first.0), least(last.0))
        } else if has(self.maximum_twice) {
            (most(first.0), most(last.0))
        } else {
            (least(first.0), most(last.0))
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
            from_crosses: has(self.at_ends[0].against_other),
            to_crosses: has(self.at_ends[1].against_other),
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
    /// The filter of a server with these mistakes, for one rectangle.
    pub fn new(rectangle: &Rectangle, wrong: &[ListMistake]) -> Filter {
        let has = |mistake: ListMistake| wrong.contains(&mistake);
        let compared = Compared::of(wrong);
        let [a, b] = corners(rectangle, wrong);
        let [latitudes, longitudes] = match has(CornerAgainstItself) {
            true => [[a.latitude, a.longitude], [b.latitude, b.longitude]],
            false => [[a.latitude, b.latitude], [a.longitude, b.longitude]],
        };
        let numbers = |two: [i32; 2]| two.map(|e7| compared.number(e7));
        let (latitudes, longitudes) = (numbers(latitudes), numbers(longitudes));
        Filter {
            latitudes: LATITUDES.range(latitudes, longitudes, wrong),
            longitudes: LONGITUDES.range(longitudes, latitudes, wrong),
            compared,
            skips_unnamed: has(SkipsUnnamed),
            across: Across::of(wrong),
            both: Both::of(wrong),
            inverted: has(InvertedFilter),
        }
    }

    /// Whether a feature is taken for being in the rectangle.
    pub fn takes(&self, feature: &Feature) -> bool {
        if self.skips_unnamed && feature.name.is_empty() {
            return false;
        }
        let at: Point = feature.location.unwrap_or_default();
        let latitude = self.compared.number(at.latitude);
        let longitude = self.compared.number(at.longitude);
        let up = || match self.across {
            Across::Nothing => self.latitudes.holds(latitude, longitude),
            Across::Both => self.latitudes.holds(longitude, latitude),
            Across::Latitude => self.longitudes.holds(latitude, longitude),
            Across::Longitude => self.latitudes.holds(latitude, longitude),
        };
        let along = || match self.across {
            Across::Nothing => self.longitudes.holds(longitude, latitude),
            Across::Both => self.longitudes.holds(latitude, longitude),
            Across::Latitude => self.longitudes.holds(longitude, latitude),
            Across::Longitude => self.latitudes.holds(longitude, latitude),
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
