//! Child processes, and everything that the lab asks the system about processes.

pub mod cargo;
pub mod child;
pub mod crates;
pub mod editor;
pub mod files;
pub mod git;
pub mod group;
pub mod guard;
pub mod output;
pub mod port;
#[cfg(unix)]
mod process_tree;
mod shell;
pub mod sockets;
pub mod standstill;
pub mod vendor;
pub mod withheld;

pub use child::{Launch, Running};
#[cfg(target_os = "linux")]
pub use process_tree::is_foreign;
pub use withheld::Trust;

#[cfg(unix)]
pub use process_tree::end_left_behind;

/// On Windows, nothing is left behind: see [`guard`].
#[cfg(not(unix))]
pub fn end_left_behind() -> Vec<String> {
    Vec::new()
}

/// Whether a process is known to belong to another program than those that this lab starts. Only Linux shows what it
/// takes to know.
#[cfg(not(target_os = "linux"))]
pub fn is_foreign(_process: u32) -> bool {
    false
}
