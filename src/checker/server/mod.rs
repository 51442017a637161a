//! Checking the lessons about a server: of a track, started by a command, or at an address.

mod beside;
mod crash;
mod end;
mod findings;
mod panicked;
mod program;
mod requirement;
mod standard_services;
mod stubs;

use std::net::SocketAddr;
use std::time::Instant;

use futures_util::future::join_all;
use tonic::transport::Channel;

use self::beside::{with_client, with_program};
use self::crash::{a_call_broke_off, and_gone, broke_off, dead};
pub use self::end::CtrlC;
pub use self::findings::leave_out_optional;
use self::findings::{not_reached, not_registered, port_taken, vanished};
pub use self::requirement::asks_for_burst;
use super::cases::{Bystanders, Cases, Player};
use super::connect::{self, ConnectError};
use super::programs::Programs;
use super::startup::{Server, Wait, before_start};
use super::subject::Subject;
use super::{Awaited, Blame, Check, CheckError, Checked, Command, Doing, Waiting};
use crate::course::Lesson;
use crate::guide::cases::Proof;
use crate::probe::Address;
use crate::probe::greeting::{self, Greeting};
use crate::process::Launch;
use crate::transcript::Status;
use crate::verdict::panics;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// Checks the server of a track: the lessons about the RPCs on stages, and the server program beside them.
pub async fn check_track(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    let (own, staged): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::Server);
    let (started, staged): (Vec<&Lesson>, Vec<&Lesson>) = staged
        .into_iter()
        .partition(|lesson| lesson.check.is_about_program());
    let (own, started, staged) = tokio::join!(
        on_own_server(programs, &own),
        join_all(started.iter().map(|lesson| on_program(programs, lesson))),
        on_stages(programs, &staged)
    );
    let mut reports = staged?;
    reports.extend(own?);
    for started in started {
        reports.extend(started?);
    }
    Ok(reports)
}

/// Checks lessons that a stage hosts, each on its own stage. So no verdict waits for a route that lasts whole
/// seconds in another lesson, and a method that keeps all threads busy, or ends the process, is not held against
/// the others.
async fn on_stages(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    let check = programs.check;
    let stages = join_all(lessons.iter().map(|_| programs.stage())).await;
    let stages: Vec<_> = stages.into_iter().collect::<Result<_, _>>()?;
    // What keeps every stage from listening is one fault, and said once.
    if let Some(Err(blame)) = stages.first()
        && stages.iter().all(Result::is_err)
    {
        return Ok(check.finalize_all(check.blame_first(lessons, blame)));
    }
    let staged = stages.into_iter().zip(lessons);
    let (required, others): (Vec<_>, Vec<_>) =
        staged.partition(|(_, lesson)| lesson.check.proves == Proof::Requirement);
    let mut checked = Vec::new();
    // Those of part two send thousands of messages: on a slow machine, the others would wait for them.
    for group in [others, required] {
        let group = group.into_iter().map(async |(stage, lesson)| {
            let checked = on_server(check, stage, &[*lesson], lessons).await;
            let reports = with_client(programs, lesson, checked.lessons).await?;
            let reports = with_program(programs, lesson, reports).await?;
            Ok(check.finalize_all(reports))
        });
        checked.extend(join_all(group).await);
    }
    let checked: Result<Vec<_>, CheckError> = checked.into_iter().collect();
    let mut reports = checked?.concat();
    in_order(&mut reports, lessons);
    Ok(reports)
}

async fn on_own_server(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    if lessons.is_empty() {
        return Ok(Vec::new());
    }
    let server = programs.server().await?;
    let addr = server.as_ref().ok().map(|server| server.addr);
    let (mut checked, second) = tokio::join!(
        on_server(programs.check, server, lessons, lessons),
        program::second_on(programs, addr)
    );
    if let Some(second) = second? {
        for report in &mut checked.lessons {
            program::add(report, "port-taken", second.clone());
        }
    }
    for report in &mut checked.lessons {
        program::blame_the_program(programs.code, report);
    }
    Ok(programs.check.finalize_all(checked.lessons))
}

