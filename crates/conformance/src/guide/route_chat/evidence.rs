//! What shows the mistake in a chat, once it is known which one it is: the model says which reply belongs
//! to which note, and so the first one that is out of place.

use super::RouteChatCase;
use super::cause::ObservedChat;
use super::model::{Chat, ChatMistake};
use crate::guide::played::Played;
use crate::messages::RouteNote;
use crate::transcript::{Event, EventKind};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;

/// Shows in each failed case the first reply that a server with these mistakes should not have sent. Cases
/// in which no reply is out of place, but one is missing, stay as they are.
pub fn show(played: &mut [Played<RouteChatCase>], made: &[ChatMistake]) {
    let shared = made.contains(&ChatMistake::SharedHistory);
    let mut chat = Chat::with_mistakes(made);
    for played in played {
        for before in &played.before {
            listen(&mut chat, &before.events);
        }
        if !shared {
            chat = Chat::with_mistakes(made);
        }
        let call = ObservedChat::of(&played.report.transcript);
        let mut next = chat.clone();
        let is_so = call.is_some_and(|call| call.is_answered_by(&mut next));
        if is_so && let Some(finding) = out_of_place(&played.case, &played.report.transcript, chat)
        {
            played.report = played.report.clone().judged(Some(finding));
        }
        chat = next;
    }
}

/// The notes of a call go into a history that all calls share.
fn listen(chat: &mut Chat, events: &[Event]) {
    for note in ObservedChat::of(events).map_or(Vec::new(), |call| call.sent) {
        chat.reply(&note);
    }
}

fn out_of_place(case: &RouteChatCase, events: &[Event], mut chat: Chat) -> Option<Finding> {
    let received: Vec<usize> = events
        .iter()
        .enumerate()
        .filter(|(_, event)| matches!(event.what, EventKind::Received { .. }))
        .map(|(index, _)| index)
        .collect();
    let mut before = 0;
    for (turn, note) in case.turns.iter().enumerate() {
        let replies: Vec<RouteNote> = chat.reply(&note.send);
        for (index, reply) in replies.iter().enumerate() {
            let expected = note
                .expect
                .get(index)
                .cloned()
                .map(RouteNote::with_defaults);
            if expected.as_ref() == Some(&reply.clone().with_defaults()) {
                continue;
            }
            let to = format!("note {} ({})", turn + 1, note.send);
            let diagnosis = match &expected {
                Some(wanted) => Diagnosis::new(format!(
                    "In reply to {to}, {reply} came, but it must be {wanted}."
                ))
                .contrast(wanted, reply),
                None if index == 0 => Diagnosis::new(format!(
                    "In reply to {to}, {reply} came, but no reply to it is due."
                ))
                .contrast("no reply", reply),
                None => {
                    Diagnosis::new(format!("In reply to {to}, {reply} came after all replies."))
                        .contrast("no further reply", reply)
                }
            };
            let mark = received.get(before + index).copied();
            return Some(Finding { diagnosis, mark });
        }
        if replies.len() < note.expect.len() {
            return None;
        }
        before += replies.len();
    }
    None
}
