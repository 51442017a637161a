//! Judging a call of RecordRoute.

use super::diagnosis::{Diagnosis, Finding};
use super::report::CaseReport;
use super::stream::{self, plural};
use crate::contract::cases::RecordRouteCase;
use crate::contract::{Message, RouteSummary, model};
use crate::probe::{Transcript, What};

/// Looks for exactly one summary, after the half-close, with the right figures.
pub fn judge(case: &RecordRouteCase, transcript: Transcript) -> CaseReport {
    let finding = answered_early(case, &transcript)
        .or_else(|| stream::fault(&transcript))
        .or_else(|| stopped_reading(&transcript))
        .or_else(|| wrong_count(&transcript))
        .or_else(|| wrong_figure(case, &transcript));
    let expected = vec![Message::RouteSummary(case.expect)];
    CaseReport::of_call(&case.case, &case.why, expected, transcript).judged(finding)
}

fn answered_early(case: &RecordRouteCase, transcript: &Transcript) -> Option<Finding> {
    let answer = transcript.position(|what| {
        matches!(what, What::Received { .. })
            || matches!(what, What::Ended { status } if status.is_ok())
    })?;
    let half_closed = transcript.position(|what| matches!(what, What::HalfClosed));
    if half_closed.is_some_and(|at| at < answer) {
        return None;
    }
    let sent = transcript.sent().count();
    Some(Finding {
        diagnosis: Diagnosis::mistake(
            "answers-early",
            format!(
                "The server answered after {sent} of {} points, before the client had half-closed.",
                case.send.len()
            ),
        )
        .hint("Read until the stream ends, and answer then."),
        mark: Some(answer),
    })
}

fn stopped_reading(transcript: &Transcript) -> Option<Finding> {
    let mark = transcript.position(|what| matches!(what, What::Stalled { .. }))?;
    let sent = transcript.sent().count();
    Some(Finding {
        diagnosis: Diagnosis::mistake(
            "stops-reading",
            format!(
                "The server stopped reading after about {sent} points, and the client is blocked."
            ),
        ),
        mark: Some(mark),
    })
}

fn wrong_count(transcript: &Transcript) -> Option<Finding> {
    let received = transcript.received().count();
    let diagnosis = match received {
        1 => return None,
        0 => Diagnosis::mistake(
            "replies-nothing",
            "The call ended with OK, but without a summary. A client-streaming call returns one message.",
        ),
        n => Diagnosis::new(format!(
            "{n} message{} came. A client-streaming call returns one.",
            plural(n)
        )),
    };
    let mark = transcript
        .nth_received(1)
        .unwrap_or(transcript.events.len() - 1);
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}

fn wrong_figure(case: &RecordRouteCase, transcript: &Transcript) -> Option<Finding> {
    let Some(Message::RouteSummary(came)) = transcript.received().next() else {
        return None;
    };
    let expect = &case.expect;
    let points = case.send.len();
    let wrong = |field: &str, value: i32, right: &str| {
        Some(Finding {
            diagnosis: Diagnosis::new(format!(
                "`{field}` is {value}, but for this route of {points} point{} it must be {right}.",
                plural(points)
            ))
            .contrast(expect, came),
            mark: transcript.nth_received(0),
        })
    };
    if came.point_count != expect.point_count {
        return wrong(
            "point_count",
            came.point_count,
            &expect.point_count.to_string(),
        );
    }
    if came.feature_count != expect.feature_count {
        return wrong(
            "feature_count",
            came.feature_count,
            &expect.feature_count.to_string(),
        );
    }
    let tolerance = if points < 2 {
        0
    } else {
        model::distance_tolerance(points)
    };
    if i64::from(came.distance).abs_diff(i64::from(expect.distance)) > tolerance as u64 {
        let right = format!("{} metres, give or take {tolerance}", expect.distance);
        return wrong("distance", came.distance, &right);
    }
    let most = most_seconds(expect, transcript);
    if !(expect.elapsed_time..=most).contains(&came.elapsed_time) {
        let right = format!(
            "{} (whole seconds until the half-close)",
            expect.elapsed_time
        );
        return wrong("elapsed_time", came.elapsed_time, &right);
    }
    None
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
