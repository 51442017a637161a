//! routeguide-lab: a codelab that takes you through building a streaming gRPC service, and proves
//! every step over the wire.
//!
//! From here, a word goes to its file in `commands/`. The README's architecture section says what
//! lives where.

mod checker;
mod cli;
mod commands;
mod course;
mod doctor;
mod guide;
mod learner;
mod probe;
mod process;
mod reference;
mod report;
mod screen;
mod text;
mod transcript;
mod verdict;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Word};
use commands::Exit;
use learner::reset::Scope;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.word {
        None => commands::lab::run(cli.poll).await,
        Some(Word::List { lesson, format }) => commands::list::run(lesson.as_deref(), format),
        Some(Word::Next { lesson }) => commands::next::run(lesson.as_deref()),
        Some(Word::Check(args)) => commands::interruptible(commands::check::run(&args)).await,
        Some(Word::RunReference(args)) => commands::run_reference::run(&args).await,
        Some(Word::Hint { lesson }) => commands::hint::run(lesson.as_deref()),
        Some(Word::Solution {
            lesson,
            force,
            write,
        }) => commands::solution::run(lesson.as_deref(), force, write),
        Some(Word::Reset {
            lesson,
            whole_file,
            yes,
        }) => {
            let scope = match whole_file {
                true => Scope::WholeFiles,
                false => Scope::Places,
            };
            commands::reset::run(lesson.as_deref(), scope, yes)
        }
        Some(Word::Undo) => commands::undo::run(),
        Some(Word::Doctor { format }) => {
            commands::interruptible(commands::doctor::run(format)).await
        }
        Some(Word::Completions { shell }) => commands::completions::run(shell),
        Some(Word::Init { dir, vendor }) => {
            commands::interruptible(commands::init::run(dir.as_deref(), vendor)).await
        }
    };
    match result {
        Ok(exit) => exit.into(),
        Err(problem) => {
            screen::tell(&problem.to_string());
            problem.exit.into()
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Passed => 0,
            Exit::NotYet => 1,
            Exit::Usage => 2,
            Exit::CouldNot => 3,
            // As a shell reports a program that Ctrl-C has ended.
            Exit::Interrupted => 130,
        })
    }
}
