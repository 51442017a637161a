//! Servers that exist only as the model: each is told its mistake by the written cases.

use std::time::Duration;

use super::StatusCase;
use super::rule::{WrongRule, refuses};
use crate::guide::cases::CheckFile;
use crate::guide::mistake::Mistake as _;
use crate::guide::production::{OfServer as _, PlayedCall, Requirement};
use crate::guide::route_chat::model::right_answer;
use crate::messages::{RouteNote, Rpc};
use crate::transcript::{Event, EventKind, ProtocolError, Status, Transcript};
use crate::verdict::{CaseReport, Outcome};

fn cases() -> Vec<StatusCase> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../lessons/15-return-status/check.json"
    );
    let check = CheckFile::from_json(&std::fs::read_to_string(file).unwrap()).unwrap();
    let Some(Requirement::ReturnStatus(cases)) = check.requirement else {
        panic!("it asks for something else");
    };
    cases
}

/// How a server ends a chat that it refuses.
#[derive(Clone, Copy)]
struct Manner {
    status: fn() -> Status,
    /// What it sends instead of ending the chat.
    goes_on: Option<fn(&RouteNote) -> Option<RouteNote>>,
    loses_replies: bool,
    answers: bool,
    waits: bool,
    /// What becomes of other chats.
    ends_others: bool,
}

fn right_status() -> Status {
    let words = "message: 1001 characters, at most 1000 are allowed".to_string();
    Status::new(tonic::Code::InvalidArgument, words)
}

const RIGHT: Manner = Manner {
    status: right_status,
    goes_on: None,
    loses_replies: false,
    answers: false,
    waits: false,
    ends_others: false,
};

fn transcript(events: Vec<EventKind>) -> Transcript {
    let event = |what| Event {
        at: Duration::ZERO,
        what,
    };
    Transcript {
        rpc: Rpc::RouteChat,
        events: events.into_iter().map(event).collect(),
    }
}

/// What happens in a chat with a server of this rule and manner.
fn play(case: &StatusCase, rule: Option<WrongRule>, manner: Manner) -> PlayedCall {
    let all = [
        &case.taken()[..],
        &case.refused().into_iter().collect::<Vec<_>>()[..],
        &case.afterwards()[..],
    ]
    .concat();
    let mut events = Vec::new();
    let mut known: Vec<RouteNote> = Vec::new();
    let replies = |known: &[RouteNote], note: &RouteNote| {
        let notes = [known, std::slice::from_ref(note)].concat();
        right_answer(&notes).pop().unwrap_or_default()
    };
    let mut ended = None;
    let mut has_refused = false;
    for (index, note) in all.iter().enumerate() {
        events.push(EventKind::Sent {
            message: note.clone().into(),
        });
        // The rule knows the chat so far; it ends at the first note that makes it refuse.
        if !has_refused && refuses(rule, &all[..=index]) {
            has_refused = true;
            match manner.goes_on {
                Some(instead) => {
                    let kept = instead(note);
                    let says = kept
                        .as_ref()
                        .filter(|kept| kept.message.starts_with("error"));
                    if let Some(says) = says {
                        events.push(EventKind::Received {
                            message: says.clone().into(),
                        });
                    } else {
                        known.extend(kept);
                    }
                    continue;
                }
                None => {
                    if manner.answers {
                        for reply in replies(&known, note) {
                            events.push(EventKind::Received {
                                message: reply.into(),
                            });
                        }
                    }
                    ended = Some((manner.status)());
                    break;
                }
            }
        }
        for reply in replies(&known, note) {
            events.push(EventKind::Received {
                message: reply.into(),
            });
        }
        known.push(note.clone());
    }
    if manner.loses_replies && ended.is_some() {
        events.retain(|what| !matches!(what, EventKind::Received { .. }));
    }
    if manner.waits && ended.is_some() {
        events.push(EventKind::Stalled {
            waiting_for: "a message".to_string(),
        });
        events.push(EventKind::HalfClosed);
    }
    if ended.is_none() {
        events.push(EventKind::HalfClosed);
    }
    let was_refused = ended.is_some();
    events.push(EventKind::Ended {
        status: ended.unwrap_or_else(Status::ok),
    });
    let notes = case.notes_beside();
    let beside = (!notes.is_empty()).then(|| {
        let replies = right_answer(&notes).concat();
        let mut events: Vec<EventKind> = replies
            .into_iter()
            .map(|reply| EventKind::Received {
                message: reply.into(),
            })
            .collect();
        let status = match manner.ends_others && was_refused {
            true => Status::flawed(ProtocolError::Closed),
            false => Status::ok(),
        };
        events.push(EventKind::Ended { status });
        transcript(events)
    });
    PlayedCall {
        call: transcript(events),
        beside,
    }
}

