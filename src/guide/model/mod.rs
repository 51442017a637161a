//! The model: what a server answers, as pure functions of the requests.
//!
//! Whatever a right server is expected to send comes from here. A known mistake is this same model
//! with one thing done wrong, so each RPC has one file with its answer and all its mistakes. A mistake
//! that beginners make in more than one way has more than one variant, all with the same id.

pub mod list_features;
mod mistake;
pub mod record_route;
pub mod route_chat;

pub use list_features::ListMistake;
pub use mistake::Mistake;
pub use record_route::RouteMistake;
pub use route_chat::{Chat, ChatMistake};

use super::Database;
use crate::messages::{Feature, Point, Rectangle, RouteNote, RouteSummary};

/// ListFeatures: every feature in the rectangle or on its border, in the order of the database. (Any
/// order is right; this one is the reference's.)
pub fn list_features(database: &Database, rectangle: &Rectangle) -> Vec<Feature> {
    list_features::answer(database, rectangle, &[]).unwrap_or_default()
}

/// RecordRoute: the summary of a route that took `seconds` whole seconds.
pub fn record_route(database: &Database, route: &[Point], seconds: i32) -> RouteSummary {
    let figures = record_route::answer(database, route, &[]).unwrap_or_default();
    let count = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    RouteSummary {
        point_count: count(figures.point_count),
        feature_count: count(figures.feature_count),
        distance: figures.distance.round() as i32,
        elapsed_time: seconds,
    }
}

/// The replies to each note of a whole call.
pub fn route_chat(notes: &[RouteNote]) -> Vec<Vec<RouteNote>> {
    let mut chat = Chat::default();
    notes.iter().map(|note| chat.reply(note)).collect()
}

/// How many metres a summary's distance may be off: a metre for each leg, if each was rounded, and
/// one for rounding at the end. Less than two points have no leg, and no distance to round.
pub fn distance_tolerance(points: usize) -> i32 {
    match points {
        0 | 1 => 0,
        _ => i32::try_from(points).unwrap_or(i32::MAX),
    }
}
