//! What a server that is gone means for the reports.

use std::time::Duration;

use crate::checker::startup::Server;
use crate::transcript::Status;
use crate::verdict::stream;
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// A server that is gone has failed, whatever it answered before: in the lessons whose calls broke off
/// or, if none did, in those that are not right anyway or in the last. What else was found stays.
pub fn dead(reports: &mut [LessonReport], diagnosis: &Diagnosis) {
    let lost: Vec<bool> = reports.iter().map(broke_off).collect();
    let failed = |report: &LessonReport| report.outcome != Outcome::Pass;
    let any_lost = lost.contains(&true);
    let any_failed = reports.iter().any(failed);
    let last = reports.len().saturating_sub(1);
    for (index, report) in reports.iter_mut().enumerate() {
        let noticed = if any_lost {
            lost[index]
        } else if any_failed {
            failed(report)
        } else {
            index == last
        };
        if noticed {
            report.outcome = Outcome::Fail;
            report.diagnosis = Some(and_gone(report.diagnosis.take(), diagnosis.clone()));
        }
    }
}

/// Says of calls that hang that the server is at work all the time, if it is: no call is open any more.
pub async fn name_busy_loops(reports: &mut [LessonReport], server: &Server) {
    const WATCHED: Duration = Duration::from_millis(300);
    let hangs = |report: &LessonReport| {
        let found = report.diagnosis.as_ref();
        found.is_some_and(|found| found.mistakes == [stream::HANGS])
    };
    let Some(running) = server
        .running
        .as_ref()
        .filter(|_| reports.iter().any(hangs))
    else {
        return;
    };
    if running.is_busy(WATCHED).await != Some(true) {
        return;
    }
    for report in reports.iter_mut().filter(|report| hangs(report)) {
        report.diagnosis = report.diagnosis.take().map(stream::in_a_loop);
    }
}

/// What was found in a lesson, and that the server is gone: a mistake that has been named stays named. A
/// status is only how the end of the server looked from the call.
pub fn and_gone(found: Option<Diagnosis>, gone: Diagnosis) -> Diagnosis {
    let statuses = [stream::ERROR_BEFORE_DATA, stream::WRONG_STATUS];
    match found {
        Some(found) if !found.mistakes.iter().all(|id| statuses.contains(id)) => Diagnosis {
            message: gone.message,
            also: [vec![found.message], found.also].concat(),
            mistakes: [&gone.mistakes[..], &found.mistakes[..]].concat(),
            quoted: gone.quoted.or(found.quoted),
            location: gone.location.or(found.location),
            ..found
        },
        _ => gone,
    }
}

/// Whether a call of a lesson lost its server, or found none any more.
pub fn broke_off(report: &LessonReport) -> bool {
    let mut cases = report.cases.iter();
    let lost = |case: &CaseReport| case.status.as_ref().is_some_and(Status::has_no_server);
    report.outcome == Outcome::Fail && cases.any(lost)
}

/// Whether a call of a lesson that is not right broke off.
pub fn a_call_broke_off(report: &LessonReport) -> bool {
    let mut statuses = report.cases.iter().filter_map(|case| case.status.as_ref());
    report.outcome == Outcome::Fail && statuses.any(Status::broke_off)
}

/// What is said of lessons that were checked on one server, and again alone. What broke off shows in the lesson that it
/// belongs to; if it shows in none of them, it takes several RPCs at once, and what was found together holds.
pub fn apart(together: Vec<LessonReport>, alone: Vec<Option<LessonReport>>) -> Vec<LessonReport> {
    if !alone.iter().flatten().any(a_call_broke_off) {
        return together;
    }
    let reports = together.into_iter().zip(alone);
    reports
        .map(|(together, alone)| alone.unwrap_or(together))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Course;
    use crate::transcript::ProtocolError;

    /// A report on a lesson, with one call that ended in this way.
    fn report(lesson: &str, status: Status) -> LessonReport {
        let course = Course::embedded().unwrap();
        let outcome = match status.is_ok() {
            true => Outcome::Pass,
            false => Outcome::Fail,
        };
        let mut report = LessonReport::without_cases(course.find(lesson).unwrap(), outcome, None);
        report.cases.push(CaseReport {
            status: Some(status),
            ..CaseReport::of_fact("a call", None)
        });
        report
    }

    fn broken() -> Status {
        Status::flawed(ProtocolError::Closed)
    }

    fn outcomes(reports: &[LessonReport]) -> Vec<Outcome> {
        reports.iter().map(|report| report.outcome).collect()
    }

    #[test]
    fn a_crash_is_told_where_it_shows_alone_and_is_not_lost_where_it_shows_in_none() {
        let together = || {
            vec![
                report("list-features", broken()),
                report("route-chat", broken()),
            ]
        };
        let right = || Some(report("list-features", Status::ok()));
        let apart_in_chat = apart(
            together(),
            vec![right(), Some(report("route-chat", broken()))],
        );
        assert_eq!(outcomes(&apart_in_chat), [Outcome::Pass, Outcome::Fail]);
        // It takes both at once.
        let nowhere = apart(
            together(),
            vec![right(), Some(report("route-chat", Status::ok()))],
        );
        assert_eq!(outcomes(&nowhere), [Outcome::Fail, Outcome::Fail]);
        // The server did not start again for one of them.
        let unknown = apart(together(), vec![None, Some(report("route-chat", broken()))]);
        assert_eq!(outcomes(&unknown), [Outcome::Fail, Outcome::Fail]);
    }
}
