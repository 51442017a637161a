//! What a lesson about a service asks for beside it: of the learner's client, and of the learner's server program.

use std::time::Instant;

use super::{CtrlC, asks_for_burst, passed, requirement};
use crate::checker::programs::Programs;
use crate::checker::{CheckError, client};
use crate::course::Lesson;
use crate::learner::work;
use crate::verdict::{LessonReport, Outcome};

/// Adds what the learner's client does to the report of a lesson that asks for both sides, once the server is right.
pub async fn with_client(
    programs: &Programs<'_>,
    lesson: &Lesson,
    reports: Vec<LessonReport>,
) -> Result<Vec<LessonReport>, CheckError> {
    if !client::is_asked_beside_a_server(lesson) {
        return Ok(reports);
    }
    let mut complete = Vec::new();
    for report in reports {
        complete.push(if report.outcome == Outcome::Pass {
            let started = Instant::now();
            let client = client::beside_a_server(programs, lesson).await?;
            let duration = report.duration + started.elapsed();
            let complete =
                LessonReport::of_cases(lesson, duration, [report.cases, client].concat());
            client::located(programs, lesson, complete)
        } else {
            report
        });
    }
    Ok(complete)
}

/// Adds what the learner's server program does with a burst to the report of a lesson that asks for it, once the service
/// is right.
pub async fn with_program(
    programs: &Programs<'_>,
    lesson: &Lesson,
    mut reports: Vec<LessonReport>,
) -> Result<Vec<LessonReport>, CheckError> {
    let check = programs.check;
    if !asks_for_burst(lesson) || !reports.iter().all(passed) {
        return Ok(reports);
    }
    let started = Instant::now();
    let mut server = match programs.server().await? {
        Ok(server) => server,
        Err(blame) => return Ok(check.blame_first(&[lesson], &blame)),
    };
    let burst = requirement::burst(check, lesson, server.addr).await;
    server.end(check, false, CtrlC::No).await;
    let reports = reports.drain(..).map(|report| {
        let duration = report.duration + started.elapsed();
        let cases = report.cases.into_iter().chain(burst.clone()).collect();
        let report = LessonReport::of_cases(lesson, duration, cases);
        at_the_last_region(programs, lesson, report)
    });
    Ok(reports.collect())
}

/// The report of a lesson whose server program is not right: that is changed in `serve`, behind all methods.
fn at_the_last_region(
    programs: &Programs<'_>,
    lesson: &Lesson,
    mut report: LessonReport,
) -> LessonReport {
    let regions = work::regions(&programs.code.folder, lesson).unwrap_or_default();
    if let (Some(found), Some(region)) = (&mut report.diagnosis, regions.into_iter().next_back()) {
        found.location.get_or_insert(region.location);
    }
    report
}
