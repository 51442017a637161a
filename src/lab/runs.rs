//! Runs: the newest state of the files is built and checked, one run at a time.

use super::effect::Effect;
use super::message::{LessonFinished, RunEnd};
use super::model::{LessonWork, Model, Page, Verdict};
use super::run_state::{PartialVerdict, Prebuild, RunScope, RunState, first_wrong};
use crate::checker::Doing;
use crate::learner::Fingerprint;
use crate::location::Location;
use crate::verdict::{CheckReport, Outcome};

/// After how many aborted runs in a row the learner is told why.
const ABORTED_RUNS_TO_REPORT: u32 = 5;
/// After how many runs in a row during which files were rewritten with the same contents the lab assumes that a
/// program does it, such as a build script, and ignores it.
pub(super) const REWRITES_TO_IGNORE: u32 = 3;
const FILES_CHANGE: &str =
    "Files in start_here change during every check. Is a program writing there?";

impl Model {
    /// Starts a run, as soon as no other run is in progress.
    pub(super) fn check(&mut self, scope: RunScope, effects: &mut Vec<Effect>) {
        self.verdict = None;
        self.check_error = None;
        self.verdict_place = 0;
        match self.run {
            RunState::Idle => self.start_run(scope, effects),
            RunState::Running { .. } | RunState::Stopping { .. } => {
                self.stop_run(Some(scope), effects);
            }
        }
    }

    /// Cancels the current run without starting another one.
    pub(super) fn cancel(&mut self, effects: &mut Vec<Effect>) {
        self.verdict = None;
        self.check_error = None;
        self.stop_run(None, effects);
    }

    fn stop_run(&mut self, next: Option<RunScope>, effects: &mut Vec<Effect>) {
        match self.run {
            RunState::Idle => {}
            RunState::Running { run, .. } => {
                effects.push(Effect::CancelRun(run));
                self.run = RunState::Stopping { run, next };
            }
            RunState::Stopping { run, .. } => self.run = RunState::Stopping { run, next },
        }
    }

    fn start_run(&mut self, scope: RunScope, effects: &mut Vec<Effect>) {
        // Cargo locks the target folder, and the learner is waiting for this run. Crates that the prebuild has
        // compiled stay compiled.
        if matches!(self.prebuild, Prebuild::Running { .. }) && self.needs_build(scope) {
            self.prebuild = Prebuild::Off;
            effects.push(Effect::StopPrebuild);
        }
        self.run_count += 1;
        self.run = RunState::Running {
            run: self.run_count,
            scope,
            step: None,
            partial: None,
        };
        effects.push(Effect::StartRun {
            run: self.run_count,
            scope,
            seed: self.seed,
        });
    }

    /// The files are in another state: that is the one to check.
    pub(super) fn files_changed(&mut self, files: Fingerprint, effects: &mut Vec<Effect>) {
        if files == self.files {
            return;
        }
        let same_contents = files.same_contents(self.files);
        self.files = files;
        // A new time alone, such as the lab's own before a build, does not take back what the learner asked for.
        let wanted = match same_contents && self.is_scheduled(RunScope::All) {
            true => RunScope::All,
            false => RunScope::Lesson(self.lesson),
        };
        let is_scheduled = self.is_scheduled(wanted);
        if same_contents && is_scheduled && self.rewrites >= REWRITES_TO_IGNORE {
            return;
        }
        self.notice = None;
        if !self.run.is_idle() {
            self.count_aborted_run(same_contents);
        }
        self.run_requested = true;
        effects.push(Effect::ReadWork(self.lesson));
        self.check(wanted, effects);
        // A learner who is choosing or answering is not interrupted.
        if self.question.is_none() && !self.page.is_overlay() {
            self.show(Page::Verdict);
        }
    }

    /// A run is about to read the files. It may see a change before the watcher reports it.
    pub(super) fn run_started(
        &mut self,
        number: u64,
        files: Fingerprint,
        effects: &mut Vec<Effect>,
    ) {
        if let RunState::Running { run, .. } = &self.run
            && *run == number
            && files != self.files
        {
            self.files = files;
            effects.push(Effect::ReadWork(self.lesson));
        }
    }

    /// A run has come further.
    pub(super) fn run_progressed(&mut self, number: u64, now: Doing) {
        if let RunState::Running { run, step, .. } = &mut self.run
            && *run == number
        {
            *step = Some(now);
        }
    }

    /// A run has the final result of a lesson. It is shown if it is about the newest state of the files; nothing is
    /// recorded before the run has ended.
    pub(super) fn lesson_finished(&mut self, number: u64, finished: LessonFinished) {
        let (before, now) = (finished.before, finished.now);
        if !self.is_same_state(before, now) || !self.is_same_state(now, self.files) {
            return;
        }
        let shown = self.partial_verdict();
        let wrong_before = shown.and_then(|partial| first_wrong(&partial.lessons));
        let wrong_before = wrong_before.map(str::to_string);
        let RunState::Running { run, partial, .. } = &mut self.run else {
            return;
        };
        if *run != number {
            return;
        }
        let partial = partial.get_or_insert_with(|| Box::new(PartialVerdict::new(self.seed)));
        let id = finished.report.lesson.clone();
        if self.progress.passed(&id) {
            partial.passed_before.insert(id.clone());
        }
        partial.lessons.retain(|report| report.lesson != id);
        partial.lessons.push(finished.report);
        let lessons = self.course.lessons();
        partial.lessons.sort_by_key(|report| {
            let mut lessons = lessons.iter();
            lessons.position(|lesson| lesson.id() == report.lesson)
        });
        let wrong = first_wrong(&partial.lessons);
        if wrong == Some(&id) {
            partial.location = finished.location;
        }
        if wrong != wrong_before.as_deref() {
            self.rewind_verdict();
        }
    }

