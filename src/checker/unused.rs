//! A forgotten `.await` or `?` in the code of a lesson that fails: the compiler has warned, and knows the line.

use super::Check;
use crate::compiler::{DROPS_RESULT, NEVER_AWAITED, Unused};
use crate::course::{Course, Lesson, Track};
use crate::guide::cases::Proof;
use crate::learner::Folder;
use crate::learner::work;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// The mistakes that follow from a `Result` that is dropped.
const OF_DROPPED: [&str; 2] = ["ignores-error", "goes-on-after-error"];

/// Has the report of a lesson that fails begin with a call that is never awaited, if there is one in its code; or with
/// one whose `Result` is dropped, if the lesson fails for an error that goes unnoticed.
pub fn point_out(check: &Check<'_>, report: &mut LessonReport) {
    let Some(code) = check.subject.code() else {
        return;
    };
    if code.track != Track::StartHere || report.outcome != Outcome::Fail || !report.begun {
        return;
    }
    let lesson = lesson(check.course, &report.lesson);
    let mistakes = report.diagnosis.iter().flat_map(|found| &found.mistakes);
    let goes_unnoticed = mistakes.clone().any(|id| OF_DROPPED.contains(id));
    let explains = |found: &&Unused| {
        found.mistake == NEVER_AWAITED || found.mistake == DROPS_RESULT && goes_unnoticed
    };
    let found = check
        .unused
        .iter()
        .filter(explains)
        .find(|found| lesson.is_some_and(|lesson| is_in_code_of(lesson, found, &code.folder)));
    if let Some(found) = found {
        report.diagnosis = report.diagnosis.take().map(|seen| first(found, seen));
    }
}

/// Whether a report says that a call is unused.
pub fn is_told(found: &Unused, reports: &[LessonReport]) -> bool {
    let mut diagnoses = reports
        .iter()
        .filter_map(|report| report.diagnosis.as_ref());
    diagnoses.any(|told| told.message == found.message)
}

fn lesson<'a>(course: &'a Course, id: &str) -> Option<&'a Lesson> {
    let mut lessons = course.lessons().iter();
    lessons.find(|lesson| lesson.id() == id)
}

/// Whether a call is in the code that a lesson is about: its own regions or, where the whole client is run, anywhere
/// in the client.
fn is_in_code_of(lesson: &Lesson, found: &Unused, folder: &Folder) -> bool {
    let regions = work::regions(folder, lesson).unwrap_or_default();
    let runs_client = matches!(lesson.check.proves, Proof::Client | Proof::Together);
    regions.iter().any(|region| region.holds(&found.location))
        || (runs_client && found.location.file.ends_with("start_here/src/client.rs"))
}

/// The diagnosis with what is unused first: what was seen may follow from it.
fn first(found: &Unused, diagnosis: Diagnosis) -> Diagnosis {
    let mistakes = std::iter::once(found.mistake).chain(diagnosis.mistakes.iter().copied());
    Diagnosis {
        mistakes: mistakes.collect(),
        message: found.message.clone(),
        also: [vec![diagnosis.message], diagnosis.also].concat(),
        location: Some(found.location.clone()),
        elsewhere: false,
        ..diagnosis
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::Location;

    #[test]
    fn the_forgotten_await_comes_before_what_was_seen() {
        let found = Unused {
            mistake: NEVER_AWAITED,
            message: "`client.list_features(area)` is never awaited.".to_string(),
            location: Location::new("start_here/src/client.rs", 38),
            warning: 0,
        };
        let seen = Diagnosis::mistake("rpc-never-called", "Your client never called ListFeatures.");
        let told = first(&found, seen);
        assert_eq!(told.mistakes, ["never-awaited", "rpc-never-called"]);
        assert_eq!(told.location, Some(found.location));
        assert_eq!(
            told.message,
            "`client.list_features(area)` is never awaited."
        );
        assert_eq!(told.also, ["Your client never called ListFeatures."]);
    }
}
