//! Building one of the tracks with cargo.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::child::{Exit, Launch, Running};
use super::output::Output;
use crate::location::Location;

/// What to build.
#[derive(Debug, Clone)]
pub struct Build {
    /// The folder of the workspace.
    pub workspace: PathBuf,
    /// The package: `start_here` or `completed`.
    pub package: &'static str,
    /// The programs of it, at least one. A library alone cannot be asked for: cargo would build that of the lab,
    /// too, which is selected beside it.
    pub programs: Vec<&'static str>,
    /// Whether diagnostics come in colour.
    pub colour: bool,
}

/// What came of a build.
#[derive(Debug)]
#[must_use]
pub enum BuildOutcome {
    /// It compiled.
    Built(Built),
    /// rustc refused the code.
    Rejected(Rejected),
    /// Cargo could not even start to compile: a manifest it refuses, a build script that failed, no
    /// network.
    Failed {
        /// What cargo wrote.
        words: String,
    },
}

/// Code that rustc refused.
#[derive(Debug)]
pub struct Rejected {
    /// Its error messages, as it writes them, in its order.
    pub diagnostics: Vec<String>,
    /// Where the first error is.
    pub location: Option<Location>,
}

/// A build that went well.
#[derive(Debug, Default)]
pub struct Built {
    /// The executables by program name.
    pub programs: BTreeMap<String, PathBuf>,
    /// rustc's warnings about the learner's own code.
    pub warnings: Vec<String>,
}

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildProgress {
    /// Another cargo is building in the same folder.
    Waiting,
    /// Crates are being compiled.
    Compiling {
        /// Crates done.
        done: u64,
        /// Of so many.
        total: u64,
    },
}

impl Build {
    /// Runs cargo, and tells `progress` how far it is whenever that changes.
    ///
    /// # Errors
    ///
    /// If cargo cannot be started.
    pub async fn run(&self, mut progress: impl FnMut(BuildProgress)) -> io::Result<BuildOutcome> {
        let mut cargo = self.launch().start()?;
        let stderr = cargo.stderr.clone();
        let exit = {
            let mut shown = None;
            let mut tick = tokio::time::interval(Duration::from_millis(100));
            let wait = cargo.wait();
            tokio::pin!(wait);
            loop {
                tokio::select! {
                    exit = &mut wait => break exit?,
                    _ = tick.tick() => {
                        let now = progress_in(&stderr.text());
                        if now.is_some() && now != shown {
                            shown = now;
                            now.map(&mut progress);
                        }
                    }
                }
            }
        };
        Ok(self.outcome(exit, &cargo))
    }

    fn launch(&self) -> Launch {
        let mut arguments: Vec<OsString> = vec!["build".into()];
        // The lab is selected too, though nothing of it is built: then cargo unifies the features of
        // all dependencies as it did when it built the lab, and compiles none of them again.
        if holds_the_lab(&self.workspace) {
            arguments.extend(["-p".into(), env!("CARGO_PKG_NAME").into()]);
        }
        arguments.extend(["-p".into(), self.package.into()]);
        for program in &self.programs {
            arguments.extend(["--bin".into(), program.into()]);
        }
        let format = if self.colour {
            "json-diagnostic-rendered-ansi"
        } else {
            "json"
        };
        arguments.push(format!("--message-format={format}").into());
        Launch {
            program: program(),
            arguments,
            // Cargo draws its bar, which says how many crates are done, only on a terminal or if told
            // so; the width leaves room for the numbers.
            environment: vec![
                ("CARGO_TERM_PROGRESS_WHEN", "always".into()),
                ("CARGO_TERM_PROGRESS_WIDTH", "60".into()),
                ("CARGO_TERM_COLOR", "never".into()),
                ("CARGO_TERM_QUIET", "false".into()),
                ("CARGO_TERM_VERBOSE", "false".into()),
            ],
            folder: self.workspace.clone(),
            ..Launch::default()
        }
    }

    fn outcome(&self, exit: Exit, cargo: &Running) -> BuildOutcome {
        let messages = messages(&cargo.stdout);
        if exit.is_success() {
            return BuildOutcome::Built(built(messages));
        }
        let diagnostics = rendered(&messages, "error");
        if diagnostics.is_empty() {
            let words = without_bar(&cargo.stderr.text());
            BuildOutcome::Failed {
                words: match words.trim() {
                    // This happens when the system is out of memory and kills a process.
                    "" => format!(
                        "(no output: cargo ended with {exit}. The machine may be out of memory.)"
                    ),
                    _ => words,
                },
            }
        } else {
            let location = first_error(&messages);
            BuildOutcome::Rejected(Rejected {
                diagnostics,
                location,
            })
        }
    }
}

