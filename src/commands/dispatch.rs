//! From a parsed command line to its command, and back as an exit code.

use std::process::ExitCode;

use super::shutdown::interruptible;
use super::{
    call, check, completions, doctor, hint, init, lab, list, next, play, reset, run_reference,
    solution, undo,
};
use crate::cli::{Cli, Command};
use crate::learner::reset::Scope;
use crate::learner::snapshot::SnapshotSide;
use crate::screen;

/// Carries out a command line, and returns the exit code.
pub async fn run(cli: Cli) -> ExitCode {
    let lessons = cli.lessons_folder.as_deref();
    let result = match cli.command {
        None => lab::run(lessons, cli.poll, cli.plain).await,
        Some(Command::List { lesson, format }) => list::run(lessons, lesson.as_deref(), format),
        Some(Command::Next { lesson }) => next::run(lessons, lesson.as_deref()),
        Some(Command::Check(args)) => interruptible(check::run(lessons, &args)).await,
        Some(Command::Call(args)) => call::run(&args).await,
        Some(Command::Play(args)) => play::run(lessons, &args).await,
        Some(Command::RunReference(args)) => run_reference::run(&args).await,
        Some(Command::Hint { lesson }) => hint::run(lessons, lesson.as_deref()),
        Some(Command::Solution {
            lesson,
            force,
            write,
        }) => solution::run(lessons, lesson.as_deref(), force, write),
        Some(Command::Reset {
            lesson,
            whole_file,
            yes,
        }) => {
            let scope = match whole_file {
                true => Scope::WholeFiles,
                false => Scope::Places,
            };
            reset::run(lessons, lesson.as_deref(), scope, yes)
        }
        Some(Command::Undo) => undo::run(SnapshotSide::Before),
        Some(Command::Redo) => undo::run(SnapshotSide::After),
        Some(Command::Doctor { format }) => interruptible(doctor::run(format)).await,
        Some(Command::Completions { shell }) => completions::run(shell),
        Some(Command::Init { dir, vendor }) => {
            interruptible(init::run(dir.as_deref(), vendor)).await
        }
    };
    match result {
        Ok(exit) => exit.into(),
        Err(problem) => {
            screen::print_error(&problem.to_string());
            problem.exit.into()
        }
    }
}