    /// A run has ended. Its verdict counts if it is about the newest state of the files.
    pub(super) fn run_ended(&mut self, number: u64, end: RunEnd, effects: &mut Vec<Effect>) {
        match std::mem::replace(&mut self.run, RunState::Idle) {
            RunState::Running {
                run,
                scope,
                partial,
                ..
            } if run == number => match end {
                RunEnd::Checked {
                    report,
                    before,
                    after,
                    location,
                } => {
                    if self.is_newest_state(before, after, effects) {
                        let shown = partial.as_ref().map(|partial| &partial.lessons[..]);
                        let shown = shown.and_then(first_wrong);
                        if shown.is_none() || shown != first_wrong(&report.lessons) {
                            self.rewind_verdict();
                        }
                        self.accept_verdict(scope, report, location, effects);
                    } else {
                        self.count_aborted_run(before.same_contents(after));
                        self.start_run(scope, effects);
                    }
                }
                RunEnd::CouldNotCheck(error) => self.check_error = Some(error),
                // The model has not cancelled this run, so its verdict is still wanted.
                RunEnd::Cancelled => self.start_run(scope, effects),
            },
            RunState::Stopping { run, next } if run == number => {
                if let Some(scope) = next {
                    self.start_run(scope, effects);
                }
            }
            other => self.run = other,
        }
        self.restart_server_if_idle(effects);
        self.prebuild_if_idle(effects);
    }

    /// Counts a run that had no valid verdict because the files changed meanwhile, and tells the learner if that
    /// goes on. `same_contents` says that the files were rewritten with the same contents.
    fn count_aborted_run(&mut self, same_contents: bool) {
        self.rewrites = if same_contents { self.rewrites + 1 } else { 0 };
        self.aborted_runs += 1;
        if self.aborted_runs >= ABORTED_RUNS_TO_REPORT {
            self.notice = Some(FILES_CHANGE.to_string());
        }
    }

    /// Whether a result on one state of the files is valid for the other. A file that was written in between may
    /// have had other contents when it was read, even if it has the same contents again.
    fn is_same_state(&self, one: Fingerprint, other: Fingerprint) -> bool {
        one == other || (self.rewrites >= REWRITES_TO_IGNORE && one.same_contents(other))
    }

    /// Whether a verdict is about the newest state: the files were the same before and after the run.
    fn is_newest_state(
        &mut self,
        before: Fingerprint,
        after: Fingerprint,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if after != self.files {
            self.files = after;
            effects.push(Effect::ReadWork(self.lesson));
        }
        if before == after {
            self.rewrites = 0;
        }
        self.is_same_state(before, after)
    }

    fn accept_verdict(
        &mut self,
        scope: RunScope,
        report: CheckReport,
        location: Option<Location>,
        effects: &mut Vec<Effect>,
    ) {
        // The reason why the prebuild failed may be gone.
        if matches!(self.prebuild, Prebuild::Failed(_)) {
            self.prebuild = Prebuild::Off;
        }
        // A random case that failed is repeated until it passes.
        if report.outcome() == Outcome::Pass {
            self.seed = self.seed.wrapping_add(1);
        }
        effects.push(Effect::RecordVerdict {
            report: Box::new(report.clone()),
            scope,
            files: self.files,
            counts: self.run_requested,
        });
        self.aborted_runs = 0;
        let ids = report.lessons.iter().map(|lesson| lesson.lesson.clone());
        let passed_before = ids.filter(|id| self.progress.passed(id)).collect();
        self.verdict = Some(Verdict {
            passed_before,
            report,
            scope,
            location,
        });
    }

    /// Starts the prebuild where there is time for it. A run that has ended may have stopped it.
    pub(super) fn prebuild_if_idle(&mut self, effects: &mut Vec<Effect>) {
        if self.run.is_idle() && self.prebuild == Prebuild::Off && self.wants_prebuild() {
            self.prebuild = Prebuild::Running { done: 0, total: 0 };
            effects.push(Effect::StartPrebuild);
        }
    }

    /// The prebuild has come further.
    pub(super) fn prebuild_progressed(&mut self, done: u64, total: u64) {
        if matches!(self.prebuild, Prebuild::Running { .. }) {
            self.prebuild = Prebuild::Running { done, total };
        }
    }

    /// The learner's work on a lesson has been read. A lesson that has been begun is checked at once.
    pub(super) fn work_read(&mut self, work: LessonWork, effects: &mut Vec<Effect>) {
        if work.lesson != self.lesson {
            return;
        }
        let known = self.work.as_ref();
        let is_first = known.is_none_or(|known| known.lesson != work.lesson);
        let is_begun = work.touched || self.current().head.files.is_empty();
        self.work = Some(work);
        if is_first && is_begun && self.verdict.is_none() {
            let wanted = RunScope::Lesson(self.lesson);
            if !self.is_scheduled(wanted) {
                self.run_requested = false;
                self.check(wanted, effects);
            }
            // A learner who comes back wants to see the verdict.
            if self.page == Page::Text && self.progress.of(self.current().id()).attempts > 0 {
                self.show(Page::Verdict);
            }
        }
    }
}
