//! `completions`: prints a completion script for the learner's shell.
//!
//! The script completes the ids of lessons. The parser accepts any value for a lesson, since a number is valid, too, and
//! the lab's error for a misspelled id is better than clap's. So the script is generated from a copy of the command line
//! in which the ids are the possible values.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;

use super::{Exit, Problem};
use crate::cli::Cli;
use crate::course::Lesson;
use crate::screen;

/// The arguments that take lessons.
const LESSON_ARGUMENTS: [&str; 2] = ["lesson", "lessons"];

/// Prints the script for a shell.
///
/// # Errors
///
/// If the lessons in the program cannot be read.
pub fn run(shell: Shell) -> Result<Exit, Problem> {
    let course = super::course(None)?;
    screen::print(&script(shell, course.lessons()));
    Ok(Exit::Passed)
}

fn script(shell: Shell, lessons: &[Lesson]) -> String {
    let program = env!("CARGO_PKG_NAME");
    let plain = Cli::command();
    let commands: Vec<String> = plain
        .get_subcommands()
        .filter(|command| command.get_arguments().any(takes_lessons))
        .map(|command| command.get_name().to_string())
        .collect();
    let mut command = match shell {
        Shell::Bash | Shell::Zsh => with_values(plain, lessons),
        // The lines for fish are added below.
        Shell::Fish => plain,
        // The scripts for the other shells complete subcommands, but no values. So the lessons become subcommands.
        _ => with_subcommands(plain, &commands, lessons),
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, program, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => fix_bash_names(&script, program),
        Shell::Fish => script + &for_fish(program, &commands, lessons),
        _ => script,
    }
}

/// Works around a bug of clap_complete: for a program with a hyphen in its name, the script for bash compares another
/// name than it has set, so that nothing after the first word is completed
/// (<https://github.com/clap-rs/clap/issues/6421>). Once the bug is fixed, this changes nothing.
fn fix_bash_names(script: &str, program: &str) -> String {
    let compared = program.replace('-', "__subcmd__");
    script.replace(&compared, &program.replace('-', "__"))
}

fn takes_lessons(argument: &Arg) -> bool {
    LESSON_ARGUMENTS.contains(&argument.get_id().as_str())
}

/// The command line with the lessons as possible values.
fn with_values(command: Command, lessons: &[Lesson]) -> Command {
    let values = || {
        let value = |lesson: &Lesson| {
            PossibleValue::new(lesson.id().to_string()).help(lesson.head.title.clone())
        };
        PossibleValuesParser::new(lessons.iter().map(value))
    };
    command.mut_subcommands(|command| {
        command.mut_args(|argument| match takes_lessons(&argument) {
            true => argument.value_parser(values()),
            false => argument,
        })
    })
}

/// The command line with the lessons as subcommands of these commands.
fn with_subcommands(command: Command, commands: &[String], lessons: &[Lesson]) -> Command {
    command.mut_subcommands(|command| {
        if !commands.iter().any(|name| name == command.get_name()) {
            return command;
        }
        let subcommand = |lesson: &Lesson| {
            Command::new(lesson.id().to_string())
                .about(lesson.head.title.clone())
                .disable_help_flag(true)
        };
        command
            .disable_help_subcommand(true)
            .subcommands(lessons.iter().map(subcommand))
    })
}

/// Lines that complete lessons after these commands, any number of them. The script that clap_complete generates for fish
/// completes options only.
fn for_fish(program: &str, commands: &[String], lessons: &[Lesson]) -> String {
    let condition = format!("__fish_seen_subcommand_from {}", commands.join(" "));
    lessons
        .iter()
        .map(|lesson| {
            let title = lesson.head.title.replace('\\', "\\\\").replace('\'', "\\'");
            let id = lesson.id();
            format!("complete -c {program} -n \"{condition}\" -f -a {id} -d '{title}'\n")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Course;

    #[test]
    fn every_shell_completes_every_lesson_for_every_command_that_takes_one() {
        let course = Course::embedded().unwrap();
        for shell in [
            Shell::Bash,
            Shell::Zsh,
            Shell::Fish,
            Shell::PowerShell,
            Shell::Elvish,
        ] {
            let script = script(shell, course.lessons());
            for lesson in course.lessons() {
                assert!(script.contains(lesson.id()), "{shell}: {}", lesson.id());
            }
        }
        let powershell = script(Shell::PowerShell, course.lessons());
        let fish = script(Shell::Fish, course.lessons());
        for word in ["next", "check", "hint", "solution", "reset", "list"] {
            let block = format!("'routeguide-lab;{word}' {{");
            let (_, block) = powershell.split_once(&block).unwrap();
            let (block, _) = block.split_once("break").unwrap();
            assert!(
                block.contains("'record-route', 'record-route'"),
                "{word}: {block}"
            );
            let line = fish
                .lines()
                .find(|line| line.contains("-a record-route "))
                .unwrap();
            assert!(line.contains(&format!(" {word}")), "{word}: {line}");
        }
    }

    #[test]
    fn the_parser_accepts_numbers_and_misspelled_ids() {
        use clap::Parser as _;
        for word in ["6", "lst-features"] {
            assert!(Cli::try_parse_from(["routeguide-lab", "hint", word]).is_ok());
            assert!(Cli::try_parse_from(["routeguide-lab", "check", "1", word]).is_ok());
        }
    }
}
