//! Judging a call of RouteChat.

use super::diagnosis::{Diagnosis, Finding};
use super::report::{CaseReport, Outcome};
use super::stream;
use crate::contract::cases::{RouteChatCase, Turn};
use crate::contract::model::Chat;
use crate::contract::{Message, RouteNote};
use crate::probe::{Event, Transcript, What};

/// Compares the replies with those that are expected, in order, each before the next note.
pub fn judge(case: &RouteChatCase, transcript: Transcript) -> CaseReport {
    // Whatever went wrong first is what the learner is told.
    let finding = [
        ended_early(case, &transcript),
        stream::fault(&transcript),
        difference(case, &transcript),
        missing(case, &transcript),
    ]
    .into_iter()
    .flatten()
    .min_by_key(|finding| finding.mark)
    .filter(|finding| !refuses_an_unset_place(&transcript, finding));
    let expected = replies(case)
        .map(|(_, reply)| Message::RouteNote(reply.clone()))
        .collect();
    CaseReport::of_call(&case.case, &case.why, expected, transcript).judged(finding)
}

/// A note without a location may be refused, as a message that lacks what it needs, if all was right
/// until then.
fn refuses_an_unset_place(transcript: &Transcript, finding: &Finding) -> bool {
    let Some(mark) = finding.mark else {
        return false;
    };
    let is_refusal =
        |what: &What| matches!(what, What::Ended { status } if status.code == "INVALID_ARGUMENT");
    let is_unset = |what: &What| matches!(what, What::Sent { message: Message::RouteNote(note) } if note.location.is_none());
    is_refusal(&transcript.events[mark].what) && messages_before(transcript, mark, is_unset) > 0
}

/// Names the mistake behind several calls of RouteChat, where what came proves it. `earlier` are the
/// notes of calls that are not among the reports.
pub fn explain(mut reports: Vec<CaseReport>, earlier: &[RouteNote]) -> Vec<CaseReport> {
    if !reports.is_empty() && reports.iter().all(is_answered_with_itself) {
        for report in &mut reports {
            let is_reply = |event: &Event| matches!(event.what, What::Received { .. });
            report.mark = report.transcript.iter().position(is_reply);
            report.diagnosis = Some(own_note());
        }
        return reports;
    }
    let everything: Vec<Message> = reports
        .iter()
        .flat_map(|report| sent(&report.transcript))
        .chain(earlier.iter().cloned().map(Message::RouteNote))
        .map(Message::with_defaults)
        .collect();
    for report in &mut reports {
        let own: Vec<Message> = sent(&report.transcript)
            .map(Message::with_defaults)
            .collect();
        let foreign = report
            .transcript
            .iter()
            .enumerate()
            .find_map(|(index, event)| match &event.what {
                What::Received { message } => {
                    let note = message.clone().with_defaults();
                    let is_foreign = !own.contains(&note) && everything.contains(&note);
                    is_foreign.then(|| (index, message.to_string()))
                }
                _ => None,
            });
        if let Some((index, note)) = foreign {
            report.mark = Some(index);
            report.outcome = Outcome::Fail;
            report.diagnosis = Some(
                Diagnosis::mistake(
                    "shared-history",
                    format!(
                        "{note} came, which was sent in another call. Each call starts with an empty \
                         history here; the Go and Java examples share it."
                    ),
                )
                .hint("Keep the notes in a variable of the method, not in the service."),
            );
        }
    }
    reports
}

fn sent(transcript: &[Event]) -> impl Iterator<Item = Message> {
    transcript.iter().filter_map(|event| match &event.what {
        What::Sent { message } => Some(message.clone()),
        _ => None,
    })
}

fn own_note() -> Diagnosis {
    Diagnosis::mistake(
        "echoes-new-note",
        "You send the new note back too, as the Go example does; this codelab replies with earlier \
         notes only.",
    )
    .hint("Reply first, and remember the note afterwards.")
}

/// Whether a server that does so would have sent just what came.
fn is_answered_with_itself(report: &CaseReport) -> bool {
    let mut chat = Chat::default();
    let mut echoes = Vec::new();
    for event in &report.transcript {
        if let What::Sent {
            message: Message::RouteNote(note),
        } = &event.what
        {
            echoes.extend(chat.reply(note));
            echoes.push(note.clone());
        }
    }
    let came = report.received.iter().cloned().map(Message::with_defaults);
    let echoes = echoes
        .into_iter()
        .map(|note| Message::RouteNote(note.with_defaults()));
    came.eq(echoes)
}

