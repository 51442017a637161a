//! Everything that the interactive lab knows and shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::run_state::{PartialVerdict, Prebuild, RunScope, RunState};
use super::server::ServerState;
use crate::course::{Component, Course, Lesson, Part};
use crate::learner::changes::PollingReason;
use crate::learner::lesson_status::{self, Tally};
use crate::learner::solution::Piece;
use crate::learner::work::{LessonRegion, LessonRegionError};
use crate::learner::{ChangeError, Fingerprint, Progress};
use crate::location::Location;
use crate::verdict::{CheckReport, LessonReport, Outcome};

/// What the lab knows and shows.
#[derive(Debug, Clone)]
pub struct Model {
    /// The course.
    pub course: Arc<Course>,
    /// The recorded progress.
    pub progress: Progress,
    /// The current lesson, as an index into the course.
    pub lesson: usize,
    /// The learner's work on it, once it has been read.
    pub work: Option<LessonWork>,
    /// The newest known state of the learner's files.
    pub files: Fingerprint,
    /// The run.
    pub run: RunState,
    /// The verdict on the newest state of the files, if there is one.
    pub verdict: Option<Verdict>,
    /// Why the last run could not check anything, if it could not.
    pub check_error: Option<String>,
    /// The learner's server, if the lab keeps it running.
    pub server: Option<ServerState>,
    /// How many times it has been started.
    pub(super) server_starts: u64,
    /// The prebuild.
    pub prebuild: Prebuild,
    /// The page that is shown.
    pub page: Page,
    /// The page to which an overlay returns.
    pub(super) previous_page: Page,
    /// The page from which the server was shown.
    pub(super) page_before_server: Page,
    /// The first line of the page to show; `usize::MAX` leaves it to the page.
    pub scroll: usize,
    /// Where the text of each lesson was left, by the lesson's index: its first visible line.
    pub(super) text_places: BTreeMap<usize, usize>,
    /// Where the verdict was left: its first visible line.
    pub(super) verdict_place: usize,
    /// The part of the page that was visible when it was last drawn.
    pub viewport: Viewport,
    /// Whether all errors of the compiler are shown, and not only the first.
    pub shows_all_errors: bool,
    /// The open question, if there is one: the next key answers it.
    pub question: Option<Question>,
    /// The answer that was given to the current lesson's own question, counted from 0.
    pub answer: Option<usize>,
    /// One line for the learner, until the next key or save.
    pub notice: Option<String>,
    /// Why the files are polled, if they are.
    pub polling: Option<PollingReason>,
    /// How many hints of the current lesson have been asked for since it was opened.
    pub(super) hints_requested: usize,
    /// Lessons that have been marked as skipped (`true`), or are no longer, and of which that is not yet recorded, the
    /// oldest first.
    pub(super) unrecorded_skips: Vec<(usize, bool)>,
    /// Whether the learner has caused the current run: by a save or a key.
    pub(super) run_requested: bool,
    /// Whether all lessons have passed, and are to be checked once more before the end is shown.
    pub(super) is_ending: bool,
    /// How many runs in a row had no valid verdict because the files changed meanwhile.
    pub(super) aborted_runs: u32,
    /// How many of them, in a row, found the files rewritten with the same contents.
    pub(super) rewrites: u32,
    /// How many runs there have been.
    pub(super) run_count: u64,
    /// The seed of the next run.
    pub(super) seed: u64,
}

/// The learner's work on a lesson.
#[derive(Debug, Clone)]
pub struct LessonWork {
    /// The lesson, as an index into the course.
    pub lesson: usize,
    /// Its regions in the files, or why they cannot be found.
    pub regions: Result<Vec<LessonRegion>, Arc<LessonRegionError>>,
    /// Whether the learner has written anything in one of them.
    pub touched: bool,
    /// Whether the learner has tried the lesson, so that its solution may be shown without a question.
    pub tried: bool,
    /// The solution beside the learner's code, or why it cannot be shown.
    pub pieces: Arc<Result<Vec<Piece>, ChangeError>>,
}

/// A verdict on the newest state of the files.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The report.
    pub report: CheckReport,
    /// What was checked.
    pub scope: RunScope,
    /// Where to edit for the first lesson that is not right.
    pub location: Option<Location>,
    /// The ids of the reported lessons that had passed before.
    pub passed_before: BTreeSet<String>,
}

/// What the screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The text of the lesson.
    Text,
    /// The verdict on the last save, or the progress of its check.
    Verdict,
    /// The hints that have been asked for.
    Hints,
    /// The solution beside the learner's code.
    Solution,
    /// The list of lessons.
    List {
        /// The selected lesson, as an index into the course.
        cursor: usize,
    },
    /// What the keys do.
    Help,
    /// What the words of the course mean.
    Glossary,
    /// The learner's server: what it writes, and the calls that it gets.
    Server,
    /// The end of the course.
    Finish,
}

impl Page {
    /// Whether the page is an overlay: closing it shows the page from which it was opened.
    pub fn is_overlay(self) -> bool {
        matches!(self, Page::List { .. } | Page::Help | Page::Glossary)
    }
}

