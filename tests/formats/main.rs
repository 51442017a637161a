//! The reports for machines, from the real binary: each is read back by a reader of its own format.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

#[path = "../support/mod.rs"]
mod support;

mod github;
mod json;
mod junit;
mod outcomes;
mod wrong_crate;
