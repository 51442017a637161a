//! The learner's server, kept running: built, started, restarted with each save, and watched while it is called.
//!
//! Clients call a proxy, which passes each call on to the server and shows it to the trace; the server has a port of
//! its own. So the address stays the same when the server is restarted, and the learner's code is not changed for it.
//!
//! What happens is a [`PlayEvent`]; a [`PlayLog`] is what they add up to, and pure.

mod event;
mod listeners;
mod log;
mod player;
mod proxy;

pub use event::{PlayEvent, TakenAddress};
pub use listeners::Listeners;
pub use log::{LogEntry, Phase, PlayLog};
pub use player::Player;
