//! GetFeature: a point goes in, and the feature at that point comes out.

mod judge;
mod messages;
pub mod model;
#[cfg(test)]
pub mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::model::GetMistake;
use super::cause::MistakeText;
use super::draw::{Draw, moved};
use super::played::Played;
use super::synthetic::{Conversation, Invention, Length};
use super::{Case, Database, Method, geometry};
use crate::messages::{Feature, Message, Point, Rpc, one_notation};
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis};

/// There is one feature; more than this is a flood.
const LIMITS: MessageLimits = MessageLimits {
    messages: 10,
    bytes: 2 << 20,
};

/// With more features than this, pairs of mistakes are not looked for: to find the nearest feature, the model
/// looks at all of them.
const MOST_FOR_PAIRS: usize = 10_000;

/// The RPC GetFeature.
#[derive(Debug, Clone, Copy)]
pub struct GetFeature;

/// One call of GetFeature.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetFeatureCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// The point asked for.
    pub request: Point,
    /// The feature to come.
    pub expect: Feature,
}

impl GetFeatureCase {
    /// A case with the answer of the model.
    pub fn new(database: &Database, case: &str, why: &str, request: Point) -> GetFeatureCase {
        GetFeatureCase {
            case: case.to_string(),
            why: why.to_string(),
            expect: model::right_answer(database, request),
            request,
        }
    }
}

impl Case for GetFeatureCase {
    fn name(&self) -> &str {
        &self.case
    }

    /// Point(0, 0) travels without either of its fields.
    fn leaves_a_field_unset(&self) -> bool {
        self.request == Point::default()
    }

    fn answered_from(self, database: &Database) -> GetFeatureCase {
        GetFeatureCase {
            expect: model::right_answer(database, self.request),
            ..self
        }
    }

    /// A point has no parts.
    fn smaller(&self, _: &Database) -> Vec<GetFeatureCase> {
        Vec::new()
    }

    fn steps(&self) -> Vec<Step> {
        vec![Step::Send(Message::Point(self.request))]
    }

    fn expected(&self) -> Expected {
        Expected::Count(1)
    }
}

impl Method for GetFeature {
    const RPC: Rpc = Rpc::GetFeature;

    /// The streaming codelab has none, the public examples do.
    const IS_OPTIONAL: bool = true;

    type Case = GetFeatureCase;

    /// Points with a feature, and points beside one.
    fn random(draw: &mut Draw<'_>, count: usize) -> Vec<GetFeatureCase> {
        (1..=count)
            .map(|n| {
                let at = draw.near();
                GetFeatureCase::new(draw.database, &Draw::name(n), &draw.why, at)
            })
            .collect()
    }

    fn for_other_features(
        written: Vec<GetFeatureCase>,
        draw: &mut Draw<'_>,
    ) -> Vec<GetFeatureCase> {
        let written = written.into_iter();
        let mut cases: Vec<GetFeatureCase> = written
            .map(|case| case.answered_from(draw.database))
            .collect();
        for (kind, at) in draw.pivots() {
            let mut add = |name: &str, why: &str, at: Point| {
                let name = format!("{name}-{kind}");
                cases.push(GetFeatureCase::new(draw.database, &name, why, at));
            };
            add("at", "There is a feature at exactly this point.", at);
            let beside = "There is a feature one ten-millionth of a degree away.";
            add("beside", beside, moved(at, 1, 0));
        }
        cases
    }

    fn limits(_: &Database) -> MessageLimits {
        LIMITS
    }

    fn plain_call(_: &Database) -> (Vec<Step>, Expected) {
        // Not Point(0, 0), at which a server may break down.
        let ask = Step::Send(Message::Point(Point {
            latitude: 1,
            longitude: 1,
        }));
        (vec![ask], Expected::Count(1))
    }

    fn judge(case: &GetFeatureCase, database: &Database, transcript: Transcript) -> CaseReport {
        judge::judge(case, database, transcript)
    }

    fn case_of(name: &str, why: &str, database: &Database, call: &Transcript) -> GetFeatureCase {
        let request = call.sent().find_map(point);
        GetFeatureCase::new(database, name, why, request.unwrap_or_default())
    }

    type Mistake = GetMistake;

    type Observed = ObservedGet;

    const OPTIONAL_FIELD: &'static str = "both coordinates";

    const OPTIONAL_FIELD_HINT: &'static str = "A coordinate of 0 does not travel, and reads as 0: Point(0, 0) is \
                                               zero bytes on the wire, and a point like any other.";

    fn observed(played: &Played<GetFeatureCase>) -> Option<ObservedGet> {
        ObservedGet::of(played)
    }

