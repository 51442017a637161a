//! From what happened to what it means: pure functions of case, database and transcript.

pub mod client;
pub mod diagnosis;
pub mod list_features;
pub mod panics;
pub mod proto;
pub mod record_route;
pub mod report;
pub mod route_chat;
pub mod startup;
mod stream;

pub use diagnosis::{Contrast, Diagnosis, Place, Quote};
pub use report::{CaseReport, CheckReport, LessonReport, Outcome};
