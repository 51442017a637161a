//! What a client must send, and what the recording server answers it.

use std::sync::Arc;

use crate::guide::synthetic::{Conversation, Invention};
use crate::guide::{Database, geometry};
use crate::messages::{Message, RouteSummary};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;

/// Invents all figures but the number of points.
pub fn invent(invention: &mut Invention) -> RouteSummary {
    RouteSummary {
        point_count: 0,
        // Less than a minute, so that a duration shows the same number in whatever form it is printed.
        elapsed_time: invention.rare_number(60),
        feature_count: invention.rare_number(100),
        distance: invention.random.i32(100_000..1_000_000),
    }
}

/// Begins to answer one call.
pub fn converse(answers: &Arc<RouteSummary>) -> Box<dyn Conversation> {
    struct Answer(RouteSummary);
    impl Conversation for Answer {
        fn message(&mut self, _: Message) -> Vec<Message> {
            self.0.point_count += 1;
            Vec::new()
        }

        fn half_closed(&mut self) -> Vec<Message> {
            vec![Message::RouteSummary(self.0)]
        }
    }
    Box::new(Answer(**answers))
}

/// What is wrong with the points that a client sent.
pub fn sent(count: usize, database: &Database, transcript: &Transcript) -> Option<Finding> {
    let points_sent = || {
        transcript
            .events
            .iter()
            .enumerate()
            .filter_map(|(index, event)| match &event.what {
                EventKind::Sent {
                    message: Message::Point(point),
                } => Some((index, *point)),
                _ => None,
            })
    };
    if let Some((index, point)) = points_sent().find(|(_, point)| !database.has_feature_at(*point))
    {
        let diagnosis = Diagnosis::mistake(
            "points-not-features",
            format!("You sent {point}, where the database has no feature."),
        );
        let diagnosis = if database.has_feature_at(geometry::swapped(point)) {
            let hint = format!(
                "There is one at {}: latitude and longitude have changed places.",
                geometry::swapped(point)
            );
            diagnosis.hint(hint)
        } else {
            diagnosis.hint("Send the location of each feature as the database has it.")
        };
        return Some(Finding {
            diagnosis,
            mark: Some(index),
        });
    }
    let points = points_sent().count();
    (points != count).then(|| Finding {
        diagnosis: Diagnosis::mistake(
            "wrong-point-count",
            format!(
                "You sent {points} point{}, but the route must have {count}.",
                plural(points)
            ),
        ),
        mark: points_sent()
            .map(|(index, _)| index)
            .max()
            .or(transcript.last()),
    })
}
