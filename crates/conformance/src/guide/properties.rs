//! What holds for every transcript, every answer and every database there can be.

use std::cell::Cell;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::cause::{self, Cause};
use super::mistake::Mistake;
use super::played::Played;
use super::registry::with_all_methods;
use super::simulated::Simulated;
use super::{Case as _, Database};
use crate::messages::{Feature, Message, Point, Rectangle, RouteNote, RouteSummary};
use crate::probe::script::Step;
use crate::transcript::{CutOffReason, Event, EventKind, ProtocolError, Status, Transcript};
use crate::verdict::{CaseReport, Outcome};

/// Coordinates: mostly small, so that places meet, and sometimes any.
fn coordinate() -> impl Strategy<Value = i32> {
    prop_oneof![
        6 => -2..3i32,
        2 => -900_000_000..=900_000_000i32,
        1 => any::<i32>(),
        1 => prop_oneof![Just(i32::MIN), Just(i32::MAX)],
    ]
}

pub fn point() -> impl Strategy<Value = Point> {
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

pub fn note() -> impl Strategy<Value = RouteNote> {
    (text(), proptest::option::weighted(0.9, point()))
        .prop_map(|(message, location)| RouteNote { location, message })
}

pub fn rectangle() -> impl Strategy<Value = Rectangle> {
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
                details: None,
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

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Whatever happens in a call, there is a verdict, and a reason for it if it is bad.
fn there_is_a_verdict_on_every_transcript<M: Simulated>() {
    let any = (events(), events(), database()).prop_flat_map(|(events, before, database)| {
        let case = M::any_case(&database);
        (Just(events), Just(before), Just(database), case)
    });
    let mut runner = TestRunner::new(config());
    let checked = runner.run(&any, |(events, before, database, case)| {
        let transcript = |events: &Vec<Event>| Transcript {
            rpc: M::RPC,
            events: events.clone(),
        };
        let report = M::judge(&case, &database, transcript(&events));
        let played = Played {
            case,
            report,
            before: vec![transcript(&before)],
            blind: false,
            passes_alone: false,
        };
        for report in cause::explain::<M>(vec![played], &database) {
            let has_message = report
                .diagnosis
                .is_some_and(|diagnosis| !diagnosis.message.is_empty());
            prop_assert_eq!(report.outcome == Outcome::Fail, has_message);
            prop_assert!(report.mark.is_none_or(|mark| mark < events.len()));
        }
        Ok(())
    });
    checked.unwrap();
}

/// Whatever is found behind any answers, it would have led to just these answers.
fn a_cause_reproduces_what_it_explains<M: Simulated>() {
    let any = database().prop_flat_map(|database| {
        let mistakes = 0..M::Mistake::ALL.len();
        let calls = vec((M::any_case(&database), mistakes, any::<bool>()), 1..6);
        (Just(database), calls, vec(message(), 0..8))
    });
    let mut runner = TestRunner::new(config());
    let checked = runner.run(&any, |(database, asked, strange)| {
        let mut calls = Vec::new();
        for (case, made, by_chance) in asked {
            let made = [M::Mistake::ALL[made]];
            let simulated = M::simulate(&database, &[case], &made).into_iter();
            calls.extend(simulated.map(|call| match by_chance {
                true => M::answered_with(call, &strange),
                false => call,
            }));
        }
        // A cause that the general search has not found has its own rule.
        let Some(cause) = cause::find::<M>(&database, &calls) else {
            return Ok(());
        };
        let is_special = M::further_search(&database, &calls).is_some_and(|other| other == cause);
        let explains = |wrong: &[M::Mistake]| M::reproduces(&database, &calls, wrong);
        prop_assert!(is_special || reproduces(&cause, explains), "{:?}", cause);
        Ok(())
    });
    checked.unwrap();
}

/// What is claimed of a call holds in it, also where other calls of the RPC ended badly: a mistake of the model is named
/// only in a call that the model with it would have answered just so.
fn a_claim_holds_in_each_call_that_it_is_made_of<M: Simulated>() {
    let any = database().prop_flat_map(|database| {
        let mistakes = vec(0..M::Mistake::ALL.len(), 1..3);
        let calls = vec(
            (M::any_case(&database), proptest::bool::weighted(0.2)),
            2..6,
        );
        (Just(database), mistakes, calls)
    });
    let mut runner = TestRunner::new(config());
    let claims = Cell::new(0);
    let checked = runner.run(&any, |(database, made, cases)| {
        let made: Vec<M::Mistake> = made
            .into_iter()
            .map(|index| M::Mistake::ALL[index])
            .collect();
        let played: Vec<Played<M::Case>> = cases
            .into_iter()
            .map(|(case, ends_badly)| {
                let calls = M::simulate(&database, std::slice::from_ref(&case), &made);
                let answer = calls.last().and_then(M::answer_of).filter(|_| !ends_badly);
                let transcript = as_played::<M>(&case, answer);
                Played {
                    report: M::judge(&case, &database, transcript),
                    case,
                    before: Vec::new(),
                    blind: false,
                    passes_alone: false,
                }
            })
            .collect();
        let observed: Vec<Option<M::Observed>> = played.iter().map(M::observed).collect();
        // What is seen in one message of a call is no claim about the whole of it.
        let seen: Vec<Vec<&str>> = played.iter().map(|one| ids_of(&one.report)).collect();
        let reports = cause::explain::<M>(played, &database);
        for ((report, call), seen) in reports.iter().zip(&observed).zip(&seen) {
            let ids = ids_of(report);
            let claimed = M::Mistake::ALL
                .iter()
                .copied()
                .filter(|one| ids.contains(&one.id()));
            let claimed: Vec<M::Mistake> = claimed.collect();
            // What calls have in common does not show in one of them.
            if claimed.is_empty() || ids == *seen || ids.contains(&"shared-history") {
                continue;
            }
            claims.set(claims.get() + 1);
            let holds = |call: &M::Observed| {
                // A cause that the general search has not found has its own rule.
                let calls = [call.clone()];
                let special = M::further_search(&database, &calls);
                is_some_answered::<M>(&database, call, &claimed)
                    || special.is_some_and(|cause| ids.iter().any(|id| cause.ids().contains(id)))
            };
            prop_assert!(call.as_ref().is_some_and(holds), "{:?} in {:?}", ids, call);
        }
        Ok(())
    });
    checked.unwrap();
    assert!(claims.get() > 50, "only {} claims were seen", claims.get());
}

/// The ids of the mistakes that a report names.
fn ids_of(report: &CaseReport) -> Vec<&'static str> {
    let diagnosis = report.diagnosis.as_ref();
    diagnosis.map_or(Vec::new(), |found| found.mistakes.clone())
}

/// Whether one, two or three of these mistakes explain a call.
fn is_some_answered<M: Simulated>(
    database: &Database,
    call: &M::Observed,
    claimed: &[M::Mistake],
) -> bool {
    let explains = |wrong: &[M::Mistake]| M::is_answered_by(database, call, wrong);
    claimed.iter().any(|a| {
        explains(&[*a])
            || claimed
                .iter()
                .any(|b| explains(&[*a, *b]) || claimed.iter().any(|c| explains(&[*a, *b, *c])))
    })
}

/// A call in which all of a case is sent, and this answer comes; or an error.
fn as_played<M: Simulated>(case: &M::Case, answer: Option<Vec<Message>>) -> Transcript {
    let mut what = Vec::new();
    for step in case.steps() {
        match step {
            Step::Send(message) => what.push(EventKind::Sent { message }),
            Step::SendAll(messages) => {
                what.extend(
                    messages
                        .into_iter()
                        .map(|message| EventKind::Sent { message }),
                );
            }
            _ => {}
        }
    }
    what.push(EventKind::HalfClosed);
    let status = match &answer {
        Some(_) => Status::ok(),
        None => Status {
            code: "INTERNAL",
            message: "a bad end".to_string(),
            flaw: None,
            details: None,
        },
    };
    let messages = answer.unwrap_or_default().into_iter();
    what.extend(messages.map(|message| EventKind::Received { message }));
    what.push(EventKind::Ended { status });
    let event = |what| Event {
        at: Duration::ZERO,
        what,
    };
    Transcript {
        rpc: M::RPC,
        events: what.into_iter().map(event).collect(),
    }
}

/// Whether the certain mistakes, together with one of the family if there is one, explain everything.
fn reproduces<M: Mistake>(cause: &Cause<M>, explains: impl Fn(&[M]) -> bool) -> bool {
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

macro_rules! properties {
    ($( $key:ident: $Method:ident, )+) => {
        $(
            mod $key {
                use crate::guide::$key::$Method;

                #[test]
                fn there_is_a_verdict_on_every_transcript() {
                    super::there_is_a_verdict_on_every_transcript::<$Method>();
                }

                #[test]
                fn a_claim_holds_in_each_call_that_it_is_made_of() {
                    super::a_claim_holds_in_each_call_that_it_is_made_of::<$Method>();
                }

                #[test]
                fn a_cause_reproduces_what_it_explains() {
                    super::a_cause_reproduces_what_it_explains::<$Method>();
                }
            }
        )+
    };
}

with_all_methods!(properties);
