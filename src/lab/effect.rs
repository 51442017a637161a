//! What the lab can have done.

use super::run_state::RunScope;
use crate::learner::Fingerprint;
use crate::location::Location;
use crate::verdict::CheckReport;

/// Something that is to be done.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Start a run. It always ends with [`Message::RunEnded`](super::Message::RunEnded).
    StartRun {
        /// The number of the run.
        run: u64,
        /// What to check.
        scope: RunScope,
        /// The seed of the random cases.
        seed: u64,
    },
    /// Cancel a run, kill its processes, and report its end.
    CancelRun(u64),
    /// Record a verdict, unless the files have changed.
    RecordVerdict {
        /// The verdict.
        report: Box<CheckReport>,
        /// What was checked.
        scope: RunScope,
        /// The state of the files that were checked.
        files: Fingerprint,
        /// Whether it counts as one of the learner's checks: they have saved, or asked for it.
        counts: bool,
    },
    /// Compile the dependencies of later lessons.
    StartPrebuild,
    /// Stop compiling them.
    StopPrebuild,
    /// Read the learner's work on a lesson.
    ReadWork(usize),
    /// Record how many hints of a lesson have been shown.
    RecordHints {
        /// The lesson.
        lesson: usize,
        /// The number of hints.
        shown: usize,
    },
    /// Record whether a lesson is skipped.
    RecordSkipped {
        /// The lesson.
        lesson: usize,
        /// Whether it is skipped.
        skipped: bool,
    },
    /// Reset the learner's code of a lesson.
    ResetLesson(usize),
    /// Write the solution of a lesson into the learner's files.
    WriteSolution(usize),
    /// Undo the last change that the lab has made to the learner's files.
    Undo,
    /// Redo what was undone last.
    Redo,
    /// Start the learner's server and keep it running.
    StartServer(u64),
    /// Build and start the server anew.
    RestartServer,
    /// End the server.
    StopServer,
    /// Open the learner's editor at this location.
    OpenEditor(Location),
    /// Stop the process, as a shell expects of Ctrl-Z.
    Suspend,
    /// Draw the whole screen again.
    Redraw,
    /// Leave the lab.
    Quit {
        /// Whether the learner pressed Ctrl-C.
        interrupted: bool,
    },
}
