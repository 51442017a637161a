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
use crate::probe;
use crate::verdict::{CaseReport, LessonReport, Outcome};

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
    let mut cases = requirement.judge(played);
    // Of a track, the service is called on a stage here, and this is about the server's own program.
    let is_program = check.subject.code().is_none();
    if is_program && cases.iter().all(|case| case.outcome == Outcome::Pass) {
        cases.extend(burst(check, lesson, addr).await);
    }
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

/// Whether a lesson asks what the server's program does with a burst.
pub fn asks_for_burst(lesson: &Lesson) -> bool {
    let requirement = lesson.check.requirement.as_ref();
    let of_server = requirement.and_then(|asked| asked.of_server());
    of_server.is_some_and(|asked| asked.burst().is_some())
}

/// Sends the burst that a lesson asks for, if it asks for one, and judges what comes of it.
pub async fn burst(check: &Check<'_>, lesson: &Lesson, addr: SocketAddr) -> Option<CaseReport> {
    let requirement = lesson.check.requirement.as_ref()?.of_server()?;
    let burst = requirement.burst()?;
    let calls = probe::burst::play(addr, &burst, check.setting.patience).await;
    requirement.judge_burst(calls)
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
