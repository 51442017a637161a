//! The report of a check, for machines.

pub mod json;
