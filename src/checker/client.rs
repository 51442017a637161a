//! Checking the lessons about the client.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use super::programs::{Programs, words};
use super::{CheckError, waiting};
use crate::contract::Rpc;
use crate::contract::cases::{ClientCalls, Proof};
use crate::course::Lesson;
use crate::probe::call;
use crate::probe::recorder::{Answers, Recorder, Source};
use crate::process::{Running, child::Exit, port};
use crate::verdict::client::{ClientRun, unanswered};
use crate::verdict::panics;
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// Checks client lessons, one after the other. Without a connection no call can be made, so if that
/// lesson fails, the others wait.
pub async fn check(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    let mut reports: Vec<LessonReport> = Vec::new();
    let mut connects = true;
    for lesson in lessons {
        if !connects {
            reports.push(waiting(programs.code, lesson));
            continue;
        }
        let started = Instant::now();
        let calls = lesson.check.client.clone().unwrap_or_default();
        let report = match lesson.check.proves {
            Proof::Together => together(programs, lesson, &calls).await?,
            proof => {
                let cases = recorded(programs, proof, &calls).await?;
                LessonReport::of_cases(lesson, started.elapsed(), cases)
            }
        };
        if lesson.check.proves == Proof::Connection {
            connects = report.outcome == Outcome::Pass;
        }
        reports.push(report);
    }
    Ok(reports)
}

/// Runs one piece of the client, or all of it, against the recording server.
async fn recorded(
    programs: &Programs<'_>,
    proof: Proof,
    calls: &ClientCalls,
) -> Result<Vec<CaseReport>, CheckError> {
    let setting = programs.setting;
    let made_up = Source::MadeUp(Arc::new(Answers::made_up(setting.seed)));
    let run = match (proof, calls.rpcs().as_slice()) {
        (Proof::Connection, _) => run(programs, made_up, "stage", &["connect"]).await?,
        (Proof::Call, [rpc, ..]) => run(programs, made_up, "stage", &[piece(*rpc)]).await?,
        _ => run(programs, made_up, "client", &[]).await?,
    };
    Ok(match proof {
        Proof::Connection => {
            let mut cases = run.judge_connection();
            cases.push(nobody_listens(programs).await?);
            cases
        }
        _ => run.judge_calls(calls, &setting.database),
    })
}

/// Lets the learner connect where nobody listens: that must be an error, and not a wait.
async fn nobody_listens(programs: &Programs<'_>) -> Result<CaseReport, CheckError> {
    let addr = port::free().await.map_err(|error| CheckError::System {
        doing: "find a free port".to_string(),
        error,
    })?;
    let (_unchanging, changes) = watch::channel(());
    let addr = addr.to_string();
    let finished = programs.run("stage", &["connect", &addr], changes).await?;
    Ok(unanswered(&addr, &finished.ending, &finished.stderr))
}

/// Runs a program with these words and the address of a recording server that answers from a source.
async fn run(
    programs: &Programs<'_>,
    source: Source,
    program: &str,
    words: &[&str],
) -> Result<ClientRun, CheckError> {
    let patience = programs.setting.patience;
    let recorder = Recorder::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), source)
        .await
        .map_err(|error| CheckError::System {
            doing: "open a port for the client".to_string(),
            error,
        })?;
    let addr = recorder.addr().to_string();
    let arguments: Vec<&str> = words.iter().copied().chain([addr.as_str()]).collect();
    let finished = programs
        .run(program, &arguments, recorder.changes())
        .await?;
    // The program is gone, but what it sent last may still be on its way to the recorder.
    if recorder.recording().connections > 0 {
        recorder.greeted(patience).await;
        recorder.quiet(patience).await;
    }
    Ok(ClientRun {
        mark: None,
        recording: recorder.recording(),
        addr,
        ending: finished.ending,
        stdout: finished.stdout,
        stderr: finished.stderr,
    })
}

/// The stage's word for a call.
fn piece(rpc: Rpc) -> &'static str {
    match rpc {
        Rpc::ListFeatures => "list-features",
        Rpc::RecordRoute => "record-route",
        Rpc::RouteChat => "route-chat",
    }
}

/// Runs the learner's client against the learner's server, with the recorder between the two.
async fn together(
    programs: &Programs<'_>,
    lesson: &Lesson,
    calls: &ClientCalls,
) -> Result<LessonReport, CheckError> {
    let started = Instant::now();
    let setting = programs.setting;
    let fail = |diagnosis| {
        Ok(LessonReport::without_cases(
            lesson,
            Outcome::Fail,
            Some(diagnosis),
        ))
    };
    let mut server = match programs.server().await? {
        Ok(server) => server,
        Err(diagnosis) => return fail(diagnosis),
    };
    let channel = match call::open(&server.addr.to_string(), setting.patience).await {
        Ok(channel) => channel,
        Err(error) => {
            let message = format!("Cannot connect to your server at {}: {error}.", server.addr);
            return fail(Diagnosis::new(message));
        }
    };
    let mark = Answers::made_up(setting.seed).reply_prefix;
    let source = Source::Server {
        channel,
        mark: mark.clone(),
    };
    let run = run(programs, source, "client", &[]).await?;
    let died = server.running.try_wait();
    server.running.stop().await;
    let run = ClientRun {
        mark: Some(mark),
        ..run
    };
    let mut cases = run.judge_together(calls, &setting.database);
    if let Some(diagnosis) = broken(&server.running, died) {
        // It comes first, since the rest follows from it.
        cases.insert(0, CaseReport::of_fact("server", Some(diagnosis)));
    }
    Ok(LessonReport::of_cases(lesson, started.elapsed(), cases))
}

/// What went wrong inside the server while the client called it.
fn broken(server: &Running, died: Option<Exit>) -> Option<Diagnosis> {
    let panics = panics::find(&server.stderr.text());
    if let Some(panic) = panics.first() {
        let message = format!("Your server panicked at {}:{}.", panic.file, panic.line);
        let diagnosis = Diagnosis::mistake("panics", message).quoting(panic.words.trim());
        return Some(diagnosis.edit(&panic.file, panic.line));
    }
    let message = format!(
        "Your server ended while it was being called, with {}.",
        died?
    );
    Some(Diagnosis::mistake("dies-between-calls", message).quoting(words(server)))
}
