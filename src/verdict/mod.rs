//! From what happened to what it means: pure functions of case, database and transcript.

pub mod cause;
pub mod client;
pub mod diagnosis;
pub mod dialect;
pub mod list_features;
#[cfg(test)]
mod matrix;
pub mod panics;
pub mod played;
#[cfg(test)]
pub mod properties;
pub mod proto;
pub mod record_route;
pub mod report;
pub mod route_chat;
pub mod startup;
pub mod stream;

pub use diagnosis::{Contrast, Diagnosis, Excerpt, Quote};
pub use report::{CaseReport, CheckReport, LessonReport, Outcome};
