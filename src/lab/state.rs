//! Everything that the interactive lab knows, and shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::event::{Effect, Work};
use super::run::{Run, Scope, Warm};
use crate::course::{Course, Lesson, Part};
use crate::learner::changes::PollingReason;
use crate::learner::lesson_status;
use crate::learner::{Fingerprint, Progress};
use crate::location::Location;
use crate::verdict::CheckReport;

/// What the lab knows, and shows.
#[derive(Debug, Clone)]
pub struct State {
    /// The course.
    pub course: Arc<Course>,
    /// What is recorded.
    pub progress: Progress,
    /// The lesson that is worked on, counted from 0.
    pub lesson: usize,
    /// What the learner has written for it, once it has been read.
    pub work: Option<Work>,
    /// The newest state of the learner's files that is known.
    pub files: Fingerprint,
    /// The run, if there is one.
    pub run: Run,
    /// The verdict on the newest state, if there is one.
    pub verdict: Option<Verdict>,
    /// Why nothing could be checked.
    pub trouble: Option<String>,
    /// Compiling ahead.
    pub warm: Warm,
    /// What is shown.
    pub page: Page,
    /// The page from which the list or the help was opened.
    pub(super) behind: Page,
    /// The first line of it that is to be shown. The greatest number says that the page knows best.
    pub scroll: usize,
    /// What the screen had room for when it was drawn last.
    pub room: Room,
    /// What is asked, if anything: the next key is the answer.
    pub question: Option<Question>,
    /// One line that is worth saying, until the next key or save.
    pub notice: Option<String>,
    /// Why the files are looked at again and again, if they are.
    pub polling: Option<PollingReason>,
    /// How many hints of the lesson have been asked for since it was opened.
    pub(super) revealed: usize,
    /// Whether the learner has saved or asked for the run.
    pub(super) asked: bool,
    /// How many runs in a row came to nothing because the files changed meanwhile.
    pub(super) restless: u32,
    /// How many runs in a row did so although the same stood in the files: they were only written anew.
    pub(super) rewritten: u32,
    /// How many runs there have been.
    pub(super) runs: u64,
    /// The seed of the next run.
    pub(super) seed: u64,
}

/// A verdict on the newest state of the files.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What was found.
    pub report: CheckReport,
    /// What was checked.
    pub scope: Scope,
    /// Where the first lesson that is not right is to be changed.
    pub place: Option<Location>,
    /// The lessons of the report that had passed before.
    pub passed_before: BTreeSet<String>,
}

/// What the screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The text of the lesson.
    Text,
    /// What came of the last save.
    Verdict,
    /// The hints that have been asked for.
    Hints,
    /// The finished code beside the learner's own.
    Solution,
    /// All lessons, of which one is pointed at.
    List {
        /// That one, counted from 0.
        cursor: usize,
    },
    /// What the keys do.
    Help,
    /// The end of the course.
    Finish,
}

impl Page {
    /// Whether it is one that is looked at for a moment, and then left for the one before.
    pub fn is_in_front(self) -> bool {
        matches!(self, Page::List { .. } | Page::Help)
    }
}

/// Something that is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Put this lesson back to its beginning?
    Reset(usize),
    /// Show the solution, though nothing has been tried?
    Solution,
    /// Write the solution into the learner's files?
    Write,
}

/// What the screen has room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// The lines of the page that fit.
    pub height: usize,
    /// The lines that it has.
    pub lines: usize,
    /// The first of them that is shown.
    pub first: usize,
}

impl State {
    /// The lab as it is opened, at the first lesson that is not done.
    pub fn new(course: Arc<Course>, progress: Progress, files: Fingerprint, seed: u64) -> State {
        let mut state = State {
            course,
            progress,
            lesson: 0,
            work: None,
            files,
            run: Run::Idle,
            verdict: None,
            trouble: None,
            warm: Warm::Off,
            page: Page::Text,
            behind: Page::Text,
            scroll: 0,
            room: Room::default(),
            question: None,
            notice: None,
            polling: None,
            revealed: 0,
            asked: false,
            restless: 0,
            rewritten: 0,
            runs: 0,
            seed,
        };
        match lesson_status::next(&state.course, &state.progress, 0) {
            Some(lesson) => state.lesson = lesson,
            None => {
                state.lesson = state.course.lessons().len().saturating_sub(1);
                state.page = Page::Finish;
            }
        }
        state
    }

