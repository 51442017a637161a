//! What holds for every transcript, every answer and every database there can be.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::cause::Cause;
use super::played::Played;
use super::{CaseReport, list_features, record_route, route_chat};
use crate::guide::Database;
use crate::guide::cases::{ListFeaturesCase, RecordRouteCase, RouteChatCase};
use crate::guide::model::{ChatMistake, ListMistake, Mistake, RouteMistake};
use crate::messages::{Feature, Message, Point, Rectangle, RouteNote, RouteSummary, Rpc};
use crate::transcript::CutOffReason;
use crate::transcript::{Event, EventKind, ProtocolError, Status, Transcript};
use crate::verdict::Outcome;

/// Coordinates: mostly small, so that places meet, and sometimes any.
fn coordinate() -> impl Strategy<Value = i32> {
    prop_oneof![
        6 => -2..3i32,
        2 => -900_000_000..=900_000_000i32,
        1 => any::<i32>(),
        1 => prop_oneof![Just(i32::MIN), Just(i32::MAX)],
    ]
}

fn point() -> impl Strategy<Value = Point> {
    (coordinate(), coordinate()).prop_map(|(latitude, longitude)| Point {
        latitude,
        longitude,
    })
}

fn text() -> impl Strategy<Value = String> {
    let texts = [
        "",
        "",
        "a",
        "b",
        "Ä\u{301}",
        "\u{1b}[2J",
        "\u{202e}\n",
        "h2 protocol error",
    ];
    proptest::sample::select(texts.to_vec()).prop_map(str::to_string)
}

fn feature() -> impl Strategy<Value = Feature> {
    (text(), proptest::option::of(point())).prop_map(|(name, location)| Feature { name, location })
}

fn note() -> impl Strategy<Value = RouteNote> {
    (text(), proptest::option::weighted(0.9, point()))
        .prop_map(|(message, location)| RouteNote { location, message })
}

fn rectangle() -> impl Strategy<Value = Rectangle> {
    let corner = || proptest::option::weighted(0.9, point());
    (corner(), corner()).prop_map(|(lo, hi)| Rectangle { lo, hi })
}

fn summary() -> impl Strategy<Value = RouteSummary> {
    let number = || prop_oneof![0..5i32, any::<i32>()];
    (number(), number(), number(), number()).prop_map(
        |(point_count, feature_count, distance, elapsed_time)| RouteSummary {
            point_count,
            feature_count,
            distance,
            elapsed_time,
        },
    )
}

fn message() -> BoxedStrategy<Message> {
    prop_oneof![
        point().prop_map(Message::Point),
        feature().prop_map(Message::Feature),
        note().prop_map(Message::RouteNote),
        rectangle().prop_map(Message::Rectangle),
        summary().prop_map(Message::RouteSummary),
    ]
    .boxed()
}

fn status() -> impl Strategy<Value = Status> {
    let code = prop_oneof![
        3 => Just("OK"),
        1 => Just("INTERNAL"),
        1 => Just("INVALID_ARGUMENT"),
        1 => Just("UNIMPLEMENTED"),
    ];
    (code, text(), proptest::option::weighted(0.3, flaw())).prop_map(|(code, message, flaw)| {
        match flaw {
            Some(flaw) => Status::flawed(flaw),
            None => Status {
                code,
                message,
                flaw: None,
            },
        }
    })
}

fn flaw() -> impl Strategy<Value = ProtocolError> {
    prop_oneof![
        any::<u32>().prop_map(|code| ProtocolError::Reset(code.into())),
        any::<u32>().prop_map(|code| ProtocolError::Invalid(code.into())),
        any::<u16>().prop_map(ProtocolError::HttpStatus),
        any::<u32>().prop_map(ProtocolError::TooLong),
        text().prop_map(ProtocolError::BadStatus),
        Just(ProtocolError::NoTrailers),
        Just(ProtocolError::Closed),
    ]
}

fn excess() -> impl Strategy<Value = CutOffReason> {
    prop_oneof![
        Just(CutOffReason::Flood { bytes: 7 }),
        Just(CutOffReason::TooMany),
        Just(CutOffReason::Wrong),
        Just(CutOffReason::TooLong),
    ]
}

fn what() -> BoxedStrategy<EventKind> {
    prop_oneof![
        4 => message().prop_map(|message| EventKind::Sent { message }),
        4 => message().prop_map(|message| EventKind::Received { message }),
        1 => Just(EventKind::Headers),
        1 => Just(EventKind::HalfClosed),
        1 => Just(EventKind::Cancelled),
        1 => excess().prop_map(|excess| EventKind::CutOff { excess }),
        1 => Just(EventKind::Stalled { waiting_for: "something".to_string() }),
        1 => (0..9usize).prop_map(|bytes| EventKind::Undecodable { bytes, problem: "no".to_string() }),
        1 => status().prop_map(|status| EventKind::Ended { status }),
    ]
    .boxed()
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    vec((what(), 0..5000u64), 0..24).prop_map(|all| {
        all.into_iter()
            .map(|(what, millis)| Event {
                at: Duration::from_millis(millis),
                what,
            })
            .collect()
    })
}

/// Any database.
pub fn database() -> impl Strategy<Value = Database> {
    vec(feature(), 0..12).prop_map(|features| features.into_iter().collect())
}

