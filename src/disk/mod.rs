//! Files that other programs can reach: only regular ones are opened, nothing is written outside one folder, and what
//! root writes keeps its owner. A file that another program holds for a moment is waited for.

pub mod exchange;
pub mod held;
pub mod owner;
pub mod regular;
mod write_root;

pub use write_root::{LeadsOut, WriteRoot};
