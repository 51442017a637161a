//! Judging one call of RecordRoute for itself.

use super::RecordRouteCase;
use super::model::distance_tolerance;
use crate::messages::{Message, RouteSummary};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::diagnosis::{Diagnosis, Finding};
use crate::verdict::report::{CaseReport, Outcome};
use crate::verdict::stream::{self, plural};

/// Looks for exactly one summary, after the half-close, with the right figures.
pub fn judge(case: &RecordRouteCase, transcript: Transcript) -> CaseReport {
    let finding = stream::flood(&transcript)
        .or_else(|| answered_early(case, &transcript))
        .or_else(|| stopped_reading(&transcript))
        .or_else(|| stream::fault(&transcript))
        .or_else(|| stream::not_one_answer(&transcript))
        .or_else(|| wrong_figure(case, &transcript));
    let expected = vec![Message::RouteSummary(case.expect)];
    CaseReport::of_call(&case.case, &case.why, expected, transcript).judged(finding)
}

/// Whether a summary came in which the time is not right.
pub fn has_wrong_time(case: &RecordRouteCase, report: &CaseReport) -> bool {
    let [Message::RouteSummary(came)] = report.received.as_slice() else {
        return false;
    };
    report.ended_ok()
        && report.outcome == Outcome::Fail
        && came.elapsed_time != case.expect.elapsed_time
}

/// Whether a summary came in which a count or the distance is not right.
pub fn has_wrong_counts(case: &RecordRouteCase, report: &CaseReport) -> bool {
    let [Message::RouteSummary(came)] = report.received.as_slice() else {
        return false;
    };
    let wrong = figure_that_is_wrong(case, came, i32::MAX);
    report.ended_ok() && wrong.is_some_and(|(field, ..)| field != ELAPSED)
}

/// Whether the server has counted fewer seconds than the client let pass. Whatever else is wrong, that may come from a
/// clock that started late.
pub fn is_a_second_short(case: &RecordRouteCase, report: &CaseReport) -> bool {
    let [Message::RouteSummary(came)] = report.received.as_slice() else {
        return false;
    };
    report.ended_ok() && came.elapsed_time < case.expect.elapsed_time
}

fn answered_early(case: &RecordRouteCase, transcript: &Transcript) -> Option<Finding> {
    let answer = transcript.position(|what| {
        matches!(what, EventKind::Received { .. })
            || matches!(what, EventKind::Ended { status } if status.is_ok())
    })?;
    let half_closed = transcript.position(|what| matches!(what, EventKind::HalfClosed));
    if half_closed.is_some_and(|at| at < answer) {
        return None;
    }
    let sent = transcript.sent().count();
    Some(Finding {
        diagnosis: Diagnosis::mistake(
            "answers-early",
            format!(
                "The server answered when {sent} of {} points had been sent, before the client had half-closed.",
                case.points()
            ),
        )
        .hint("Read until the stream ends, and answer then."),
        mark: Some(answer),
    })
}

fn stopped_reading(transcript: &Transcript) -> Option<Finding> {
    let mark = transcript.position(|what| matches!(what, EventKind::Stalled { .. }))?;
    let half_closed = transcript.position(|what| matches!(what, EventKind::HalfClosed));
    if half_closed.is_some_and(|at| at < mark) {
        return None;
    }
    let sent = transcript.sent().count();
    Some(Finding {
        diagnosis: Diagnosis::mistake(
            STOPS_READING,
            format!(
                "The server stopped reading: after {sent} points (padded with bytes that a reader passes \
                 over) the client is blocked, since the server does not take in what it has sent."
            ),
        )
        .hint("Read every point until the stream ends. Flow control holds a client back while the server does not read."),
        mark: Some(mark),
    })
}

/// The id of a server that leaves the client's messages unread.
pub const STOPS_READING: &str = "stops-reading";

fn wrong_figure(case: &RecordRouteCase, transcript: &Transcript) -> Option<Finding> {
    let Some(Message::RouteSummary(came)) = transcript.received().next() else {
        return None;
    };
    let most_seconds = most_seconds(&case.expect, transcript);
    let (field, value, right) = figure_that_is_wrong(case, came, most_seconds)?;
    let points = case.points();
    Some(Finding {
        diagnosis: Diagnosis::new(format!(
            "`{field}` is {value}, but for this route of {points} point{} it must be {right}.",
            plural(points)
        ))
        .contrast(case.expect, came),
        mark: transcript.nth_received(0),
    })
}

/// The name of the field with the time.
const ELAPSED: &str = "elapsed_time";

/// The first figure that is not right: its name, what it is, and what it must be.
fn figure_that_is_wrong(
    case: &RecordRouteCase,
    came: &RouteSummary,
    most_seconds: i32,
) -> Option<(&'static str, i32, String)> {
    let expect = &case.expect;
    let tolerance = distance_tolerance(case.points());
    let off = i64::from(came.distance).abs_diff(i64::from(expect.distance));
    if came.point_count != expect.point_count {
        Some((
            "point_count",
            came.point_count,
            expect.point_count.to_string(),
        ))
    } else if came.feature_count != expect.feature_count {
        let right = expect.feature_count.to_string();
        Some(("feature_count", came.feature_count, right))
    } else if off > u64::from(tolerance.unsigned_abs()) {
        let right = format!("{} metres, give or take {tolerance}", expect.distance);
        Some(("distance", came.distance, right))
    } else if !(expect.elapsed_time..=most_seconds).contains(&came.elapsed_time) {
        let right = format!(
            "{} (whole seconds until the half-close)",
            expect.elapsed_time
        );
        Some((ELAPSED, came.elapsed_time, right))
    } else {
        None
    }
}

/// A busy machine makes a call longer than was planned: at the most, the server can have counted all
/// the seconds until its answer came.
fn most_seconds(expect: &RouteSummary, transcript: &Transcript) -> i32 {
    let answered = transcript
        .nth_received(0)
        .map_or(0, |at| transcript.events[at].at.as_secs());
    expect
        .elapsed_time
        .max(i32::try_from(answered).unwrap_or(i32::MAX))
}
