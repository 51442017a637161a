//! Running other programs with a deadline.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::process::Launch;

/// How many lines of a program's output are quoted, and how many characters of them.
const MOST_LINES: usize = 12;
const MOST_CHARACTERS: usize = 1_500;

/// The result of running a program.
#[derive(Debug)]
pub enum Answer {
    /// The program does not exist.
    NotFound,
    /// It exists, but could not be started: the system's error.
    NotStarted(String),
    /// It did not end in time: what it had written to standard error.
    TimedOut(String),
    /// It ended.
    Ended {
        /// Whether its exit code was 0.
        success: bool,
        /// `exit code 1`.
        how: String,
        /// Standard output.
        stdout: String,
        /// Standard error.
        stderr: String,
    },
}

/// Runs a program until it ends, or until the time is up; then it is stopped, with every process that it started.
pub async fn ask<A: AsRef<OsStr>>(
    program: &Path,
    arguments: impl IntoIterator<Item = A>,
    environment: Vec<(&'static str, OsString)>,
    folder: &Path,
    patience: Duration,
) -> Answer {
    let mut environment = environment;
    // Doctor must not make rustup install a toolchain.
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
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Answer::NotFound,
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
        Err(_elapsed) => {
            running.stop().await;
            Answer::TimedOut(running.stderr.text())
        }
    }
}

/// The program that an environment variable names; if it is not set, the one with this name.
pub fn named(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable)
        .filter(|value| !value.is_empty())
        .unwrap_or(name.into())
        .into()
}

/// The part of a program's output that is quoted: from its first error on, without progress lines and long
/// command lines.
pub fn excerpt(output: &str) -> String {
    let output = console::strip_ansi_codes(output);
    let lines: Vec<&str> = output
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty() && !is_noise(line))
        .collect();
    let first = lines.iter().position(|line| line.starts_with("error"));
    let quoted: Vec<&str> = lines[first.unwrap_or(0)..]
        .iter()
        .copied()
        .take(MOST_LINES)
        .collect();
    crate::text::clipped(&quoted.join("\n"), MOST_CHARACTERS)
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
    // rustc repeats the linker's command line, which is longer than a screen.
    let command = line.starts_with("= note:") && line.matches('"').count() > 6;
    line == "|" || command || status.iter().any(|word| line.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_a_linker_is_quoted_without_its_command_line() {
        let words = "   Compiling tiny v0.1.0 (/tmp/x)\n\
            error: linking with `cc` failed: exit status: 1\n  |\n  \
            = note:  \"cc\" \"-m64\" \"/tmp/a.o\" \"<2 object files omitted>\" \"-o\" \"/tmp/b\"\n  \
            = note: some arguments are omitted. use `--verbose` to show all linker arguments\n  \
            = note: /usr/bin/ld: cannot find -lnothing\n\n\
            error: could not compile `tiny` (bin \"tiny\") due to 1 previous error\n";
        let quoted = excerpt(words);
        assert!(
            quoted.starts_with("error: linking with `cc` failed"),
            "{quoted}"
        );
        assert!(quoted.ends_with("cannot find -lnothing"), "{quoted}");
        assert!(!quoted.contains("-m64"), "{quoted}");
    }

    #[test]
    fn long_output_is_cut() {
        let quoted = excerpt(&"x".repeat(100_000));
        assert!(quoted.len() < 2_000 && quoted.contains("more characters"));
        assert_eq!(excerpt(&"line\n".repeat(100)).lines().count(), MOST_LINES);
    }

    #[tokio::test]
    async fn a_program_that_does_not_exist_is_not_found() {
        let here = std::env::temp_dir();
        let nowhere = here.join("no-such-program");
        let answer = ask(&nowhere, ["-V"], vec![], &here, Duration::from_secs(60)).await;
        assert!(matches!(answer, Answer::NotFound));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_does_not_end_is_stopped() {
        let here = std::env::temp_dir();
        let shell = which::which("sh").unwrap();
        let words = ["-c", "echo waiting >&2; sleep 1000"];
        // Long enough for a slow machine to start a shell, as the words prove.
        let answer = ask(&shell, words, vec![], &here, Duration::from_secs(3)).await;
        assert!(matches!(answer, Answer::TimedOut(said) if said == "waiting\n"));
    }
}
