//! Checking what a lesson of part two asks of a client.

use std::time::Instant;

use futures_util::future::join_all;

use super::program;
use super::run::Client;
use crate::checker::programs::Programs;
use crate::checker::{Check, CheckError, Setting};
use crate::course::Lesson;
use crate::guide::client::ClientRun;
use crate::guide::production::{OfClient, PlannedRun, SeenRun};
use crate::verdict::{CaseReport, LessonReport};

/// Runs the pieces of the learner's client that a lesson asks for, those of one step side by side.
pub async fn on_track(
    programs: &Programs<'_>,
    lesson: &Lesson,
) -> Result<Vec<CaseReport>, CheckError> {
    let Some(requirement) = of_client(lesson) else {
        return Ok(Vec::new());
    };
    let mut seen = Vec::new();
    loop {
        let planned = requirement.next(&seen);
        if planned.is_empty() {
            return Ok(requirement.judge(&seen));
        }
        let runs = planned.into_iter().map(async |planned| {
            let words = [planned.piece.as_str()];
            let client = program(programs, "stage", &words);
            let run = run(&client, &planned).await?;
            Ok::<_, CheckError>(SeenRun { planned, run })
        });
        for run in join_all(runs).await {
            seen.push(run?);
        }
    }
}

/// Runs a client as a whole, again and again, for each of these lessons.
pub async fn of_command(
    client: &Client<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    let mut reports = Vec::new();
    for lesson in lessons {
        let Some(requirement) = of_client(lesson) else {
            continue;
        };
        let started = Instant::now();
        let mut seen: Vec<SeenRun> = Vec::new();
        loop {
            let mut planned = requirement.next(&seen);
            // Pieces of it cannot be run: one run for each behaviour of the server shows all.
            let mut faults = Vec::new();
            planned.retain(|run| {
                let is_new = !faults.contains(&run.fault);
                faults.push(run.fault);
                is_new
            });
            if planned.is_empty() {
                break;
            }
            for planned in planned {
                let run = run(client, &planned).await?;
                seen.push(SeenRun { planned, run });
            }
        }
        let cases = requirement.judge(&seen);
        reports.push(LessonReport::of_cases(*lesson, started.elapsed(), cases));
    }
    Ok(reports)
}

/// What a lesson of part two asks of a client, if anything.
pub fn of_client(lesson: &Lesson) -> Option<&dyn OfClient> {
    lesson.check.requirement.as_ref()?.of_client()
}

/// Makes one run.
async fn run(client: &Client<'_>, planned: &PlannedRun) -> Result<ClientRun, CheckError> {
    let check = client.check;
    let setting = Setting {
        patience: check.setting.patience + planned.extra,
        ..check.setting.clone()
    };
    let check = Check {
        setting: &setting,
        ..*check
    };
    let client = Client {
        check: &check,
        program: client.program,
    };
    client
        .run(client.synthetic(planned.fault), setting.startup)
        .await
}
