//! One run of a client, judged by several lessons: what they ask for together, and which case is whose.

use std::time::Duration;

use crate::course::Lesson;
use crate::guide::cases::{ClientCalls, Proof};
use crate::verdict::{CaseReport, LessonReport};

/// All calls that these lessons ask for.
pub fn expected(lessons: &[&Lesson]) -> ClientCalls {
    let mut all = ClientCalls::default();
    for calls in lessons
        .iter()
        .filter_map(|lesson| lesson.check.client.clone())
    {
        all = all.or(calls);
    }
    all
}

/// Gives each case to the lesson that it is about: calls to the lesson of the call, and everything else
/// to the one about the whole client or, without that, to the last.
pub fn group_cases(
    lessons: &[&Lesson],
    cases: Vec<CaseReport>,
    took: Duration,
) -> Vec<LessonReport> {
    let about = |case: &CaseReport| {
        let proof = |lesson: &&Lesson| lesson.check.proves;
        let whole = lessons
            .iter()
            .rposition(|lesson| proof(lesson) == Proof::Client);
        let own = lessons.iter().position(|lesson| match case.rpc {
            Some(rpc) => {
                let calls = lesson.check.client.as_ref();
                matches!(proof(lesson), Proof::Call | Proof::Methods)
                    && calls.is_some_and(|calls| calls.rpcs().contains(&rpc))
            }
            None => proof(lesson) == Proof::Connection && case.case == "connection",
        });
        own.or(whole).unwrap_or(lessons.len().saturating_sub(1))
    };
    let mut groups: Vec<Vec<CaseReport>> = lessons.iter().map(|_| Vec::new()).collect();
    for case in cases {
        if let Some(cases) = groups.get_mut(about(&case)) {
            cases.push(case);
        }
    }
    let mut reports: Vec<LessonReport> = lessons
        .iter()
        .zip(groups)
        .map(|(lesson, cases)| LessonReport::of_cases(lesson, took, cases))
        .collect();
    quote_once(&mut reports);
    reports
}

/// One run, one end: what the client wrote before it is quoted with the first lesson that it explains.
fn quote_once(reports: &mut [LessonReport]) {
    let mut said = Vec::new();
    let diagnoses = reports
        .iter_mut()
        .filter_map(|report| report.diagnosis.as_mut());
    for diagnosis in diagnoses {
        match diagnosis.quoted.take() {
            Some(quote) if !said.contains(&quote) => {
                said.push(quote.clone());
                diagnosis.quoted = Some(quote);
            }
            _ => {}
        }
    }
}
