//! Smaller cases, and the model as a server.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::*;
use crate::guide::properties::point;
use crate::guide::simulated::Simulated;
use crate::messages::Feature;

impl Simulated for RecordRoute {
    const PAIRS_AND_FOUND: (usize, usize) = (144, 119);

    fn simulate(
        database: &Database,
        cases: &[RecordRouteCase],
        wrong: &[RouteMistake],
    ) -> Vec<ObservedRoute> {
        let call = |case: &RecordRouteCase| {
            let waits = case.waits();
            let first_sent_after = waits[0] + Duration::from_millis(1);
            let last_sent_after = first_sent_after + waits[1] + Duration::from_micros(50);
            let call = ObservedRoute {
                route: case.route(),
                waits,
                seconds_begin: case.seconds_begin(),
                is_beside: case.is_paced(),
                is_follow_up: case.is_follow_up(),
                first_sent_after,
                last_sent_after,
                half_closed_after: last_sent_after + waits[2],
                answered_after: last_sent_after + waits[2] + Duration::from_millis(3),
                came: None,
            };
            let figures = model::answer(database, &case.route(), wrong);
            let elapsed = call.elapsed(wrong);
            // A server's clock shows a little less than the client's, in whatever unit.
            let elapsed = match elapsed.end() - elapsed.start() {
                0 | 1 => *elapsed.end(),
                _ => elapsed.end() - 1,
            };
            ObservedRoute {
                came: figures.map(|figures| RouteSummary {
                    point_count: i32::try_from(figures.point_count).unwrap(),
                    feature_count: i32::try_from(figures.feature_count).unwrap(),
                    distance: figures.distance as i32,
                    elapsed_time: i32::try_from(elapsed).unwrap(),
                }),
                ..call
            }
        };
        cases.iter().map(call).collect()
    }

    fn answer_of(call: &ObservedRoute) -> Option<Vec<Message>> {
        call.came
            .map(|summary| vec![Message::RouteSummary(summary)])
    }

    fn answered_with(call: ObservedRoute, messages: &[Message]) -> ObservedRoute {
        let summary = messages.iter().find_map(|message| match message {
            Message::RouteSummary(summary) => Some(*summary),
            _ => None,
        });
        ObservedRoute {
            came: summary.or(call.came),
            ..call
        }
    }

    fn any_case(database: &Database) -> BoxedStrategy<RecordRouteCase> {
        let database = database.clone();
        vec(point(), 0..6)
            .prop_map(move |route| RecordRouteCase::new(&database, "b", "", route))
            .boxed()
    }
}

#[test]
fn what_does_not_matter_in_a_route_goes() {
    let point = |latitude| Point {
        latitude,
        longitude: 0,
    };
    let database = Database::default();
    let route = RecordRouteCase::new(&database, "", "", (0..40).map(point).collect());
    let fails =
        |case: &RecordRouteCase| case.send.contains(&point(7)) && case.send.contains(&point(31));
    let smallest = crate::guide::draw::smallest(route, &database, fails);
    assert_eq!(smallest.send, [point(7), point(31)]);
}

#[test]
fn the_most_distant_places_give_routes() {
    let ends = [i32::MIN, -1, 0, i32::MAX];
    let extreme: Database = ends
        .iter()
        .flat_map(|latitude| ends.map(|longitude| (*latitude, longitude)))
        .map(|(latitude, longitude)| Feature {
            name: String::new(),
            location: Some(Point {
                latitude,
                longitude,
            }),
        })
        .collect();
    let mut draw = Draw::new(&extreme, 1);
    let routes = [RecordRoute::random(&mut draw, 50), aimed(&mut draw)].concat();
    assert!(routes.iter().any(|case| case.expect.feature_count > 0));
    assert!(routes.iter().all(|case| case.expect.distance >= 0));
}
