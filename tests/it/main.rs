//! The tests of the lab through its real binary: one program, since cargo links each test program by itself.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

/// The member crate with what the tests share.
use testkit as support;

mod any_server;
mod bad_input;
mod commands;
mod completions;
mod course_folder;
mod doctor;
mod features;
mod formats;
mod handed_out;
mod hostile;
mod init;
#[cfg(unix)]
mod lab;
mod list;
mod mistakes;
mod nothing_lost;
mod python;
mod reference;
mod right_servers;
mod started_server;
#[cfg(unix)]
mod supervision;
#[cfg(feature = "tls-tests")]
mod tls;
mod walk_through;
mod wrong_clients;
mod wrong_code;
