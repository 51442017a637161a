//! The status of each lesson: passed, skipped, next or open.

use serde::Serialize;

use super::Progress;
use super::progress::Record;
use crate::course::{Course, Lesson, Part};

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
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "state"))]
pub enum LessonStatus {
    /// It passes.
    Passed,
    /// The learner has skipped it.
    Skipped,
    /// It is the first that is neither passed nor skipped.
    Next,
    /// It comes after that, or is optional.
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

/// How far the learner is in a part of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The part.
    pub part: Part,
    /// How many of its lessons have passed.
    pub passed: usize,
    /// How many lessons it has.
    pub lessons: usize,
    /// How many minutes those take that have not passed.
    pub minutes_left: u32,
}

/// How far the learner is in a part of the course. The lessons of other parts do not count.
pub fn tally(part: Part, course: &Course, progress: &Progress) -> Tally {
    let (passed, left): (Vec<&Lesson>, Vec<&Lesson>) = course
        .part(part)
        .partition(|lesson| progress.passed(lesson.id()));
    Tally {
        part,
        passed: passed.len(),
        lessons: passed.len() + left.len(),
        minutes_left: left.iter().map(|lesson| lesson.head.minutes).sum(),
    }
}

/// The lesson of the codelab to do next, counted from 0: from this one on and then from the beginning, the
/// first that has neither passed nor is skipped; if there is none, the first that is skipped. None once the
/// codelab has passed.
pub fn next(course: &Course, progress: &Progress, from: usize) -> Option<usize> {
    next_of(Part::Codelab, course, progress, from)
}

/// The optional lesson to do next, in the same way.
pub fn next_optional(course: &Course, progress: &Progress, from: usize) -> Option<usize> {
    next_of(Part::Production, course, progress, from)
}

/// The optional lesson to go on with, counted from 0: the first that the learner has tried and that has not passed, or else
/// the next one behind those that have passed.
pub fn optional_begun(course: &Course, progress: &Progress) -> Option<usize> {
    let lessons = course.lessons();
    let is_open = |lesson: &Lesson| {
        let record = progress.of(lesson.id());
        lesson.is_optional() && !record.passed && !record.skipped
    };
    let begun = |lesson: &Lesson| is_open(lesson) && progress.of(lesson.id()).is_begun();
    let last_passed = lessons
        .iter()
        .rposition(|lesson| lesson.is_optional() && progress.passed(lesson.id()));
    let after_passed = || {
        let rest = last_passed? + 1..lessons.len();
        rest.into_iter().find(|index| is_open(&lessons[*index]))
    };
    lessons.iter().position(begun).or_else(after_passed)
}

fn next_of(part: Part, course: &Course, progress: &Progress, from: usize) -> Option<usize> {
    let lessons = course.lessons();
    let from = from.min(lessons.len());
    let in_order = || {
        let all = (from..lessons.len()).chain(0..from);
        all.filter(|&index| lessons[index].head.part == part)
    };
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

    #[test]
    fn the_codelab_is_finished_without_the_optional_lessons() {
        let course = Course::embedded().unwrap().with_optional(&["one", "two"]);
        let mut progress = Progress::default();
        let codelab = course.part(Part::Codelab).count();
        // One that is done before does not count, and does not come next.
        progress.note_verdict("one", true);
        assert_eq!(
            tally(Part::Codelab, &course, &progress),
            Tally {
                part: Part::Codelab,
                passed: 0,
                lessons: codelab,
                minutes_left: course.part(Part::Codelab).map(|l| l.head.minutes).sum(),
            }
        );
        assert_eq!(next(&course, &progress, codelab), Some(0));
        for lesson in course.part(Part::Codelab) {
            progress.note_verdict(lesson.id(), true);
        }
        let in_production = tally(Part::Production, &course, &progress);
        assert_eq!((in_production.passed, in_production.lessons), (1, 2));
        assert_eq!(
            tally(Part::Codelab, &course, &progress),
            Tally {
                part: Part::Codelab,
                passed: codelab,
                lessons: codelab,
                minutes_left: 0,
            }
        );
        assert_eq!(next(&course, &progress, 0), None);
        assert_eq!(next_optional(&course, &progress, 0), Some(codelab + 1));
        assert_eq!(optional_begun(&course, &progress), Some(codelab + 1));
        progress.note_attempt("two");
        assert_eq!(optional_begun(&course, &progress), Some(codelab + 1));
        progress.note_verdict("two", true);
        assert_eq!(next_optional(&course, &progress, 0), None);
    }
}
