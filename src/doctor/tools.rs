//! Outside programs, asked one question each, with a deadline.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::process::Launch;

/// How many lines of a program's words are quoted, and how many characters of them.
const MOST_LINES: usize = 12;
const MOST_CHARACTERS: usize = 1_500;

/// What came of asking a program.
#[derive(Debug)]
pub enum Answer {
    /// There is no such program.
    Missing,
    /// It is there, and cannot be started: the system's words.
    NotStarted(String),
    /// It had not ended when its time was up: what it had written to standard error.
    Late(String),
    /// It ended.
    Ended {
        /// Whether it went well.
        success: bool,
        /// `exit code 1`.
        how: String,
        /// Standard output.
        stdout: String,
        /// Standard error.
        stderr: String,
    },
}

/// Runs a program to its end, or until it has had its time; then it is ended with all that it has started.
pub async fn ask<A: AsRef<OsStr>>(
    program: &Path,
    arguments: impl IntoIterator<Item = A>,
    environment: Vec<(&'static str, OsString)>,
    folder: &Path,
    patience: Duration,
) -> Answer {
    let mut environment = environment;
    // A question is no reason for rustup to install anything.
    environment.push(("RUSTUP_AUTO_INSTALL", "0".into()));
    let launch = Launch {
        program: program.to_path_buf(),
        arguments: arguments
            .into_iter()
            .map(|argument| argument.as_ref().to_os_string())
            .collect(),
        environment,
        folder: folder.to_path_buf(),
        ..Launch::default()
    };
    let mut running = match launch.start() {
        Ok(running) => running,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Answer::Missing,
        Err(error) => return Answer::NotStarted(error.to_string()),
    };
    match tokio::time::timeout(patience, running.wait()).await {
        Ok(Ok(exit)) => Answer::Ended {
            success: exit.is_success(),
            how: exit.to_string(),
            stdout: running.stdout.text(),
            stderr: running.stderr.text(),
        },
        Ok(Err(error)) => Answer::NotStarted(error.to_string()),
        Err(_late) => {
            running.stop().await;
            Answer::Late(running.stderr.text())
        }
    }
}

/// The program that a variable of the environment names, and otherwise the one of this name.
pub fn named(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable)
        .filter(|value| !value.is_empty())
        .unwrap_or(name.into())
        .into()
}

/// A program's words as they are worth quoting: what it says from its first error on, without the lines
/// that only show how far it is or repeat a long command.
pub fn telling(words: &str) -> String {
    let words = console::strip_ansi_codes(words);
    let lines: Vec<&str> = words
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty() && !is_noise(line))
        .collect();
    let first = lines.iter().position(|line| line.starts_with("error"));
    let told: Vec<&str> = lines[first.unwrap_or(0)..]
        .iter()
        .copied()
        .take(MOST_LINES)
        .collect();
    crate::text::clipped(&told.join("\n"), MOST_CHARACTERS)
}

fn is_noise(line: &str) -> bool {
    let line = line.trim_start();
    let status = [
        "Compiling ",
        "Updating ",
        "Locking ",
        "Downloading ",
        "Downloaded ",
        "error: could not compile",
    ];
    // rustc repeats the linker's command line, which is longer than a screen, in quotation marks.
    let command = line.starts_with("= note:") && line.matches('"').count() > 6;
    line == "|" || command || status.iter().any(|word| line.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_linker_says_is_quoted_without_its_command_line() {
        let words = "   Compiling tiny v0.1.0 (/tmp/x)\n\
            error: linking with `cc` failed: exit status: 1\n  |\n  \
            = note:  \"cc\" \"-m64\" \"/tmp/a.o\" \"<2 object files omitted>\" \"-o\" \"/tmp/b\"\n  \
            = note: some arguments are omitted. use `--verbose` to show all linker arguments\n  \
            = note: /usr/bin/ld: cannot find -lnothing\n\n\
            error: could not compile `tiny` (bin \"tiny\") due to 1 previous error\n";
        let told = telling(words);
        assert!(
            told.starts_with("error: linking with `cc` failed"),
            "{told}"
        );
        assert!(told.ends_with("cannot find -lnothing"), "{told}");
        assert!(!told.contains("-m64"), "{told}");
    }

    #[test]
    fn endless_words_are_cut() {
        let told = telling(&"x".repeat(100_000));
        assert!(told.len() < 2_000 && told.contains("more characters"));
        assert_eq!(telling(&"line\n".repeat(100)).lines().count(), MOST_LINES);
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_missing() {
        let here = std::env::temp_dir();
        let nowhere = here.join("no-such-program");
        let answer = ask(&nowhere, ["-V"], vec![], &here, Duration::from_secs(60)).await;
        assert!(matches!(answer, Answer::Missing));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_never_answers_is_ended() {
        let here = std::env::temp_dir();
        let shell = which::which("sh").unwrap();
        let words = ["-c", "echo waiting >&2; sleep 1000"];
        // Long enough for a slow machine to start a shell, as the words prove.
        let answer = ask(&shell, words, vec![], &here, Duration::from_secs(3)).await;
        assert!(matches!(answer, Answer::Late(said) if said == "waiting\n"));
    }
}
