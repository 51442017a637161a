//! Commands as people type them.

use std::ffi::OsString;
use std::path::PathBuf;

/// The system's shell, and the arguments with which it runs one command.
pub fn shell(command: &str) -> (PathBuf, Vec<OsString>) {
    let (shell, option) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    (shell.into(), vec![option.into(), command.into()])
}
