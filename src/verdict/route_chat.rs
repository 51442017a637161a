//! Judging a call of RouteChat.

use super::report::{CaseReport, Diagnosis, Finding};
use super::stream;
use crate::contract::cases::{RouteChatCase, Turn};
use crate::contract::{Message, RouteNote};
use crate::probe::{Transcript, What};

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
    .filter(|_| !refuses_an_unset_place(&transcript));
    let expected = replies(case)
        .map(|(_, reply)| Message::RouteNote(reply.clone()))
        .collect();
    CaseReport::of_call(&case.case, &case.why, expected, transcript).judged(finding)
}

/// A note without a location may be refused, as a message that lacks what it needs.
fn refuses_an_unset_place(transcript: &Transcript) -> bool {
    transcript
        .status()
        .is_some_and(|status| status.code == "INVALID_ARGUMENT")
        && transcript
            .sent()
            .any(|message| matches!(message, Message::RouteNote(note) if note.location.is_none()))
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
        let mark = transcript.nth_received(n);
        let Some((turn, reply)) = expected.next() else {
            let message = format!(
                "Reply {} is {came}, but all the replies that belong to this chat had come by then.",
                n + 1
            );
            let diagnosis = Diagnosis::new(message).contrast("no further reply", came);
            return Some(Finding { diagnosis, mark });
        };
        let answered = mark.map_or(0, |mark| notes_before(transcript, mark));
        if came == reply && answered > turn {
            continue;
        }
        let (message, due) = if answered <= turn {
            // It came in answer to a note that calls for no more replies.
            let message = format!(
                "After note {answered} ({}) came {came}, where no reply was due.",
                case.turns
                    .get(answered.wrapping_sub(1))
                    .map_or(String::new(), |t| t.send.to_string())
            );
            (message, "no reply yet".to_string())
        } else {
            let message = format!(
                "The reply to note {} ({}) should be {reply}, but {came} came.",
                turn + 1,
                case.turns[turn].send
            );
            (message, reply.to_string())
        };
        let diagnosis = Diagnosis::new(message).contrast(due, came);
        return Some(Finding { diagnosis, mark });
    }
    None
}

fn notes_before(transcript: &Transcript, index: usize) -> usize {
    let before = &transcript.events[..index];
    before
        .iter()
        .filter(|event| matches!(event.what, What::Sent { .. }))
        .count()
}

/// Replies that did not come, or not in time.
fn missing(case: &RouteChatCase, transcript: &Transcript) -> Option<Finding> {
    let came = transcript.received().count();
    let due = replies(case).count();
    let stalled = transcript.position(|what| matches!(what, What::Stalled { .. }));
    let diagnosis = if came == due {
        // All are right: the only thing that can be wrong is that one came late.
        stalled?;
        Diagnosis::mistake(
            "replies-at-end",
            "The replies are right, but they came only after the client had half-closed.",
        )
        .hint(
            "Reply while the client is still talking: that is what makes the stream bidirectional.",
        )
    } else {
        let (turn, reply) = replies(case).nth(came)?;
        Diagnosis::new(format!(
            "The reply to note {} ({}) is missing: {reply}. {came} of {due} repl{} came.",
            turn + 1,
            case.turns[turn].send,
            if due == 1 { "y" } else { "ies" },
        ))
        .contrast(reply, "nothing more")
    };
    let mark = stalled.unwrap_or(transcript.events.len() - 1);
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}
