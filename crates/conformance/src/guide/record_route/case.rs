//! The calls of RecordRoute that a server is checked with.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::model;
use crate::guide::cases::is_zero;
use crate::guide::draw::without_parts;
use crate::guide::{Case, Database, OpenCall};
use crate::messages::{Message, Point, RouteSummary};
use crate::probe::script::{Expected, Step};

/// What a client waits in a route that takes whole seconds beyond these seconds, so that a server whose clock
/// started a little late still counts them all.
const MARGIN: Duration = Duration::from_millis(50);

/// What it waits beyond them when that was not enough.
const GENEROUS_MARGIN: Duration = Duration::from_millis(900);

/// One call of RecordRoute.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordRouteCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// The points to send, one round of them.
    pub send: Vec<Point>,
    /// How many rounds of these points make the route.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub rounds: u32,
    /// How many whole seconds the client lets pass in all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wait_seconds: u32,
    /// How many milliseconds more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wait_milliseconds: u32,
    /// Where it lets them pass.
    #[serde(default, skip_serializing_if = "Wait::is_everywhere")]
    pub wait: Wait,
    /// Whether all other calls must be over before it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub after_all_others: bool,
    /// The points of another call, which stays open beside this one until this one has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside_open_call: Vec<Point>,
    /// Whether another call comes and goes before the last point of this one. The lab makes such cases of those
    /// beside an open call; files do not hold them.
    #[serde(skip)]
    pub around_another_call: bool,
    /// The summary to come.
    pub expect: RouteSummary,
}

/// Where a client lets time pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Some of it before the first point, some before the last one, and the rest before the half-close: so that each
    /// clock that is not started and read with the call is well short of the whole, also on a busy machine, and what
    /// passes until the first point and after the last one is not rounded up.
    #[default]
    Everywhere,
    /// All of it before the first point.
    AtTheStart,
    /// Before the last point.
    OnTheWay,
    /// Before the last point, but for a little before the first and a little before the half-close: so that each clock counts
    /// some of it, and each that runs with the first point most of it.
    MostlyOnTheWay,
    /// Half of it before the first point, and half of it before the last.
    TwiceEarly,
    /// Half of it before the last point, and half of it before the half-close.
    TwiceLate,
    /// Before the half-close.
    AtTheEnd,
}

impl Wait {
    /// Whether it need not be written.
    fn is_everywhere(&self) -> bool {
        *self == Wait::Everywhere
    }

    /// The parts of a time that pass before the first point, before the last one, and before the half-close.
    fn parts(self, time: Duration) -> [Duration; 3] {
        const NONE: Duration = Duration::ZERO;
        match self {
            Wait::Everywhere => [time * 7 / 20, time * 5 / 20, time * 8 / 20],
            Wait::AtTheStart => [time, NONE, NONE],
            Wait::OnTheWay => [NONE, time, NONE],
            Wait::MostlyOnTheWay => [time / 14, time * 12 / 14, time / 14],
            Wait::TwiceEarly => [time / 2, time / 2, NONE],
            Wait::TwiceLate => [NONE, time / 2, time / 2],
            Wait::AtTheEnd => [NONE, NONE, time],
        }
    }
}

/// With more points than this, a route is a long one.
const MANY: usize = 100;

fn one() -> u32 {
    1
}

