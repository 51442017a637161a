//! From all calls of RecordRoute to the mistake behind them, as far as the general search does not go.

use std::time::Duration;

use super::RecordRouteCase;
use super::model::{Figures, RouteMistake, answer, distance_tolerance};
use crate::guide::Database;
use crate::guide::cause::Cause;
use crate::guide::mistake::Mistake as _;
use crate::guide::played::Played;
use crate::messages::{Message, Point, RouteSummary};
use crate::transcript::{Event, EventKind, Transcript};

/// A call as far as the model can reproduce it.
#[derive(Debug, Clone)]
pub struct ObservedRoute {
    /// The points that were sent.
    pub route: Vec<Point>,
    /// For how long the client waited at the least: before its first point, before its last, and before the half-close.
    pub waits: [Duration; 3],
    /// How many whole seconds of the system's clock begin in it, as it was planned.
    pub seconds_begin: i64,
    /// Whether others were made while it was open.
    pub is_beside: bool,
    /// Whether it was made after all those that took time.
    pub is_follow_up: bool,
    /// How long it took until the first point was sent.
    pub first_sent_after: Duration,
    /// The same until the last one.
    pub last_sent_after: Duration,
    /// The same until the client half-closed.
    pub half_closed_after: Duration,
    /// The same until the answer came.
    pub answered_after: Duration,
    /// The answer; none if the server refused instead.
    pub came: Option<RouteSummary>,
}

/// A figure of the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// `point_count`.
    Points,
    /// `feature_count`.
    Features,
    /// `distance`.
    Distance,
    /// `elapsed_time`.
    Elapsed,
}

impl Figure {
    /// All four.
    pub const ALL: [Figure; 4] = [
        Figure::Points,
        Figure::Features,
        Figure::Distance,
        Figure::Elapsed,
    ];
}

impl ObservedRoute {
    /// A call whose whole route was read, and that the server ended itself: with one summary, or with
    /// an error.
    pub fn of(played: &Played<RecordRouteCase>) -> Option<ObservedRoute> {
        let call = ObservedRoute::in_transcript(&played.report.transcript)?;
        let waits = call.waits_in(played);
        Some(ObservedRoute {
            seconds_begin: match waits == played.case.waits() {
                true => played.case.seconds_begin(),
                false => 0,
            },
            waits,
            is_beside: played.case.is_paced() || played.case.around_another_call,
            is_follow_up: played.case.is_follow_up(),
            ..call
        })
    }

    /// The call beside which a case was played, or that was made before it: of one that takes time, the same with as much
    /// time or more.
    pub fn before(
        played: &Played<RecordRouteCase>,
        transcript: &Transcript,
    ) -> Option<ObservedRoute> {
        let call = ObservedRoute::in_transcript(&transcript.events)?;
        Some(ObservedRoute {
            waits: call.waits_in(played),
            is_beside: true,
            ..call
        })
    }

    /// For how long the client waited at the least in this call, which was made for a case, or once more with more time.
    fn waits_in(&self, played: &Played<RecordRouteCase>) -> [Duration; 3] {
        // What a server may be late by.
        const LATE: Duration = Duration::from_millis(50);
        let planned = played.case.waits();
        if !played.case.is_paced() {
            return planned;
        }
        let took = [
            self.first_sent_after,
            self.last_sent_after.saturating_sub(self.first_sent_after),
            self.half_closed_after.saturating_sub(self.last_sent_after),
        ];
        let is_longer = took.iter().sum::<Duration>() > planned.iter().sum::<Duration>() + 6 * LATE;
        if !is_longer {
            return planned;
        }
        took.map(|part| part.saturating_sub(LATE))
    }

    fn in_transcript(events: &[Event]) -> Option<ObservedRoute> {
        let position =
            |kind: fn(&EventKind) -> bool| events.iter().position(|event| kind(&event.what));
        let half_closed = position(|what| matches!(what, EventKind::HalfClosed))?;
        let answered =
            position(|what| matches!(what, EventKind::Received { .. } | EventKind::Ended { .. }))?;
        if answered < half_closed {
            return None;
        }
        let mut sent = Vec::new();
        let mut summaries = Vec::new();
        let mut end = None;
        for event in events {
            match &event.what {
                EventKind::Sent {
                    message: Message::Point(point),
                } => sent.push((event.at, *point)),
                EventKind::Received {
                    message: Message::RouteSummary(summary),
                } => summaries.push(*summary),
                EventKind::Ended { status } => end = Some(status),
                EventKind::Undecodable { .. } => return None,
                _ => {}
            }
        }
        let status = end?;
        let came = match summaries.as_slice() {
            [summary] if status.is_ok() => Some(*summary),
            [] if !status.is_ok() && status.is_the_servers() => None,
            _ => return None,
        };
        Some(ObservedRoute {
            first_sent_after: sent.first().map_or(Duration::ZERO, |(at, _)| *at),
            last_sent_after: sent.last().map_or(Duration::ZERO, |(at, _)| *at),
            route: sent.into_iter().map(|(_, point)| point).collect(),
            waits: [Duration::ZERO; 3],
            seconds_begin: 0,
            is_beside: false,
            is_follow_up: false,
            half_closed_after: events[half_closed].at,
            answered_after: events[answered].at,
            came,
        })
    }

