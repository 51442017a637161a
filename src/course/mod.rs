//! The course: its lessons, the regions that tie them to the code, and the files of both tracks.
//!
//! # How to add a lesson
//!
//! A lesson is a folder `lessons/NN-ID/`. The order of the folders is the order of the course, and no code knows how
//! many there are. The id is what people type and what is stored in their progress: it never changes.
//!
//! | file | what it holds |
//! |---|---|
//! | `lesson.toml` | `minutes`; `part`, which is `"codelab"` or `"production"`; `files`, the files of start_here to write in, in order; optional: `learned`, some sentences; `experiment`, what to try after a pass; `[question]` with `text`, `answers`, `right` (counted from 1) and `because` |
//! | `lesson.md` | the title as the first line, `# Title`, and the text |
//! | `hints.md` | three hints, each below a heading `## Hint N` |
//! | `check.json` | what proves the lesson (`proves`), and its cases |
//! | `stubs/` | what the lesson's regions hold before it |
//! | `solution/` | what they hold when the lesson is done as its text teaches it |
//!
//! Lessons of the part `production` are optional: the course is finished without them, and they can be taken in any
//! order. Their folders come after those of the codelab.
//!
//! `stubs/` and `solution/` have the paths of start_here, such as `solution/src/server.rs`. A file there holds only
//! regions, each with its markers:
//!
//! ```text
//!     // lesson: start-server
//!     Server::builder()
//!     // end lesson
//! ```
//!
//! **A new region** has the lesson's id. Its markers are also in `completed/`, around the finished code, and in
//! `start_here/`, around the stub; outside the regions, both tracks are the same.
//!
//! **A region can be taken up again** by a later lesson. Then `solution/` of the later lesson holds the region under
//! its old id, and `stubs/` does not: its stub is the solution before it. `completed/` holds what the last lesson of
//! the region leaves, or does more than that on purpose: `HARDENED` in `files.rs` says where and why.
//!
//! The tests of this module and `tests/it/course/` hold all of this. `reset ID --whole-file` writes a file of
//! `start_here/` as it is handed out.

pub mod dependencies;
pub mod exercise;
pub mod files;
pub mod lesson;
pub mod lessons;
pub mod places;
pub mod question;
pub mod region;
pub mod selection;
pub mod track;
pub mod workspace;

pub use exercise::Exercise;
pub use lesson::{Component, Lesson, Part};
pub use lessons::Course;
pub use selection::Selection;
pub use track::Track;
