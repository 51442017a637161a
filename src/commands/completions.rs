//! `completions`: prints a completion script for the learner's shell.
//!
//! The script completes the ids of lessons, and the RPCs for `call`. The parser accepts any value for them: a number is a
//! lesson, too, an RPC has several names, and the lab's error for a misspelled one is better than clap's. So the script
//! is generated from a copy of the command line in which they are the possible values.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;

use super::{Exit, Problem};
use crate::cli::{self, Cli};
use crate::course::Lesson;
use crate::messages::Rpc;
use crate::screen;

/// Words that are completed as the values of some arguments.
struct Words {
    /// The ids of these arguments.
    arguments: &'static [&'static str],
    /// The words, with what they mean.
    words: Vec<PossibleValue>,
}

impl Words {
    /// The lessons, and the RPCs.
    fn all(lessons: &[Lesson]) -> [Words; 2] {
        let lesson = |lesson: &Lesson| {
            PossibleValue::new(lesson.id().to_string()).help(lesson.head.title.clone())
        };
        [
            Words {
                arguments: &["lesson", "lessons"],
                words: lessons.iter().map(lesson).collect(),
            },
            Words {
                arguments: &["rpc"],
                words: Rpc::ALL
                    .map(|rpc| PossibleValue::new(rpc.name()).help(cli::kind_of(rpc)))
                    .into(),
            },
        ]
    }

    /// Whether an argument takes them. An option that does says so by itself.
    fn are_taken_by(&self, argument: &Arg) -> bool {
        argument.is_positional() && self.arguments.contains(&argument.get_id().as_str())
    }

    /// The commands with such an argument.
    fn commands(&self, command_line: &Command) -> Vec<String> {
        let commands = command_line.get_subcommands();
        commands
            .filter(|command| {
                let mut arguments = command.get_arguments();
                arguments.any(|argument| self.are_taken_by(argument))
            })
            .map(|command| command.get_name().to_string())
            .collect()
    }
}

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
    let words = Words::all(lessons);
    let plain = Cli::command();
    let for_fish: String = match shell {
        Shell::Fish => words
            .iter()
            .map(|words| for_fish(program, &words.commands(&plain), words))
            .collect(),
        _ => String::new(),
    };
    let mut command = words.iter().fold(plain, |command, words| match shell {
        Shell::Bash | Shell::Zsh => with_values(command, words),
        // The lines for fish are added below.
        Shell::Fish => command,
        // The scripts for the other shells complete subcommands, but no values. So the words become subcommands.
        _ => with_subcommands(command, words),
    });
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, program, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => fix_bash_names(&script, program),
        _ => script + &for_fish,
    }
}

/// Works around a bug of clap_complete: for a program with a hyphen in its name, the script for bash compares another
/// name than it has set, so that nothing after the first word is completed
/// (<https://github.com/clap-rs/clap/issues/6421>). Once the bug is fixed, this changes nothing.
fn fix_bash_names(script: &str, program: &str) -> String {
    let compared = program.replace('-', "__subcmd__");
    script.replace(&compared, &program.replace('-', "__"))
}

/// The command line with the words as possible values.
fn with_values(command: Command, words: &Words) -> Command {
    command.mut_subcommands(|command| {
        command.mut_args(|argument| match words.are_taken_by(&argument) {
            true => argument.value_parser(PossibleValuesParser::new(words.words.clone())),
            false => argument,
        })
    })
}

/// The command line with the words as subcommands of the commands that take them.
fn with_subcommands(command: Command, words: &Words) -> Command {
    let commands = words.commands(&command);
    command.mut_subcommands(|command| {
        if !commands.iter().any(|name| name == command.get_name()) {
            return command;
        }
        let subcommand = |word: &PossibleValue| {
            let subcommand = Command::new(word.get_name().to_string()).disable_help_flag(true);
            match word.get_help() {
                Some(help) => subcommand.about(help.clone()),
                None => subcommand,
            }
        };
        command
            .disable_help_subcommand(true)
            .subcommands(words.words.iter().map(subcommand))
    })
}

/// Lines that complete words after these commands, any number of them. The script that clap_complete generates for fish
/// completes options only.
fn for_fish(program: &str, commands: &[String], words: &Words) -> String {
    let condition = format!("__fish_seen_subcommand_from {}", commands.join(" "));
    let line = |word: &PossibleValue| {
        let help = word.get_help().map(ToString::to_string).unwrap_or_default();
        let help = help.replace('\\', "\\\\").replace('\'', "\\'");
        let word = word.get_name();
        format!("complete -c {program} -n \"{condition}\" -f -a {word} -d '{help}'\n")
    };
    words.words.iter().map(line).collect()
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
            for rpc in Rpc::ALL {
                assert!(script.contains(rpc.name()), "{shell}: {rpc}");
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
