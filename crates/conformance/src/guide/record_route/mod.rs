//! RecordRoute: a route goes in point by point, and one summary comes out at its end.

mod case;
mod cause;
mod client;
mod clock;
mod judge;
mod messages;
pub mod model;
#[cfg(test)]
pub mod tests;

use std::sync::Arc;
use std::time::Duration;

pub use self::case::{RecordRouteCase, Wait};
use self::cause::ObservedRoute;
pub use self::model::RouteMistake;
use super::cause::{Cause, Disturbance, Explanation, MistakeText};
use super::draw::{Draw, moved};
use super::played::Played;
use super::synthetic::{Conversation, Invention, Length};
use super::{Case, Database, Method, geometry};
use crate::messages::{Message, Point, RouteSummary, Rpc};
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::Transcript;
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis, Outcome};

/// There is one summary; more than this is a flood.
const LIMITS: MessageLimits = MessageLimits {
    messages: 10,
    bytes: 2 << 20,
};

/// Latitudes and longitudes beyond these, in degrees × 10⁷, are no places on Earth, and the formula is not
/// made for distances between them.
const MOST_LATITUDE: u32 = 900_000_000;
const MOST_LONGITUDE: u32 = 1_800_000_000;

/// The RPC RecordRoute.
#[derive(Debug, Clone, Copy)]
pub struct RecordRoute;

impl Method for RecordRoute {
    const RPC: Rpc = Rpc::RecordRoute;

    type Case = RecordRouteCase;

    /// Routes that pass features, and points without one, some of them twice.
    fn random(draw: &mut Draw<'_>, count: usize) -> Vec<RecordRouteCase> {
        (1..=count)
            .map(|n| {
                let places: Vec<Point> =
                    (0..draw.random.usize(2..8)).map(|_| draw.near()).collect();
                let places = if can_be_travelled(&places) {
                    places
                } else {
                    // At one place nothing is to be measured.
                    places[..1].to_vec()
                };
                let send: Vec<Point> = (0..draw.random.usize(1..16))
                    .map(|_| draw.random.choice(&places).copied().unwrap_or_default())
                    .collect();
                RecordRouteCase::new(draw.database, &Draw::name(n), &draw.why, send)
            })
            .collect()
    }

    fn for_other_features(
        written: Vec<RecordRouteCase>,
        draw: &mut Draw<'_>,
    ) -> Vec<RecordRouteCase> {
        let written = written.into_iter();
        let mut cases: Vec<RecordRouteCase> = written
            .map(|case| case.answered_from(draw.database))
            .collect();
        cases.extend(aimed(draw));
        cases
    }

    fn limits(_: &Database) -> MessageLimits {
        LIMITS
    }

    fn plain_call(_: &Database) -> (Vec<Step>, Expected) {
        (Vec::new(), Expected::Count(1))
    }

    /// A route whose points are padded until they fill every buffer on the way: a server that does not read
    /// them keeps the client from sending.
    fn reading_test(draw: &mut Draw<'_>) -> Option<(RecordRouteCase, Vec<Step>)> {
        const POINTS: usize = 300;
        let send = vec![draw.near(); POINTS];
        let why = "So many bytes that the client cannot send them all unless the server reads.";
        let case = RecordRouteCase::new(draw.database, "a-long-route", why, send);
        let points = case.send.iter().copied().map(Message::Point);
        let steps = points.map(Step::SendPadded).collect();
        Some((case, steps))
    }

    /// The same second at three places: clocks that are started at different moments show it or not.
    fn follow_up(database: &Database) -> Vec<RecordRouteCase> {
        let second = "The client waits one second at this point of the call. The answer shows whether the clock was running.";
        let twice =
            "The client waits twice for less than a second, and for more than a second in all.";
        let places = [
            ("a-late-start", Wait::AtTheStart, 0, second),
            ("a-stop-on-the-way", Wait::OnTheWay, 0, second),
            ("a-late-half-close", Wait::AtTheEnd, 0, second),
            ("two-early-stops", Wait::TwiceEarly, 300, twice),
            ("two-late-stops", Wait::TwiceLate, 300, twice),
        ];
        let route = [Point::default(), moved(Point::default(), 1_000, 1_000)];
        places
            .into_iter()
            .map(|(name, wait, wait_milliseconds, why)| {
                let case = RecordRouteCase {
                    wait_seconds: 1,
                    wait_milliseconds,
                    wait,
                    ..RecordRouteCase::new(database, name, why, route.to_vec())
                };
                case.answered_from(database)
            })
            .collect()
    }

