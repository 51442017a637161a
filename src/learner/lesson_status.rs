//! The status of each lesson: passed, skipped, next or open.

use serde::Serialize;

use super::Progress;
use super::progress::Record;
use crate::course::{Course, Lesson};

/// A lesson with the learner's progress in it.
#[derive(Debug)]
pub struct LessonProgress<'a> {
    /// The lesson.
    pub lesson: &'a Lesson,
    /// Its status.
    pub status: LessonStatus,
    /// What the progress file records about it.
    pub record: Record,
}

/// The status of a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LessonStatus {
    /// It passes.
    Passed,
    /// The learner has skipped it.
    Skipped,
    /// It is the first that is neither passed nor skipped.
    Next,
    /// It comes after that.
    Open,
}

impl LessonStatus {
    /// `passed`, as people and machines read it.
    pub fn name(self) -> &'static str {
        match self {
            LessonStatus::Passed => "passed",
            LessonStatus::Skipped => "skipped",
            LessonStatus::Next => "next",
            LessonStatus::Open => "open",
        }
    }
}

/// All lessons, in order.
pub fn lesson_progress<'a>(course: &'a Course, progress: &Progress) -> Vec<LessonProgress<'a>> {
    let next = next(course, progress, 0);
    let lessons = course.lessons().iter().enumerate();
    let with_status = |(index, lesson): (usize, &'a Lesson)| {
        let record = progress.of(lesson.id());
        let status = if record.passed {
            LessonStatus::Passed
        } else if record.skipped {
            LessonStatus::Skipped
        } else if next == Some(index) {
            LessonStatus::Next
        } else {
            LessonStatus::Open
        };
        LessonProgress {
            lesson,
            status,
            record,
        }
    };
    lessons.map(with_status).collect()
}

/// The lesson to do next, counted from 0: from this one on and then from the beginning, the first that has
/// neither passed nor is skipped; if there is none, the first that is skipped. None once all have passed.
pub fn next(course: &Course, progress: &Progress, from: usize) -> Option<usize> {
    let lessons = course.lessons();
    let from = from.min(lessons.len());
    let in_order = || (from..lessons.len()).chain(0..from);
    let record = |index: usize| progress.of(lessons[index].id());
    let open = in_order().find(|&index| !record(index).passed && !record(index).skipped);
    open.or_else(|| in_order().find(|&index| !record(index).passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lesson_that_is_neither_passed_nor_skipped_is_the_next() {
        let course = Course::embedded().unwrap();
        let mut progress = Progress::default();
        for passed in ["define-messages", "generate-code"] {
            progress.note_verdict(passed, true);
        }
        progress.note_skipped("define-service", true);
        let statuses: Vec<LessonStatus> = lesson_progress(&course, &progress)
            .iter()
            .map(|lesson| lesson.status)
            .collect();
        assert_eq!(
            statuses[..4],
            [
                LessonStatus::Passed,
                LessonStatus::Skipped,
                LessonStatus::Passed,
                LessonStatus::Next
            ]
        );
        assert!(
            statuses[4..]
                .iter()
                .all(|status| *status == LessonStatus::Open)
        );
    }
}