fn is_one(number: &u32) -> bool {
    *number == 1
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl RecordRouteCase {
    /// A case with the answer of the model, at the client's full speed.
    pub fn new(database: &Database, case: &str, why: &str, send: Vec<Point>) -> RecordRouteCase {
        RecordRouteCase {
            case: case.to_string(),
            why: why.to_string(),
            rounds: 1,
            wait_seconds: 0,
            wait_milliseconds: 0,
            wait: Wait::Everywhere,
            after_all_others: false,
            beside_open_call: Vec::new(),
            around_another_call: false,
            expect: model::right_answer(database, &send, 0),
            send,
        }
    }

    /// For how long the client waits at the least: before its first point, before its last, and before the half-close.
    pub fn waits(&self) -> [Duration; 3] {
        self.wait.parts(Case::wait(self))
    }

    /// Whether the client lets time pass in it.
    pub(super) fn is_paced(&self) -> bool {
        !Case::wait(self).is_zero()
    }

    /// Whether another call is open at the same time.
    pub(super) fn meets_another_call(&self) -> bool {
        self.around_another_call || !self.beside_open_call.is_empty()
    }

    /// Whether it is made only where others that took time were not right.
    pub(super) fn is_follow_up(&self) -> bool {
        !self.wait.is_everywhere() && self.wait_seconds > 0
    }

    /// How many points the route has.
    pub fn points(&self) -> usize {
        self.send.len() * self.rounds as usize
    }

    /// All points of the route.
    pub fn route(&self) -> Vec<Point> {
        self.send.repeat(self.rounds as usize)
    }

    /// The points, and the seconds to let pass with so much to spare.
    fn steps_with_margin(&self, margin: Duration) -> Vec<Step> {
        let points = self.route().into_iter().map(Message::Point);
        if self.is_long() {
            let points: Vec<Message> = points.collect();
            let batches = points.chunks(MANY);
            return batches.map(|batch| Step::SendAll(batch.to_vec())).collect();
        }
        let mut steps: Vec<Step> = points.map(Step::Send).collect();
        if !self.is_paced() {
            return steps;
        }
        let mut parts = self.waits();
        // A clock that is started late misses time at the beginning of the call.
        let first = parts
            .iter()
            .position(|part| !part.is_zero())
            .unwrap_or_default();
        parts[first] += margin;
        let [at_the_start, on_the_way, at_the_end] = parts.map(Step::Pause);
        steps.push(at_the_end);
        steps.insert(steps.len().saturating_sub(2), on_the_way);
        steps.insert(0, at_the_start);
        steps
    }

    /// Routes with so much time that a clock may start most of a second late. A right server is right in each of them.
    pub(super) fn steps_with_more_time(&self) -> Vec<[Vec<Step>; 2]> {
        if !self.wait.is_everywhere() {
            // Each of two stops stays shorter than a second.
            let margin = match self.wait {
                Wait::TwiceEarly | Wait::TwiceLate => GENEROUS_MARGIN / 3,
                _ => GENEROUS_MARGIN,
            };
            return vec![[self.steps_with_margin(margin), Vec::new()]];
        }
        let with_waits = |at_the_start: Duration, on_the_way: Duration, at_the_end: Duration| {
            let points = self.route().into_iter().map(Message::Point);
            let mut steps: Vec<Step> = points.map(Step::Send).collect();
            steps.insert(0, Step::Pause(at_the_start));
            steps.insert(steps.len().saturating_sub(1), Step::Pause(on_the_way));
            [steps, vec![Step::Pause(at_the_end)]]
        };
        // A clock that is not started and read with the call is still well short of a second.
        let half = Duration::from_millis(800);
        let more = Duration::from_secs(self.wait_seconds.saturating_sub(1).into());
        let apart = with_waits(half + more, MARGIN, half);
        // Neither what passes until the first point nor what passes after the last one is rounded to a second.
        let little = Duration::from_millis(100);
        let on_the_way = with_waits(little, GENEROUS_MARGIN + half + more, little);
        vec![apart, on_the_way]
    }

    /// How many whole seconds of the system's clock begin in it, if the client begins when it is told to.
    pub(super) fn seconds_begin(&self) -> i64 {
        match self.begins_before_a_second() {
            Some(_) => i64::from(self.wait_seconds) + 1,
            None => 0,
        }
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

    fn comes_last(&self) -> bool {
        self.after_all_others || self.meets_another_call()
    }

    fn is_long(&self) -> bool {
        self.points() > MANY
    }

    fn wait(&self) -> Duration {
        Duration::from_secs(self.wait_seconds.into())
            + Duration::from_millis(self.wait_milliseconds.into())
    }

    /// So that one more second begins in it than passes: a server may not count those.
    fn begins_before_a_second(&self) -> Option<[Duration; 2]> {
        const SOON: Duration = Duration::from_millis(20);
        let wait = Case::wait(self);
        let fraction = wait.saturating_sub(Duration::from_secs(self.wait_seconds.into()));
        match self.wait {
            // While every clock is running.
            Wait::MostlyOnTheWay => {
                let [at_the_start, on_the_way, _] = self.waits();
                Some([MARGIN + at_the_start + SOON, at_the_start + on_the_way])
            }
            Wait::TwiceEarly => Some([SOON, fraction]),
            _ => None,
        }
    }

    fn answered_from(self, database: &Database) -> RecordRouteCase {
        let seconds = i32::try_from(self.wait_seconds).unwrap_or(i32::MAX);
        RecordRouteCase {
            expect: model::right_answer(database, &self.route(), seconds),
            ..self
        }
    }

    fn smaller(&self, database: &Database) -> Vec<RecordRouteCase> {
        without_parts(&self.route())
            .map(|send| RecordRouteCase::new(database, &self.case, &self.why, send))
            .collect()
    }

    fn steps(&self) -> Vec<Step> {
        self.steps_with_margin(MARGIN)
    }

    /// A route that takes its time: once all points are sent, another can begin and end.
    fn around_a_plain_call(&self) -> Option<[Vec<Step>; 2]> {
        let is_apart = self.is_paced() && self.wait.is_everywhere();
        let mut first = is_apart.then(|| self.steps())?;
        let last = first.pop()?;
        Some([first, vec![last]])
    }

    fn expected(&self) -> Expected {
        Expected::Count(1)
    }

    /// The route that stays open: by the time of its last point, the other has come and gone.
    fn beside(&self, database: &Database) -> Option<OpenCall<RecordRouteCase>> {
        let points = self.beside_open_call.clone();
        let case = RecordRouteCase {
            around_another_call: true,
            ..RecordRouteCase::new(database, &self.case, &self.why, points)
        };
        let mut first = case.steps();
        let last = first.pop()?;
        Some(OpenCall {
            case,
            first,
            rest: vec![last],
        })
    }
}