/// Checks a lesson of part two about the server program, on one that is started for it alone.
async fn on_program(
    programs: &Programs<'_>,
    lesson: &Lesson,
) -> Result<Vec<LessonReport>, CheckError> {
    let server = programs.server().await?;
    let lessons = [lesson];
    let checked = on_server(programs.check, server, &lessons, &lessons).await;
    Ok(programs.check.finalize_all(checked.lessons))
}

/// Checks a server that runs already.
pub async fn check_address(
    check: &Check<'_>,
    addr: &Address,
    lessons: &[&Lesson],
) -> Result<Checked, CheckError> {
    let addresses = resolve(addr).await?;
    check.listener.doing(Doing::Probing);
    let server = match connect::first(&addresses, check.setting.patience).await {
        Ok((addr, channel)) => Ok(Server {
            addr,
            running: None,
            channel: Some(channel),
        }),
        Err(ConnectError::UnsupportedProtocol(diagnosis)) => Err(Blame::fail(*diagnosis)),
        Err(ConnectError::Refused(refused)) => {
            let diagnosis = not_reached(addr, &refused, check.setting).await;
            Err(Blame::error(diagnosis))
        }
    };
    Ok(on_server(check, server, lessons, lessons).await)
}

/// Starts a server with a command, checks it, and ends it with everything that it has started.
pub async fn check_command(
    check: &Check<'_>,
    command: &Command,
    lessons: &[&Lesson],
) -> Result<Checked, CheckError> {
    let addresses = resolve(&command.addr).await?;
    let server = start(check, command, &addresses).await?;
    check.listener.doing(Doing::Probing);
    let mut checked = on_server(check, server, lessons, lessons).await;
    if lessons.len() > 1 && checked.lessons.iter().any(a_call_broke_off) {
        // What ends the server, or lets a call break off, in one RPC may hide what is right or wrong in another: each
        // lesson that is not right is checked again on a server of its own.
        let mut alone = Vec::new();
        for (report, lesson) in checked.lessons.iter().zip(lessons) {
            let again = match report.outcome {
                Outcome::Fail => on_a_server_of_its_own(check, command, &addresses, lesson).await?,
                _ => None,
            };
            alone.push(again.map(|again| {
                checked.notes.extend(again.notes);
                again.lessons
            }));
        }
        let alone = alone.into_iter().map(|reports| reports?.pop()).collect();
        checked.lessons = crash::apart(checked.lessons, alone);
    }
    Ok(checked)
}

/// Checks one lesson on a server that is started for it. None if the server does not start again.
async fn on_a_server_of_its_own(
    check: &Check<'_>,
    command: &Command,
    addresses: &[SocketAddr],
    lesson: &Lesson,
) -> Result<Option<Checked>, CheckError> {
    let server = start(check, command, addresses).await?;
    check.listener.doing(Doing::Probing);
    if server.is_err() {
        return Ok(None);
    }
    let alone = [lesson];
    Ok(Some(on_server(check, server, &alone, &alone).await))
}

/// The socket addresses of an address.
pub async fn resolve(addr: &Address) -> Result<Vec<SocketAddr>, CheckError> {
    let failed = |error| CheckError::Address {
        address: addr.to_string(),
        error,
    };
    addr.resolve().await.map_err(failed)
}

async fn start(
    check: &Check<'_>,
    command: &Command,
    addresses: &[SocketAddr],
) -> Result<Result<Server, Blame>, CheckError> {
    let setting = check.setting;
    check.listener.doing(Doing::Waiting(Waiting {
        awaited: Awaited::Listening,
        seconds: 0,
        limit: setting.startup.as_secs(),
    }));
    let name = command.addr.to_string();
    for addr in addresses.iter().copied() {
        if connect::accepts(addr, setting.patience).await.is_ok() {
            return Ok(Err(Blame::error(port_taken(addr, &name).await)));
        }
    }
    let before = before_start().await;
    let running = Launch::shell(&command.line, command.folder.clone())
        .start()
        .map_err(CheckError::system(format!("start `{}`", command.line)))?;
    let wait = Wait {
        expected: addresses,
        name: &name,
        patience: setting.patience,
        limit: setting.startup,
        may_leave: true,
        announcement: None,
        folder: None,
        before: &before,
    };
    Ok(wait
        .listening(check, running)
        .await
        .map_err(|(_, blame)| blame))
}

