//! Judging calls of RouteChat: each for itself, and then all together for the mistake behind them.

pub mod cause;
mod evidence;
mod words;

use super::diagnosis::{Diagnosis, Finding};
use super::played::{self, Played};
use super::report::{CaseReport, Outcome};
use super::stream;
use crate::contract::Case as _;
use crate::contract::cases::{RouteChatCase, Turn};
use crate::contract::model::{Chat, ChatMistake};
use crate::contract::{Message, RouteNote};
use crate::probe::{Transcript, What};

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
    let is_refusal =
        |what: &What| matches!(what, What::Ended { status } if status.code == "INVALID_ARGUMENT");
    let is_unset = |what: &What| matches!(what, What::Sent { message: Message::RouteNote(note) } if note.location.is_none());
    is_refusal(&transcript.events[mark].what) && messages_before(transcript, mark, is_unset) > 0
}

/// Names the mistake behind the calls that are not right, where the model finds one. The calls come in
/// the order in which they were made; each may bring calls that were made before it for its sake.
pub fn explain(mut played: Vec<Played<RouteChatCase>>) -> Vec<CaseReport> {
    played::name_bad_statuses(&mut played);
    played::name_unset_fields(&mut played, "a note's location");
    if !name_the_cause(&mut played, is_whole) {
        // Calls that were cancelled or went on beside others may have left notes behind, in an order of
        // their own: what the others show is still certain.
        name_the_cause(&mut played, |played| {
            is_whole(played) && !played.case.comes_last()
        });
    }
    name_disturbance(&mut played);
    played::explain_unset_fields(&mut played, "a note's location");
    played::reports(played)
}

/// Whether a call was answered to its end.
fn is_whole(played: &Played<RouteChatCase>) -> bool {
    let refused = played.leaves_a_field_unset() && !played.report.ended_ok();
    !refused && cause::Call::of(&played.report.transcript).is_some()
}

/// Looks for the mistake behind the calls that count, and says so in each that failed. False if there is
/// none to be found.
fn name_the_cause(
    played: &mut [Played<RouteChatCase>],
    counts: fn(&Played<RouteChatCase>) -> bool,
) -> bool {
    let counted = played.iter().filter(|played| counts(played));
    let events = counted.flat_map(|played| {
        let before = played.before.iter().map(|transcript| &transcript.events);
        before.chain([&played.report.transcript])
    });
    let calls: Vec<cause::Call> = events
        .filter_map(|events| cause::Call::of(events))
        .collect();
    let Some(cause) = cause::find(&calls) else {
        return false;
    };
    let made: Vec<ChatMistake> =
        [&cause.certain[..], cause.one_of.get(..1).unwrap_or(&[])].concat();
    let late = is_late(played, counts, &made);
    evidence::show(played, &made);
    let shared = made.contains(&ChatMistake::SharedHistory);
    let diagnosis = words::diagnosis(&cause);
    let diagnosis = if late {
        at_the_end_too(diagnosis)
    } else {
        diagnosis
    };
    played::explain(played, &diagnosis, |played| {
        let call = cause::Call::of(&played.report.transcript)?;
        // What an earlier call has left is seen best where the lab has left it.
        let hidden = shared && played.case.earlier_call.is_empty();
        counts(played).then(|| cause::lookalikes(&call) + 5 * usize::from(hidden))
    });
    true
}

/// Whether a server with these mistakes kept back replies that it had: a client waited for them in vain, with
/// all patience, and they came only after the half-close.
fn is_late(
    played: &[Played<RouteChatCase>],
    counts: fn(&Played<RouteChatCase>) -> bool,
    made: &[ChatMistake],
) -> bool {
    let waited = played.iter().filter(|one| !one.blind && counts(one));
    let mut kept_back = waited.filter_map(|one| {
        let events = &one.report.transcript;
        let at = |kind: fn(&What) -> bool| events.iter().position(|event| kind(&event.what));
        let stalled = at(|what| matches!(what, What::Stalled { .. }))?;
        let half_closed = at(|what| matches!(what, What::HalfClosed))?;
        let received = at(|what| matches!(what, What::Received { .. }))?;
        let mut chat = Chat::with_mistakes(made);
        let had = events[..stalled].iter().any(|event| match &event.what {
            What::Sent {
                message: Message::RouteNote(note),
            } => !chat.reply(note).is_empty(),
            _ => false,
        });
        had.then_some(half_closed < received)
    });
    let first = kept_back.next();
    first == Some(true) && kept_back.all(|late| late)
}

