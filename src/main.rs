//! The program: it parses the command line, carries it out, and exits with the result as its exit code.

use std::process::ExitCode;

use clap::Parser as _;
use routeguide_lab::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    routeguide_lab::run(Cli::parse()).await
}
