//! routeguide-lab: a codelab that takes you through building a streaming gRPC service, and proves
//! every step over the wire.
//!
//! A command line enters through [`cli`], is carried out by a file of `commands`, and comes back as an exit code.

mod checker;
pub mod cli;
mod commands;
mod course;
mod doctor;
mod draw;
mod guide;
mod lab;
mod learner;
mod location;
mod messages;
mod probe;
mod process;
mod reference;
mod report;
mod screen;
mod text;
mod transcript;
mod verdict;

pub use commands::run;
pub use probe::codec::RawCodec;
