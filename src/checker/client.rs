//! Checking the lessons about the client.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use super::programs::{Programs, words};
use super::{CheckError, waiting};
use crate::contract::Rpc;
use crate::contract::cases::{ClientCalls, Proof};
use crate::course::Lesson;
use crate::probe::recorder::{Answers, Recorder, Recording};
use crate::verdict::client::{ClientRun, Together};
use crate::verdict::{CaseReport, LessonReport, Outcome};

/// Checks client lessons, one after the other; after one that fails, a lesson that needs the same
/// code would only fail for the same cause, so the rest is left out.
pub async fn check(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    let mut reports: Vec<LessonReport> = Vec::new();
    let mut connects = true;
    for lesson in lessons {
        if !connects {
            reports.push(waiting(programs.setting, lesson));
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
    let answers = Answers::made_up(setting.seed);
    let recorder = Recorder::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), answers)
        .await
        .map_err(|error| CheckError::System {
            doing: "open a port for the client".to_string(),
            error,
        })?;
    let addr = recorder.addr().to_string();
    let finished = match (proof, calls.rpcs().as_slice()) {
        (Proof::Connection, _) => programs.run("stage", &["connect", &addr]).await?,
        (Proof::Call, [rpc, ..]) => programs.run("stage", &[piece(*rpc), &addr]).await?,
        _ => programs.run("client", &[&addr]).await?,
    };
    // The program is gone, but what it sent last may still be on its way to the recorder.
    let settled = |recording: &Recording| match proof {
        Proof::Connection => recording.prefaces > 0,
        _ => recording.calls.iter().all(crate::probe::recorder::is_over),
    };
    let recording = recorder.settled(setting.patience, settled).await;
    let run = ClientRun {
        addr,
        recording,
        ending: finished.ending,
        stdout: finished.stdout,
        stderr: finished.stderr,
    };
    Ok(match proof {
        Proof::Connection => run.judge_connection(),
        _ => run.judge_calls(calls, &setting.database),
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

/// Runs the learner's client against the learner's server.
async fn together(
    programs: &Programs<'_>,
    lesson: &Lesson,
    calls: &ClientCalls,
) -> Result<LessonReport, CheckError> {
    let started = Instant::now();
    let mut server = match programs.server().await? {
        Ok(server) => server,
        Err(diagnosis) => {
            return Ok(LessonReport::without_cases(
                lesson,
                Outcome::Fail,
                Some(diagnosis),
            ));
        }
    };
    let finished = programs.run("client", &[&server.addr.to_string()]).await?;
    server.running.stop().await;
    let said = [finished.stderr, words(&server.running)].join("\n");
    let run = Together {
        ending: finished.ending,
        stdout: finished.stdout,
        stderr: said,
    };
    let cases = run.judge(calls, &programs.setting.database);
    Ok(LessonReport::of_cases(lesson, started.elapsed(), cases))
}
