//! `run-reference`: the completed server and client, run as a learner runs them.

mod abuse;
mod addresses;
mod budget;
mod bystander;
mod client;
mod client_options;
mod limits;
mod metrics;
mod raw;
mod reflection;
pub mod running;
#[cfg(unix)]
mod shutdown;
mod slow;
mod too_much;
mod trace;
mod traps;
