//! From what happened to what it means: pure functions of case, database and transcript.

pub mod client;
pub mod list_features;
pub mod panics;
pub mod proto;
pub mod record_route;
pub mod report;
pub mod route_chat;
mod stream;

pub use report::{
    CaseReport, CheckReport, Contrast, Diagnosis, LessonReport, Outcome, Place, Quote,
};