fn played<C>(case: C, report: CaseReport, before: Vec<Transcript>) -> Vec<Played<C>> {
    vec![Played {
        case,
        report,
        before,
        blind: false,
    }]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in a call, there is a verdict, and a reason for it if it is bad.
    #[test]
    fn there_is_a_verdict_on_every_transcript(
        events in events(),
        before in events(),
        database in database(),
        rectangle in rectangle(),
        route in vec(point(), 0..6),
        notes in vec(note(), 0..6),
    ) {
        let transcript = |rpc, events: &Vec<Event>| Transcript { rpc, events: events.clone() };
        let case = ListFeaturesCase::new(&database, "a", "", rectangle);
        let report = list_features::judge(&case, &database, transcript(Rpc::ListFeatures, &events));
        let mut reports = list_features::explain(played(case, report, Vec::new()), &database);
        let case = RecordRouteCase::new(&database, "b", "", route);
        let report = record_route::judge(&case, transcript(Rpc::RecordRoute, &events));
        reports.extend(record_route::explain(played(case, report, Vec::new()), &database));
        let case = RouteChatCase::new("c", "", notes);
        let report = route_chat::judge(&case, transcript(Rpc::RouteChat, &events));
        let before = vec![transcript(Rpc::RouteChat, &before)];
        reports.extend(route_chat::explain(played(case, report, before)));
        for report in reports {
            let is_told = report.diagnosis.is_some_and(|diagnosis| !diagnosis.message.is_empty());
            prop_assert_eq!(report.outcome == Outcome::Fail, is_told);
            prop_assert!(report.mark.is_none_or(|mark| mark < events.len()));
        }
    }

    /// Whatever is found behind any answers to ListFeatures, it would have led to just these answers.
    #[test]
    fn a_cause_in_list_features_reproduces_what_it_explains(
        database in database(),
        asked in vec((rectangle(), 0..ListMistake::ALL.len(), any::<bool>()), 1..6),
        strange in vec(feature(), 0..3),
    ) {
        let calls: Vec<_> = asked
            .into_iter()
            .map(|(rectangle, made, by_chance)| {
                let made = [ListMistake::ALL[made]];
                let came = crate::guide::model::list_features::answer(&database, &rectangle, &made);
                let came = if by_chance { Some(strange.clone()) } else { came };
                list_features::cause::Call::new(rectangle, came)
            })
            .collect();
        let cause = list_features::cause::find(&database, &calls);
        let in_its_own_order = cause.as_ref().is_some_and(list_features::cause::is_about_order);
        let explains = |wrong: &[_]| list_features::cause::reproduces(&database, &calls, wrong);
        prop_assert!(in_its_own_order || reproduces(cause, explains));
    }

    /// The same of RecordRoute.
    #[test]
    fn a_cause_in_record_route_reproduces_what_it_explains(
        database in database(),
        sent in vec((vec(point(), 0..4), 0..RouteMistake::ALL.len(), summary(), any::<bool>()), 1..5),
    ) {
        let calls: Vec<_> = sent
            .into_iter()
            .map(|(route, made, strange, by_chance)| {
                let made = [RouteMistake::ALL[made]];
                let figures = crate::guide::model::record_route::answer(&database, &route, &made);
                let came = figures.map(|figures| RouteSummary {
                    point_count: figures.point_count as i32,
                    feature_count: figures.feature_count as i32,
                    distance: figures.distance as i32,
                    elapsed_time: 0,
                });
                record_route::cause::Call {
                    route,
                    wait_seconds: 0,
                    answered_after: Duration::from_millis(1),
                    came: if by_chance { Some(strange) } else { came },
                }
            })
            .collect();
        let cause = record_route::cause::find(&database, &calls);
        let explains = |wrong: &[_]| record_route::cause::reproduces(&database, &calls, wrong);
        prop_assert!(reproduces(cause, explains));
    }

    /// And of RouteChat.
    #[test]
    fn a_cause_in_route_chat_reproduces_what_it_explains(
        spoken in vec((vec(note(), 0..5), 0..ChatMistake::ALL.len(), any::<bool>()), 1..5),
        strange in vec(note(), 0..3),
    ) {
        let calls: Vec<_> = spoken
            .into_iter()
            .map(|(sent, made, by_chance)| {
                let mut chat = crate::guide::model::Chat::with_mistakes(&[ChatMistake::ALL[made]]);
                let came = sent.iter().flat_map(|note| chat.reply(note));
                let came = came.map(RouteNote::with_defaults).collect();
                let came = if by_chance { strange.clone() } else { came };
                route_chat::cause::Call { sent, came }
            })
            .collect();
        let cause = route_chat::cause::find(&calls);
        let explains = |wrong: &[_]| route_chat::cause::reproduces(&calls, wrong);
        prop_assert!(reproduces(cause, explains));
    }
}

/// Whether the certain mistakes, together with one of the family if there is one, explain everything.
fn reproduces<M: Mistake>(cause: Option<Cause<M>>, explains: impl Fn(&[M]) -> bool) -> bool {
    let Some(cause) = cause else {
        return true;
    };
    let with = |more: &[M]| {
        let made = |mistake: &&M| cause.certain.contains(mistake) || more.contains(mistake);
        let made: Vec<M> = M::ALL.iter().filter(made).copied().collect();
        explains(&made)
    };
    match cause.one_of.as_slice() {
        [] => with(&[]),
        family => family.iter().all(|one| with(&[*one])) || cause.certain.len() == 1,
    }
}
