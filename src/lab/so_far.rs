//! What a run has found out for good while it is still going on.

use std::collections::BTreeSet;

use super::event::Settled;
use super::run::Run;
use super::state::{Page, State};
use crate::course::Lesson;
use crate::location::Location;
use crate::verdict::LessonReport;

/// The lessons of a run that are judged, before the run is over.
#[derive(Debug, Clone)]
pub struct SoFar {
    /// What was found, in the order of the course.
    pub lessons: Vec<LessonReport>,
    /// The seed of the random cases.
    pub seed: u64,
    /// Where the first lesson that is not right is to be changed.
    pub place: Option<Location>,
    /// Those of the lessons that had passed before.
    pub passed_before: BTreeSet<String>,
}

impl SoFar {
    /// What was found in a lesson, if it is judged.
    pub fn of(&self, lesson: &Lesson) -> Option<&LessonReport> {
        let mut lessons = self.lessons.iter();
        lessons.find(|report| report.lesson == lesson.id())
    }

    /// Whether what was found is enough to say that the whole is not right.
    pub fn is_wrong(&self) -> bool {
        first_wrong(&self.lessons).is_some()
    }
}

/// The first lesson that is not right: the one to begin with.
pub(super) fn first_wrong(lessons: &[LessonReport]) -> Option<&str> {
    let wrong = lessons.iter().find(|lesson| lesson.is_wrong())?;
    Some(&wrong.lesson)
}

impl State {
    /// What the run that is going on has found out for good, if it has come that far.
    pub fn so_far(&self) -> Option<&SoFar> {
        match &self.run {
            Run::Going { so_far, .. } => so_far.as_deref(),
            Run::Idle | Run::Ending { .. } => None,
        }
    }

    /// The lessons that the run has yet to judge.
    pub fn awaited(&self) -> Vec<&Lesson> {
        let Run::Going { scope, so_far, .. } = &self.run else {
            return Vec::new();
        };
        let mut lessons = scope.selection(&self.course).lessons;
        let is_judged = |lesson: &Lesson| {
            let so_far = so_far.as_ref();
            so_far.is_some_and(|so_far| so_far.of(lesson).is_some())
        };
        lessons.retain(|lesson| !is_judged(lesson));
        lessons
    }

    /// A lesson of the run is judged. It is shown if it is about the newest state; recorded is nothing
    /// before the run is over.
    pub(super) fn settled(&mut self, number: u64, settled: Settled) {
        let (before, now) = (settled.before, settled.now);
        if !self.is_same(before, now) || !self.is_same(now, self.files) {
            return;
        }
        let wrong_before = self
            .so_far()
            .and_then(|so_far| first_wrong(&so_far.lessons));
        let wrong_before = wrong_before.map(str::to_string);
        let Run::Going { run, so_far, .. } = &mut self.run else {
            return;
        };
        if *run != number {
            return;
        }
        let so_far = so_far.get_or_insert_with(|| {
            Box::new(SoFar {
                lessons: Vec::new(),
                seed: self.seed,
                place: None,
                passed_before: BTreeSet::new(),
            })
        });
        let id = settled.report.lesson.clone();
        if self.progress.passed(&id) {
            so_far.passed_before.insert(id.clone());
        }
        so_far.lessons.retain(|report| report.lesson != id);
        so_far.lessons.push(settled.report);
        let lessons = self.course.lessons();
        so_far.lessons.sort_by_key(|report| {
            let mut lessons = lessons.iter();
            lessons.position(|lesson| lesson.id() == report.lesson)
        });
        let wrong = first_wrong(&so_far.lessons);
        if wrong == Some(&id) {
            so_far.place = settled.place;
        }
        if wrong != wrong_before.as_deref() {
            self.show_verdict_from_its_beginning();
        }
    }

    /// What is to be read first has changed. Whoever reads another page keeps their place.
    pub(super) fn show_verdict_from_its_beginning(&mut self) {
        if self.page == Page::Verdict {
            self.scroll = 0;
        }
    }
}