/// A question that is asked before something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Reset this lesson?
    Reset(usize),
    /// Show the solution, although the learner has not tried?
    ShowSolution,
    /// Write the solution into the learner's files?
    WriteSolution,
}

/// The visible part of a page, in lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Viewport {
    /// How many lines are visible at once.
    pub height: usize,
    /// How many lines the page has.
    pub lines: usize,
    /// The first visible line.
    pub first: usize,
}

impl Viewport {
    /// The greatest line that can be the first visible one.
    fn last_first(self) -> usize {
        self.lines.saturating_sub(self.height)
    }
}

impl Model {
    /// The lab as it is opened, at the first lesson that has not passed.
    pub fn new(course: Arc<Course>, progress: Progress, files: Fingerprint, seed: u64) -> Model {
        let mut model = Model {
            course,
            progress,
            lesson: 0,
            work: None,
            files,
            run: RunState::Idle,
            verdict: None,
            check_error: None,
            server: None,
            server_starts: 0,
            prebuild: Prebuild::Off,
            page: Page::Text,
            previous_page: Page::Text,
            page_before_server: Page::Text,
            scroll: 0,
            text_places: BTreeMap::new(),
            verdict_place: 0,
            viewport: Viewport::default(),
            shows_all_errors: false,
            question: None,
            answer: None,
            notice: None,
            polling: None,
            hints_requested: 0,
            unrecorded_skips: Vec::new(),
            run_requested: false,
            is_ending: false,
            aborted_runs: 0,
            rewrites: 0,
            run_count: 0,
            seed,
        };
        match lesson_status::next(&model.course, &model.progress, 0) {
            Some(lesson) => model.lesson = lesson,
            None => match lesson_status::optional_begun(&model.course, &model.progress) {
                Some(lesson) => model.lesson = lesson,
                None => {
                    let codelab = model.course.part(Part::Codelab);
                    model.lesson = codelab.count().saturating_sub(1);
                    model.page = Page::Finish;
                }
            },
        }
        model
    }

    /// How many runs have been started.
    pub fn run_count(&self) -> u64 {
        self.run_count
    }

    /// The current lesson.
    pub fn current(&self) -> &Lesson {
        &self.course.lessons()[self.lesson]
    }

    /// Whether every lesson of the codelab has passed.
    pub fn is_done(&self) -> bool {
        lesson_status::next(&self.course, &self.progress, 0).is_none()
    }

    /// How far the learner is in the part of the course that the current lesson belongs to.
    pub fn tally(&self) -> Tally {
        lesson_status::tally(self.current().head.part, &self.course, &self.progress)
    }

    /// Whether there is a verdict, and it is a pass.
    pub fn verdict_passes(&self) -> bool {
        let verdict = self.verdict.as_ref();
        verdict.is_some_and(|verdict| verdict.report.outcome() == Outcome::Pass)
    }

    /// Whether the verdict finds something wrong in what the learner has begun, or in the current lesson.
    pub fn verdict_fails(&self) -> bool {
        let id = self.current().id();
        let counts = |lesson: &LessonReport| !lesson.is_not_begun() || lesson.lesson == id;
        let lessons = self
            .verdict
            .iter()
            .flat_map(|verdict| &verdict.report.lessons);
        let mut outcomes = lessons
            .filter(|lesson| counts(lesson))
            .map(|lesson| lesson.outcome);
        outcomes.any(|outcome| outcome != Outcome::Pass)
    }

    /// The current lesson's part of the verdict, if that is a pass.
    pub fn passed_now(&self) -> Option<&LessonReport> {
        let verdict = self.verdict.as_ref().filter(|_| self.verdict_passes())?;
        let mut lessons = verdict.report.lessons.iter();
        lessons.find(|report| report.lesson == self.current().id())
    }

    /// Whether the learner may go on to the next lesson: the current one is skipped, or has passed and has no
    /// verdict that says otherwise.
    pub fn may_go_on(&self) -> bool {
        let record = self.progress.of(self.current().id());
        record.skipped || (record.passed && !self.verdict_fails())
    }

    /// How many hints of the current lesson to show: those that are recorded, and those that are about to be.
    pub fn hints_shown(&self) -> usize {
        let recorded = self.progress.of(self.current().id()).hints;
        recorded
            .max(self.hints_requested)
            .min(self.current().hints.len())
    }

    /// The index of the lesson to do after the current one, unless there is no other. The optional lessons come
    /// after the codelab.
    pub(super) fn next_index(&self) -> Option<usize> {
        let from = self.lesson + 1;
        let next = lesson_status::next(&self.course, &self.progress, from)
            .or_else(|| lesson_status::next_optional(&self.course, &self.progress, from));
        next.filter(|next| *next != self.lesson)
    }

    /// The lesson to do after the current one, unless there is no other.
    pub fn next_lesson(&self) -> Option<&Lesson> {
        let next = self.next_index()?;
        self.course.lessons().get(next)
    }

