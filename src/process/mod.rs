//! Child processes, and everything that the lab asks the system about processes.

pub mod cargo;
pub mod child;
pub mod crates;
pub mod editor;
pub mod files;
pub mod git;
pub mod group;
pub mod output;
pub mod port;
#[cfg(unix)]
mod process_tree;
pub mod sockets;
pub mod vendor;

pub use child::{Launch, Running};
