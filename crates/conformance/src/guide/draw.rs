//! Cases drawn from a database with a seed: the same seed and database give the same cases.

use super::{Database, geometry};
use crate::messages::{Feature, Point, Rectangle};
use crate::verdict::report::DRAWN_PREFIX;

/// How many features a small rectangle may hold.
const FEW: usize = 60;

/// Draws what cases are made of.
pub struct Draw<'a> {
    /// The features that are drawn from.
    pub database: &'a Database,
    /// Where chance comes from.
    pub random: fastrand::Rng,
    /// Why a case exists that is drawn at random.
    pub why: String,
}

impl<'a> Draw<'a> {
    /// Draws from this database.
    pub fn new(database: &'a Database, seed: u64) -> Draw<'a> {
        Draw {
            database,
            random: fastrand::Rng::with_seed(seed),
            why: format!("Drawn at random; `--seed {seed}` repeats it."),
        }
    }

    /// The name of the `n`th case that is drawn at random.
    pub fn name(n: usize) -> String {
        format!("{DRAWN_PREFIX}{n}")
    }

    /// A point with a feature, or one beside it.
    pub fn near(&mut self) -> Point {
        let features = self.database.features();
        let Some(feature) = self.random.choice(features) else {
            return Point {
                latitude: self.random.i32(-900_000_000..=900_000_000),
                longitude: self.random.i32(-1_800_000_000..=1_800_000_000),
            };
        };
        let at = feature.location.unwrap_or_default();
        if self.random.bool() {
            return at;
        }
        moved(at, self.random.i32(-1..=1), self.random.i32(-1..=1))
    }

    /// Some features to make cases for, each with a word for it: two with names, one without, the first and
    /// the last.
    pub fn pivots(&mut self) -> Vec<(String, Point)> {
        let features = self.database.features();
        let (named, unnamed): (Vec<&Feature>, Vec<&Feature>) = features
            .iter()
            .partition(|feature| !feature.name.is_empty());
        let chosen = [
            ("named", self.random.choice(&named).copied()),
            ("another", self.random.choice(&named).copied()),
            ("unnamed", self.random.choice(&unnamed).copied()),
            ("first", features.first()),
            ("last", features.last()),
        ];
        let place = |feature: &Feature| feature.location.unwrap_or_default();
        let chosen = chosen
            .into_iter()
            .filter_map(|(kind, feature)| Some((kind.to_string(), place(feature?))));
        chosen.collect()
    }

    /// How far one may go from a point, in degrees × 10⁷, and find only a few features.
    pub fn span_around(&self, at: Point) -> i32 {
        let mut span = 1 << 24;
        while span > 1 {
            let square = Rectangle {
                lo: Some(moved(at, -span, -span)),
                hi: Some(moved(at, span, span)),
            };
            let inside = |feature: &&Feature| {
                geometry::contains(&square, feature.location.unwrap_or_default())
            };
            let features = self.database.features().iter();
            if features.filter(inside).take(FEW + 1).count() <= FEW {
                break;
            }
            span /= 4;
        }
        span
    }
}

/// A point moved north and east by so much, as far as an int32 goes.
pub fn moved(at: Point, north: i32, east: i32) -> Point {
    Point {
        latitude: at.latitude.saturating_add(north),
        longitude: at.longitude.saturating_add(east),
    }
}

/// A list without its halves, without its quarters, and so on to each single entry.
pub fn without_parts<T: Clone>(list: &[T]) -> impl Iterator<Item = Vec<T>> {
    let sizes = std::iter::successors(Some(list.len() / 2), |size| Some(size / 2));
    let sizes = sizes.take_while(|size| *size > 0);
    sizes.flat_map(move |size| {
        (0..list.len())
            .step_by(size)
            .map(move |start| [&list[..start], &list[(start + size).min(list.len())..]].concat())
    })
}

/// Takes the first smaller case that still fails, until there is none.
#[cfg(test)]
pub fn smallest<C: super::Case>(case: C, database: &Database, fails: impl Fn(&C) -> bool) -> C {
    let mut case = case;
    while let Some(smaller) = case.smaller(database).into_iter().find(&fails) {
        case = smaller;
    }
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::registry::with_all_methods;
    use crate::guide::{Case as _, Method};

    /// Draws cases of a method, as text.
    fn cases<M: Method>(database: &Database, seed: u64) -> String {
        let mut draw = Draw::new(database, seed);
        let mut cases = M::for_other_features(Vec::new(), &mut draw);
        cases.extend(M::random(&mut draw, 5));
        assert_eq!(
            cases
                .iter()
                .filter(|case| case.name().starts_with(DRAWN_PREFIX))
                .count(),
            5
        );
        serde_json::to_string(&cases).unwrap()
    }

    fn a_seed_repeats_its_cases<M: Method>() {
        let database: Database = (1..50)
            .map(|n| Feature {
                name: format!("F{n}"),
                location: Some(Point {
                    latitude: n * 1000,
                    longitude: -n * 777,
                }),
            })
            .collect();
        let same = |a: u64, b: u64| {
            cases::<M>(&database, a).replace(&a.to_string(), "")
                == cases::<M>(&database, b).replace(&b.to_string(), "")
        };
        assert!(same(7, 7));
        assert!(!same(7, 8));
        // Any database gives cases, also one without features.
        cases::<M>(&Database::default(), 1);
    }

    macro_rules! seeds {
        ($( $key:ident: $Method:ident, )+) => {
            $(
                #[test]
                fn $key() {
                    a_seed_repeats_its_cases::<crate::guide::$key::$Method>();
                }
            )+
        };
    }

    with_all_methods!(seeds);
}
