//! The finished server and client, run as a learner runs them.

mod abuse;
mod addresses;
mod client;
mod errands;
mod limits;
mod metrics;
mod raw;
mod slow;
#[cfg(unix)]
mod stopping;
mod stranger;
mod trace;
mod traps;
mod watching;
