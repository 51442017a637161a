//! Playing a chat: alone, after other calls, or while another is open.

use super::play::{Play, after_cancelled, played};
use super::player::{Pace, Player, stalled};
use crate::guide::cases::{RouteChatCase, Turn};
use crate::messages::{Message, Rectangle, RouteNote, Rpc};
use crate::probe::call::{Due, Script, Step};
use crate::verdict::played::Played;
use crate::verdict::{Outcome, route_chat};

impl Play for RouteChatCase {
    const RPC: Rpc = Rpc::RouteChat;

    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<RouteChatCase> {
        let mut before = Vec::new();
        if !self.earlier_call.is_empty() {
            // How that goes is not this case's business.
            let steps = sends(&self.earlier_call);
            let script = player.chat(steps, Due::Count(0), pace);
            before.push(player.call(&script).await);
        }
        if self.after_cancelled > 0 {
            let mut steps = sends(&self.notes());
            steps.extend([Step::AwaitCount(1), Step::Cancel]);
            let script = player.chat(steps, due(&self), pace);
            player.cancel(&script, self.after_cancelled).await;
        }
        let script = player.chat(turns(&self.turns, pace), due(&self), pace);
        if !self.beside_open_call.is_empty() {
            return beside_open_call(self, player, &script).await;
        }
        let transcript = player.call(&script).await;
        let report = route_chat::judge(&self, transcript);
        let report = after_cancelled(report, self.after_cancelled);
        Played {
            before,
            blind: pace == Pace::Blind,
            ..played(self, report)
        }
    }
}

/// Plays a chat while another is open. What is not right shows in the one or in the other.
async fn beside_open_call(
    case: RouteChatCase,
    player: &Player<'_>,
    script: &Script,
) -> Played<RouteChatCase> {
    let around = around(&case);
    let (last, first) = match around.turns.split_last() {
        Some((last, first)) => (std::slice::from_ref(last), first),
        None => (&[][..], &[][..]),
    };
    let due = Due::Count(around.turns.iter().map(|turn| turn.expect.len()).sum());
    let open = player.chat(turns(first, Pace::Normal), due, Pace::Normal);
    let nothing = vec![Step::Send(Message::Rectangle(Rectangle::origin()))];
    let question = player.list(
        nothing,
        Due::Count(player.database().features().len()),
        Pace::Brief,
    );
    let inner = async {
        // A server that takes one call at a time, of whatever RPC, is slow and not wrong.
        let answer = player.call(&question).await;
        if stalled(&answer) {
            return None;
        }
        Some(player.call(script).await)
    };
    let rest = turns(last, Pace::Normal);
    let (open, beside) = player.call_around(&open, inner, &rest).await;
    let after = |case, report, before| Played {
        before: vec![before],
        ..played(case, report)
    };
    let Some(beside) = beside else {
        let alone = route_chat::judge(&case, player.call(script).await);
        return after(case, alone, open);
    };
    let was_kept_waiting = stalled(&beside);
    let inner = route_chat::judge(&case, beside.clone());
    if was_kept_waiting {
        let alone = route_chat::judge(&case, player.call(script).await);
        if alone.outcome == Outcome::Pass {
            return after(case, route_chat::blocked_by_another(inner), open);
        }
    }
    let outer = route_chat::judge(&around, open.clone());
    if inner.outcome == Outcome::Pass && outer.outcome == Outcome::Fail {
        return after(around, outer, beside);
    }
    after(case, inner, open)
}

/// The chat that stays open, with one more note at the place of its first: by then, the other chat has come
/// and gone.
fn around(case: &RouteChatCase) -> RouteChatCase {
    let mut notes = case.beside_open_call.clone();
    if let Some(first) = notes.first().cloned() {
        let message = format!("{}, all the while", first.message);
        notes.push(RouteNote { message, ..first });
    }
    RouteChatCase {
        around_another_call: case.notes(),
        ..RouteChatCase::new(&case.case, &case.why, notes)
    }
}

/// All replies that can be right.
fn due(case: &RouteChatCase) -> Due {
    let replies = case.turns.iter().flat_map(|turn| turn.expect.clone());
    Due::These(replies.map(Message::RouteNote).collect())
}

/// Each note, with the replies to wait for before the next.
fn turns(turns: &[Turn], pace: Pace) -> Vec<Step> {
    let turn = |turn: &Turn| {
        let replies = turn.expect.iter().cloned().map(Message::RouteNote);
        let note = Step::Send(Message::RouteNote(turn.send.clone()));
        let wait = (pace != Pace::Blind).then(|| Step::Await(replies.collect()));
        std::iter::once(note).chain(wait)
    };
    turns.iter().flat_map(turn).collect()
}

fn sends(notes: &[RouteNote]) -> Vec<Step> {
    let messages = notes.iter().cloned().map(Message::RouteNote);
    messages.map(Step::Send).collect()
}