    /// Whether the server has answered, or refused, as one with these mistakes would.
    pub fn is_answered_by(&self, database: &Database, wrong: &[RouteMistake]) -> bool {
        match (answer(database, &self.route, wrong), &self.came) {
            (None, None) => true,
            // Some languages make no whole number of NaN, and fail.
            (Some(expected), None) => expected.distance.is_nan(),
            (Some(expected), Some(came)) => Figure::ALL
                .iter()
                .all(|figure| self.fits(*figure, came, &expected, wrong)),
            _ => false,
        }
    }

    /// Whether one figure is as a server with these mistakes has it.
    fn figure_is(&self, figure: Figure, database: &Database, wrong: &[RouteMistake]) -> bool {
        match (answer(database, &self.route, wrong), &self.came) {
            (Some(expected), Some(came)) => self.fits(figure, came, &expected, wrong),
            _ => false,
        }
    }

    fn fits(
        &self,
        figure: Figure,
        came: &RouteSummary,
        expected: &Figures,
        wrong: &[RouteMistake],
    ) -> bool {
        match figure {
            Figure::Points => i64::from(came.point_count) == expected.point_count,
            Figure::Features => i64::from(came.feature_count) == expected.feature_count,
            Figure::Distance => {
                // A mistake may add a leg, which is rounded too.
                let points = self.route.len() + 2 * usize::from(!wrong.is_empty());
                is_distance(came.distance, expected.distance, points)
            }
            Figure::Elapsed => self.elapsed(wrong).contains(&i64::from(came.elapsed_time)),
        }
    }

    /// Whether nothing but the time is other than a server with these mistakes has it.
    pub fn has_another_time(&self, database: &Database, wrong: &[RouteMistake]) -> bool {
        let differ = |figure: &Figure| !self.figure_is(*figure, database, wrong);
        let differ: Vec<Figure> = Figure::ALL.into_iter().filter(differ).collect();
        differ == [Figure::Elapsed]
    }
}

/// Whether an int32 can be what a language makes of a computed distance: rounded for each leg or once,
/// cut off at the ends of the int32 or wrapped around. NaN becomes 0 in some languages, and the smallest
/// number in others.
pub fn is_distance(came: i32, expected: f64, points: usize) -> bool {
    let tolerance = f64::from(distance_tolerance(points));
    let at_an_end = came == i32::MAX || came == i32::MIN;
    if expected.is_nan() {
        return came == 0 || at_an_end;
    }
    let near = |came: f64| (came - expected).abs() <= tolerance + 0.5;
    if expected.abs() <= f64::from(i32::MAX) {
        return near(f64::from(came));
    }
    // 2³² is where an int32 begins anew.
    let turns = ((expected - f64::from(came)) / 4_294_967_296.0).round();
    at_an_end || near(f64::from(came) + turns * 4_294_967_296.0)
}

/// Faults in different figures have nothing to do with each other: each wrong figure may have a mistake
/// of its own.
pub fn figure_by_figure(
    database: &Database,
    calls: &[ObservedRoute],
) -> Option<Cause<RouteMistake>> {
    let mut certain = Vec::new();
    for figure in Figure::ALL {
        let all = |wrong: &[RouteMistake]| {
            let mut calls = calls.iter();
            calls.all(|call| call.figure_is(figure, database, wrong))
        };
        if all(&[]) {
            continue;
        }
        // One that is about all figures is not about this one.
        let mut alone = RouteMistake::ALL
            .iter()
            .filter(|mistake| **mistake != RouteMistake::SummaryEmpty && all(&[**mistake]));
        let first = *alone.next()?;
        if alone.any(|other| other.id() != first.id()) {
            return None;
        }
        certain.push(first);
    }
    // A mistake may change more figures than the one that it was found for.
    let explains = |call: &ObservedRoute| call.is_answered_by(database, &certain);
    let is_cause = !certain.is_empty() && calls.iter().all(explains);
    is_cause.then(|| Cause::sure(certain.clone()))
}

