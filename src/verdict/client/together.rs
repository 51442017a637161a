//! Judging a client and a server that talked to each other, both the learner's.

use super::ClientRun;
use crate::guide::Database;
use crate::guide::cases::{ClientCalls, ListFeaturesCase, RecordRouteCase, RouteChatCase};
use crate::messages::{Message, Point, Rectangle, RouteNote, Rpc};
use crate::transcript::Transcript;
use crate::verdict::{CaseReport, list_features, record_route, route_chat};

impl ClientRun {
    /// Judges the client as in [`ClientRun::judge_calls`], and the server's answers to it by the
    /// contract.
    pub fn judge_together(&self, expect: &ClientCalls, database: &Database) -> Vec<CaseReport> {
        let mut cases = self.judge_calls(expect, database);
        let answers = self
            .recording
            .calls
            .iter()
            .map(|call| server(call, database));
        cases.extend(answers);
        cases
    }
}

/// Judges the server's answer to a call that a client made.
fn server(call: &Transcript, database: &Database) -> CaseReport {
    let case = format!("{} answered", call.rpc);
    let why = "What your server answered to your client.";
    let transcript = call.clone();
    match call.rpc {
        Rpc::ListFeatures => {
            let request = call.sent().find_map(as_rectangle).unwrap_or_default();
            let case = ListFeaturesCase::new(database, &case, why, request);
            list_features::judge(&case, database, transcript)
        }
        Rpc::RecordRoute => {
            let send: Vec<Point> = call.sent().filter_map(as_point).collect();
            let case = RecordRouteCase::new(database, &case, why, send);
            record_route::judge(&case, transcript)
        }
        Rpc::RouteChat => {
            let notes: Vec<RouteNote> = call.sent().filter_map(as_note).collect();
            let case = RouteChatCase::new(&case, why, notes);
            route_chat::judge(&case, transcript)
        }
    }
}

fn as_rectangle(message: &Message) -> Option<Rectangle> {
    match message {
        Message::Rectangle(rectangle) => Some(*rectangle),
        _ => None,
    }
}

fn as_point(message: &Message) -> Option<Point> {
    match message {
        Message::Point(point) => Some(*point),
        _ => None,
    }
}

fn as_note(message: &Message) -> Option<RouteNote> {
    match message {
        Message::RouteNote(note) => Some(note.clone()),
        _ => None,
    }
}
