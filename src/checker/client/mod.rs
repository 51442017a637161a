//! Checking the lessons about a client: of a track, or run by a command.

mod decoys;
mod requirement;
mod run;
mod together;

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use self::run::{Client, Program, synthetic};
use super::group_cases::{expected, group_cases};
use super::programs::Programs;
use super::server::resolve;
use super::{Blame, Check, CheckError, Checked, Command, Doing, wait};
use crate::course::Lesson;
use crate::guide::cases::{ClientCalls, Proof};
use crate::guide::client::{ClientRun, Ending, unanswered};
use crate::learner::work::{self, LessonRegion};
use crate::messages::Rpc;
use crate::probe::recorder::{FaultInjection, Recorder};
use crate::process::{port, sockets};
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// Checks the client of a track, piece by piece. Without a connection no call can be made, so if that lesson fails,
/// the others wait; otherwise they have nothing to do with each other, and are checked side by side.
pub async fn check_track(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    let check = programs.check;
    let (first, others): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::Connection);
    let mut reports: Vec<LessonReport> = Vec::new();
    for lesson in first {
        reports.push(check.finalize(one(programs, lesson).await?));
    }
    if reports.iter().any(|report| report.outcome != Outcome::Pass) {
        let waiting = others.iter().map(|lesson| check.waiting(lesson));
        reports.extend(waiting.map(|report| check.finalize(report)));
        return Ok(reports);
    }
    let others = others.iter().map(async |lesson| {
        let report = one(programs, lesson).await?;
        Ok::<_, CheckError>(check.finalize(report))
    });
    for report in futures_util::future::join_all(others).await {
        reports.push(report?);
    }
    Ok(reports)
}

async fn one(programs: &Programs<'_>, lesson: &Lesson) -> Result<LessonReport, CheckError> {
    let started = Instant::now();
    let calls = lesson.check.client.clone().unwrap_or_default();
    let whole = program(programs, "client", &[]);
    let cases = match lesson.check.proves {
        Proof::Together => return together::together(programs, &whole, lesson, &calls).await,
        Proof::Connection => connection(programs).await?,
        Proof::Call => on_stage_calls(programs, &calls).await?,
        Proof::Requirement => requirement::on_track(programs, lesson).await?,
        _ => whole.judge_calls(whole.first_run().await?, &calls).await?,
    };
    Ok(LessonReport::of_cases(lesson, started.elapsed(), cases))
}

/// Whether a lesson about a server asks for something of the client as well.
pub fn is_asked_beside_a_server(lesson: &Lesson) -> bool {
    lesson.check.client.is_some() || requirement::of_client(lesson).is_some()
}

/// Checks what a lesson about a server asks of the client as well.
///
/// # Errors
///
/// [`CheckError`] if the machine, not the code, is in the way.
pub async fn beside_a_server(
    programs: &Programs<'_>,
    lesson: &Lesson,
) -> Result<Vec<CaseReport>, CheckError> {
    match &lesson.check.client {
        Some(calls) => on_stage_calls(programs, calls).await,
        None => requirement::on_track(programs, lesson).await,
    }
}

/// The report of a lesson about both sides, of which the client is not right. It is changed in the client's file, and not
/// in the first of the lesson.
pub fn located(programs: &Programs<'_>, lesson: &Lesson, mut report: LessonReport) -> LessonReport {
    let regions = work::regions(&programs.code.folder, lesson).unwrap_or_default();
    let is_of_client = |region: &LessonRegion| region.location.file.ends_with("/src/client.rs");
    let region = regions.into_iter().find(is_of_client);
    if let (Some(found), Some(region)) = (&mut report.diagnosis, region)
        && found.location.is_none()
    {
        found.location = Some(region.location);
    }
    report
}

/// Lets the learner's client make the first of these calls on the stage.
async fn on_stage_calls(
    programs: &Programs<'_>,
    calls: &ClientCalls,
) -> Result<Vec<CaseReport>, CheckError> {
    let Some(rpc) = calls.rpcs().first().copied() else {
        return Ok(Vec::new());
    };
    let name = rpc.kebab_name();
    let words = [name.as_str()];
    let client = program(programs, "stage", &words);
    client.judge_calls(client.first_run().await?, calls).await
}

/// A program of the track that is a client, or a piece of one.
fn program<'a>(programs: &'a Programs<'a>, name: &'a str, words: &'a [&'a str]) -> Client<'a> {
    Client {
        check: programs.check,
        program: Program::Track {
            programs,
            name,
            words,
        },
    }
}

/// Lets the learner connect where a server listens, and where none does.
async fn connection(programs: &Programs<'_>) -> Result<Vec<CaseReport>, CheckError> {
    let connect = program(programs, "stage", &["connect"]);
    let (run, nothing) = tokio::join!(connect.first_run(), nothing_listens(programs));
    let mut run = run?;
    let mut protocol = None;
    if run.recording.connections == 0
        && matches!(run.ending, Ending::Success)
        && run.misdirected.connected_to.is_none()
    {
        let call = program(programs, "stage", &["call"]);
        let source = synthetic(programs.check.setting.seed, FaultInjection::None);
        let called = call.run(source, programs.check.setting.startup).await?;
        run.misdirected.connected_for_call = called.recording.connections > 0;
    }
    if run.recording.prefaces > 0 || run.recording.says_nothing() {
        // What a connection is taken for shows in a call. A stage of an older course makes none.
        let call = program(programs, "stage", &["call"]);
        let source = synthetic(programs.check.setting.seed, FaultInjection::None);
        let startup = programs.check.setting.startup;
        let called = call.run(source, startup).await?;
        protocol = Some(called.judge_protocol());
        if run.recording.says_nothing() {
            // How the connection begins, too, shows in that of the call.
            run.recording = called.recording;
        }
    }
    let mut cases = run.judge_connection();
    cases.extend(protocol);
    cases.push(nothing?);
    Ok(cases)
}

