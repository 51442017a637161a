//! Random cases, drawn from a database with a seed: the same seed and database give the same cases.

use super::cases::{ListFeaturesCase, RecordRouteCase, RouteChatCase, Turn};
use super::{Database, Point, Rectangle, RouteNote, model};

const WHY: &str = "drawn at random; `--seed` repeats it";

/// Draws cases of every kind.
pub struct Draw<'a> {
    database: &'a Database,
    random: fastrand::Rng,
}

impl<'a> Draw<'a> {
    /// Draws from this database.
    pub fn new(database: &'a Database, seed: u64) -> Draw<'a> {
        Draw {
            database,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// Rectangles whose corners lie at or near features, in any order.
    pub fn list_features(&mut self, count: usize) -> Vec<ListFeaturesCase> {
        (1..=count)
            .map(|n| {
                let request = Rectangle {
                    lo: Some(self.near()),
                    hi: Some(self.near()),
                };
                ListFeaturesCase {
                    case: format!("random-{n}"),
                    why: WHY.to_string(),
                    expect: model::list_features(self.database, &request),
                    request,
                }
            })
            .collect()
    }

    /// Routes that pass features, and points where none stands, some of them twice.
    pub fn record_route(&mut self, count: usize) -> Vec<RecordRouteCase> {
        (1..=count)
            .map(|n| {
                let places: Vec<Point> =
                    (0..self.random.usize(2..8)).map(|_| self.near()).collect();
                let send: Vec<Point> = (0..self.random.usize(1..16))
                    .map(|_| self.random.choice(&places).copied().unwrap_or_default())
                    .collect();
                RecordRouteCase {
                    case: format!("random-{n}"),
                    why: WHY.to_string(),
                    wait_seconds: 0,
                    expect: model::record_route(self.database, &send, 0),
                    send,
                }
            })
            .collect()
    }

    /// Chats at a few places, so that notes meet.
    pub fn route_chat(&mut self, count: usize) -> Vec<RouteChatCase> {
        (1..=count)
            .map(|n| {
                let places: Vec<Point> = (0..3).map(|_| self.near()).collect();
                let notes: Vec<RouteNote> = (1..=self.random.usize(2..10))
                    .map(|m| RouteNote {
                        location: self.random.choice(&places).copied(),
                        message: format!("note {n}.{m}"),
                    })
                    .collect();
                let replies = model::route_chat(&notes);
                RouteChatCase {
                    case: format!("random-{n}"),
                    why: WHY.to_string(),
                    earlier_call: Vec::new(),
                    turns: notes
                        .into_iter()
                        .zip(replies)
                        .map(|(send, expect)| Turn { send, expect })
                        .collect(),
                }
            })
            .collect()
    }

    /// A point where a feature stands, or one beside it.
    fn near(&mut self) -> Point {
        let features = self.database.features();
        let Some(feature) = self.random.choice(features) else {
            return Point {
                latitude: self.random.i32(..),
                longitude: self.random.i32(..),
            };
        };
        let at = feature.location.unwrap_or_default();
        if self.random.bool() {
            return at;
        }
        Point {
            latitude: at.latitude.saturating_add(self.random.i32(-1..=1)),
            longitude: at.longitude.saturating_add(self.random.i32(-1..=1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Feature;

    #[test]
    fn a_seed_repeats_its_cases() {
        let database: Database = (1..50)
            .map(|n| Feature {
                name: format!("F{n}"),
                location: Some(Point {
                    latitude: n * 1000,
                    longitude: -n * 777,
                }),
            })
            .collect();
        let cases = |seed| {
            let mut draw = Draw::new(&database, seed);
            let lists = serde_json::to_string(&draw.list_features(5)).unwrap();
            let routes = serde_json::to_string(&draw.record_route(5)).unwrap();
            lists + &routes + &serde_json::to_string(&draw.route_chat(5)).unwrap()
        };
        assert_eq!(cases(7), cases(7));
        assert_ne!(cases(7), cases(8));
    }

    #[test]
    fn an_empty_database_still_gives_cases() {
        let empty = Database::default();
        assert!(
            Draw::new(&empty, 1)
                .list_features(3)
                .iter()
                .all(|case| case.expect.is_empty())
        );
        assert_eq!(Draw::new(&empty, 1).route_chat(2).len(), 2);
    }
}