/// All replies, each with the number of its turn, counted from 0.
fn replies(case: &RouteChatCase) -> impl Iterator<Item = (usize, &RouteNote)> {
    case.turns
        .iter()
        .enumerate()
        .flat_map(|(turn, Turn { expect, .. })| expect.iter().map(move |reply| (turn, reply)))
}

fn ended_early(case: &RouteChatCase, transcript: &Transcript) -> Option<Finding> {
    let end =
        transcript.position(|what| matches!(what, What::Ended { status } if status.is_ok()))?;
    let half_closed = transcript.position(|what| matches!(what, What::HalfClosed));
    if half_closed.is_some_and(|at| at < end) {
        return None;
    }
    Some(Finding {
        diagnosis: Diagnosis::mistake(
            "closes-after-reply",
            format!(
                "The server ended the call after {} of {} notes, while the client was still talking.",
                transcript.sent().count(),
                case.turns.len()
            ),
        )
        .hint("Keep reading until the client half-closes."),
        mark: Some(end),
    })
}

/// The first reply that is not the one expected in its place.
fn difference(case: &RouteChatCase, transcript: &Transcript) -> Option<Finding> {
    let mut expected = replies(case);
    for (n, message) in transcript.received().enumerate() {
        let Message::RouteNote(came) = message else {
            continue;
        };
        let mark = transcript.nth_received(n)?;
        let sent = messages_before(transcript, mark, |what| matches!(what, What::Sent { .. }));
        let due = expected.next().filter(|(turn, _)| *turn < sent);
        let diagnosis = match due {
            Some((_, reply)) if reply.clone().with_defaults() == came.clone().with_defaults() => {
                continue;
            }
            Some((turn, reply)) => Diagnosis::new(format!(
                "The reply to note {} ({}) should be {reply}, but {came} came.",
                turn + 1,
                case.turns[turn].send
            ))
            .contrast(reply, came),
            None => Diagnosis::new(match case.turns.get(sent.wrapping_sub(1)) {
                // What was due by then had come, and then this came besides.
                Some(turn) if !turn.expect.is_empty() => format!(
                    "{came} came after all the replies that were due up to note {sent} ({}): it is one too many.",
                    turn.send
                ),
                Some(turn) => format!(
                    "{came} came after note {sent} ({}), where no reply was due.",
                    turn.send
                ),
                None => format!("{came} came before any note was sent."),
            })
            .contrast("no further reply", came),
        };
        return Some(Finding {
            diagnosis,
            mark: Some(mark),
        });
    }
    None
}

fn messages_before(transcript: &Transcript, index: usize, kind: impl Fn(&What) -> bool) -> usize {
    let before = &transcript.events[..index];
    before.iter().filter(|event| kind(&event.what)).count()
}

