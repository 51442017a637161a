//! The interactive lab as a pure state machine, after the Elm architecture: a [`Message`] says what has happened,
//! [`Model::update`] changes the [`Model`], and the [`Effect`]s that it returns say what is to be done.
//!
//! It knows no terminal, no file and no clock, so a test can try every order of saves, builds, verdicts and keys.
//! The driver in `commands/lab` performs the effects and reports their results as messages; `screen/lab` draws the
//! model.
//!
//! Invariant: a verdict holds only for the state of the files that it was made on, and a verdict on any state but
//! the newest is neither shown nor recorded. The final results of single lessons are shown while the run goes on,
//! and are dropped with it; only the verdict of a whole run is recorded.
//!
//! The files import each other in one direction: `run_state` and `server`, `model`, `message` and `effect`, `runs`,
//! `keys`, `update`.

mod effect;
mod keys;
mod message;
mod model;
mod run_state;
mod runs;
mod server;
mod update;

#[cfg(test)]
mod tests;

pub use effect::Effect;
pub use message::{Key, LessonFinished, Message, RunEnd};
pub use model::{LessonWork, Model, Page, Question, Verdict, Viewport};
pub use run_state::{PartialVerdict, Prebuild, RunScope, RunState};