/// A line of cargo's `--message-format=json`: what the lab needs of it, of the documented fields
/// (<https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>).
#[derive(Deserialize)]
#[serde(tag = "reason")]
enum CargoMessage {
    #[serde(rename = "compiler-message")]
    Compiler { message: Diagnostic },
    #[serde(rename = "compiler-artifact")]
    Artifact {
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

/// What rustc has to say.
#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    rendered: Option<String>,
    spans: Vec<Span>,
}

/// A place in the code.
#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    /// For code that a macro wrote: where the macro was called.
    expansion: Option<Box<Expansion>>,
}

/// The call of a macro.
#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

/// What was compiled.
#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Cargo's messages; a line that is none of them was printed by somebody else.
fn messages(stdout: &Output) -> Vec<CargoMessage> {
    let text = stdout.text();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn built(messages: Vec<CargoMessage>) -> Built {
    let warnings = rendered(&messages, "warning");
    let mut built = Built {
        warnings,
        ..Built::default()
    };
    for message in messages {
        if let CargoMessage::Artifact {
            target,
            executable: Some(executable),
        } = message
        {
            built.programs.insert(target.name, executable);
        }
    }
    built
}

/// The diagnostics of a level, as rustc writes them. The same one comes again for each target that
/// compiles the file; it is taken once.
fn rendered(messages: &[CargoMessage], level: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for message in messages {
        if let CargoMessage::Compiler { message } = message
            && message.level == level
            && !is_closing_line(&message.message)
            && let Some(text) = &message.rendered
            && !all.contains(text)
        {
            all.push(text.clone());
        }
    }
    all
}

/// The location of the first error that has one.
fn first_error(messages: &[CargoMessage]) -> Option<Location> {
    messages.iter().find_map(|message| match message {
        CargoMessage::Compiler { message } if message.level == "error" => {
            let mut span = message.spans.iter().find(|span| span.is_primary)?;
            while let Some(expansion) = &span.expansion {
                span = &expansion.span;
            }
            // Cargo names files of the workspace from its root, and those of others in full.
            if Path::new(&span.file_name).is_absolute() {
                return None;
            }
            Some(Location::new(
                span.file_name.replace('\\', "/"),
                span.line_start,
            ))
        }
        _ => None,
    })
}

/// rustc ends with messages that only count the others.
fn is_closing_line(message: &str) -> bool {
    let starts = [
        "aborting due to",
        "Some errors have detailed",
        "For more information",
    ];
    starts.iter().any(|start| message.starts_with(start)) || message.ends_with(" emitted")
}

/// The cargo to ask. `cargo run` says which one it is, and then it is that one.
pub fn program() -> PathBuf {
    std::env::var_os("CARGO").unwrap_or("cargo".into()).into()
}

/// Whether a workspace holds the lab itself, as a clone does; one made for a learner does not.
pub fn holds_the_lab(workspace: &Path) -> bool {
    let name = concat!("name = \"", env!("CARGO_PKG_NAME"), "\"");
    std::fs::read_to_string(workspace.join("Cargo.toml")).is_ok_and(|text| text.contains(name))
}

/// What cargo has said last about how far it is: `Building [====>   ] 12/180: tonic, …`, or that it
/// waits for another cargo.
fn progress_in(stderr: &str) -> Option<BuildProgress> {
    let bar = stderr.rfind("Building [");
    if stderr.rfind("Blocking waiting for file lock") > bar {
        return Some(BuildProgress::Waiting);
    }
    let (_, after) = stderr[bar?..].split_once("] ")?;
    let (done, rest) = after.split_once('/')?;
    let total: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(BuildProgress::Compiling {
        done: done.trim().parse().ok()?,
        total: total.parse().ok()?,
    })
}

/// What cargo wrote, without its progress bar and its list of finished crates.
fn without_bar(stderr: &str) -> String {
    let status = [
        "Compiling ",
        "Building [",
        "Blocking ",
        "Fresh ",
        "Dirty ",
        "Locking ",
    ];
    let lines: Vec<String> = stderr
        .split(['\n', '\r'])
        // Cargo clears its bar with an escape sequence.
        .map(|line| console::strip_ansi_codes(line).trim_end().to_string())
        .filter(|line| {
            !line.is_empty()
                && !status
                    .iter()
                    .any(|word| line.trim_start().starts_with(word))
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_read_from_whatever_cargo_drew_last() {
        let drawn = "   Compiling a v1\r    Building [>      ] 3/180: a\r    Building [=>   ] 14/180: b, c\r";
        assert_eq!(
            progress_in(drawn),
            Some(BuildProgress::Compiling {
                done: 14,
                total: 180
            })
        );
        assert_eq!(progress_in("   Compiling a v1\n"), None);
        let blocked = "    Blocking waiting for file lock on build directory\n";
        assert_eq!(progress_in(blocked), Some(BuildProgress::Waiting));
        assert_eq!(progress_in("    Building [=>   ] what"), None);
    }

    #[test]
    fn cargo_is_quoted_without_its_bar() {
        let written = "    Building [>  ] 3/180: a\r\u{1b}[K   Compiling a v1\nerror: no\n\nCaused by:\n  this\n";
        assert_eq!(without_bar(written), "error: no\nCaused by:\n  this");
    }
}