/// The one factor that all distances are off by, if there is one and everything else is right.
pub fn factor(database: &Database, calls: &[ObservedRoute]) -> Option<f64> {
    let mut came_in_all = 0.0;
    let mut expected_in_all = 0.0;
    for call in calls {
        let (expected, came) = (answer(database, &call.route, &[])?, call.came.as_ref()?);
        let others = Figure::ALL
            .iter()
            .filter(|figure| **figure != Figure::Distance);
        let mut others = others.map(|figure| call.fits(*figure, came, &expected, &[]));
        if !others.all(|fits| fits) {
            return None;
        }
        expected_in_all += expected.distance;
        came_in_all += f64::from(came.distance);
    }
    // The tolerance of each leg would make a factor of anything where little was travelled.
    const ENOUGH: f64 = 1_000_000.0;
    if expected_in_all < ENOUGH || came_in_all < ENOUGH {
        return None;
    }
    let factor = came_in_all / expected_in_all;
    let is_off_by_it = |call: &ObservedRoute| {
        let expected = answer(database, &call.route, &[]).unwrap_or_default();
        let came = call.came.map_or(0, |came| came.distance);
        let slack = f64::from(distance_tolerance(call.route.len())) * (1.0 + factor) + 1.0;
        (f64::from(came) - expected.distance * factor).abs() <= slack
    };
    let is_wrong = calls.iter().any(|call| !call.is_answered_by(database, &[]));
    (is_wrong && calls.iter().all(is_off_by_it)).then_some(factor)
}

/// The time that a clock showed that runs since before the calls began, if everything but the time is right: seconds that
/// had not passed in a call, and that grow from call to call. `calls` are in the order in which they were made.
pub fn runs_since_before(database: &Database, calls: &[ObservedRoute]) -> Option<i32> {
    // It goes on by as much as the calls take, and no faster.
    const SLACK: i64 = 2;
    let taken: Duration = calls.iter().map(|call| call.answered_after).sum();
    let at_first = calls.iter().find_map(|call| Some(call.came?.elapsed_time));
    let latest =
        at_first.map(|first| i64::from(first).saturating_add_unsigned(taken.as_secs()) + SLACK)?;
    let waited = |call: &ObservedRoute| call.waits.iter().sum::<Duration>();
    let waited_before = calls.iter().filter(|call| !call.is_follow_up);
    let waited_before = waited_before.map(waited).max().unwrap_or_default();
    let mut highest = None;
    let mut before = 0;
    for call in calls {
        let (expected, came) = (answer(database, &call.route, &[])?, call.came.as_ref()?);
        let mut others = Figure::ALL
            .iter()
            .filter(|figure| **figure != Figure::Elapsed);
        if !others.all(|figure| call.fits(*figure, came, &expected, &[])) {
            return None;
        }
        let possible = call.elapsed(&[]);
        let elapsed = i64::from(came.elapsed_time);
        // Calls that take time are under way beside the others.
        let is_too_fast = elapsed > latest;
        let gone_before = (waited_before + waited(call)).as_secs();
        let is_too_slow = call.is_follow_up && elapsed.cast_unsigned() < gone_before;
        if is_too_fast
            || is_too_slow
            || elapsed < *possible.start()
            || (!call.is_beside && elapsed < before)
        {
            return None;
        }
        if !call.is_beside {
            before = elapsed;
        }
        if elapsed > *possible.end() {
            highest = highest.max(Some(came.elapsed_time));
        }
    }
    highest
}

/// Whether all is right but the time, and that is as of a server that subtracts two times of whole seconds.
pub fn subtracts_seconds(database: &Database, calls: &[ObservedRoute]) -> bool {
    let fits = |call: &ObservedRoute| {
        let is_time_as_if = |came: RouteSummary| {
            let possible = call.elapsed_if_seconds_are_subtracted();
            possible.contains(&i64::from(came.elapsed_time))
        };
        let is_right = call.is_answered_by(database, &[]);
        call.came.is_some_and(is_time_as_if) && (is_right || call.has_another_time(database, &[]))
    };
    let is_wrong = |call: &ObservedRoute| !call.is_answered_by(database, &[]);
    calls.iter().any(is_wrong) && calls.iter().all(fits)
}

/// Whether each call goes on counting where the one before it ended. `calls` are in the order in which
/// they were made; paced ones were under way beside them, and may come in between at any place.
pub fn leaks(database: &Database, calls: &[ObservedRoute]) -> bool {
    let (beside, calls): (Vec<&ObservedRoute>, Vec<&ObservedRoute>) =
        calls.iter().partition(|call| call.is_beside);
    let beside: i64 = beside.iter().map(|call| points(call)).sum();
    let mut so_far = 0;
    let mut offsets = Vec::new();
    let mut moved = false;
    for call in calls {
        let Some(came) = call.came else {
            return false;
        };
        so_far += points(call);
        offsets.push(i64::from(came.point_count) - so_far);
        moved |= !call.is_answered_by(database, &[]);
    }
    let Some(first) = offsets.first().copied() else {
        return false;
    };
    let is_step = |offset: &i64| (first..=first + beside).contains(offset);
    moved && first >= 0 && offsets.len() > 2 && offsets.iter().all(is_step) && offsets.is_sorted()
}

fn points(call: &ObservedRoute) -> i64 {
    i64::try_from(call.route.len()).unwrap_or(i64::MAX)
}
