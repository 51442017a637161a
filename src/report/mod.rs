//! The report of a check, for machines.

pub mod github;
pub mod json;
pub mod junit;
pub mod runner;
#[cfg(test)]
pub mod samples;
pub mod summary;
