//! What holds for every gRPC call: what a stream, a status, a panic, a .proto and a program that ended tell, and
//! the report that it all goes into. Pure functions.

pub mod diagnosis;
pub mod panics;
pub mod proto;
pub mod quote;
pub mod report;
pub mod startup;
pub mod stream;

pub use diagnosis::{Contrast, Diagnosis, Excerpt, Quote};
pub use report::{CaseReport, CheckReport, LessonReport, Outcome};
