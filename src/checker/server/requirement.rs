//! Checking what a lesson of part two asks of a server.

use std::net::SocketAddr;
use std::time::Instant;

use tonic::transport::Channel;

use super::{program, standard_services};
use crate::checker::Check;
use crate::checker::cases::Player;
use crate::checker::startup::Server;
use crate::course::Lesson;
use crate::guide::production::{PlannedCall, PlayedCall};
use crate::verdict::LessonReport;

/// Makes the calls that a lesson asks for, and judges them. None if it asks nothing of a server.
pub async fn check(
    check: &Check<'_>,
    lesson: &Lesson,
    channel: &Channel,
    addr: SocketAddr,
) -> Option<LessonReport> {
    let started = Instant::now();
    let requirement = lesson.check.requirement.as_ref()?;
    if let Some(services) = requirement.standard_services() {
        let seen = standard_services::ask(services, channel, check.setting.patience).await;
        let cases = services.judge(&seen);
        return Some(LessonReport::of_cases(lesson, started.elapsed(), cases));
    }
    let requirement = requirement.of_server()?;
    let player = &Player::new(check.setting, channel, addr);
    let mut played = Vec::new();
    for call in requirement.calls() {
        played.push(play(player, call).await);
    }
    let cases = requirement.judge(played);
    Some(LessonReport::of_cases(lesson, started.elapsed(), cases))
}

/// Asks the server to stop if a lesson wants to see that, and adds what it sees to its report. Returns whether it was
/// asked.
pub async fn at_the_end(
    check: &Check<'_>,
    lesson: &Lesson,
    channel: &Channel,
    server: &mut Server,
    report: &mut LessonReport,
) -> bool {
    let requirement = lesson.check.requirement.as_ref();
    let services = requirement.and_then(|requirement| requirement.standard_services());
    let (Some(services), Some(running)) = (services, server.running.as_mut()) else {
        return false;
    };
    let stop = || running.send_interrupt();
    let patience = check.setting.patience;
    let Some(last) = standard_services::watch_shutdown(services, channel, patience, stop).await
    else {
        return false;
    };
    program::add_case(report, services.judge_shutdown(&last));
    true
}

async fn play(player: &Player<'_>, planned: PlannedCall) -> PlayedCall {
    let PlannedCall {
        rpc,
        steps,
        expected,
        beside,
    } = planned;
    let script = player.planned(rpc, steps, expected);
    match beside {
        None => PlayedCall {
            call: player.call(&script).await,
            beside: None,
        },
        Some(open) => {
            let around = player.planned(rpc, open.first, open.expected);
            let inner = player.call(&script);
            let (beside, call) = player.call_around(&around, inner, &open.rest).await;
            PlayedCall {
                call,
                beside: Some(beside),
            }
        }
    }
}