/// Lets the learner connect where nothing listens: that must be an error, and not a wait.
async fn nothing_listens(programs: &Programs<'_>) -> Result<CaseReport, CheckError> {
    let addr = port::free()
        .await
        .map_err(CheckError::system("find a free port"))?
        .to_string();
    let running = programs.start("stage", &["connect", &addr])?;
    let finished = wait::for_client_alone(programs.check, running).await;
    Ok(unanswered(&addr, &finished.ending, &finished.stderr))
}

/// Checks a client that a command runs. The recording server stays at one address, and the client is run there again
/// and again.
pub async fn check_command(
    check: &Check<'_>,
    command: &Command,
    lessons: &[&Lesson],
) -> Result<Checked, CheckError> {
    let started = Instant::now();
    let addresses = resolve(&command.addr).await?;
    check.listener.doing(Doing::Probing);
    let source = synthetic(check.setting.seed, FaultInjection::None);
    let recorder = match Recorder::start(&addresses, source).await {
        Ok(recorder) => recorder,
        Err(error) => {
            let diagnosis = cannot_listen(command, &addresses, &error).await;
            return Ok(Checked {
                lessons: check.blame_first(lessons, &Blame::error(diagnosis)),
                ..Checked::default()
            });
        }
    };
    let client = Client {
        check,
        program: Program::Command {
            command,
            recorder: &recorder,
        },
    };
    let first = client.first_run().await?;
    let (required, others): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::Requirement);
    let (others, expect) = asked_of(check, &others, &first);
    let mut cases = first.judge_connection();
    let is_grpc = first.recording.prefaces > 0
        && (first.recording.other_content_types.is_empty() || !first.recording.calls.is_empty());
    let lessons = if !is_grpc {
        let diagnosis = cases.swap_remove(0).diagnosis;
        let diagnosis =
            diagnosis.unwrap_or_else(|| Diagnosis::new("The client made no connection."));
        check.blame_first(&[others, required].concat(), &Blame::fail(diagnosis))
    } else if others.is_empty() {
        requirement::of_command(&client, &required).await?
    } else {
        // Of these, the connection; how the client ended is judged with its calls.
        cases.truncate(1);
        let mut calls = client.judge_calls(first, &expect).await?;
        if command.database_file.is_none() {
            calls.iter_mut().for_each(other_database);
        }
        cases.extend(calls);
        let mut reports = group_cases(&others, cases, started.elapsed());
        reports.extend(requirement::of_command(&client, &required).await?);
        reports
    };
    Ok(Checked {
        lessons,
        ..Checked::default()
    })
}

/// The lessons that a client is held to, and the calls that they ask for. Where no lessons were named, a client is
/// right without an optional call, and in one that it makes it may ask for anything.
fn asked_of<'a>(
    check: &Check<'_>,
    lessons: &[&'a Lesson],
    first: &ClientRun,
) -> (Vec<&'a Lesson>, ClientCalls) {
    if check.lessons_are_named {
        return (lessons.to_vec(), expected(lessons));
    }
    let calls = &first.recording.calls;
    let is_made = |rpc: Rpc| calls.iter().any(|call| call.rpc == rpc);
    let lessons = lessons.iter().copied();
    let lessons: Vec<&Lesson> = lessons
        .filter(|lesson| lesson.check.optional_rpc().is_none_or(is_made))
        .collect();
    let required = lessons.iter().copied();
    let required: Vec<&Lesson> = required
        .filter(|lesson| lesson.check.optional_rpc().is_none())
        .collect();
    let expect = expected(&required).or_as_sent(calls);
    (lessons, expect)
}

async fn cannot_listen(
    command: &Command,
    addresses: &[SocketAddr],
    error: &io::Error,
) -> Diagnosis {
    let addr = &command.addr;
    if error.kind() != io::ErrorKind::AddrInUse {
        return Diagnosis::new(format!("The lab cannot listen on {addr}: {error}."))
            .hint("Name an address of this machine, such as 127.0.0.1:50051.");
    }
    let listening = sockets::listening().await;
    let who = listening
        .iter()
        .find(|found| addresses.iter().any(|addr| found.serves(*addr)));
    let who = who.map_or(String::new(), |who| format!(": {who}"));
    let message = format!(
        "Something else already listens on {addr}{who}. The lab has to serve your client there."
    );
    Diagnosis::mistake("port-taken", message)
        .hint("Stop it, or choose another port for both the lab and your client.")
}

/// A client in another language may have its own features.
fn other_database(case: &mut CaseReport) {
    if let Some(diagnosis) = &mut case.diagnosis
        && diagnosis.mistakes.contains(&"points-not-features")
    {
        let words = "If your client travels along other features than the codelab's, name their file: `--db FILE`.";
        let hint = diagnosis.hint.take().unwrap_or_default();
        diagnosis.hint = Some(format!("{hint} {words}").trim().to_string());
    }
}