    /// Whether a call that took time was given a wrong time.
    fn needs_follow_up(played: &[Played<RecordRouteCase>]) -> bool {
        played.iter().any(|one| {
            let wrong_time = judge::has_wrong_time(&one.case, &one.report);
            one.case.is_paced() && wrong_time && !one.passes_alone
        })
    }

    /// A call that took much longer than the client waited in it: a clock that ran for a part of it only may have counted as
    /// much as one that ran all the time.
    fn says_little(case: &RecordRouteCase, report: &CaseReport) -> bool {
        const BUSY: Duration = Duration::from_millis(250);
        let took = report.transcript.last().map(|event| event.at);
        let planned: Duration = case.waits().iter().sum();
        case.is_paced()
            && report.outcome == Outcome::Pass
            && took.is_some_and(|took| took > planned + BUSY)
    }

    fn with_more_time(case: &RecordRouteCase, report: &CaseReport) -> Vec<[Vec<Step>; 2]> {
        // On a busy machine the server's clock may start late. With more time, that makes no difference.
        match case.wait_seconds > 0 && judge::is_a_second_short(case, report) {
            true => case.steps_with_more_time(),
            false => Vec::new(),
        }
    }

    fn judge(case: &RecordRouteCase, _: &Database, transcript: Transcript) -> CaseReport {
        judge::judge(case, transcript)
    }

    fn case_of(name: &str, why: &str, database: &Database, call: &Transcript) -> RecordRouteCase {
        let send = call.sent().filter_map(|message| match message {
            Message::Point(point) => Some(*point),
            _ => None,
        });
        RecordRouteCase::new(database, name, why, send.collect())
    }

    type Mistake = RouteMistake;

    const BUNDLES: &'static [&'static [RouteMistake]] = model::BUNDLES;

    type Observed = ObservedRoute;

    fn observed(played: &Played<RecordRouteCase>) -> Option<ObservedRoute> {
        ObservedRoute::of(played)
    }

    fn observed_before(played: &Played<RecordRouteCase>) -> Vec<ObservedRoute> {
        played
            .before
            .iter()
            .filter_map(|transcript| ObservedRoute::before(played, transcript))
            .collect()
    }

    fn is_answered_by(database: &Database, call: &ObservedRoute, wrong: &[RouteMistake]) -> bool {
        call.is_answered_by(database, wrong)
    }

    fn further_search(database: &Database, calls: &[ObservedRoute]) -> Option<Cause<RouteMistake>> {
        cause::figure_by_figure(database, calls)
    }

    fn explain(database: &Database, calls: &[ObservedRoute]) -> Option<Explanation<RouteMistake>> {
        if let Some(cause) = super::cause::find::<Self>(database, calls) {
            return Some(Explanation::Mistakes(cause));
        }
        if cause::leaks(database, calls) {
            return Some(Explanation::Other(Box::new(messages::state_leaks())));
        }
        if let Some(seconds) = cause::runs_since_before(database, calls) {
            return Some(Explanation::Other(Box::new(messages::runs_since_before(
                seconds,
            ))));
        }
        if cause::subtracts_seconds(database, calls) {
            return Some(Explanation::Other(Box::new(messages::subtracts_seconds())));
        }
        let factor = cause::factor(database, calls)?;
        Some(Explanation::Other(Box::new(messages::off_by(factor))))
    }

    fn message(mistake: RouteMistake) -> MistakeText {
        messages::message(mistake)
    }

    fn before_search(played: &mut [Played<RecordRouteCase>]) {
        explain_silence(played);
    }

    fn after_search(played: &mut [Played<RecordRouteCase>]) {
        name_shared_counters(played);
        name_shared_clock(played);
    }

    /// The time is not what calls disturb that count together.
    fn is_contradicted_by(
        database: &Database,
        call: &ObservedRoute,
        made: &[RouteMistake],
    ) -> bool {
        call.has_another_time(database, made)
    }

    /// Calls beside others are wrong in a way of their own where calls share what they count with.
    fn disturbance(case: &RecordRouteCase) -> Disturbance {
        match case.meets_another_call() || case.is_paced() {
            true => Disturbance::ByOpenCalls,
            false => Disturbance::None,
        }
    }

    const HINT_IF_NEVER_CALLED: Option<&'static str> = Some(
        "A queue or channel that is filled before its points are handed to the call waits for ever once it is full: make the \
         call first, and fill it from a task beside the call.",
    );

    const REQUEST_NOUN: &'static str = "point";

    type ClientCall = usize;

    const FAILURES: &'static [When] = &[When::AtOnce, When::After(3)];

    fn judge_sent(expected: &usize, database: &Database, call: &Transcript) -> Option<Finding> {
        client::sent(*expected, database, call)
    }

    fn judge_spread(expected: &usize, calls: &[&Transcript]) -> Option<Finding> {
        client::spread(*expected, calls)
    }

    fn judge_choice(
        one: &Transcript,
        other: &Transcript,
        database: &Database,
        at_random: bool,
    ) -> Option<Finding> {
        let same = at_random.then(|| client::same_choice(one, other));
        same.flatten()
            .or_else(|| client::few_places(one, other, database))
    }

    fn why_left_open(_: &usize, call: &Transcript) -> Option<Diagnosis> {
        client::why_left_open(call)
    }

    /// All figures but the number of points, which is true.
    type Synthetic = RouteSummary;

    fn invent(invention: &mut Invention) -> RouteSummary {
        client::invent(invention)
    }

    fn converse(answers: &Arc<RouteSummary>, _: Length) -> Box<dyn Conversation> {
        client::converse(answers)
    }
}

