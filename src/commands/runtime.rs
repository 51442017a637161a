//! The threads on which a command runs.

use std::ffi::OsString;
use std::fmt;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tokio::runtime::Builder;

use super::dispatch;
use super::problem::{Exit, Problem};
use crate::cli::Cli;
use crate::draw::output;
use crate::process::guard;
use crate::screen;

/// What tokio and the standard library panic with if the system refuses a thread. Neither has another way to say it.
const NO_THREAD: [&str; 2] = ["OS can't spawn worker thread", "failed to spawn thread"];

/// How long threads may take to end when the command has.
const ENDING: Duration = Duration::from_secs(2);

/// Carries out a command line, the first word of which is the program. The exit code is 0 if everything that was
/// checked has passed, 1 if something is not right yet, 2 if the command line is wrong, 3 if the command could not do
/// its work; 130 after Ctrl-C, and 129, 131 or 143 after SIGHUP, SIGQUIT or SIGTERM.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    if let Some(lab) = guard::lab_to_guard(&words) {
        return match guard::run(lab) {
            Ok(()) => Exit::Passed.into(),
            Err(_) => Exit::CouldNot.into(),
        };
    }
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        // The help and the version are the answer; any other is an error.
        Err(answer) => {
            if let Err(error) = answer.print() {
                output::note_unwritten(error);
            }
            let exit = u8::try_from(answer.exit_code()).unwrap_or(Exit::Usage.code());
            return written(ExitCode::from(exit));
        }
    };
    end_without_threads();
    let runtime = match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return print_refusal(&error).into(),
    };
    let exit = runtime.block_on(dispatch::run(cli));
    // A thread that the system keeps waiting for a file would keep the program from ending.
    runtime.shutdown_timeout(ENDING);
    written(exit)
}

/// The exit code of a command, if all that it printed has been written.
fn written(exit: ExitCode) -> ExitCode {
    match output::unwritten() {
        Some(error) => {
            let problem = Problem::unwritten(&error);
            screen::print_error(&problem.to_string());
            problem.exit.into()
        }
        None => exit,
    }
}

/// Says that the system has refused a thread, and how the command ends.
fn print_refusal(why: &dyn fmt::Display) -> Exit {
    let problem = Problem::new(
        Exit::CouldNot,
        format!("cannot start a thread: {why}"),
        "The system allows this user, or this container, no more threads. End other programs, or raise the limit: \
         `ulimit -u` shows it, as does the setting for processes (pids) of a container.",
    );
    screen::print_error(&problem.to_string());
    problem.exit
}

/// Ends the program with a sentence, and not with a panic, if the system refuses a thread. The stack cannot be unwound
/// then: tokio would wait for those threads that it has got. What the lab has started ends with it, as
/// [`crate::process::guard`] says.
#[expect(clippy::exit, reason = "a panic has no other way to an exit code")]
fn end_without_threads() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        let payload = panic.payload();
        let text = match payload.downcast_ref::<String>() {
            Some(text) => text.as_str(),
            None => payload.downcast_ref::<&str>().copied().unwrap_or_default(),
        };
        match NO_THREAD.iter().any(|start| text.starts_with(start)) {
            true => std::process::exit(print_refusal(&text).code().into()),
            false => print(panic),
        }
    }));
}
