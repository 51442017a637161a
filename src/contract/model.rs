//! The model: what a right server answers, as pure functions of the requests.
//!
//! Whatever a server is expected to send comes from here. A known mistake is this same model with
//! one thing done wrong, so what belongs to an RPC stays together in one place.

use std::collections::HashMap;

use super::geometry::{contains, distance};
use super::{Database, Feature, Point, Rectangle, RouteNote, RouteSummary};

/// ListFeatures: every feature in the rectangle or on its border, in the order of the database. (Any
/// order is right; this one is the reference's.)
pub fn list_features(database: &Database, rectangle: &Rectangle) -> Vec<Feature> {
    database
        .features()
        .iter()
        .filter(|feature| contains(rectangle, feature.location.unwrap_or_default()))
        .cloned()
        .collect()
}

/// RecordRoute: the summary of a route that took `seconds` whole seconds.
pub fn record_route(database: &Database, route: &[Point], seconds: i32) -> RouteSummary {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let metres: f64 = route.windows(2).map(|leg| distance(leg[0], leg[1])).sum();
    RouteSummary {
        point_count: count(route.len()),
        feature_count: count(
            route
                .iter()
                .filter(|p| database.has_feature_at(**p))
                .count(),
        ),
        distance: metres.round() as i32,
        elapsed_time: seconds,
    }
}

/// How many metres a summary's distance may be off: a metre for each leg, if each was rounded, and
/// one for rounding at the end.
pub fn distance_tolerance(points: usize) -> i32 {
    i32::try_from(points.saturating_sub(1)).unwrap_or(i32::MAX - 1) + 1
}

/// RouteChat: the notes of one call so far.
#[derive(Debug, Default)]
pub struct Chat {
    by_place: HashMap<Point, Vec<RouteNote>>,
}

impl Chat {
    /// Takes the next note of the call, and gives the replies to it: every earlier note at exactly
    /// its place, oldest first.
    pub fn reply(&mut self, note: &RouteNote) -> Vec<RouteNote> {
        let earlier = self
            .by_place
            .entry(note.location.unwrap_or_default())
            .or_default();
        let replies = earlier.clone();
        earlier.push(note.clone());
        replies
    }
}

/// The replies to each note of a whole call.
pub fn route_chat(notes: &[RouteNote]) -> Vec<Vec<RouteNote>> {
    let mut chat = Chat::default();
    notes.iter().map(|note| chat.reply(note)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(latitude: i32, message: &str) -> RouteNote {
        RouteNote {
            location: Some(Point {
                latitude,
                longitude: 0,
            }),
            message: message.to_string(),
        }
    }

    #[test]
    fn a_chat_replies_with_earlier_notes_of_the_place_oldest_first() {
        let notes = [note(1, "a"), note(2, "b"), note(1, "c"), note(1, "d")];
        let [a, b, c, d] = &route_chat(&notes)[..] else {
            panic!("one answer a note")
        };
        assert!(a.is_empty() && b.is_empty());
        assert_eq!(c, &[note(1, "a")]);
        assert_eq!(d, &[note(1, "a"), note(1, "c")]);
    }

    #[test]
    fn an_unset_location_is_the_origin() {
        let unset = RouteNote {
            location: None,
            message: "here".into(),
        };
        assert_eq!(route_chat(&[note(0, "a"), unset])[1], [note(0, "a")]);
    }

    #[test]
    fn an_empty_route_is_all_zeros() {
        let summary = record_route(&Database::default(), &[], 0);
        assert_eq!(summary, RouteSummary::default());
    }

    #[test]
    fn every_visit_to_a_feature_counts() {
        let home = Point {
            latitude: 7,
            longitude: 7,
        };
        let database: Database = [Feature {
            name: String::new(),
            location: Some(home),
        }]
        .into_iter()
        .collect();
        let summary = record_route(&database, &[home, Point::default(), home], 3);
        assert_eq!((summary.point_count, summary.feature_count), (3, 2));
        assert_eq!(summary.elapsed_time, 3);
    }
}