/// Checks lessons side by side on one server, and ends it if the lab has started it. What it writes, and whether it
/// still runs, explains more. `all` are the lessons whose code it is made of.
async fn on_server(
    check: &Check<'_>,
    server: Result<Server, Blame>,
    lessons: &[&Lesson],
    all: &[&Lesson],
) -> Checked {
    let patience = check.setting.patience;
    let mut server = match server {
        Ok(server) => server,
        Err(blame) => {
            return Checked {
                lessons: check.blame_first(lessons, &blame),
                ..Checked::default()
            };
        }
    };
    let channel = match server.channel.take() {
        Some(channel) => Ok(channel),
        None => connect::open(server.addr, patience).await,
    };
    let mut reports = match &channel {
        Ok(channel) => on_channel(check, lessons, channel, server.addr).await,
        Err(diagnosis) => {
            let diagnosis = diagnosis.clone().quoting(server.last_words());
            check.blame_first(lessons, &Blame::fail(diagnosis))
        }
    };
    not_registered(&mut reports, lessons);
    let any_broke_off = reports.iter().any(broke_off);
    let lost = match any_broke_off {
        true => connect::accepts(server.addr, patience).await.err(),
        false => None,
    };
    // The system still accepts connections for a program that is just ending, and then closes them.
    let is_ending = lost.is_some()
        || any_broke_off
            && server.running.is_some()
            && greeting::greet(server.addr, patience).await == Greeting::Closed;
    crash::name_busy_loops(&mut reports, &server).await;
    let is_own = |lesson: &&Lesson| lesson.check.proves == Proof::Server;
    let said_while_serving = server.stdout();
    // What a server does with an open call at its end is asked only of one that is right until then.
    let open_call = match (&channel, lessons.iter().find(|lesson| is_own(lesson))) {
        (Ok(channel), Some(lesson)) if reports.iter().all(passed) => {
            program::call_at_the_end(check, lesson, channel, &mut server).await
        }
        _ => None,
    };
    let mut is_stopping = open_call.is_some();
    if let Ok(channel) = &channel {
        for (lesson, report) in lessons.iter().zip(&mut reports) {
            if !is_stopping && passed(report) {
                is_stopping =
                    requirement::at_the_end(check, lesson, channel, &mut server, report).await;
            }
        }
    }
    drop(channel);
    let ctrl_c = match (is_stopping, lessons.iter().any(is_own)) {
        (true, _) => CtrlC::Sent,
        (false, true) => CtrlC::ToBeSent,
        (false, false) => CtrlC::No,
    };
    let end = server.end(check, is_ending, ctrl_c).await;
    let panics = panicked::panics_in(check, &server.stderr(), all);
    let explained = reports.into_iter().zip(lessons).map(|(report, lesson)| {
        let (panics, own) = panicked::panics_of(check, lesson, all, &panics);
        panics::explain(report, &panics, own)
    });
    let mut reports: Vec<LessonReport> = explained.collect();
    // A method that ends the process has a lesson of its own: that the code is generated has been seen before.
    let is_generated = |lesson: &&Lesson| lesson.check.proves == Proof::GeneratedCode;
    let all_generated = lessons.iter().all(is_generated)
        && reports.iter().all(|report| report.outcome == Outcome::Pass);
    if let Some(exit) = end.died.filter(|_| !all_generated) {
        let message = format!(
            "Your server ended while {} called, with {exit}.",
            called(&reports)
        );
        let died = Diagnosis::mistake("dies-between-calls", message);
        dead(&mut reports, &died.quoting(server.last_words()));
    } else if let Some(error) = lost {
        for report in reports.iter_mut().filter(|report| broke_off(report)) {
            let gone = vanished(server.addr, report, &error).quoting(server.last_words());
            report.diagnosis = Some(and_gone(report.diagnosis.take(), gone));
        }
    }
    for (report, lesson) in reports.iter_mut().zip(lessons) {
        if is_own(lesson) && !report.cases.is_empty() {
            let announced = program::announced(&server, &said_while_serving);
            program::judge(report, announced, end.interrupted, open_call.as_ref());
        }
    }
    Checked {
        lessons: reports,
        notes: end.notes,
        ..Checked::default()
    }
}

