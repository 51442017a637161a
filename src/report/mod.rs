//! What machines read: the report of a check in three forms, and the answers of other words as JSON.

pub mod doctor;
pub mod github;
pub mod json;
pub mod junit;
pub mod list;
pub mod runner;
#[cfg(test)]
pub mod samples;
pub mod summary;
