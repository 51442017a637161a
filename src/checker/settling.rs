//! The last step of every report on the learner's own code: after it, the report is what the learner reads.

use super::{Code, Watch, not_begun};
use crate::course::Course;
use crate::learner::work::Spot;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// Settles reports, and tells of them.
pub struct Settling<'a> {
    /// Whose code it is.
    pub code: &'a Code,
    /// The lessons.
    pub course: &'a Course,
    /// Who is told.
    pub watch: &'a dyn Watch,
}

impl Settling<'_> {
    /// Settles a report that nothing else can change any more.
    pub fn settle(&self, mut report: LessonReport) -> LessonReport {
        let lessons = self.course.lessons();
        let lesson = lessons.iter().find(|lesson| lesson.id() == report.lesson);
        if report.outcome == Outcome::Fail
            && let Some(place) = lesson.and_then(|lesson| not_begun(self.code, lesson))
        {
            not_begun_yet(&mut report, &place);
        }
        self.watch.settled(&report);
        report
    }

    /// Settles several.
    pub fn settle_all(&self, reports: Vec<LessonReport>) -> Vec<LessonReport> {
        let reports = reports.into_iter();
        reports.map(|report| self.settle(report)).collect()
    }
}

/// A lesson that has not been begun is told so, whatever else could be said.
fn not_begun_yet(report: &mut LessonReport, place: &Spot) {
    let message = format!("Nothing is written yet at {}:{}.", place.file, place.line);
    let mistakes = report
        .diagnosis
        .take()
        .map_or(Vec::new(), |diagnosis| diagnosis.mistakes);
    report.begun = false;
    report.diagnosis = Some(Diagnosis {
        mistakes,
        ..Diagnosis::new(message).edit(&place.file, place.line)
    });
}
