//! Playing one case: a rectangle or a route. Chats have a file of their own.

use std::time::Duration;

use super::player::{Pace, Player};
use crate::guide::cases::{ListFeaturesCase, RecordRouteCase};
use crate::guide::shrink::Shrink;
use crate::messages::{Message, Rpc};
use crate::probe::call::{Due, Step};
use crate::transcript::EventKind;
use crate::verdict::played::Played;
use crate::verdict::{CaseReport, list_features, record_route, stream};

/// What a paced route waits beyond the whole seconds it asks for, so that a server whose clock
/// started a little late still counts them all.
const PACE_MARGIN: Duration = Duration::from_millis(50);
/// What it waits when that was not enough.
const GENEROUS_MARGIN: Duration = Duration::from_millis(900);

/// A case that can be played.
pub trait Play: Shrink {
    /// The RPC that it is about.
    const RPC: Rpc;

    /// Plays the case, and judges it for itself.
    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<Self>;
}

impl Play for ListFeaturesCase {
    const RPC: Rpc = Rpc::ListFeatures;

    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<ListFeaturesCase> {
        let ask = Step::Send(Message::Rectangle(self.request));
        let due = || Due::These(self.expect.iter().cloned().map(Message::Feature).collect());
        if self.after_cancelled > 0 {
            let steps = vec![
                ask.clone(),
                Step::HalfClose,
                Step::AwaitCount(1),
                Step::Cancel,
            ];
            let script = player.list(steps, due(), pace);
            player.cancel(&script, self.after_cancelled).await;
        }
        let script = player.list(vec![ask], due(), pace);
        let transcript = player.call(&script).await;
        let report = list_features::judge(&self, player.database(), transcript);
        let report = after_cancelled(report, self.after_cancelled);
        played(self, report)
    }
}

impl Play for RecordRouteCase {
    const RPC: Rpc = Rpc::RecordRoute;

    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<RecordRouteCase> {
        let mut report = route(&self, player, pace, PACE_MARGIN).await;
        // On a busy machine the server's clock may start late. With more time, that makes no difference.
        if self.wait_seconds > 0 && record_route::is_a_second_short(&self, &report) {
            report = route(&self, player, pace, GENEROUS_MARGIN).await;
        }
        played(self, report)
    }
}

async fn route(
    case: &RecordRouteCase,
    player: &Player<'_>,
    pace: Pace,
    margin: Duration,
) -> CaseReport {
    let points = case.send.iter().copied().map(Message::Point);
    let mut steps: Vec<Step> = points.map(Step::Send).collect();
    if case.wait_seconds > 0 {
        let seconds = Duration::from_secs(case.wait_seconds.into());
        steps.push(Step::Pause(seconds + margin));
    }
    let script = player.route(steps, pace);
    record_route::judge(case, player.call(&script).await)
}

/// Plays a route whose points are padded until they fill every buffer on the way: a server that does
/// not read them keeps the client from sending.
pub async fn padded_route(player: &Player<'_>, case: RecordRouteCase) -> Played<RecordRouteCase> {
    let points = case.send.iter().copied().map(Message::Point);
    let steps = points.map(Step::SendPadded).collect();
    let script = player.route(steps, Pace::Brief);
    let report = record_route::judge(&case, player.call(&script).await);
    played(case, report)
}

/// A call that stalls after others have been cancelled, in a server that has kept nobody waiting so far.
pub fn after_cancelled(report: CaseReport, cancelled: u32) -> CaseReport {
    let is_quiet = |what: &EventKind| matches!(what, EventKind::Stalled { .. });
    match report
        .transcript
        .iter()
        .position(|event| is_quiet(&event.what))
    {
        Some(_) if cancelled > 0 => stream::blocked_by_cancelled(report, cancelled),
        _ => report,
    }
}

/// A case that has been played, with nothing before it.
pub fn played<C>(case: C, report: CaseReport) -> Played<C> {
    Played {
        case,
        report,
        before: Vec::new(),
        blind: false,
    }
}
