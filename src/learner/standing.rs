//! Where the learner stands with each lesson.

use serde::Serialize;

use super::Progress;
use super::progress::Record;
use crate::course::{Course, Lesson};

/// One lesson, and what is known about it.
#[derive(Debug)]
pub struct Standing<'a> {
    /// The lesson.
    pub lesson: &'a Lesson,
    /// Where the learner stands with it.
    pub state: State,
    /// What is recorded.
    pub record: Record,
}

/// Where a learner can stand with a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It passes.
    Passed,
    /// The learner wants to go on without it.
    Skipped,
    /// It is the first that is neither passed nor skipped.
    Next,
    /// It comes after that.
    Open,
}

impl State {
    /// `passed`, as people and machines read it.
    pub fn name(self) -> &'static str {
        match self {
            State::Passed => "passed",
            State::Skipped => "skipped",
            State::Next => "next",
            State::Open => "open",
        }
    }
}

/// All lessons, in order.
pub fn standings<'a>(course: &'a Course, progress: &Progress) -> Vec<Standing<'a>> {
    let next = next(course, progress, 0);
    let lessons = course.lessons().iter().enumerate();
    let standing = |(index, lesson): (usize, &'a Lesson)| {
        let record = progress.of(lesson.id());
        let state = if record.passed {
            State::Passed
        } else if record.skipped {
            State::Skipped
        } else if next == Some(index) {
            State::Next
        } else {
            State::Open
        };
        Standing {
            lesson,
            state,
            record,
        }
    };
    lessons.map(standing).collect()
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
        let states: Vec<State> = standings(&course, &progress)
            .iter()
            .map(|standing| standing.state)
            .collect();
        assert_eq!(
            states[..4],
            [State::Passed, State::Skipped, State::Passed, State::Next]
        );
        assert!(states[4..].iter().all(|state| *state == State::Open));
    }
}
