//! Runs: building and checking the newest state of the files, one at a time.

use super::event::{Effect, Ended, Work};
use super::so_far::{SoFar, first_wrong};
use super::state::{Page, State, Verdict};
use crate::checker::Doing;
use crate::course::{Course, Selection};
use crate::learner::{Fingerprint, Progress};
use crate::location::Location;
use crate::verdict::{CheckReport, Outcome};

/// After how many runs in a row that came to nothing the learner is told why.
const RESTLESS: u32 = 5;
/// After how many runs in a row that came to nothing though the same stood in the files a program is taken to
/// write that anew each time. A build script may do so; nobody at an editor would.
pub(super) const REWRITTEN: u32 = 3;
const CHANGING: &str =
    "Files in start_here change each time they are checked. Does a program write there?";

/// What a run checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A lesson, counted from 0, and what shares its build.
    Lesson(usize),
    /// The whole course.
    All,
}

impl Scope {
    /// The lessons that a run checks.
    pub fn selection(self, course: &Course) -> Selection<'_> {
        match self {
            Scope::All => Selection::all(course),
            Scope::Lesson(lesson) => Selection::around(course, &course.lessons()[lesson]),
        }
    }
}

/// The run, if there is one.
#[derive(Debug, Clone)]
pub enum Run {
    /// Nothing is being checked.
    Idle,
    /// The newest state is being checked.
    Going {
        /// The number of the run.
        run: u64,
        /// What is checked.
        scope: Scope,
        /// What it is doing.
        doing: Option<Doing>,
        /// What it has found out for good.
        so_far: Option<Box<SoFar>>,
    },
    /// A run of an older state has been told to end. Then the next begins.
    Ending {
        /// The number of the run.
        run: u64,
        /// What is checked next, if anything.
        next: Option<Scope>,
    },
}

impl Run {
    /// Whether nothing is being checked.
    pub fn is_idle(&self) -> bool {
        matches!(self, Run::Idle)
    }
}

/// Compiling ahead, while the first lessons are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warm {
    /// It is not going on.
    Off,
    /// So many crates are done.
    Going {
        /// Crates done.
        done: u64,
        /// Of so many; none as long as that is not known.
        total: u64,
    },
    /// All is there.
    Done,
    /// It went wrong, in cargo's words. The build that needs it will say the same.
    Failed(String),
}