    /// The results of the current run so far, if it has finished a lesson.
    pub fn partial_verdict(&self) -> Option<&PartialVerdict> {
        match &self.run {
            RunState::Running { partial, .. } => partial.as_deref(),
            RunState::Idle | RunState::Stopping { .. } => None,
        }
    }

    /// The lessons that the current run has not finished yet.
    pub fn pending_lessons(&self) -> Vec<&Lesson> {
        let RunState::Running { scope, partial, .. } = &self.run else {
            return Vec::new();
        };
        let mut lessons = scope.selection(&self.course, &self.progress).lessons;
        let is_finished = |lesson: &Lesson| {
            let partial = partial.as_ref();
            partial.is_some_and(|partial| partial.of(lesson).is_some())
        };
        lessons.retain(|lesson| !is_finished(lesson));
        lessons
    }

    /// Whether this is being checked, or is to be checked next.
    pub(super) fn is_scheduled(&self, wanted: RunScope) -> bool {
        match self.run {
            RunState::Idle => false,
            RunState::Running { scope, .. } => scope == wanted,
            RunState::Stopping { next, .. } => next == Some(wanted),
        }
    }

    /// Whether there is time for a prebuild: the current lesson is checked without a build, and later ones need it.
    pub(super) fn wants_prebuild(&self) -> bool {
        self.current().component() == Component::Proto
    }

    /// Whether a run of this scope runs cargo.
    pub(super) fn needs_build(&self, scope: RunScope) -> bool {
        match scope {
            RunScope::All => true,
            RunScope::Lesson(lesson) => {
                self.course.lessons()[lesson].component() != Component::Proto
            }
        }
    }

    /// Why the lesson's place in the files cannot be found, if it cannot: a marker or a file is missing.
    pub fn location_error(&self) -> Option<&LessonRegionError> {
        self.work
            .as_ref()?
            .regions
            .as_ref()
            .err()
            .map(|error| &**error)
    }

    /// Where to edit: the location of the verdict, or else the first unwritten place of the lesson.
    pub fn location(&self) -> Option<Location> {
        let of_verdict = self
            .verdict
            .as_ref()
            .and_then(|verdict| verdict.location.clone());
        let of_partial_verdict = || {
            self.partial_verdict()
                .and_then(|partial| partial.location.clone())
        };
        let of_lesson = || {
            let regions = self.work.as_ref()?.regions.as_ref().ok()?;
            let open = regions.iter().find(|region| region.untouched);
            Some(open.or(regions.first())?.location.clone())
        };
        of_verdict.or_else(of_partial_verdict).or_else(of_lesson)
    }

    /// Shows a page, unless it is shown already: text and verdict from where they were left, others from their first
    /// line.
    pub(super) fn show(&mut self, page: Page) {
        if self.page == page {
            return;
        }
        if page.is_overlay() && !self.page.is_overlay() {
            self.previous_page = self.page;
        }
        if page == Page::Server {
            self.page_before_server = match self.page.is_overlay() {
                true => self.previous_page,
                false => self.page,
            };
        }
        self.remember_place();
        let place = match page {
            Page::Text => self.text_place(),
            Page::Verdict => self.verdict_place,
            // Its end, where something happens.
            Page::Server => usize::MAX,
            _ => 0,
        };
        self.page = page;
        self.scroll = place;
    }

    /// Remembers which line of the page is the first visible one.
    pub(super) fn remember_place(&mut self) {
        match self.page {
            Page::Text => {
                self.text_places.insert(self.lesson, self.scroll);
            }
            Page::Verdict => self.verdict_place = self.scroll,
            _ => {}
        }
    }

    /// The first visible line of the current lesson's text, whatever page is shown.
    pub fn text_place(&self) -> usize {
        match self.page {
            Page::Text => self.scroll,
            _ => self.text_places.get(&self.lesson).copied().unwrap_or(0),
        }
    }

    /// The first visible line of the verdict, whatever page is shown.
    pub fn verdict_place(&self) -> usize {
        match self.page {
            Page::Verdict => self.scroll,
            _ => self.verdict_place,
        }
    }

    /// The verdict begins at its first line again, since it has changed. Other pages keep their place.
    pub(super) fn rewind_verdict(&mut self) {
        self.verdict_place = 0;
        if self.page == Page::Verdict {
            self.scroll = 0;
        }
    }

    /// How many lines a page key scrolls: all that are visible but one, so that the reader does not lose the place.
    pub(super) fn page_height(&self) -> usize {
        self.viewport.height.saturating_sub(1).max(1)
    }

    /// Scrolls down by so many lines, or up if they are negative.
    pub(super) fn scroll_by(&mut self, lines: isize) {
        let last = self.viewport.last_first();
        let now = match self.scroll {
            usize::MAX => self.viewport.first,
            line => line.min(last),
        };
        self.scroll = now.saturating_add_signed(lines).min(last);
        // Who scrolls to the end of what goes on sees it going on.
        if self.page == Page::Server && self.scroll == last {
            self.scroll = usize::MAX;
        }
    }
}