fn check(rule: Option<WrongRule>, manner: Manner) -> Vec<CaseReport> {
    let cases = cases();
    let played = cases.iter().map(|case| play(case, rule, manner)).collect();
    cases.judge(played)
}

/// The ids of all mistakes that are named, each once.
fn named(reports: &[CaseReport]) -> Vec<&'static str> {
    let mut ids: Vec<&str> = reports
        .iter()
        .filter_map(|report| report.diagnosis.as_ref())
        .flat_map(|found| found.mistakes.iter().copied())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[test]
fn a_right_server_passes() {
    let reports = check(None, RIGHT);
    for report in &reports {
        assert_eq!(report.outcome, Outcome::Pass, "{report:#?}");
    }
}

#[test]
fn each_wrong_rule_is_told_from_the_others() {
    for rule in WrongRule::ALL {
        assert_eq!(named(&check(Some(*rule), RIGHT)), [rule.id()], "{rule:?}");
    }
}

#[test]
fn each_wrong_way_to_end_a_chat_is_named() {
    let unknown: fn() -> Status =
        || Status::new(tonic::Code::Unknown, "message too long".to_string());
    let unnamed: fn() -> Status =
        || Status::new(tonic::Code::InvalidArgument, "too long".to_string());
    let broken: fn() -> Status = || Status::flawed(ProtocolError::Closed);
    let short: fn(&RouteNote) -> Option<RouteNote> = |note| {
        Some(RouteNote {
            message: note.message.chars().take(1_000).collect(),
            ..note.clone()
        })
    };
    let says: fn(&RouteNote) -> Option<RouteNote> = |note| {
        Some(RouteNote {
            message: "error: too long".to_string(),
            ..note.clone()
        })
    };
    let rows = [
        (
            "wrong-code",
            Manner {
                status: unknown,
                ..RIGHT
            },
        ),
        (
            "field-not-named",
            Manner {
                status: unnamed,
                ..RIGHT
            },
        ),
        (
            "ok-for-error",
            Manner {
                status: Status::ok,
                ..RIGHT
            },
        ),
        (
            "ok-for-error",
            Manner {
                goes_on: Some(says),
                ..RIGHT
            },
        ),
        (
            "breaks-off",
            Manner {
                status: broken,
                ..RIGHT
            },
        ),
        (
            "note-cut",
            Manner {
                goes_on: Some(short),
                ..RIGHT
            },
        ),
        (
            "note-dropped",
            Manner {
                goes_on: Some(|_| None),
                ..RIGHT
            },
        ),
        (
            "status-after-half-close",
            Manner {
                waits: true,
                ..RIGHT
            },
        ),
        (
            "refused-note-answered",
            Manner {
                answers: true,
                ..RIGHT
            },
        ),
        (
            "due-replies-lost",
            Manner {
                loses_replies: true,
                ..RIGHT
            },
        ),
        (
            "ends-other-calls",
            Manner {
                ends_others: true,
                ..RIGHT
            },
        ),
    ];
    for (id, manner) in rows {
        assert_eq!(named(&check(None, manner)), [id]);
    }
}

#[test]
fn no_case_asks_for_what_another_rule_would_do() {
    for case in cases() {
        let notes = [case.taken(), case.refused().into_iter().collect()].concat();
        assert_eq!(
            refuses(None, &notes),
            case.refused.is_some(),
            "{}",
            case.case
        );
        assert!(!refuses(None, &case.taken()), "{}", case.case);
    }
}
