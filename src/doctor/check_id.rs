//! The ids of the checks, which never change: people read them, and programs go by them.

use serde::Serialize;

/// Makes the enum of the ids, each from its meaning, its variant and its name.
macro_rules! check_ids {
    ($( $(#[$meaning:meta])* $id:ident = $name:literal, )+) => {
        /// The id of a check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "id"))]
        pub enum CheckId {
            $( $(#[$meaning])* #[serde(rename = $name)] $id, )+
        }

        impl CheckId {
            /// The id as it is shown, and as it is written in JSON.
            pub fn name(self) -> &'static str {
                match self {
                    $( CheckId::$id => $name, )+
                }
            }
        }
    };
}

check_ids! {
    /// Whether cargo runs, and is new enough.
    Cargo = "cargo",
    /// Whether rustc runs, and is new enough.
    Rustc = "rustc",
    /// Whether a program can be linked, and runs.
    Linker = "linker",
    /// Whether the crates that the course needs are stored here, or can be downloaded.
    Crates = "crates",
    /// Whether enough of the disk is free where cargo builds, and where it keeps crates.
    Disk = "disk",
    /// Whether the port that servers of the course listen on is free.
    Port = "port",
    /// Whether connections to 127.0.0.1 work.
    LoopbackIpv4 = "loopback-ipv4",
    /// Whether connections to ::1 work.
    LoopbackIpv6 = "loopback-ipv6",
    /// Whether the name localhost means this machine.
    Localhost = "localhost",
    /// Whether a proxy in the environment would receive calls to this machine.
    Proxies = "proxies",
    /// Whether input and output are a terminal that the interactive lab can use.
    Terminal = "terminal",
    /// Whether the terminal has room for the interactive lab.
    TerminalSize = "terminal-size",
    /// Whether the locale uses UTF-8.
    Locale = "locale",
    /// Whether this is a lab folder, and can be written to.
    Folder = "folder",
    /// Whether the system reports when a file of the learner's is saved.
    Watcher = "watcher",
    /// Whether all files of start_here are there, and the regions of the lessons in them.
    StartHere = "start-here",
    /// Whether the learner's progress can be read.
    Progress = "progress",
    /// Whether another lab or cargo holds a lock in this folder.
    Locks = "locks",
}
