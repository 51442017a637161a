//! ListFeatures: a rectangle goes in, and every feature in it comes out.

mod cause;
mod client;
mod coarse;
mod filter;
mod judge;
mod messages;
pub mod model;
#[cfg(test)]
pub mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::cause::ObservedList;
pub use self::model::ListMistake;
use super::cases::is_zero;
use super::cause::{Cause, Explanation, MistakeText};
use super::draw::{Draw, moved};
use super::played::Played;
use super::synthetic::{Conversation, Invention, Length};
use super::{CancelledCalls, Case, Database, Method};
use crate::messages::{Feature, Message, Point, Rectangle, Rpc};
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::Transcript;
use crate::verdict::CaseReport;
use crate::verdict::diagnosis::Finding;

/// More bytes than this are a flood, apart from those of the database.
const MOST_BYTES: usize = 2 << 20;

/// A rectangle that holds more features than this is left out or drawn again, smaller: the server under test
/// may hold hundreds of thousands.
const MANY: usize = 1_000;

/// With more features than this, pairs of mistakes are not looked for: there are hundreds of pairs, and the
/// learner waits.
const MOST_FOR_PAIRS: usize = 10_000;

/// The RPC ListFeatures.
#[derive(Debug, Clone, Copy)]
pub struct ListFeatures;

/// One call of ListFeatures.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFeaturesCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// How many calls are cancelled before this one, each after its first feature.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after_cancelled: u32,
    /// The rectangle asked for.
    pub request: Rectangle,
    /// The features to come, in any order.
    pub expect: Vec<Feature>,
}

impl ListFeaturesCase {
    /// A case with the answer of the model.
    pub fn new(database: &Database, case: &str, why: &str, request: Rectangle) -> ListFeaturesCase {
        ListFeaturesCase {
            case: case.to_string(),
            why: why.to_string(),
            after_cancelled: 0,
            expect: model::right_answer(database, &request),
            request,
        }
    }
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

    fn answered_from(self, database: &Database) -> ListFeaturesCase {
        ListFeaturesCase {
            expect: model::right_answer(database, &self.request),
            ..self
        }
    }

    fn smaller(&self, database: &Database) -> Vec<ListFeaturesCase> {
        let (Some(lo), Some(hi)) = (self.request.lo, self.request.hi) else {
            return Vec::new();
        };
        let point = |latitude, longitude| Point {
            latitude,
            longitude,
        };
        let (high, wide) = (
            i32::midpoint(lo.latitude, hi.latitude),
            i32::midpoint(lo.longitude, hi.longitude),
        );
        // Halves, with each corner left where it is: a corner may be what matters.
        let halves = [
            (lo, point(high, hi.longitude)),
            (lo, point(hi.latitude, wide)),
            (point(high, lo.longitude), hi),
            (point(lo.latitude, wide), hi),
        ];
        let mut cases: Vec<ListFeaturesCase> = halves
            .into_iter()
            .map(|(lo, hi)| Rectangle {
                lo: Some(lo),
                hi: Some(hi),
            })
            .filter(|rectangle| *rectangle != self.request)
            .map(|rectangle| ListFeaturesCase::new(database, &self.case, &self.why, rectangle))
            .collect();
        cases.sort_by_key(|case| case.expect.len());
        cases
    }

    fn steps(&self) -> Vec<Step> {
        vec![Step::Send(Message::Rectangle(self.request))]
    }

    fn expected(&self) -> Expected {
        Expected::These(self.expect.iter().cloned().map(Message::Feature).collect())
    }

    fn cancelled(&self) -> Option<CancelledCalls> {
        let steps = [
            self.steps(),
            vec![Step::HalfClose, Step::AwaitCount(1), Step::Cancel],
        ];
        (self.after_cancelled > 0).then(|| CancelledCalls {
            count: self.after_cancelled,
            steps: steps.concat(),
        })
    }
}

impl Method for ListFeatures {
    const RPC: Rpc = Rpc::ListFeatures;

    type Case = ListFeaturesCase;

    const RANDOM_CASES: usize = 20;

