//! The interactive lab as a pure state machine: what happens goes in as an [`Event`], what is to be done comes
//! out as [`Effect`]s, and everything that is seen stands in the [`State`].
//!
//! It knows no terminal, no file and no clock, so every order of saves, builds, verdicts and keys can be
//! tried in a test. Whoever drives it carries out the effects, and reports what came of them as events.
//!
//! One rule keeps verdicts true: a verdict holds only for the state of the files that it was made on, and a
//! verdict on anything but the newest state is neither shown nor recorded. What a run has found out for good is
//! shown while it goes on, and dropped with it; recorded is the verdict of a whole run.

mod event;
mod keys;
mod run;
mod so_far;
mod state;
#[cfg(test)]
mod tests;

pub use event::{Effect, Ended, Event, Key, Settled, Work};
pub use run::{Run, Scope, Warm};
pub use so_far::SoFar;
pub use state::{Page, Question, Room, State, Verdict};

impl State {
    /// Takes in what has happened. Returns what is to be done about it, in this order.
    #[must_use]
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Key(key) => self.key(key, &mut effects),
            Event::Saved(files) => self.saved(files, &mut effects),
            Event::Began { run, files } => self.began(run, files, &mut effects),
            Event::Doing { run, doing } => self.doing(run, doing),
            Event::Settled { run, settled } => self.settled(run, *settled),
            Event::Ended { run, ended } => self.ended(run, *ended, &mut effects),
            Event::Warming { done, total } => self.warming(done, total),
            Event::Warmed(warm) => self.warm = warm,
            Event::Work(work) => self.looked(work, &mut effects),
            Event::Progress(progress) => self.progressed(progress),
            Event::Said(notice) => self.notice = Some(notice),
            Event::Polling(why) => self.polling = Some(why),
        }
        effects
    }
}
