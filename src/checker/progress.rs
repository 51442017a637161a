//! What a check reports while it is going on.

use crate::learner::Fingerprint;
use crate::verdict::LessonReport;

/// What a check is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Waiting for another cargo, which is building in the same folder.
    WaitingForCargo,
    /// Compiling: crates done, of crates to do.
    Building {
        /// Crates done.
        done: u64,
        /// Of so many.
        total: u64,
    },
    /// Waiting for a program that was started.
    Waiting(Waiting),
    /// Talking to the programs that are checked.
    Probing,
}

/// A wait for a program that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// What the program has to do.
    pub awaited: Awaited,
    /// Whole seconds since it was started.
    pub seconds: u64,
    /// The whole seconds after which the check gives up.
    pub limit: u64,
}

/// What a program that was started has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// A server: listen.
    Listening,
    /// A client: connect.
    Connection,
    /// A client that has nothing to connect to: end.
    End,
}

/// Receives what a check is doing, and what it has found out.
pub trait ProgressListener: Send + Sync {
    /// The first file is about to be read, with the learner's files in this state.
    fn began(&self, _files: Fingerprint) {}

    /// The check is doing something.
    fn doing(&self, doing: Doing);

    /// A lesson is judged, and nothing that is still going on can change that: its report will be part of what the
    /// check returns, word for word. Each lesson of a track is reported once, in the order in which they are judged; once
    /// more, if the check begins again because the lab stood still.
    fn lesson_finished(&self, _report: &LessonReport) {}
}
