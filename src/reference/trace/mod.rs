//! Tracing calls: an observer that records what happens, for a thread that draws it. Events that no one could
//! follow are counted and omitted, so neither a flood of messages nor a terminal that is read slowly stops the
//! calls or fills the memory.

mod channel;
pub mod event;
mod queue;
mod rate_limit;
#[cfg(test)]
mod tests;
mod traced_call;

pub use channel::Trace;
