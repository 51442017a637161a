//! Cases drawn from a database with a seed: the same seed and database give the same cases.

use super::cases::{ListFeaturesCase, RecordRouteCase, RouteChatCase};
use super::{Database, geometry};
use crate::messages::{Feature, Point, Rectangle, RouteNote};
use crate::verdict::report::DRAWN_PREFIX;

/// A rectangle that holds more features than this is drawn again, smaller: the server under test may
/// hold hundreds of thousands.
const MANY: usize = 1_000;

/// How many features a small rectangle may hold.
const FEW: usize = 60;

/// Latitudes and longitudes beyond these are no places on Earth, and distances between them nothing
/// that the formula is made for.
const MOST_LATITUDE: u32 = 900_000_000;
const MOST_LONGITUDE: u32 = 1_800_000_000;

/// Draws cases of every kind.
pub struct Draw<'a> {
    database: &'a Database,
    random: fastrand::Rng,
    why: String,
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

    /// Rectangles whose corners lie at or near features, in any order.
    pub fn list_features(&mut self, count: usize) -> Vec<ListFeaturesCase> {
        (1..=count)
            .map(|n| {
                let name = format!("{DRAWN_PREFIX}{n}");
                let (lo, hi) = (self.near(), self.near());
                let rectangle = Rectangle {
                    lo: Some(lo),
                    hi: Some(hi),
                };
                let case = ListFeaturesCase::new(self.database, &name, &self.why, rectangle);
                if case.expect.len() <= MANY {
                    return case;
                }
                let span = self.span_around(lo);
                let (high, wide) = (self.random.i32(-span..=span), self.random.i32(-span..=span));
                let smaller = Rectangle {
                    lo: Some(lo),
                    hi: Some(moved(lo, high, wide)),
                };
                ListFeaturesCase::new(self.database, &name, &self.why, smaller)
            })
            .collect()
    }

    /// Rectangles made for features of the database: with one on each border, just outside, with the
    /// corners every way round, around the globe, without a name.
    pub fn aimed_lists(&mut self) -> Vec<ListFeaturesCase> {
        let mut cases = Vec::new();
        for (kind, at) in self.pivots() {
            let mut add = |name: &str, why: &str, lo: Point, hi: Point| {
                let rectangle = Rectangle {
                    lo: Some(lo),
                    hi: Some(hi),
                };
                let name = format!("{name}-{kind}");
                cases.push(ListFeaturesCase::new(self.database, &name, why, rectangle));
            };
            let s = self.span_around(at);
            let to = |high: i32, wide: i32| moved(at, high, wide);
            let on = "A feature exactly on a border belongs to the rectangle.";
            add("one-point", "A rectangle that is one point.", at, at);
            add("south", on, at.with_longitude(to(0, -s)), to(s, s));
            add("north", on, to(-s, -s), at.with_longitude(to(0, s)));
            add("west", on, to(-s, 0), to(s, s));
            add("east", on, to(-s, -s), to(s, 0));
            let outside = "A feature lies one ten-millionth of a degree outside.";
            add("north-of", outside, to(1, -s), to(s, s));
            add("east-of", outside, to(-s, 1), to(s, s));
            let any = "lo and hi are any two opposite corners.";
            add("swapped", any, to(s, s), to(-s, -s));
            add("latitudes-swapped", any, to(s, -s), to(-s, s));
            add("longitudes-swapped", any, to(-s, s), to(s, -s));
        }
        let globe = Rectangle {
            lo: Some(Point {
                latitude: i32::MIN,
                longitude: i32::MIN,
            }),
            hi: Some(Point {
                latitude: i32::MAX,
                longitude: i32::MAX,
            }),
        };
        let why = "Every feature there is: the rectangle is as large as an int32 allows.";
        cases.push(ListFeaturesCase::new(
            self.database,
            "everything",
            why,
            globe,
        ));
        cases
    }

    /// Routes that pass features, and points where none stands, some of them twice.
    pub fn record_route(&mut self, count: usize) -> Vec<RecordRouteCase> {
        (1..=count)
            .map(|n| {
                let places: Vec<Point> =
                    (0..self.random.usize(2..8)).map(|_| self.near()).collect();
                let places = if can_be_travelled(&places) {
                    places
                } else {
                    // At one place nothing is to be measured.
                    places[..1].to_vec()
                };
                let send: Vec<Point> = (0..self.random.usize(1..16))
                    .map(|_| self.random.choice(&places).copied().unwrap_or_default())
                    .collect();
                RecordRouteCase::new(
                    self.database,
                    &format!("{DRAWN_PREFIX}{n}"),
                    &self.why,
                    send,
                )
            })
            .collect()
    }

    /// A route for a server that perhaps does not read: its messages are sent with padding.
    pub fn long_route(&mut self) -> RecordRouteCase {
        const POINTS: usize = 300;
        let send = vec![self.near(); POINTS];
        let why = "So many bytes that the client cannot send them all unless the server reads.";
        RecordRouteCase::new(self.database, "a-long-route", why, send)
    }

    /// Routes made for features of the database: to and fro, with a name and without one.
    pub fn aimed_routes(&mut self) -> Vec<RecordRouteCase> {
        let mut cases = Vec::new();
        for (kind, at) in self.pivots() {
            let beside = moved(at, 1, 1);
            let send = vec![at, beside, at, at];
            let send = if can_be_travelled(&send) {
                send
            } else {
                vec![at; 4]
            };
            let why = "Every visit to a feature counts, and a point beside it does not.";
            let name = format!("past-{kind}");
            cases.push(RecordRouteCase::new(self.database, &name, why, send));
        }
        cases
    }

    /// Chats at a few places, so that notes meet.
    pub fn route_chat(&mut self, count: usize) -> Vec<RouteChatCase> {
        (1..=count)
            .map(|n| {
                let places: Vec<Point> = (0..3).map(|_| self.near()).collect();
                let notes = (1..=self.random.usize(2..10))
                    .map(|m| RouteNote {
                        location: self.random.choice(&places).copied(),
                        message: format!("note {n}.{m}"),
                    })
                    .collect();
                RouteChatCase::new(&format!("{DRAWN_PREFIX}{n}"), &self.why, notes)
            })
            .collect()
    }

    /// A point where a feature stands, or one beside it.
    fn near(&mut self) -> Point {
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

    /// Some features to make cases for, each with a word for it: two with names, one without, the first
    /// and the last.
    fn pivots(&mut self) -> Vec<(String, Point)> {
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

    /// How far one may go from a point, in degrees × 10⁷, and find but a few features.
    fn span_around(&self, at: Point) -> i32 {
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
fn moved(at: Point, north: i32, east: i32) -> Point {
    Point {
        latitude: at.latitude.saturating_add(north),
        longitude: at.longitude.saturating_add(east),
    }
}

impl Point {
    fn with_longitude(self, other: Point) -> Point {
        Point {
            longitude: other.longitude,
            ..self
        }
    }
}

/// Whether the distances between these places are what every right formula says: all on Earth, and none
/// just opposite another, where the last digit of a sine decides whether there is a distance at all.
fn can_be_travelled(places: &[Point]) -> bool {
    let on_earth = |p: &Point| {
        p.latitude.unsigned_abs() <= MOST_LATITUDE && p.longitude.unsigned_abs() <= MOST_LONGITUDE
    };
    const ALMOST_OPPOSITE: f64 = 20_000_000.0;
    let near_enough = |a: &Point| {
        let mut others = places.iter();
        others.all(|b| geometry::distance(*a, *b) < ALMOST_OPPOSITE)
    };
    places.iter().all(on_earth) && places.iter().all(near_enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(database: &Database, seed: u64) -> String {
        let mut draw = Draw::new(database, seed);
        let lists = [draw.list_features(5), draw.aimed_lists()].concat();
        let routes = [draw.record_route(5), draw.aimed_routes()].concat();
        serde_json::to_string(&(lists, routes, draw.route_chat(5))).unwrap()
    }

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
        let same = |a: u64, b: u64| {
            cases(&database, a).replace(&a.to_string(), "")
                == cases(&database, b).replace(&b.to_string(), "")
        };
        assert!(same(7, 7));
        assert!(!same(7, 8));
    }

    #[test]
    fn any_database_gives_cases() {
        let empty = Database::default();
        let mut draw = Draw::new(&empty, 1);
        assert!(
            draw.list_features(3)
                .iter()
                .all(|case| case.expect.is_empty())
        );
        assert!(draw.aimed_lists().iter().all(|case| case.expect.is_empty()));
        assert_eq!(
            (draw.route_chat(2).len(), draw.aimed_routes().len()),
            (2, 0)
        );

        let ends = [i32::MIN, -1, 0, i32::MAX];
        let extreme: Database = ends
            .iter()
            .flat_map(|latitude| ends.map(|longitude| (*latitude, longitude)))
            .map(|(latitude, longitude)| Feature {
                name: String::new(),
                location: Some(Point {
                    latitude,
                    longitude,
                }),
            })
            .collect();
        let mut draw = Draw::new(&extreme, 1);
        assert!(
            draw.aimed_lists()
                .iter()
                .any(|case| case.expect.len() == 16)
        );
        let routes = [draw.record_route(50), draw.aimed_routes()].concat();
        assert!(routes.iter().any(|case| case.expect.feature_count > 0));
        assert!(routes.iter().all(|case| case.expect.distance >= 0));
    }

    #[test]
    fn a_large_database_gives_small_rectangles() {
        let large: Database = (0..100_000)
            .map(|n| Feature {
                name: format!("F{n}"),
                location: Some(Point {
                    latitude: n % 317,
                    longitude: n / 317,
                }),
            })
            .collect();
        let mut draw = Draw::new(&large, 3);
        let drawn = draw.list_features(5);
        assert!(drawn.iter().all(|case| case.expect.len() <= MANY));
    }
}
