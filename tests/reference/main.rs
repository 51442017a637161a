//! The finished server and client, run as a learner runs them.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

#[path = "../support/mod.rs"]
mod support;

mod abuse;
mod addresses;
mod client;
mod errands;
mod limits;
mod metrics;
mod raw;
#[allow(dead_code, reason = "the soak and the tests of TLS use more of it")]
mod server;
mod slow;
#[cfg(unix)]
mod stopping;
mod stranger;
mod trace;
mod traps;
mod watching;
