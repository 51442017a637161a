//! The program: it carries out its command line, and exits with the result as its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    routeguide_lab::run(std::env::args_os())
}
