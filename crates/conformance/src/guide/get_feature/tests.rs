//! The model as a server, and single calls.

use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::*;
use crate::guide::properties;
use crate::guide::simulated::Simulated;
use crate::transcript::{Event, Status};
use crate::verdict::Outcome;

impl Simulated for GetFeature {
    const PAIRS_AND_FOUND: (usize, usize) = (6, 4);

    fn simulate(
        database: &Database,
        cases: &[GetFeatureCase],
        wrong: &[GetMistake],
    ) -> Vec<ObservedGet> {
        let call = |case: &GetFeatureCase| ObservedGet {
            request: case.request,
            came: match model::answer(database, case.request, wrong) {
                model::Answer::Error => None,
                model::Answer::Feature(feature) => Some(feature.with_defaults()),
                model::Answer::Named(point) => Some(Feature {
                    name: "some name".to_string(),
                    location: Some(point),
                }),
            },
        };
        cases.iter().map(call).collect()
    }

    fn answer_of(call: &ObservedGet) -> Option<Vec<Message>> {
        call.came
            .clone()
            .map(|feature| vec![Message::Feature(feature)])
    }

    fn answered_with(call: ObservedGet, messages: &[Message]) -> ObservedGet {
        let came = messages.iter().find_map(|message| match message {
            Message::Feature(feature) => Some(feature.clone().with_defaults()),
            _ => None,
        });
        ObservedGet { came, ..call }
    }

    fn any_case(database: &Database) -> BoxedStrategy<GetFeatureCase> {
        let database = database.clone();
        properties::point()
            .prop_map(move |point| GetFeatureCase::new(&database, "d", "", point))
            .boxed()
    }
}

fn feature(name: &str, latitude: i32) -> Feature {
    Feature {
        name: name.to_string(),
        location: Some(Point {
            latitude,
            longitude: 7,
        }),
    }
}

/// Judges an answer to the question for the feature at a place of two features, or at one of none.
fn judged(latitude: i32, came: &[Feature]) -> CaseReport {
    let database: Database = [feature("one", 1), feature("two", 1), feature("", 2)]
        .into_iter()
        .collect();
    let request = Point {
        latitude,
        longitude: 7,
    };
    let case = GetFeatureCase::new(&database, "test", "", request);
    let mut what = vec![
        EventKind::Sent {
            message: Message::Point(request),
        },
        EventKind::HalfClosed,
    ];
    what.extend(came.iter().cloned().map(|feature| EventKind::Received {
        message: Message::Feature(feature),
    }));
    what.push(EventKind::Ended {
        status: Status::ok(),
    });
    let event = |what| Event {
        at: Duration::ZERO,
        what,
    };
    let transcript = Transcript {
        rpc: Rpc::GetFeature,
        events: what.into_iter().map(event).collect(),
    };
    GetFeature::judge(&case, &database, transcript)
}

#[test]
fn of_two_features_at_one_point_either_is_right() {
    assert_eq!(judged(1, &[feature("one", 1)]).outcome, Outcome::Pass);
    assert_eq!(judged(1, &[feature("two", 1)]).outcome, Outcome::Pass);
    assert_eq!(judged(1, &[feature("three", 1)]).outcome, Outcome::Fail);
    assert_eq!(judged(1, &[feature("", 1)]).outcome, Outcome::Fail);
}

#[test]
fn a_point_without_a_feature_has_an_answer() {
    assert_eq!(judged(3, &[feature("", 3)]).outcome, Outcome::Pass);
    let report = judged(3, &[feature("one", 1)]);
    assert_eq!(report.mark, Some(2));
    let diagnosis = report.diagnosis.unwrap();
    assert_eq!(
        diagnosis.message,
        "There is no feature at (3, 7), so a feature without a name must come, with that location; but \"one\" at \
         (1, 7) came."
    );
}

#[test]
fn a_unary_call_has_exactly_one_answer() {
    let none = judged(1, &[]).diagnosis.unwrap();
    assert_eq!(none.mistakes, ["replies-nothing"]);
    let two = judged(1, &[feature("one", 1), feature("two", 1)]);
    assert_eq!(
        two.diagnosis.unwrap().message,
        "2 messages came. A unary call returns one."
    );
}

#[test]
fn a_wrong_point_of_a_client_is_told_by_what_is_wrong_with_it() {
    let expected = Point {
        latitude: 409_146_138,
        longitude: -746_188_906,
    };
    let mistake = |latitude, longitude| {
        let message = Message::Point(Point {
            latitude,
            longitude,
        });
        let call = Transcript {
            rpc: Rpc::GetFeature,
            events: vec![Event {
                at: Duration::ZERO,
                what: EventKind::Sent { message },
            }],
        };
        let finding = GetFeature::judge_sent(&expected, &Database::default(), &call);
        finding.map(|finding| (finding.diagnosis.mistakes[0], finding.mark))
    };
    assert_eq!(mistake(409_146_138, -746_188_906), None);
    assert_eq!(
        mistake(409_146_138, 746_188_906),
        Some(("minus-missing", Some(0)))
    );
    assert_eq!(
        mistake(-746_188_906, 409_146_138),
        Some(("axes-swapped", Some(0)))
    );
    assert_eq!(mistake(40, -74), Some(("wrong-point", Some(0))));
    assert_eq!(mistake(0, 0), Some(("wrong-point", Some(0))));
}
