//! Making a failing case smaller, so that what is left of it is what matters.

use super::cases::{ListFeaturesCase, RecordRouteCase, RouteChatCase};
use super::{Case, Database};
use crate::messages::{Point, Rectangle};

/// A case that can be made smaller.
pub trait Shrink: Case + Clone {
    /// Smaller cases of the same kind, the smallest first, each with the answer of the model.
    fn smaller(&self, database: &Database) -> Vec<Self>;
}

impl Shrink for ListFeaturesCase {
    fn smaller(&self, database: &Database) -> Vec<ListFeaturesCase> {
        let (Some(lo), Some(hi)) = (self.request.lo, self.request.hi) else {
            return Vec::new();
        };
        let point = |latitude, longitude| Point {
            latitude,
            longitude,
        };
        let (high, wide) = (
            i32::midpoint(lo.latitude, hi.latitude),
            i32::midpoint(lo.longitude, hi.longitude),
        );
        // Halves, with each corner left where it is: a corner may be what matters.
        let halves = [
            (lo, point(high, hi.longitude)),
            (lo, point(hi.latitude, wide)),
            (point(high, lo.longitude), hi),
            (point(lo.latitude, wide), hi),
        ];
        let mut cases: Vec<ListFeaturesCase> = halves
            .into_iter()
            .map(|(lo, hi)| Rectangle {
                lo: Some(lo),
                hi: Some(hi),
            })
            .filter(|rectangle| *rectangle != self.request)
            .map(|rectangle| ListFeaturesCase::new(database, &self.case, &self.why, rectangle))
            .collect();
        cases.sort_by_key(|case| case.expect.len());
        cases
    }
}

impl Shrink for RecordRouteCase {
    fn smaller(&self, database: &Database) -> Vec<RecordRouteCase> {
        without_parts(&self.send)
            .map(|send| RecordRouteCase::new(database, &self.case, &self.why, send))
            .collect()
    }
}

impl Shrink for RouteChatCase {
    fn smaller(&self, _database: &Database) -> Vec<RouteChatCase> {
        without_parts(&self.notes())
            .map(|notes| RouteChatCase::new(&self.case, &self.why, notes))
            .collect()
    }
}

/// A list without its halves, without its quarters, and so on to each single entry.
fn without_parts<T: Clone>(list: &[T]) -> impl Iterator<Item = Vec<T>> {
    let sizes = std::iter::successors(Some(list.len() / 2), |size| Some(size / 2));
    let sizes = sizes.take_while(|size| *size > 0);
    sizes.flat_map(move |size| {
        (0..list.len())
            .step_by(size)
            .map(move |start| [&list[..start], &list[(start + size).min(list.len())..]].concat())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Feature, RouteNote};

    /// Takes the first smaller case that still fails, until there is none.
    fn smallest<C: Shrink>(case: C, database: &Database, fails: impl Fn(&C) -> bool) -> C {
        let mut case = case;
        while let Some(smaller) = case.smaller(database).into_iter().find(&fails) {
            case = smaller;
        }
        case
    }

    #[test]
    fn what_does_not_matter_goes() {
        let database: Database = (0..100)
            .map(|n| Feature {
                name: format!("F{n}"),
                location: Some(Point {
                    latitude: n,
                    longitude: n,
                }),
            })
            .collect();
        let point = |n| Point {
            latitude: n,
            longitude: 0,
        };
        let route = RecordRouteCase::new(&database, "", "", (0..40).map(point).collect());
        let fails = |case: &RecordRouteCase| {
            case.send.contains(&point(7)) && case.send.contains(&point(31))
        };
        assert_eq!(
            smallest(route, &database, fails).send,
            [point(7), point(31)]
        );

        let note = |n: i32| RouteNote {
            location: Some(point(n % 3)),
            message: n.to_string(),
        };
        let chat = RouteChatCase::new("", "", (0..20).map(note).collect());
        let fails = |case: &RouteChatCase| case.turns.iter().any(|turn| turn.expect.len() > 1);
        assert_eq!(smallest(chat, &database, fails).turns.len(), 3);

        let rectangle = Rectangle {
            lo: Some(point(0)),
            hi: Some(Point {
                latitude: 99,
                longitude: 99,
            }),
        };
        let list = ListFeaturesCase::new(&database, "", "", rectangle);
        let has = |case: &ListFeaturesCase| case.expect.iter().any(|f| f.name == "F50");
        assert_eq!(smallest(list, &database, has).expect.len(), 1);
    }
}
