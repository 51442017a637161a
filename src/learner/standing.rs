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
    let mut next_is_known = false;
    course
        .lessons()
        .iter()
        .map(|lesson| {
            let record = progress.of(lesson.id());
            let state = if record.passed {
                State::Passed
            } else if record.skipped {
                State::Skipped
            } else if next_is_known {
                State::Open
            } else {
                next_is_known = true;
                State::Next
            };
            Standing {
                lesson,
                state,
                record,
            }
        })
        .collect()
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
