//! Judging one call of RouteChat for itself.

use super::{RouteChatCase, Turn};
use crate::messages::{Message, RouteNote};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::diagnosis::{Diagnosis, Finding};
use crate::verdict::report::CaseReport;
use crate::verdict::stream;

/// Compares the replies with those that are expected, in order, each before the next note.
pub fn judge(case: &RouteChatCase, transcript: Transcript) -> CaseReport {
    // Whatever went wrong first is what the learner is told, but for a flood, in which anything is wrong.
    let first = || {
        let found = [
            ended_early(case, &transcript),
            stream::fault(&transcript),
            difference(case, &transcript),
            missing(case, &transcript),
        ];
        let found = found.into_iter().flatten();
        found.min_by_key(|finding| finding.mark)
    };
    let finding = stream::flood(&transcript)
        .or_else(first)
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
    let is_refusal = |what: &EventKind| matches!(what, EventKind::Ended { status } if status.code == "INVALID_ARGUMENT");
    let is_unset = |what: &EventKind| matches!(what, EventKind::Sent { message: Message::RouteNote(note) } if note.location.is_none());
    is_refusal(&transcript.events[mark].what) && messages_before(transcript, mark, is_unset) > 0
}

/// All replies, each with the number of its turn, counted from 0.
fn replies(case: &RouteChatCase) -> impl Iterator<Item = (usize, &RouteNote)> {
    case.turns
        .iter()
        .enumerate()
        .flat_map(|(turn, Turn { expect, .. })| expect.iter().map(move |reply| (turn, reply)))
}

fn ended_early(case: &RouteChatCase, transcript: &Transcript) -> Option<Finding> {
    let end = transcript
        .position(|what| matches!(what, EventKind::Ended { status } if status.is_ok()))?;
    let half_closed = transcript.position(|what| matches!(what, EventKind::HalfClosed));
    if half_closed.is_some_and(|at| at < end) {
        return None;
    }
    Some(Finding {
        diagnosis: Diagnosis::mistake(
            "closes-after-reply",
            format!(
                "The server ended the call when {} of {} notes had been sent, while the client was still talking.",
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
    let mut sent = 0;
    for (mark, event) in transcript.events.iter().enumerate() {
        let came = match &event.what {
            EventKind::Received {
                message: Message::RouteNote(came),
            } => came,
            EventKind::Sent { .. } => {
                sent += 1;
                continue;
            }
            _ => continue,
        };
        let next = expected.next().filter(|(turn, _)| *turn < sent);
        let diagnosis = match next {
            Some((_, reply)) if reply.clone().with_defaults() == came.clone().with_defaults() => {
                continue;
            }
            Some((turn, reply)) => Diagnosis::new(format!(
                "{reply} must come next, in reply to note {} ({}), but {came} came.",
                turn + 1,
                case.turns[turn].send
            ))
            .contrast(reply, came),
            None => Diagnosis::new(match case.turns.get(sent.wrapping_sub(1)) {
                // All expected replies had come, and then this one came.
                Some(turn) if !turn.expect.is_empty() => format!(
                    "{came} came after all the replies to the notes up to note {sent} ({}): it is one too many.",
                    turn.send
                ),
                Some(turn) => format!(
                    "{came} came after note {sent} ({}), to which no reply is due.",
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

fn messages_before(
    transcript: &Transcript,
    index: usize,
    kind: impl Fn(&EventKind) -> bool,
) -> usize {
    let before = &transcript.events[..index];
    before.iter().filter(|event| kind(&event.what)).count()
}

/// The first reply that did not come, or not in time.
fn missing(case: &RouteChatCase, transcript: &Transcript) -> Option<Finding> {
    let half_closed = transcript.position(|what| matches!(what, EventKind::HalfClosed));
    let stalled = transcript
        .position(|what| matches!(what, EventKind::Stalled { .. }))
        .filter(|stalled| half_closed.is_none_or(|half_closed| *stalled < half_closed));
    let total = replies(case).count();
    let late = stalled.is_some() && transcript.received().count() == total;
    if late && difference(case, transcript).is_none() {
        return Some(Finding {
            diagnosis: why_late(case, transcript),
            mark: stalled,
        });
    }
    let until = stalled.unwrap_or(transcript.events.len());
    let came = messages_before(transcript, until, |what| {
        matches!(what, EventKind::Received { .. })
    });
    let (turn, reply) = replies(case).nth(came)?;
    let diagnosis = Diagnosis::new(format!(
        "The reply to note {} ({}) did not come: {reply}. Until then, {came} of the {total} replies in this chat had come.",
        turn + 1,
        case.turns[turn].send,
    ))
    .contrast(reply, "nothing");
    let diagnosis = match stalled {
        Some(_) => diagnosis.hint(stream::MEANT_TO_BE_SLOW),
        None => diagnosis,
    };
    Some(Finding {
        diagnosis,
        mark: stalled.or(transcript.events.len().checked_sub(1)),
    })
}

/// Replies that are right, but came too late.
fn why_late(case: &RouteChatCase, transcript: &Transcript) -> Diagnosis {
    if is_one_behind(case, transcript) {
        return Diagnosis::mistake(
            "one-behind",
            "The replies to each note are right, but they come only after the client has sent the next one.",
        )
        .hint("Answer a note before you read the next.");
    }
    let half_closed = transcript.position(|what| matches!(what, EventKind::HalfClosed));
    let first = transcript.nth_received(0);
    if half_closed < first {
        return Diagnosis::mistake(
            "replies-at-end",
            "The replies are right, but they came only after the client had half-closed.",
        )
        .hint(
            "Reply while the client is still talking: that is what makes the stream bidirectional.",
        );
    }
    Diagnosis::new(
        "The replies are right, but some come late: the client waited for one in vain, and got it only after it had gone \
         on.",
    )
    .hint(
        "Answer a note at once: send the replies one by one, and let nothing collect them.",
    )
    .and_hint(stream::MEANT_TO_BE_SLOW)
}

/// Whether the replies to each note came between the note after it and the one after that. A note that
/// is the last one's next is the half-close.
fn is_one_behind(case: &RouteChatCase, transcript: &Transcript) -> bool {
    let is_step = |what: &EventKind| matches!(what, EventKind::Sent { .. } | EventKind::HalfClosed);
    let mut before_half_close = false;
    let in_place = replies(case).enumerate().all(|(n, (turn, _))| {
        let Some(mark) = transcript.nth_received(n) else {
            return false;
        };
        before_half_close |= turn + 1 < case.turns.len();
        // The note itself, and one more.
        messages_before(transcript, mark, is_step) == turn + 2
    });
    in_place && before_half_close
}
