//! The two tracks: the crate that the learner writes, and the same crate finished.

use serde::Serialize;

/// Which of the two crates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// The learner's.
    #[value(name = "start_here")]
    StartHere,
    /// The finished one.
    Completed,
}

impl Track {
    /// The name of its folder, which is also that of its package.
    pub const fn name(self) -> &'static str {
        match self {
            Track::StartHere => "start_here",
            Track::Completed => "completed",
        }
    }

    /// Where its .proto lies, from the lab's root: completed shares the one at the top.
    pub fn proto(self) -> &'static str {
        match self {
            Track::StartHere => "start_here/proto/route_guide.proto",
            Track::Completed => "proto/route_guide.proto",
        }
    }
}
