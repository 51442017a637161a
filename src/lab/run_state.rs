//! What is being built and checked: the run, its scope, its results so far, and the prebuild.

use std::collections::BTreeSet;

use crate::checker::Doing;
use crate::course::{Course, Lesson, Selection};
use crate::learner::Progress;
use crate::location::Location;
use crate::verdict::{LessonReport, report};

/// What a run checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunScope {
    /// A lesson, as an index into the course, and the earlier lessons that share its build.
    Lesson(usize),
    /// The whole course.
    All,
}

impl RunScope {
    /// The lessons that a run checks.
    pub fn selection<'a>(self, course: &'a Course, progress: &Progress) -> Selection<'a> {
        let begun = |lesson: &Lesson| progress.of(lesson.id()).is_begun();
        match self {
            RunScope::All => Selection::all(course, begun),
            RunScope::Lesson(lesson) => Selection::around(course, &course.lessons()[lesson], begun),
        }
    }
}

/// The state of the only run that there can be at a time.
#[derive(Debug, Clone)]
pub enum RunState {
    /// Nothing is being checked.
    Idle,
    /// The newest state of the files is being checked.
    Running {
        /// The number of the run.
        run: u64,
        /// What is checked.
        scope: RunScope,
        /// The current step, once one has been reported.
        step: Option<Doing>,
        /// The results of the lessons that are finished, once there are any.
        partial: Option<Box<PartialVerdict>>,
    },
    /// A run of an older state has been cancelled and has not ended yet.
    Stopping {
        /// The number of the run.
        run: u64,
        /// What to check as soon as it has ended, if anything.
        next: Option<RunScope>,
    },
}

impl RunState {
    /// Whether nothing is being checked.
    pub fn is_idle(&self) -> bool {
        matches!(self, RunState::Idle)
    }
}

/// The lessons that a run has finished, before the run has ended.
#[derive(Debug, Clone)]
pub struct PartialVerdict {
    /// Their reports, in the order of the course.
    pub lessons: Vec<LessonReport>,
    /// The seed of the random cases.
    pub seed: u64,
    /// Where to edit for the first lesson that is not right.
    pub location: Option<Location>,
    /// The ids of those lessons that had passed before the run.
    pub passed_before: BTreeSet<String>,
}

impl PartialVerdict {
    /// No lesson is finished yet.
    pub(super) fn new(seed: u64) -> PartialVerdict {
        PartialVerdict {
            lessons: Vec::new(),
            seed,
            location: None,
            passed_before: BTreeSet::new(),
        }
    }

    /// The report on a lesson, if it is finished.
    pub fn of(&self, lesson: &Lesson) -> Option<&LessonReport> {
        let mut lessons = self.lessons.iter();
        lessons.find(|report| report.lesson == lesson.id())
    }

    /// Whether something is not right in what the learner has begun, or in the lesson with this id.
    pub fn fails(&self, current: &str) -> bool {
        let counts = |lesson: &LessonReport| !lesson.is_not_begun() || lesson.lesson == current;
        let mut lessons = self.lessons.iter();
        lessons.any(|lesson| lesson.is_wrong() && counts(lesson))
    }
}

/// The id of the lesson to change first, if one is not right.
pub(super) fn first_wrong(lessons: &[LessonReport]) -> Option<&str> {
    report::first_wrong(lessons).map(|lesson| lesson.lesson.as_str())
}

/// The state of the prebuild, which compiles the dependencies of later lessons while the first ones are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prebuild {
    /// It is not running.
    Off,
    /// It is running.
    Running {
        /// Crates compiled.
        done: u64,
        /// Crates to compile; 0 until cargo says how many.
        total: u64,
    },
    /// All dependencies are compiled.
    Done,
    /// It failed, with cargo's message. The build that needs the dependencies will fail in the same way.
    Failed(String),
}
