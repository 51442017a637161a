//! What can happen to the lab.

use super::model::LessonWork;
use super::run_state::Prebuild;
use crate::checker::Doing;
use crate::learner::changes::PollingReason;
use crate::learner::{Fingerprint, Progress};
use crate::location::Location;
use crate::play::PlayEvent;
use crate::verdict::{CheckReport, LessonReport};

/// Something that has happened.
#[derive(Debug, Clone)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// The learner's files are in this state.
    FilesChanged(Fingerprint),
    /// A run is about to read the files.
    RunStarted {
        /// The number of the run.
        run: u64,
        /// The state of the files at that moment.
        files: Fingerprint,
    },
    /// A run has begun its next step, or has come further in it.
    RunProgress {
        /// The number of the run.
        run: u64,
        /// The step.
        step: Doing,
    },
    /// A run has the final result of a lesson, and goes on with others.
    LessonFinished {
        /// The number of the run.
        run: u64,
        /// The result.
        finished: Box<LessonFinished>,
    },
    /// A run has ended, and its processes have been killed.
    RunEnded {
        /// The number of the run.
        run: u64,
        /// How it ended.
        end: Box<RunEnd>,
    },
    /// The prebuild has come further.
    PrebuildProgress {
        /// Crates compiled.
        done: u64,
        /// Crates to compile.
        total: u64,
    },
    /// The prebuild has ended like this.
    PrebuildEnded(Prebuild),
    /// The learner's work on a lesson has been read from the files.
    WorkRead(LessonWork),
    /// The recorded progress has been read.
    ProgressRead(Progress),
    /// It was tried to record whether this lesson is skipped. The progress that is read from now on holds it, unless
    /// that has failed.
    SkipRecorded(usize),
    /// Something has happened to the learner's server.
    Server {
        /// The number of its start.
        start: u64,
        /// What has happened.
        event: Box<PlayEvent>,
    },
    /// The learner's server cannot be kept running: why.
    ServerFailed {
        /// The number of its start.
        start: u64,
        /// The reason, in one line.
        why: String,
    },
    /// There is something to tell the learner, in one line.
    Notice(String),
    /// From now on the files are polled, for this reason.
    PollingStarted(PollingReason),
}

/// The final result of a lesson in a run that goes on.
#[derive(Debug, Clone)]
pub struct LessonFinished {
    /// The result.
    pub report: LessonReport,
    /// The state of the files before the run read them.
    pub before: Fingerprint,
    /// The state of the files when the lesson was finished.
    pub now: Fingerprint,
    /// Where to edit, if the lesson is not right.
    pub location: Option<Location>,
}

/// How a run has ended.
#[derive(Debug, Clone)]
pub enum RunEnd {
    /// It has checked everything.
    Checked {
        /// The report.
        report: CheckReport,
        /// The state of the files before the run read them.
        before: Fingerprint,
        /// The state of the files after it.
        after: Fingerprint,
        /// Where to edit for the first lesson that is not right.
        location: Option<Location>,
    },
    /// It could not check anything: why, and what to do.
    CouldNotCheck(String),
    /// It was cancelled.
    Cancelled,
}

/// A key of the keyboard, or another input that counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A letter, a digit or another character.
    Char(char),
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
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
    /// Not a key: a text was pasted.
    Pasted,
    /// Any other key.
    Other,
}