    /// Rectangles whose corners are at or near features, in any order.
    fn random(draw: &mut Draw<'_>, count: usize) -> Vec<ListFeaturesCase> {
        (1..=count)
            .map(|n| {
                let (lo, hi) = (draw.near(), draw.near());
                let case = |lo, hi| {
                    let rectangle = Rectangle {
                        lo: Some(lo),
                        hi: Some(hi),
                    };
                    (Draw::name(n), rectangle)
                };
                let (name, rectangle) = case(lo, hi);
                let drawn = ListFeaturesCase::new(draw.database, &name, &draw.why, rectangle);
                if drawn.expect.len() <= MANY {
                    return drawn;
                }
                let span = draw.span_around(lo);
                let (high, wide) = (draw.random.i32(-span..=span), draw.random.i32(-span..=span));
                let (name, rectangle) = case(lo, moved(lo, high, wide));
                ListFeaturesCase::new(draw.database, &name, &draw.why, rectangle)
            })
            .collect()
    }

    fn for_other_features(
        written: Vec<ListFeaturesCase>,
        draw: &mut Draw<'_>,
    ) -> Vec<ListFeaturesCase> {
        // Those that are made for the features say more, and a server that sends far too much is not heard to
        // the end.
        let mut cases = aimed(draw);
        let written = written
            .into_iter()
            .map(|case| case.answered_from(draw.database));
        cases.extend(written.filter(|case| case.expect.len() <= MANY));
        cases
    }

    /// A server without a filter sends the whole database; twice that is a flood.
    fn limits(database: &Database) -> MessageLimits {
        // Besides its name, a feature has a point of at most ten bytes for each number.
        let bytes = |feature: &Feature| feature.name.len() + 32;
        let all: usize = database.features().iter().map(bytes).sum();
        MessageLimits {
            messages: 2 * database.features().len() + 1_000,
            bytes: 2 * all + MOST_BYTES,
        }
    }

    fn plain_call(database: &Database) -> (Vec<Step>, Expected) {
        let origin = Rectangle {
            lo: Some(Point::default()),
            hi: Some(Point::default()),
        };
        let ask = Step::Send(Message::Rectangle(origin));
        (vec![ask], Expected::Count(database.features().len()))
    }

    /// Rectangles that show how far from a border a feature may be that comes all the same. In a large database, that is
    /// not looked for.
    fn follow_up(database: &Database) -> Vec<ListFeaturesCase> {
        match Self::is_costly(database) {
            true => Vec::new(),
            false => coarse::measuring(database),
        }
    }

    fn needs_follow_up(played: &[Played<ListFeaturesCase>]) -> bool {
        played.iter().any(|one| {
            let came = one
                .report
                .received
                .iter()
                .filter_map(|message| match message {
                    Message::Feature(feature) => Some(feature),
                    _ => None,
                });
            one.report.ended_ok() && coarse::are_near(one.case.request, came)
        })
    }

    fn judge(case: &ListFeaturesCase, database: &Database, transcript: Transcript) -> CaseReport {
        judge::judge(case, database, transcript)
    }

    fn case_of(name: &str, why: &str, database: &Database, call: &Transcript) -> ListFeaturesCase {
        let request = call.sent().find_map(|message| match message {
            Message::Rectangle(rectangle) => Some(*rectangle),
            _ => None,
        });
        ListFeaturesCase::new(database, name, why, request.unwrap_or_default())
    }

    type Mistake = ListMistake;

