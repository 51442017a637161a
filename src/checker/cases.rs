//! Playing the cases of a lesson against a server, and judging each.

use std::time::Duration;

use tonic::transport::Channel;

use super::Setting;
use crate::contract::cases::{CheckFile, ListFeaturesCase, RecordRouteCase, RouteChatCase};
use crate::contract::random::Draw;
use crate::contract::{Message, RouteNote, Rpc};
use crate::probe::call::{self, Script, Step};
use crate::probe::{Transcript, What};
use crate::verdict::{CaseReport, Outcome, list_features, record_route, route_chat};

/// How many random calls each RPC gets.
const RANDOM_LISTS: usize = 20;
const RANDOM_ROUTES: usize = 10;
const RANDOM_CHATS: usize = 10;

/// What a paced route waits beyond the whole seconds it asks for, so that a server whose clock
/// started a little late still counts them all.
const PACE_MARGIN: Duration = Duration::from_millis(50);
/// What it waits when that was not enough.
const GENEROUS_MARGIN: Duration = Duration::from_millis(900);

/// Plays the cases of a lesson: those of its file, and random ones. The RPCs run side by side, the
/// calls of one RPC one after the other, but for paced routes, which only wait.
pub async fn calls(setting: &Setting, check: &CheckFile, channel: &Channel) -> Vec<CaseReport> {
    let mut draw = Draw::new(&setting.database, setting.seed);
    let mut lists = check.list_features.clone();
    if !lists.is_empty() {
        lists.extend(draw.list_features(RANDOM_LISTS));
    }
    let (paced, mut routes): (Vec<_>, Vec<_>) = check
        .record_route
        .iter()
        .cloned()
        .partition(|case| case.wait_seconds > 0);
    if !routes.is_empty() {
        routes.extend(draw.record_route(RANDOM_ROUTES));
    }
    let mut chats = check.route_chat.clone();
    if !chats.is_empty() {
        chats.extend(draw.route_chat(RANDOM_CHATS));
    }
    let earlier: Vec<RouteNote> = chats
        .iter()
        .flat_map(|case| case.earlier_call.iter().cloned())
        .collect();
    let (lists, routes, paced, chats) = tokio::join!(
        one_by_one(&lists, |case| list(setting, case, channel.clone())),
        one_by_one(&routes, |case| route(setting, case, channel.clone())),
        one_by_one(&paced, |case| route(setting, case, channel.clone())),
        one_by_one(&chats, |case| chat(setting, case, channel.clone())),
    );
    [lists, routes, paced, route_chat::explain(chats, &earlier)].concat()
}

/// Plays cases in order. After one that stalled, the others are left out: they would only wait too.
async fn one_by_one<'a, C, F: Future<Output = CaseReport>>(
    cases: &'a [C],
    play: impl Fn(&'a C) -> F,
) -> Vec<CaseReport> {
    let mut reports = Vec::new();
    for case in cases {
        let report = play(case).await;
        let stalled = report
            .transcript
            .iter()
            .any(|event| matches!(event.what, What::Stalled { .. }));
        reports.push(report);
        if stalled {
            break;
        }
    }
    reports
}

async fn list(setting: &Setting, case: &ListFeaturesCase, channel: Channel) -> CaseReport {
    let script = Script {
        rpc: Rpc::ListFeatures,
        steps: vec![Step::Send(Message::Rectangle(case.request))],
        // A server without a filter sends the whole database; twice that is a flood.
        most_messages: 2 * setting.database.features().len() + 1_000,
        patience: setting.patience,
    };
    list_features::judge(case, &setting.database, call::play(channel, &script).await)
}

async fn route(setting: &Setting, case: &RecordRouteCase, channel: Channel) -> CaseReport {
    let report = paced_route(setting, case, channel.clone(), PACE_MARGIN).await;
    if case.wait_seconds == 0 || report.outcome == Outcome::Pass {
        return report;
    }
    // On a busy machine the server's clock may start late. With more time, that makes no difference.
    paced_route(setting, case, channel, GENEROUS_MARGIN).await
}

async fn paced_route(
    setting: &Setting,
    case: &RecordRouteCase,
    channel: Channel,
    margin: Duration,
) -> CaseReport {
    let mut steps: Vec<Step> = case
        .send
        .iter()
        .map(|point| Step::Send(Message::Point(*point)))
        .collect();
    if case.wait_seconds > 0 {
        steps.push(Step::Pause(
            Duration::from_secs(case.wait_seconds.into()) + margin,
        ));
    }
    let script = Script {
        rpc: Rpc::RecordRoute,
        steps,
        most_messages: 10,
        patience: setting.patience,
    };
    record_route::judge(case, call::play(channel, &script).await)
}

async fn chat(setting: &Setting, case: &RouteChatCase, channel: Channel) -> CaseReport {
    if !case.earlier_call.is_empty() {
        earlier_call(setting, case, channel.clone()).await;
    }
    let mut steps = Vec::new();
    let mut due = 0;
    for turn in &case.turns {
        steps.push(Step::Send(Message::RouteNote(turn.send.clone())));
        due += turn.expect.len();
        steps.push(Step::Await(
            turn.expect
                .iter()
                .cloned()
                .map(Message::RouteNote)
                .collect(),
        ));
    }
    let script = Script {
        rpc: Rpc::RouteChat,
        steps,
        most_messages: due + 1_000,
        patience: setting.patience,
    };
    route_chat::judge(case, call::play(channel, &script).await)
}

/// Leaves notes in a call of its own. How that goes is not this case's business.
async fn earlier_call(setting: &Setting, case: &RouteChatCase, channel: Channel) -> Transcript {
    let notes = case.earlier_call.iter().cloned();
    let script = Script {
        rpc: Rpc::RouteChat,
        steps: notes
            .map(|note| Step::Send(Message::RouteNote(note)))
            .collect(),
        most_messages: 1_000,
        patience: setting.patience,
    };
    call::play(channel, &script).await
}
