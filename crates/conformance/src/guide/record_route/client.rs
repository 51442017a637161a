//! What a client must send, and what the recording server answers it.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use crate::guide::synthetic::{Conversation, Invention};
use crate::guide::{Database, geometry};
use crate::messages::{Message, Point, RouteSummary};
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
pub fn sent(count: usize, database: &Database, call: &Transcript) -> Option<Finding> {
    let points = points_of(call);
    if let Some((index, point)) = points
        .iter()
        .find(|(_, point)| !database.has_feature_at(*point))
    {
        return Some(Finding {
            diagnosis: not_a_feature(*point, database),
            mark: Some(*index),
        });
    }
    let last = points.last().map(|(index, _)| *index).or(call.last());
    if points.len() != count {
        let message = format!(
            "You sent {} point{}, but the route must have {count}.",
            points.len(),
            plural(points.len())
        );
        return Some(Finding {
            diagnosis: Diagnosis::mistake("wrong-point-count", message),
            mark: last,
        });
    }
    let (_, first) = points.first()?;
    let is_one_place = count > 1 && points.iter().all(|(_, point)| point == first);
    let is_choice = database
        .features()
        .iter()
        .any(|feature| feature.location != Some(*first));
    (is_one_place && is_choice).then(|| Finding {
        diagnosis: Diagnosis::mistake(
            "same-point",
            format!(
                "You sent the same point {count} times; the route must go along {count} features."
            ),
        )
        .hint("Pick another feature for each point."),
        mark: last,
    })
}

/// Why a client that had to be stopped has left its side open.
pub fn why_left_open(call: &Transcript) -> Option<Diagnosis> {
    if call.sent().next().is_some() {
        return None;
    }
    let rpc = call.rpc;
    let message = format!(
        "You called {rpc} and sent nothing: the answer comes only after the last point, so what sends the points must run \
         beside the call."
    );
    let diagnosis = Diagnosis::mistake("awaits-before-sending", message)
        .hint("Hand over all points with the call, or send them from a thread or task beside it.")
        .hint_in_rust(
            "`record_route(…).await` returns only with the answer. Hand over a stream that has all points, such as \
             `tokio_stream::iter(points)`, or fill its channel from a task that `tokio::spawn` has started.",
        );
    Some(diagnosis)
}

/// What is wrong with a route of which each point, or a few, are sent in a call of their own.
pub fn spread(count: usize, calls: &[&Transcript]) -> Option<Finding> {
    let points: Vec<usize> = calls.iter().map(|call| points_of(call).len()).collect();
    let first = *points.first()?;
    if points.len() < 2 || points.iter().sum::<usize>() != count {
        return None;
    }
    let number = points.len();
    let how_many = match points.iter().all(|points| *points == first) {
        true => format!("{first} point{} each", plural(first)),
        false => format!("{count} points in all"),
    };
    let rpc = calls.first()?.rpc;
    let message = format!(
        "You made {number} calls of {rpc} with {how_many}; send all {count} points in one call."
    );
    Some(Finding {
        diagnosis: Diagnosis::mistake("one-call-per-point", message).hint(
            "One call takes a stream of points: send all of them in it, and then half-close.",
        ),
        mark: calls.first()?.last(),
    })
}

/// What is wrong with two routes of which each has to be chosen at random.
pub fn same_choice(one: &Transcript, other: &Transcript) -> Option<Finding> {
    let chosen = |call: &Transcript| {
        let points = points_of(call).into_iter();
        let mut points: Vec<(i32, i32)> = points
            .map(|(_, point)| (point.latitude, point.longitude))
            .collect();
        points.sort_unstable();
        points
    };
    let points = chosen(one);
    (points == chosen(other)).then(|| Finding {
        diagnosis: Diagnosis::mistake(
            "same-points",
            format!(
                "You sent the same {} points in two runs: they must be picked at random.",
                points.len()
            ),
        )
        .hint("Pick the features anew, at random, in each run."),
        mark: other.last(),
    })
}

/// What is wrong with two routes of which each goes to half as many places as it has points, or fewer: where there are many
/// features, ten picks at random do so once in some thousands of times, and two routes never.
pub fn few_places(one: &Transcript, other: &Transcript, database: &Database) -> Option<Finding> {
    const MANY: usize = 10;
    const MANY_FEATURES: usize = 80;
    if database.features().len() < MANY_FEATURES {
        return None;
    }
    let places = |call: &Transcript| {
        let places = points_of(call).into_iter().map(|(_, point)| point);
        places.collect::<HashSet<Point>>().len()
    };
    let points = points_of(other).len();
    let count = places(other);
    let is_few = |call: &Transcript| places(call) * 2 <= points_of(call).len();
    (points >= MANY && is_few(one) && is_few(other)).then(|| Finding {
        diagnosis: Diagnosis::mistake(
            "few-places",
            format!(
                "You sent {points} points, but they are only {count} place{}, and it was so in another run, too.",
                plural(count)
            ),
        )
        .hint("Pick a feature for each point: each of them from all features."),
        mark: other.last(),
    })
}

/// The points that a client sent, each with its place among the events.
fn points_of(call: &Transcript) -> Vec<(usize, Point)> {
    let events = call.events.iter().enumerate();
    let points = events.filter_map(|(index, event)| match &event.what {
        EventKind::Sent {
            message: Message::Point(point),
        } => Some((index, *point)),
        _ => None,
    });
    points.collect()
}

/// A point that is none of the database's.
fn not_a_feature(point: Point, database: &Database) -> Diagnosis {
    let message = format!("You sent {point}, where the database has no feature.");
    let diagnosis = Diagnosis::mistake("points-not-features", message);
    let swapped = geometry::swapped(point);
    if database.has_feature_at(swapped) {
        return diagnosis.hint(format!(
            "There is one at {swapped}: latitude and longitude have changed places."
        ));
    }
    diagnosis.hint("Send the location of each feature as the database has it.")
}
