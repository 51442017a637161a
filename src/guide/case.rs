//! What the three kinds of cases have in common, and how they are made with the model's answers.

use super::cases::{ListFeaturesCase, RecordRouteCase, RouteChatCase, Turn};
use super::{Database, model};
use crate::messages::{Point, Rectangle, RouteNote};

/// What all cases have in common.
pub trait Case {
    /// Its name.
    fn name(&self) -> &str;

    /// Whether it needs that all others are over: what it does may bring a server down, or keep others
    /// waiting.
    fn comes_last(&self) -> bool {
        self.leaves_a_field_unset()
    }

    /// Whether a message that it sends leaves a message field unset. The field reads as its default,
    /// but a server may refuse it, too.
    fn leaves_a_field_unset(&self) -> bool;
}

impl Case for ListFeaturesCase {
    fn name(&self) -> &str {
        &self.case
    }

    fn leaves_a_field_unset(&self) -> bool {
        self.request.lo.is_none() || self.request.hi.is_none()
    }

    fn comes_last(&self) -> bool {
        self.leaves_a_field_unset() || self.after_cancelled > 0
    }
}

impl Case for RecordRouteCase {
    fn name(&self) -> &str {
        &self.case
    }

    fn leaves_a_field_unset(&self) -> bool {
        // A Point has no message fields.
        false
    }
}

impl Case for RouteChatCase {
    fn name(&self) -> &str {
        &self.case
    }

    fn leaves_a_field_unset(&self) -> bool {
        let turns = self.turns.iter().map(|turn| &turn.send);
        turns
            .chain(&self.earlier_call)
            .any(|note| note.location.is_none())
    }

    fn comes_last(&self) -> bool {
        self.leaves_a_field_unset()
            || self.after_cancelled > 0
            || !self.beside_open_call.is_empty()
            || !self.around_another_call.is_empty()
    }
}

impl Rectangle {
    /// The point (0, 0) as a rectangle, both corners set: for a call that is made for its own sake.
    pub fn origin() -> Rectangle {
        Rectangle {
            lo: Some(Point::default()),
            hi: Some(Point::default()),
        }
    }
}

impl ListFeaturesCase {
    /// A case with the answer of the model.
    pub fn new(database: &Database, case: &str, why: &str, request: Rectangle) -> ListFeaturesCase {
        ListFeaturesCase {
            case: case.to_string(),
            why: why.to_string(),
            after_cancelled: 0,
            expect: model::list_features(database, &request),
            request,
        }
    }

    /// The case with the answer of the model from another database.
    #[must_use]
    pub fn answered_from(self, database: &Database) -> ListFeaturesCase {
        ListFeaturesCase {
            expect: model::list_features(database, &self.request),
            ..self
        }
    }
}

impl RecordRouteCase {
    /// A case with the answer of the model, at the client's full speed.
    pub fn new(database: &Database, case: &str, why: &str, send: Vec<Point>) -> RecordRouteCase {
        RecordRouteCase {
            case: case.to_string(),
            why: why.to_string(),
            wait_seconds: 0,
            expect: model::record_route(database, &send, 0),
            send,
        }
    }

    /// The case with the answer of the model from another database.
    #[must_use]
    pub fn answered_from(self, database: &Database) -> RecordRouteCase {
        let seconds = i32::try_from(self.wait_seconds).unwrap_or(i32::MAX);
        RecordRouteCase {
            expect: model::record_route(database, &self.send, seconds),
            ..self
        }
    }
}

impl RouteChatCase {
    /// A case with the replies of the model.
    pub fn new(case: &str, why: &str, notes: Vec<RouteNote>) -> RouteChatCase {
        RouteChatCase {
            case: case.to_string(),
            why: why.to_string(),
            ..RouteChatCase::default()
        }
        .with_notes(notes)
    }

    /// The notes that are sent.
    pub fn notes(&self) -> Vec<RouteNote> {
        self.turns.iter().map(|turn| turn.send.clone()).collect()
    }

    /// The case with other notes, and the replies of the model to them.
    #[must_use]
    pub fn with_notes(self, notes: Vec<RouteNote>) -> RouteChatCase {
        let replies = model::route_chat(&notes);
        let turns = notes.into_iter().zip(replies);
        RouteChatCase {
            turns: turns.map(|(send, expect)| Turn { send, expect }).collect(),
            ..self
        }
    }
}