/// A cause, of a server that sends its replies only at the end besides.
fn at_the_end_too(cause: Diagnosis) -> Diagnosis {
    Diagnosis {
        mistakes: [&["replies-at-end"], &cause.mistakes[..]].concat(),
        message: format!(
            "The replies come only after the client has half-closed, and not while it is still talking. And: \
             {}",
            cause.message
        ),
        ..cause
    }
}

/// A chat that stalled while another was open, and goes well alone.
pub fn blocked_by_another(report: CaseReport) -> CaseReport {
    let mark = report.mark;
    let diagnosis = Diagnosis::mistake(
        "blocks-other-chats",
        "While another chat is open, this one gets no replies; alone, it goes well.",
    )
    .hint("Calls run side by side: hold no lock while you wait for the client's next note.");
    report.judged(Some(Finding { diagnosis, mark }))
}

/// Names the mistake of a server whose chats are all right, but for one beside which another has come and
/// gone.
fn name_disturbance(played: &mut [Played<RouteChatCase>]) {
    let failed = |one: &Played<RouteChatCase>| one.report.outcome == Outcome::Fail;
    let is_about_others = |one: &Played<RouteChatCase>| !one.case.around_another_call.is_empty();
    if played
        .iter()
        .any(|one| failed(one) && !is_about_others(one))
    {
        return;
    }
    // One that broke off, or ended too soon, has another mistake.
    let ended = played.iter_mut().filter(|one| one.report.ended_ok());
    let diagnoses = ended.filter_map(|one| one.report.diagnosis.as_mut());
    for found in diagnoses.filter(|found| found.mistakes.is_empty()) {
        *found = Diagnosis {
            contrast: found.contrast.take(),
            ..Diagnosis::mistake(
                "shared-history",
                format!(
                    "While this chat was open, another came and went, and then this one no longer had its \
                     own history. {}",
                    found.message
                ),
            )
            .hint("Keep the notes in a variable of the method, not in the service.")
        };
    }
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
                "{reply} was due next, in reply to note {} ({}), but {came} came.",
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
        return Some(Finding {
            diagnosis: why_late(case, transcript),
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

/// Replies that are right, but came later than they were due.
fn why_late(case: &RouteChatCase, transcript: &Transcript) -> Diagnosis {
    if is_one_behind(case, transcript) {
        return Diagnosis::mistake(
            "one-behind",
            "The replies to each note are right, but they come only after the client has sent the next one.",
        )
        .hint("Answer a note before you read the next.");
    }
    let half_closed = transcript.position(|what| matches!(what, What::HalfClosed));
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
        "The replies are right, but they come late: the client had to send more before it got them.",
    )
    .hint("Answer a note at once: send the replies one by one, and let nothing collect them.")
}

/// Whether the replies to each note came between the note after it and the one after that. A note that
/// is the last one's next is the half-close.
fn is_one_behind(case: &RouteChatCase, transcript: &Transcript) -> bool {
    let is_step = |what: &What| matches!(what, What::Sent { .. } | What::HalfClosed);
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contract::{Point, Rpc};
    use crate::probe::{Event, Status};

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
        let case = RouteChatCase::new("test", "", notes.to_vec());
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
            message.contains("was due next, in reply to note 3 (\"c\""),
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
    fn replies_that_wait_for_the_next_note_are_one_behind() {
        let notes = [note(1, "a"), note(1, "b"), note(1, "c")];
        let case = RouteChatCase::new("test", "", notes.to_vec());
        let what = vec![
            sent(1, "a"),
            sent(1, "b"),
            stalled(),
            sent(1, "c"),
            came(1, "a"),
            What::HalfClosed,
            came(1, "a"),
            came(1, "b"),
            ok(),
        ];
        let at = Duration::ZERO;
        let events = what.into_iter().map(|what| Event { at, what }).collect();
        let rpc = Rpc::RouteChat;
        let report = judge(&case, Transcript { rpc, events });
        assert_eq!(report.diagnosis.unwrap().mistakes, ["one-behind"]);
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