    fn is_answered_by(database: &Database, call: &ObservedGet, wrong: &[GetMistake]) -> bool {
        let answer = model::answer(database, call.request, wrong);
        answer.is_seen_as(database, call.request, call.came.as_ref())
    }

    fn can_be_explained(calls: &[ObservedGet]) -> bool {
        // A server that refuses everything does not do so because of what it is asked.
        calls.iter().any(|call| call.came.is_some())
    }

    fn is_costly(database: &Database) -> bool {
        database.features().len() > MOST_FOR_PAIRS
    }

    fn message(mistake: GetMistake) -> MistakeText {
        messages::message(mistake)
    }

    const REQUEST_NOUN: &'static str = "point";

    type ClientCall = Point;

    const FAILURES: &'static [When] = &[When::AtOnce];

    fn judge_sent(expected: &Point, _: &Database, call: &Transcript) -> Option<Finding> {
        sent(*expected, call)
    }

    fn client_call_of(call: &Transcript) -> Option<Point> {
        call.sent().find_map(point)
    }

    /// The name of the feature that is at every point.
    type Synthetic = String;

    fn invent(invention: &mut Invention) -> String {
        invention.name("Windmill")
    }

    fn converse(name: &Arc<String>, _: Length) -> Box<dyn Conversation> {
        struct Answer {
            name: Arc<String>,
            location: Option<Point>,
        }
        impl Conversation for Answer {
            fn message(&mut self, message: Message) -> Vec<Message> {
                self.location = point(&message);
                Vec::new()
            }

            fn half_closed(&mut self) -> Vec<Message> {
                let name = self.name.as_ref().clone();
                let location = self.location;
                vec![Message::Feature(Feature { name, location })]
            }
        }
        Box::new(Answer {
            name: Arc::clone(name),
            location: None,
        })
    }
}

fn point(message: &Message) -> Option<Point> {
    match message {
        Message::Point(point) => Some(*point),
        _ => None,
    }
}

/// A call as far as the model can reproduce it.
#[derive(Debug, Clone)]
pub struct ObservedGet {
    request: Point,
    /// What came; none if the server ended the call with an error instead.
    came: Option<Feature>,
}

impl ObservedGet {
    /// A call that came to an end of the server's own making, with one feature or with an error.
    fn of(played: &Played<GetFeatureCase>) -> Option<ObservedGet> {
        let report = &played.report;
        let status = report.status.as_ref()?;
        let came = match report.received.as_slice() {
            [Message::Feature(feature)] if status.is_ok() => Some(feature.clone().with_defaults()),
            // That an RPC is not served, or no server there, is not an answer to the request.
            [] if status.is_the_servers()
                && !matches!(status.code, "OK" | "UNIMPLEMENTED" | "UNAVAILABLE") =>
            {
                None
            }
            _ => return None,
        };
        Some(ObservedGet {
            request: played.case.request,
            came,
        })
    }
}

/// What is wrong with the point that a client asked for.
fn sent(expected: Point, call: &Transcript) -> Option<Finding> {
    let mark = call.position(|what| matches!(what, EventKind::Sent { .. }))?;
    let came = call.sent().find_map(point)?;
    if came == expected {
        return None;
    }
    let scaled = |degrees: i32| degrees.saturating_mul(10_000_000);
    let truncated = |e7: i32| e7 / 10_000_000;
    let is_in_degrees = |sent: i32, e7: i32| sent == truncated(e7) || scaled(sent) == e7;
    let write = one_notation(&[expected, came]);
    let message = format!(
        "Expected the point {}; you asked for {}",
        write(&expected),
        write(&came)
    );
    let diagnosis = if is_in_degrees(came.latitude, expected.latitude)
        && is_in_degrees(came.longitude, expected.longitude)
    {
        Diagnosis::mistake(
            "wrong-point",
            format!(
                "You sent plain degrees: ({}, {}). Coordinates travel in degrees × 10⁷: ({}, {}).",
                came.latitude, came.longitude, expected.latitude, expected.longitude
            ),
        )
        .hint("Multiply each by 10 000 000: 40 degrees north is 400000000.")
    } else if geometry::swapped(came) == expected {
        let why = "latitude and longitude have changed places.";
        Diagnosis::mistake("axes-swapped", format!("{message}: {why}"))
    } else if came.latitude.unsigned_abs() == expected.latitude.unsigned_abs()
        && came.longitude.unsigned_abs() == expected.longitude.unsigned_abs()
    {
        let why = "west and south are negative.";
        Diagnosis::mistake("minus-missing", format!("{message}: {why}"))
    } else {
        Diagnosis::mistake("wrong-point", format!("{message}."))
    };
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}
