//! Files that other programs can reach: only regular ones are opened, nothing is written outside one folder, and what
//! root writes keeps its owner.

pub mod exchange;
pub mod owner;
pub mod regular;
mod write_root;

pub use write_root::{LeadsOut, WriteRoot};