/// The first reply that did not come, or not in time.
fn missing(case: &RouteChatCase, transcript: &Transcript) -> Option<Finding> {
    let half_closed = transcript.position(|what| matches!(what, What::HalfClosed));
    let stalled = transcript
        .position(|what| matches!(what, What::Stalled { .. }))
        .filter(|stalled| half_closed.is_none_or(|half_closed| *stalled < half_closed));
    let due = replies(case).count();
    let late = stalled.is_some() && transcript.received().count() == due;
    if late && difference(case, transcript).is_none() {
        let diagnosis = Diagnosis::mistake(
            "replies-at-end",
            "The replies are right, but they came only after the client had half-closed.",
        )
        .hint(
            "Reply while the client is still talking: that is what makes the stream bidirectional.",
        );
        return Some(Finding {
            diagnosis,
            mark: stalled,
        });
    }
    let until = stalled.unwrap_or(transcript.events.len());
    let came = messages_before(transcript, until, |what| {
        matches!(what, What::Received { .. })
    });
    let (turn, reply) = replies(case).nth(came)?;
    let diagnosis = Diagnosis::new(format!(
        "The reply to note {} ({}) did not come: {reply}. Of {due} in this chat, {came} had come by then.",
        turn + 1,
        case.turns[turn].send,
    ))
    .contrast(reply, "nothing");
    Some(Finding {
        diagnosis,
        mark: stalled.or(transcript.events.len().checked_sub(1)),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contract::{Point, Rpc, model};
    use crate::probe::Status;

    fn note(place: i32, message: &str) -> RouteNote {
        RouteNote {
            location: Some(Point {
                latitude: place,
                longitude: 0,
            }),
            message: message.to_string(),
        }
    }

    fn sent(place: i32, message: &str) -> What {
        What::Sent {
            message: Message::RouteNote(note(place, message)),
        }
    }

    fn came(place: i32, message: &str) -> What {
        What::Received {
            message: Message::RouteNote(note(place, message)),
        }
    }

    fn ok() -> What {
        What::Ended {
            status: Status::ok(),
        }
    }

    fn stalled() -> What {
        What::Stalled {
            waiting_for: "message 1 from the server".to_string(),
        }
    }

    /// Judges what happened in a chat of a, b and c, with a and c at one place.
    fn judged(events: Vec<What>) -> Option<(String, Vec<&'static str>, Option<usize>)> {
        let notes = [note(1, "a"), note(2, "b"), note(1, "c")];
        let turns = notes.iter().zip(model::route_chat(&notes));
        let case = RouteChatCase {
            case: "test".into(),
            why: String::new(),
            earlier_call: Vec::new(),
            turns: turns
                .map(|(send, expect)| Turn {
                    send: send.clone(),
                    expect,
                })
                .collect(),
        };
        let event = |what| Event {
            at: Duration::ZERO,
            what,
        };
        let transcript = Transcript {
            rpc: Rpc::RouteChat,
            events: events.into_iter().map(event).collect(),
        };
        let report = judge(&case, transcript);
        assert_eq!(report.outcome == Outcome::Pass, report.diagnosis.is_none());
        let mark = report.mark;
        report.diagnosis.map(|d| (d.message, d.mistakes, mark))
    }

    #[test]
    fn a_right_chat_passes() {
        let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
        assert_eq!(
            judged(vec![
                a,
                b,
                c,
                What::Headers,
                came(1, "a"),
                What::HalfClosed,
                ok()
            ]),
            None
        );
    }

    #[test]
    fn a_reply_that_comes_before_its_note_is_no_reply() {
        let events = vec![
            sent(1, "a"),
            came(1, "a"),
            sent(2, "b"),
            sent(1, "c"),
            What::HalfClosed,
            ok(),
        ];
        let (message, _, mark) = judged(events).unwrap();
        assert!(message.contains("came after note 1 (\"a\" at"), "{message}");
        assert_eq!(mark, Some(1));
    }

    #[test]
    fn the_wrong_note_is_shown_beside_the_right_one() {
        let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
        let (message, _, mark) =
            judged(vec![a, b, c, came(1, "c"), What::HalfClosed, ok()]).unwrap();
        assert!(
            message.starts_with("The reply to note 3 (\"c\""),
            "{message}"
        );
        assert_eq!(mark, Some(3));
    }

    #[test]
    fn one_reply_too_many_is_found() {
        let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
        let events = vec![a, b, c, came(1, "a"), came(1, "c"), What::HalfClosed, ok()];
        let (message, _, mark) = judged(events).unwrap();
        assert!(message.contains("one too many"), "{message}");
        assert_eq!(mark, Some(4));
    }

    #[test]
    fn replies_that_wait_for_the_half_close_are_told_from_replies_that_never_come() {
        let begin = || {
            vec![
                sent(1, "a"),
                sent(2, "b"),
                sent(1, "c"),
                stalled(),
                What::HalfClosed,
            ]
        };
        let late = [begin(), vec![came(1, "a"), ok()]].concat();
        let (_, mistakes, mark) = judged(late).unwrap();
        assert_eq!((mistakes, mark), (vec!["replies-at-end"], Some(3)));

        let never = [begin(), vec![ok()]].concat();
        let (message, mistakes, _) = judged(never).unwrap();
        assert!(message.contains("did not come: \"a\""), "{message}");
        assert!(mistakes.is_empty());

        // Late and wrong: it must not be said that the replies are right.
        let wrong = [begin(), vec![came(2, "b"), ok()]].concat();
        let (message, mistakes, _) = judged(wrong).unwrap();
        assert!(
            message.contains("did not come") && mistakes.is_empty(),
            "{message}"
        );
    }

    #[test]
    fn an_end_before_the_half_close_is_named() {
        let (message, mistakes, _) = judged(vec![sent(1, "a"), ok()]).unwrap();
        assert_eq!(mistakes, ["closes-after-reply"], "{message}");
    }

    #[test]
    fn a_chat_that_never_ends_is_named() {
        let (a, b, c) = (sent(1, "a"), sent(2, "b"), sent(1, "c"));
        let events = vec![a, b, c, came(1, "a"), What::HalfClosed, stalled()];
        let (_, mistakes, mark) = judged(events).unwrap();
        assert_eq!((mistakes, mark), (vec!["never-ends"], Some(5)));
    }
}
