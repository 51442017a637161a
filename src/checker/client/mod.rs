//! Checking the lessons about the client.

pub mod decoys;
pub mod run;
mod together;

use std::time::Instant;

use self::run::Piece;
use super::programs::Programs;
use super::settling::Settling;
use super::{CheckError, waiting};
use crate::course::Lesson;
use crate::guide::cases::{ClientCalls, Proof};
use crate::guide::client::unanswered;
use crate::process::port;
use crate::verdict::{CaseReport, LessonReport, Outcome};

/// The learner's own client program.
const WHOLE: Piece<'static> = Piece {
    program: "client",
    words: &[],
};

/// Checks client lessons. Without a connection no call can be made, so if that lesson fails, the others
/// wait; otherwise they have nothing to do with each other, and are checked side by side.
pub async fn check(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
    settling: &Settling<'_>,
) -> Result<Vec<LessonReport>, CheckError> {
    let (first, others): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::Connection);
    let mut reports: Vec<LessonReport> = Vec::new();
    for lesson in first {
        reports.push(settling.settle(one(programs, lesson).await?));
    }
    if reports.iter().any(|report| report.outcome != Outcome::Pass) {
        let waiting = others.iter().map(|lesson| waiting(programs.code, lesson));
        reports.extend(waiting.map(|report| settling.settle(report)));
        return Ok(reports);
    }
    let others = others.iter().map(async |lesson| {
        let report = one(programs, lesson).await?;
        Ok(settling.settle(report))
    });
    for report in futures_util::future::join_all(others).await {
        reports.push(report?);
    }
    Ok(reports)
}

async fn one(programs: &Programs<'_>, lesson: &Lesson) -> Result<LessonReport, CheckError> {
    let started = Instant::now();
    let database = &programs.setting.database;
    let calls = lesson.check.client.clone().unwrap_or_default();
    let cases = match lesson.check.proves {
        Proof::Together => return together::together(programs, lesson, &calls).await,
        Proof::Connection => connection(programs).await?,
        Proof::Call => on_stage_calls(programs, &calls).await?,
        _ => WHOLE.check(programs, &calls, database).await?,
    };
    Ok(LessonReport::of_cases(lesson, started.elapsed(), cases))
}

/// Lets the learner's client make the first of these calls on the stage.
pub async fn on_stage_calls(
    programs: &Programs<'_>,
    calls: &ClientCalls,
) -> Result<Vec<CaseReport>, CheckError> {
    let Some(rpc) = calls.rpcs().first().copied() else {
        return Ok(Vec::new());
    };
    on_stage(&[&rpc.kebab_name()])
        .check(programs, calls, &programs.setting.database)
        .await
}

fn on_stage<'a>(words: &'a [&'a str]) -> Piece<'a> {
    Piece {
        program: "stage",
        words,
    }
}

/// Lets the learner connect where somebody listens, and where nobody does.
async fn connection(programs: &Programs<'_>) -> Result<Vec<CaseReport>, CheckError> {
    let connect = on_stage(&["connect"]);
    let mut cases = connect.astray(programs).await?.judge_connection();
    cases.push(nobody_listens(programs).await?);
    Ok(cases)
}

/// Lets the learner connect where nobody listens: that must be an error, and not a wait.
async fn nobody_listens(programs: &Programs<'_>) -> Result<CaseReport, CheckError> {
    let addr = port::free().await.map_err(|error| CheckError::System {
        doing: "find a free port".to_string(),
        error,
    })?;
    let addr = addr.to_string();
    let finished = programs.run_alone("stage", &["connect", &addr]).await?;
    Ok(unanswered(&addr, &finished.ending, &finished.stderr))
}
