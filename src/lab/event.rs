//! What happens, and what is to be done about it.

use std::sync::Arc;

use super::run::{Scope, Warm};
use crate::checker::Doing;
use crate::learner::changes::PollingReason;
use crate::learner::solution::Piece;
use crate::learner::work::LessonRegion;
use crate::learner::{ChangeError, Fingerprint, Progress};
use crate::location::Location;
use crate::verdict::{CheckReport, LessonReport};

/// What has happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// The learner's files are in another state.
    Saved(Fingerprint),
    /// A run is about to read the files, which are in this state.
    Began {
        /// Which run.
        run: u64,
        /// The state.
        files: Fingerprint,
    },
    /// A run is doing something.
    Doing {
        /// Which run.
        run: u64,
        /// What.
        doing: Doing,
    },
    /// A run that goes on has judged a lesson for good.
    Settled {
        /// Which run.
        run: u64,
        /// What it has found.
        settled: Box<Settled>,
    },
    /// A run has ended, and its processes have been killed.
    Ended {
        /// Which run.
        run: u64,
        /// How.
        ended: Box<Ended>,
    },
    /// So many crates have been compiled ahead.
    Warming {
        /// Crates done.
        done: u64,
        /// Of so many.
        total: u64,
    },
    /// Compiling ahead has come to this end.
    Warmed(Warm),
    /// What the learner has written for a lesson, as it stands in the files.
    Work(Work),
    /// What is recorded, read anew.
    Progress(Progress),
    /// Something is worth a line.
    Said(String),
    /// No events come from the files: they are looked at again and again.
    Polling(PollingReason),
}

/// A lesson that a run has judged, and that nothing in this run will judge otherwise.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What was found.
    pub report: LessonReport,
    /// The state of the files before the run was begun.
    pub before: Fingerprint,
    /// And when the lesson was judged.
    pub now: Fingerprint,
    /// Where the lesson is to be changed, if it is not right.
    pub place: Option<Location>,
}

/// How a run has ended.
#[derive(Debug, Clone)]
pub enum Ended {
    /// With a report.
    Judged {
        /// The report.
        report: CheckReport,
        /// The state of the files before it was begun.
        before: Fingerprint,
        /// And when it was done.
        after: Fingerprint,
        /// Where the first lesson that is not right is to be changed.
        place: Option<Location>,
    },
    /// Nothing could be checked; why, and what to do.
    Trouble(String),
    /// It was cancelled.
    Cancelled,
}

/// What the learner has written for a lesson.
#[derive(Debug, Clone)]
pub struct Work {
    /// The lesson, counted from 0.
    pub lesson: usize,
    /// Its regions, or why they cannot be found.
    pub regions: Result<Vec<LessonRegion>, String>,
    /// Whether anything is written in one of them.
    pub touched: bool,
    /// Whether the learner has tried it, so that its solution gives nothing away.
    pub tried: bool,
    /// The finished code beside the learner's own, or why there is none.
    pub pieces: Arc<Result<Vec<Piece>, ChangeError>>,
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A letter, a digit or a sign.
    Char(char),
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
    /// A page up.
    PageUp,
    /// A page down, or the space bar.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// Return.
    Enter,
    /// Escape.
    Escape,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L.
    Redraw,
    /// No key: a text was pasted.
    Pasted,
    /// Any other.
    Other,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Begin to check. It ends with an [`Event::Ended`], whatever happens.
    Start {
        /// The number of the run.
        run: u64,
        /// What to check.
        scope: Scope,
        /// The seed of the random cases.
        seed: u64,
    },
    /// End a run with all its processes, and report that as its end.
    Cancel(u64),
    /// Record a verdict, if the files are still in this state.
    Record {
        /// The verdict.
        report: Box<CheckReport>,
        /// What was checked.
        scope: Scope,
        /// The state.
        files: Fingerprint,
        /// Whether the learner has saved or asked for it, so that it counts as a check.
        counts: bool,
    },
    /// Compile ahead what lessons will need.
    Warm,
    /// No more compiling ahead.
    StopWarming,
    /// Read what the learner has written for a lesson.
    Look(usize),
    /// Record how many hints of a lesson have been seen.
    Reveal {
        /// The lesson.
        lesson: usize,
        /// How many.
        shown: usize,
    },
    /// Put a lesson back to its beginning.
    Reset(usize),
    /// Write the finished code into the learner's files.
    WriteSolution(usize),
    /// Undo the last change that the lab has made to the learner's files.
    Undo,
    /// Mark a lesson as skipped, or no longer.
    Skip {
        /// The lesson.
        lesson: usize,
        /// Whether it is skipped.
        skipped: bool,
    },
    /// Open a file in the learner's editor.
    Open {
        /// The file, from the lab's root.
        file: String,
        /// The line.
        line: usize,
    },
    /// Stop, as a shell's Ctrl-Z does.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Leave the lab.
    Quit {
        /// Whether it was Ctrl-C that said so.
        interrupted: bool,
    },
}
