//! routeguide-lab: a codelab that takes you through building a streaming gRPC service, and proves
//! every step over the wire.
//!
//! A command line enters through [`cli`], is carried out by a file of `commands`, and comes back as an exit code.

mod caller;
mod checker;
pub mod cli;
mod commands;
mod compiler;
mod course;
mod disk;
mod doctor;
mod draw;
mod lab;
mod learner;
mod play;
mod process;
mod reference;
mod report;
mod screen;
mod text;

// The rooms between the wire and a diagnosis are a crate of their own.
use conformance::{guide, location, messages, probe, transcript, verdict};

pub use commands::run;
pub use probe::codec::RawCodec;
