//! The course: its lessons, the regions that tie them to the code, and the files of both tracks.

pub mod dependencies;
pub mod exercise;
pub mod files;
pub mod lesson;
pub mod region;
pub mod selection;
pub mod track;
pub mod workspace;

pub use exercise::Exercise;
pub use lesson::{Component, Course, Lesson, Part};
pub use selection::Selection;
pub use track::Track;