/// Routes made for features of the database: to and fro, with a name and without one.
fn aimed(draw: &mut Draw<'_>) -> Vec<RecordRouteCase> {
    let mut cases = Vec::new();
    for (kind, at) in draw.pivots() {
        let beside = moved(at, 1, 1);
        let send = vec![at, beside, at, at];
        let send = if can_be_travelled(&send) {
            send
        } else {
            vec![at; 4]
        };
        let why = "Every visit to a feature counts, and a point beside it does not.";
        let name = format!("past-{kind}");
        cases.push(RecordRouteCase::new(draw.database, &name, why, send));
    }
    cases
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

/// A server that does not read cannot know that the route has ended: that is why it gave no answer.
fn explain_silence(played: &mut [Played<RecordRouteCase>]) {
    let is = |played: &Played<RecordRouteCase>, id: &str| {
        let diagnosis = played.report.diagnosis.as_ref();
        diagnosis.is_some_and(|diagnosis| diagnosis.mistakes == [id])
    };
    let found = played
        .iter()
        .find(|played| is(played, judge::STOPS_READING));
    let Some(cause) = found.and_then(|played| played.report.diagnosis.clone()) else {
        return;
    };
    for played in played.iter_mut().filter(|played| is(played, "hangs")) {
        played.report.diagnosis = Some(cause.clone());
    }
}

/// Names the mistake of a server that is wrong only in calls that were open at the same time as others, and there in the
/// figures.
fn name_shared_counters(played: &mut [Played<RecordRouteCase>]) {
    let failed = |one: &Played<RecordRouteCase>| one.report.outcome == Outcome::Fail;
    let meets_others =
        |one: &Played<RecordRouteCase>| one.case.meets_another_call() || one.case.is_paced();
    let is_shared = |one: &Played<RecordRouteCase>| {
        (meets_others(one) || one.passes_alone) && judge::has_wrong_counts(&one.case, &one.report)
    };
    let mut wrong = played.iter().filter(|one| failed(one)).peekable();
    if wrong.peek().is_none() || !wrong.all(is_shared) {
        return;
    }
    for one in played.iter_mut().filter(|one| failed(one)) {
        if let Some(found) = one.report.diagnosis.take() {
            one.report.diagnosis = Some(Diagnosis {
                contrast: found.contrast,
                ..messages::shared_counters(&found.message)
            });
        }
    }
}

/// Names the mistake of a server whose clock counts the whole time of each route alone, and less where another route begins
/// meanwhile.
fn name_shared_clock(played: &mut [Played<RecordRouteCase>]) {
    let failed = |one: &Played<RecordRouteCase>| one.report.outcome == Outcome::Fail;
    let is_short = |one: &Played<RecordRouteCase>| judge::is_a_second_short(&one.case, &one.report);
    let is_named = |one: &Played<RecordRouteCase>| {
        let found = one.report.diagnosis.as_ref();
        found.is_some_and(|found| !found.mistakes.is_empty())
    };
    let met_another =
        |one: &Played<RecordRouteCase>| one.passes_alone && is_short(one) && !is_named(one);
    if !played.iter().all(|one| !failed(one) || met_another(one)) {
        return;
    }
    for one in played.iter_mut().filter(|one| failed(one)) {
        if let Some(found) = one.report.diagnosis.take() {
            one.report.diagnosis = Some(Diagnosis {
                contrast: found.contrast,
                ..messages::shared_clock(&found.message)
            });
        }
    }
}