    /// The lesson that is worked on.
    pub fn current(&self) -> &Lesson {
        &self.course.lessons()[self.lesson]
    }

    /// Whether every lesson has passed.
    pub fn is_done(&self) -> bool {
        lesson_status::next(&self.course, &self.progress, 0).is_none()
    }

    /// How many lessons have passed.
    pub fn passed(&self) -> usize {
        let lessons = self.course.lessons().iter();
        lessons
            .filter(|lesson| self.progress.passed(lesson.id()))
            .count()
    }

    /// Whether the lesson is behind the learner: it has passed and, as far as is known, does so still; or it
    /// is skipped.
    pub fn may_go_on(&self) -> bool {
        let record = self.progress.of(self.current().id());
        let fails = self.verdict.is_some() && !self.verdict_passes();
        record.skipped || (record.passed && !fails)
    }

    /// How many hints of the lesson are to be seen: those that are recorded, and those that are about to be.
    pub fn hints_shown(&self) -> usize {
        let recorded = self.progress.of(self.current().id()).hints;
        recorded.max(self.revealed).min(self.current().hints.len())
    }

    /// The lesson that comes after this one, counted from 0, unless there is no other.
    pub(super) fn next_index(&self) -> Option<usize> {
        let next = lesson_status::next(&self.course, &self.progress, self.lesson + 1);
        next.filter(|next| *next != self.lesson)
    }

    /// The lesson that comes after this one, unless there is no other.
    pub fn next_lesson(&self) -> Option<&Lesson> {
        let next = self.next_index()?;
        self.course.lessons().get(next)
    }

    /// Whether the lesson that is worked on needs no build, but later ones do.
    pub(super) fn builds_later(&self) -> bool {
        self.current().part() == Part::Proto
    }

    /// Whether a run builds anything.
    pub(super) fn builds(&self, scope: Scope) -> bool {
        match scope {
            Scope::All => true,
            Scope::Lesson(lesson) => self.course.lessons()[lesson].part() != Part::Proto,
        }
    }

    /// Shows another page, from its beginning.
    pub(super) fn turn_to(&mut self, page: Page) {
        if self.page == page {
            return;
        }
        if page.is_in_front() && !self.page.is_in_front() {
            self.behind = self.page;
        }
        self.page = page;
        self.scroll = 0;
    }

    /// Goes to another lesson.
    pub(super) fn go_to(&mut self, lesson: usize, effects: &mut Vec<Effect>) {
        self.turn_to(Page::Text);
        self.scroll = 0;
        if lesson == self.lesson {
            return;
        }
        self.lesson = lesson;
        self.revealed = 0;
        self.work = None;
        self.cancel(effects);
        effects.push(Effect::Look(lesson));
    }

    /// Why the lesson's place cannot be found, if it cannot: a marker or a file that is gone.
    pub fn lost_place(&self) -> Option<&str> {
        self.work
            .as_ref()?
            .regions
            .as_ref()
            .err()
            .map(String::as_str)
    }

    /// Where the learner is to write: where the verdict points, or the first place of the lesson.
    pub fn place(&self) -> Option<Location> {
        let judged = self
            .verdict
            .as_ref()
            .and_then(|verdict| verdict.place.clone());
        let so_far = || self.so_far().and_then(|so_far| so_far.place.clone());
        let of_lesson = || {
            let regions = self.work.as_ref()?.regions.as_ref().ok()?;
            let open = regions.iter().find(|region| region.untouched);
            Some(open.or(regions.first())?.location.clone())
        };
        judged.or_else(so_far).or_else(of_lesson)
    }
}