impl State {
    /// What is to be done first.
    #[must_use]
    pub fn begin(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::Look(self.lesson)];
        self.warm_if_idle(&mut effects);
        effects
    }

    /// Begins to check, as soon as nothing else is being checked.
    pub(super) fn check(&mut self, scope: Scope, effects: &mut Vec<Effect>) {
        self.verdict = None;
        self.trouble = None;
        match self.run {
            Run::Idle => self.start(scope, effects),
            Run::Going { run, .. } => {
                effects.push(Effect::Cancel(run));
                self.run = Run::Ending {
                    run,
                    next: Some(scope),
                };
            }
            Run::Ending { run, .. } => {
                self.run = Run::Ending {
                    run,
                    next: Some(scope),
                };
            }
        }
    }

    /// Ends a run that is going on, with nothing behind it.
    pub(super) fn cancel(&mut self, effects: &mut Vec<Effect>) {
        self.verdict = None;
        self.trouble = None;
        match self.run {
            Run::Idle => {}
            Run::Going { run, .. } => {
                effects.push(Effect::Cancel(run));
                self.run = Run::Ending { run, next: None };
            }
            Run::Ending { run, .. } => self.run = Run::Ending { run, next: None },
        }
    }

    fn start(&mut self, scope: Scope, effects: &mut Vec<Effect>) {
        // Cargo builds one thing at a time in a folder, and this is what the learner waits for. What has
        // been compiled ahead stays.
        if matches!(self.warm, Warm::Going { .. }) && self.builds(scope) {
            self.warm = Warm::Off;
            effects.push(Effect::StopWarming);
        }
        self.runs += 1;
        self.run = Run::Going {
            run: self.runs,
            scope,
            doing: None,
            so_far: None,
        };
        effects.push(Effect::Start {
            run: self.runs,
            scope,
            seed: self.seed,
        });
    }

    /// The learner has saved: only the newest state counts.
    pub(super) fn saved(&mut self, files: Fingerprint, effects: &mut Vec<Effect>) {
        if files == self.files {
            return;
        }
        let same = files.same_contents(self.files);
        self.files = files;
        let wanted = Scope::Lesson(self.lesson);
        let is_coming = self.is_coming(wanted) || self.is_coming(Scope::All);
        if same && is_coming && self.rewritten >= REWRITTEN {
            return;
        }
        self.notice = None;
        if !self.run.is_idle() {
            self.came_to_nothing(same);
        }
        self.asked = true;
        effects.push(Effect::Look(self.lesson));
        self.check(wanted, effects);
        // Whoever is choosing or answering is not disturbed.
        if self.question.is_none() && !self.page.is_in_front() {
            self.turn_to(Page::Verdict);
        }
    }

    /// A run is about to read the files. It may know of a save sooner than from the one who watches.
    pub(super) fn began(&mut self, number: u64, files: Fingerprint, effects: &mut Vec<Effect>) {
        if let Run::Going { run, .. } = &self.run
            && *run == number
            && files != self.files
        {
            self.files = files;
            effects.push(Effect::Look(self.lesson));
        }
    }

    pub(super) fn doing(&mut self, number: u64, now: Doing) {
        if let Run::Going { run, doing, .. } = &mut self.run
            && *run == number
        {
            *doing = Some(now);
        }
    }

    /// A run has ended. Its verdict counts if it is about the newest state.
    pub(super) fn ended(&mut self, number: u64, ended: Ended, effects: &mut Vec<Effect>) {
        match std::mem::replace(&mut self.run, Run::Idle) {
            Run::Going {
                run, scope, so_far, ..
            } if run == number => {
                match ended {
                    Ended::Judged {
                        report,
                        before,
                        after,
                        place,
                    } => {
                        if self.is_newest(before, after, effects) {
                            let shown = so_far.as_ref().map(|so_far| &so_far.lessons[..]);
                            let shown = shown.and_then(first_wrong);
                            if shown.is_none() || shown != first_wrong(&report.lessons) {
                                self.show_verdict_from_its_beginning();
                            }
                            self.judged(scope, report, place, effects);
                        } else {
                            self.came_to_nothing(before.same_contents(after));
                            self.start(scope, effects);
                        }
                    }
                    Ended::Trouble(words) => self.trouble = Some(words),
                    // Nobody has asked for that; so it has to be done again.
                    Ended::Cancelled => self.start(scope, effects),
                }
            }
            Run::Ending { run, next } if run == number => {
                if let Some(scope) = next {
                    self.start(scope, effects);
                }
            }
            other => self.run = other,
        }
        self.warm_if_idle(effects);
    }

    /// What was being compiled ahead may have made way for a run that is over now.
    fn warm_if_idle(&mut self, effects: &mut Vec<Effect>) {
        if self.run.is_idle() && self.warm == Warm::Off && self.builds_later() {
            self.warm = Warm::Going { done: 0, total: 0 };
            effects.push(Effect::Warm);
        }
    }

    /// A run came to nothing because the files changed meanwhile; `same` says that they hold what they held.
    /// If that goes on, the learner is told.
    fn came_to_nothing(&mut self, same: bool) {
        self.rewritten = if same { self.rewritten + 1 } else { 0 };
        self.restless += 1;
        if self.restless >= RESTLESS {
            self.notice = Some(CHANGING.to_string());
        }
    }

    /// Whether what was found in the one state is true of the other. If a file was written in between, it may
    /// have held something else when it was read, even if the same stands there again.
    pub(super) fn is_same(&self, one: Fingerprint, other: Fingerprint) -> bool {
        one == other || (self.rewritten >= REWRITTEN && one.same_contents(other))
    }

    /// Whether a verdict is about the newest state: the files were the same before and after.
    fn is_newest(
        &mut self,
        before: Fingerprint,
        after: Fingerprint,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if after != self.files {
            self.files = after;
            effects.push(Effect::Look(self.lesson));
        }
        if before == after {
            self.rewritten = 0;
        }
        self.is_same(before, after)
    }

    fn judged(
        &mut self,
        scope: Scope,
        report: CheckReport,
        place: Option<Location>,
        effects: &mut Vec<Effect>,
    ) {
        // What kept the crates from being compiled ahead may be gone.
        if matches!(self.warm, Warm::Failed(_)) {
            self.warm = Warm::Off;
        }
        // A random case that failed comes again until it is right.
        if report.outcome() == Outcome::Pass {
            self.seed = self.seed.wrapping_add(1);
        }
        effects.push(Effect::Record {
            report: Box::new(report.clone()),
            scope,
            files: self.files,
            counts: self.asked,
        });
        self.restless = 0;
        let ids = report.lessons.iter().map(|lesson| lesson.lesson.clone());
        let passed_before = ids.filter(|id| self.progress.passed(id)).collect();
        self.verdict = Some(Verdict {
            passed_before,
            report,
            scope,
            place,
        });
    }

    pub(super) fn warming(&mut self, done: u64, total: u64) {
        if matches!(self.warm, Warm::Going { .. }) {
            self.warm = Warm::Going { done, total };
        }
    }

    /// The learner's work on a lesson has been read: one that has been begun is checked without being asked.
    pub(super) fn looked(&mut self, work: Work, effects: &mut Vec<Effect>) {
        if work.lesson != self.lesson {
            return;
        }
        let fresh = self
            .work
            .as_ref()
            .is_none_or(|known| known.lesson != work.lesson);
        let begun = work.touched || self.current().head.files.is_empty();
        self.work = Some(work);
        if fresh && begun && self.verdict.is_none() {
            let wanted = Scope::Lesson(self.lesson);
            if !self.is_coming(wanted) {
                self.asked = false;
                self.check(wanted, effects);
            }
            // Whoever comes back wants to see where they were.
            if self.page == Page::Text && self.progress.of(self.current().id()).attempts > 0 {
                self.turn_to(Page::Verdict);
            }
        }
    }

    /// Whether this is being checked, or will be next.
    fn is_coming(&self, wanted: Scope) -> bool {
        match self.run {
            Run::Idle => false,
            Run::Going { scope, .. } => scope == wanted,
            Run::Ending { next, .. } => next == Some(wanted),
        }
    }

    /// What is recorded has changed: by this lab, or by another one on the same folder.
    pub(super) fn progressed(&mut self, progress: Progress) {
        let was_done = self.is_done();
        self.progress = progress;
        if !was_done && self.is_done() && self.verdict_passes() {
            self.turn_to(Page::Finish);
        }
    }

    /// Whether there is a verdict, and all of it is right.
    pub fn verdict_passes(&self) -> bool {
        let verdict = self.verdict.as_ref();
        verdict.is_some_and(|verdict| verdict.report.outcome() == Outcome::Pass)
    }
}