    const BUNDLES: &'static [&'static [ListMistake]] = model::BUNDLES;

    type Observed = ObservedList;

    const OPTIONAL_FIELD: &'static str = "a corner of the rectangle";

    fn observed(played: &Played<ListFeaturesCase>) -> Option<ObservedList> {
        ObservedList::of(played)
    }

    fn is_answered_by(database: &Database, call: &ObservedList, wrong: &[ListMistake]) -> bool {
        call.is_answered_by(database, wrong)
    }

    fn can_be_explained(calls: &[ObservedList]) -> bool {
        !cause::refuses_all(calls)
    }

    fn is_costly(database: &Database) -> bool {
        database.features().len() > MOST_FOR_PAIRS
    }

    fn further_search(database: &Database, calls: &[ObservedList]) -> Option<Cause<ListMistake>> {
        cause::in_another_order(database, calls)
    }

    fn explain(database: &Database, calls: &[ObservedList]) -> Option<Explanation<ListMistake>> {
        if calls.iter().all(|call| call.is_answered_by(database, &[])) {
            return None;
        }
        if cause::always_the_same(database, calls) {
            return Some(Explanation::Other(Box::new(messages::always_the_same())));
        }
        let cause = super::cause::find::<Self>(database, calls);
        let is_single =
            |cause: &Cause<ListMistake>| cause.likeliest() == [ListMistake::SinglePrecision];
        let coarse = match cause.as_ref().is_none_or(is_single) && !Self::is_costly(database) {
            true => coarse::find(database, calls),
            false => None,
        };
        if let Some(coarse) = coarse {
            let diagnosis = messages::coarse(&coarse, cause.is_some());
            return Some(Explanation::Other(Box::new(diagnosis)));
        }
        if let Some(cause) = cause {
            return Some(Explanation::Mistakes(cause));
        }
        if cause::each_comes_once(database, calls) {
            return Some(Explanation::Other(Box::new(messages::each_comes_once())));
        }
        if let Some(limit) = cause::database_limit(database, calls) {
            let total = database.features().len();
            let diagnosis = messages::database_limited(&limit, total);
            return Some(Explanation::Other(Box::new(diagnosis)));
        }
        let limit = cause::limit(database, calls)?;
        Some(Explanation::Other(Box::new(messages::limited(limit))))
    }

    fn message(mistake: ListMistake) -> MistakeText {
        messages::message(mistake)
    }

    const REQUEST_NOUN: &'static str = "rectangle";

    type ClientCall = Rectangle;

    const FAILURES: &'static [When] = &[When::After(2), When::AtOnce];

    fn judge_sent(expected: &Rectangle, _: &Database, call: &Transcript) -> Option<Finding> {
        client::sent(expected, call)
    }

    type Synthetic = client::Invented;

    fn invent(invention: &mut Invention) -> client::Invented {
        client::invent(invention)
    }

    fn converse(invented: &Arc<client::Invented>, length: Length) -> Box<dyn Conversation> {
        client::converse(invented, length)
    }
}

/// Rectangles made for features of the database: with one on each border, just outside, with the corners
/// every way round, around the globe, without a name.
fn aimed(draw: &mut Draw<'_>) -> Vec<ListFeaturesCase> {
    let mut cases = Vec::new();
    for (kind, at) in draw.pivots() {
        let mut add = |name: &str, why: &str, lo: Point, hi: Point| {
            let rectangle = Rectangle {
                lo: Some(lo),
                hi: Some(hi),
            };
            let name = format!("{name}-{kind}");
            cases.push(ListFeaturesCase::new(draw.database, &name, why, rectangle));
        };
        let s = draw.span_around(at);
        let to = |high: i32, wide: i32| moved(at, high, wide);
        let beside = |other: Point| Point {
            longitude: other.longitude,
            ..at
        };
        let on = "A feature exactly on a border belongs to the rectangle.";
        add("one-point", "A rectangle that is one point.", at, at);
        add("south", on, beside(to(0, -s)), to(s, s));
        add("north", on, to(-s, -s), beside(to(0, s)));
        add("west", on, to(-s, 0), to(s, s));
        add("east", on, to(-s, -s), to(s, 0));
        let outside = "A feature is one ten-millionth of a degree outside.";
        add("north-of", outside, to(1, -s), to(s, s));
        add("east-of", outside, to(-s, 1), to(s, s));
        let any = "lo and hi are any two opposite corners.";
        add("swapped", any, to(s, s), to(-s, -s));
        add("latitudes-swapped", any, to(s, -s), to(-s, s));
        add("longitudes-swapped", any, to(-s, s), to(s, -s));
    }
    let globe = Rectangle {
        lo: Some(Point {
            latitude: i32::MIN,
            longitude: i32::MIN,
        }),
        hi: Some(Point {
            latitude: i32::MAX,
            longitude: i32::MAX,
        }),
    };
    let why = "Every feature there is: the rectangle is as large as an int32 allows.";
    cases.push(ListFeaturesCase::new(
        draw.database,
        "everything",
        why,
        globe,
    ));
    cases
}