fn passed(report: &LessonReport) -> bool {
    report.outcome == Outcome::Pass
}

/// The RPCs whose calls broke off, as the beginning of a clause: `RouteChat was`.
fn called(reports: &[LessonReport]) -> String {
    let lost = reports.iter().flat_map(|report| &report.cases);
    let lost = lost.filter(|case| case.status.as_ref().is_some_and(Status::has_no_server));
    let mut names: Vec<&str> = lost.filter_map(|case| Some(case.rpc?.name())).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [] => "it was being".to_string(),
        [one] => format!("{one} was being"),
        several => format!("{} were being", several.join(" and ")),
    }
}

/// Checks lessons over a channel to a server.
async fn on_channel(
    check: &Check<'_>,
    lessons: &[&Lesson],
    channel: &Channel,
    addr: SocketAddr,
) -> Vec<LessonReport> {
    let (generated, others): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::GeneratedCode);
    let (required, others): (Vec<&Lesson>, Vec<&Lesson>) = others
        .into_iter()
        .partition(|lesson| lesson.check.proves == Proof::Requirement);
    let mut reports = Vec::new();
    for lesson in generated {
        let started = Instant::now();
        // What the learner has written may keep the server busy, or end it: the stubs come before.
        let (stubs, written) = stubs::stubs_and_written(check);
        let mut cases = Vec::new();
        for rpcs in [stubs, written] {
            let answers = rpcs
                .into_iter()
                .map(|rpc| stubs::answers(check, rpc, channel.clone()));
            cases.extend(join_all(answers).await);
        }
        reports.push(LessonReport::of_cases(lesson, started.elapsed(), cases));
    }
    reports.extend(play(check, &others, channel, addr).await);
    for lesson in required {
        reports.extend(requirement::check(check, lesson, channel, addr).await);
    }
    in_order(&mut reports, lessons);
    reports
}

/// Puts reports into the order of their lessons.
fn in_order(reports: &mut [LessonReport], lessons: &[&Lesson]) {
    reports.sort_by_key(|report| {
        let mut lessons = lessons.iter();
        lessons.position(|lesson| lesson.id() == report.lesson)
    });
}

/// Plays the cases of lessons side by side. The player makes no more than four calls at once, since some servers
/// answer from few threads.
async fn play(
    check: &Check<'_>,
    lessons: &[&Lesson],
    channel: &Channel,
    addr: SocketAddr,
) -> Vec<LessonReport> {
    let player = &Player::new(check.setting, channel, addr);
    let bystanders = match check.subject {
        Subject::Track(_) => Bystanders::AsWritten,
        Subject::Command { .. } | Subject::Address(_) => Bystanders::LeftOut,
    };
    let played = lessons.iter().map(async |lesson| {
        let started = Instant::now();
        let mut cases = Cases::of(check.setting, &lesson.check, bystanders);
        cases.play(player).await;
        (lesson, cases, started.elapsed())
    });
    let mut played = join_all(played).await;
    // Of all lessons together, for a server has to do with many clients.
    join_all(
        played
            .iter_mut()
            .map(|(_, cases, _)| cases.play_at_once(player)),
    )
    .await;
    for (_, cases, duration) in &mut played {
        let started = Instant::now();
        cases.play_last(player).await;
        *duration += started.elapsed();
    }
    let kept_waiting = played.iter().any(|(_, cases, _)| cases.was_kept_waiting());
    for (_, cases, _) in &mut played {
        cases.play_unset(player, kept_waiting).await;
    }
    // How a call fails that cannot be decoded is a matter of the library in other languages.
    if matches!(check.subject, Subject::Track(_)) {
        for (_, cases, _) in &mut played {
            cases.play_damaged(player).await;
        }
    }
    let judged = |(lesson, cases, duration): (&&Lesson, Cases<'_>, _)| {
        LessonReport::of_cases(lesson, duration, cases.judge())
    };
    played.into_iter().map(judged).collect()
}
