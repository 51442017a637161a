//! The tests of the lab through its real binary: one program, since cargo links each test program by itself. Those of
//! encrypted connections, in `tests/tls.rs`, need a binary with other features.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what a test cannot set up, it cannot test, and it may say what it sees"
)]

mod any_client;
mod any_server;
mod bad_input;
mod call;
mod commands;
mod completions;
mod course;
mod distribution;
mod doctor;
mod features;
mod folder;
mod formats;
mod hostile;
mod init;
#[cfg(unix)]
mod lab;
mod learner_code;
mod list;
mod mistakes;
mod nothing_false;
mod nothing_lost;
#[cfg(unix)]
mod outputs;
mod play;
mod production;
mod python;
mod reference;
#[cfg(unix)]
mod supervision;
#[cfg(unix)]
mod untrusted_text;
