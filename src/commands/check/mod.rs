//! `check`: what somebody has written, judged over the wire. The learner's own code, any server and any
//! client each have a file; what they have in common stands in `asked.rs` and `show.rs`.

mod any_client;
mod any_server;
mod asked;
mod own;
mod show;

pub use asked::codelabs_database;

use super::{Exit, Lab, Problem};
use crate::checker::CheckError;
use crate::cli::CheckArgs;

/// Checks, reports, and records what the learner has passed.
///
/// # Errors
///
/// If nothing can be checked: no lab, no cargo, no such lesson, files that cannot be used.
pub async fn run(args: &CheckArgs) -> Result<Exit, Problem> {
    let (result, target) = match (&args.addr, &args.client) {
        (Some(addr), Some(command)) => {
            let result = any_client::check(args, command, addr).await;
            (result, addr.to_string())
        }
        (Some(addr), None) => (any_server::check(args, addr).await, addr.to_string()),
        (None, _) => (own::check(args).await, args.track.name().to_string()),
    };
    if let Err(problem) = &result {
        show::problem(args, &target, &problem.to_string());
    }
    result
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Problem {
        let (exit, next) = match &error {
            CheckError::NoCargo(_) => (
                Exit::CouldNot,
                "The lab builds your code with cargo. Install Rust from https://rustup.rs, \
                 or add cargo to your PATH.",
            ),
            CheckError::Store(_) => (
                Exit::CouldNot,
                "The lab must be able to write there. Nothing has been recorded.",
            ),
            CheckError::Address { .. } => (
                Exit::Usage,
                "An address is a host and a port, such as 127.0.0.1:50051.",
            ),
            CheckError::System { .. } => (
                Exit::CouldNot,
                "This is the machine's doing, not your code's. Try again.",
            ),
        };
        Problem::new(exit, &error, next)
    }
}
