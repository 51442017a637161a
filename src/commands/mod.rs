//! One file for each command: it gathers what the command needs, calls, and shows the result.

pub mod call;
pub mod check;
pub mod completions;
mod dispatch;
pub mod doctor;
pub mod hint;
pub mod init;
pub mod lab;
pub mod list;
pub mod next;
mod observing;
mod opened_lab;
pub mod play;
mod problem;
pub mod reset;
pub mod run_reference;
mod runtime;
mod shutdown;
pub mod solution;
pub mod undo;

pub use opened_lab::Lab;
pub use problem::{Exit, Problem, ShutdownSignal};
pub use runtime::run;
pub use shutdown::{end_at_last, interruptible, shutdown_signal};

use opened_lab::{course, current_folder};
