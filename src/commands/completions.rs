//! `completions`: a script for the learner's shell.
//!
//! It completes the names of the lessons. The parser itself takes any word for a lesson, since a number is
//! one too, and a near miss gets a better answer from the lab than from clap. So the script is made from
//! another copy of the command line than the one that parses.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;

use super::{Exit, Problem};
use crate::cli::Cli;
use crate::course::Lesson;
use crate::screen;

/// The arguments that name lessons.
const NAMES: [&str; 2] = ["lesson", "lessons"];

/// Prints the script for a shell.
///
/// # Errors
///
/// If the lessons that the binary carries cannot be read.
pub fn run(shell: Shell) -> Result<Exit, Problem> {
    let course = super::course(None)?;
    screen::print(&script(shell, course.lessons()));
    Ok(Exit::Passed)
}

fn script(shell: Shell, lessons: &[Lesson]) -> String {
    let program = env!("CARGO_PKG_NAME");
    let plain = Cli::command();
    let words: Vec<String> = plain
        .get_subcommands()
        .filter(|word| word.get_arguments().any(names_lessons))
        .map(|word| word.get_name().to_string())
        .collect();
    let mut command = match shell {
        Shell::Bash | Shell::Zsh => with_values(plain, lessons),
        // What fish is to know is added below.
        Shell::Fish => plain,
        // The scripts for the others complete the words that may follow a word, and no values. A lesson
        // is as good as a word that may follow.
        _ => with_words(plain, &words, lessons),
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, program, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => mended(&script, program),
        Shell::Fish => script + &for_fish(program, &words, lessons),
        _ => script,
    }
}

/// The script for bash with one name for one thing. For a program with a hyphen in its name, clap_complete
/// looks for another than it has set, so that nothing behind the first word is completed
/// (<https://github.com/clap-rs/clap/issues/6421>). Where that is mended, this changes nothing.
fn mended(script: &str, program: &str) -> String {
    let sought = program.replace('-', "__subcmd__");
    script.replace(&sought, &program.replace('-', "__"))
}

fn names_lessons(argument: &Arg) -> bool {
    NAMES.contains(&argument.get_id().as_str())
}

/// The command line with the lessons as possible values.
fn with_values(command: Command, lessons: &[Lesson]) -> Command {
    let values = || {
        let value = |lesson: &Lesson| {
            PossibleValue::new(lesson.id().to_string()).help(lesson.head.title.clone())
        };
        PossibleValuesParser::new(lessons.iter().map(value))
    };
    command.mut_subcommands(|word| {
        word.mut_args(|argument| match names_lessons(&argument) {
            true => argument.value_parser(values()),
            false => argument,
        })
    })
}

/// The command line with the lessons as words that may follow.
fn with_words(command: Command, words: &[String], lessons: &[Lesson]) -> Command {
    command.mut_subcommands(|word| {
        if !words.iter().any(|name| name == word.get_name()) {
            return word;
        }
        let follow = |lesson: &Lesson| {
            Command::new(lesson.id().to_string())
                .about(lesson.head.title.clone())
                .disable_help_flag(true)
        };
        word.disable_help_subcommand(true)
            .subcommands(lessons.iter().map(follow))
    })
}

/// Lines that make the lessons follow the words that take them, after each other where there may be
/// several. The script that clap_complete makes for fish completes options alone.
fn for_fish(program: &str, words: &[String], lessons: &[Lesson]) -> String {
    let condition = format!("__fish_seen_subcommand_from {}", words.join(" "));
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
    fn every_shell_gets_every_lesson_for_every_word_that_takes_one() {
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
    fn the_parser_takes_numbers_and_near_misses_all_the_same() {
        use clap::Parser as _;
        for word in ["6", "lst-features"] {
            assert!(Cli::try_parse_from(["routeguide-lab", "hint", word]).is_ok());
            assert!(Cli::try_parse_from(["routeguide-lab", "check", "1", word]).is_ok());
        }
    }
}
