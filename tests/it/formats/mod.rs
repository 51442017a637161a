//! The reports for machines, from the real binary: each is read back by a reader of its own format.

mod github;
mod json;
mod junit;
mod outcomes;
#[cfg(unix)]
mod runner;
mod wrong_crate;
