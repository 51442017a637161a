//! Drawn cases, smaller cases, and the model as a server.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::*;
use crate::guide::properties::rectangle;
use crate::guide::simulated::Simulated;

impl Simulated for ListFeatures {
    const PAIRS_AND_FOUND: (usize, usize) = (241, 157);

    fn simulate(
        database: &Database,
        cases: &[ListFeaturesCase],
        wrong: &[ListMistake],
    ) -> Vec<ObservedList> {
        let set = |case: &&ListFeaturesCase| !case.leaves_a_field_unset();
        let call = |case: &ListFeaturesCase| {
            ObservedList::new(case.request, model::answer(database, &case.request, wrong))
        };
        cases.iter().filter(set).map(call).collect()
    }

    fn answer_of(call: &ObservedList) -> Option<Vec<Message>> {
        let came = call.came.clone()?;
        Some(came.into_iter().map(Message::Feature).collect())
    }

    fn answered_with(call: ObservedList, messages: &[Message]) -> ObservedList {
        let features = messages.iter().filter_map(|message| match message {
            Message::Feature(feature) => Some(feature.clone()),
            _ => None,
        });
        call.answered_with(features)
    }

    fn any_case(database: &Database) -> BoxedStrategy<ListFeaturesCase> {
        let database = database.clone();
        rectangle()
            .prop_map(move |rectangle| ListFeaturesCase::new(&database, "a", "", rectangle))
            .boxed()
    }
}

#[test]
fn a_large_database_gives_small_rectangles() {
    let large: Database = (0..100_000)
        .map(|n| Feature {
            name: format!("F{n}"),
            location: Some(Point {
                latitude: n % 317,
                longitude: n / 317,
            }),
        })
        .collect();
    let mut draw = Draw::new(&large, 3);
    let drawn = ListFeatures::random(&mut draw, 5);
    assert!(drawn.iter().all(|case| case.expect.len() <= MANY));
}

#[test]
fn what_does_not_matter_in_a_rectangle_goes() {
    let point = |latitude, longitude| Point {
        latitude,
        longitude,
    };
    let database: Database = (0..100)
        .map(|n| Feature {
            name: format!("F{n}"),
            location: Some(point(n, n)),
        })
        .collect();
    let rectangle = Rectangle {
        lo: Some(point(241, 157)),
        hi: Some(point(99, 99)),
    };
    let list = ListFeaturesCase::new(&database, "", "", rectangle);
    let has = |case: &ListFeaturesCase| case.expect.iter().any(|f| f.name == "F50");
    let smallest = crate::guide::draw::smallest(list, &database, has);
    assert_eq!(smallest.expect.len(), 1);
}
