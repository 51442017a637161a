//! Building one of the tracks with cargo.

mod message;
mod words;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::message::CargoMessage;
#[cfg(test)]
pub use self::message::errors_in;
pub use self::message::{CompilerMessage, Span};
use self::message::{built, messages, of_level, products};
use self::words::{progress_in, without_bar};
use super::child::{Exit, Launch, Running};
use crate::disk::regular;

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
    /// rustc refused the code: its errors, in its order.
    Rejected(Vec<CompilerMessage>),
    /// Cargo could not even start to compile: a manifest it refuses, a build script that failed, no
    /// network.
    Failed {
        /// What cargo wrote.
        words: String,
    },
}

/// A build that went well.
#[derive(Debug, Default)]
pub struct Built {
    /// The executables by program name.
    pub programs: BTreeMap<String, PathBuf>,
    /// rustc's warnings about the learner's own code.
    pub warnings: Vec<CompilerMessage>,
}

/// What a package consists of after a build, whether it went well or not: as far as cargo came.
#[derive(Debug, Default, Clone)]
pub struct Products {
    /// Its library, its programs and its build script.
    pub artifacts: Vec<Artifact>,
    /// The folder of what its build script generates.
    pub generated: Option<PathBuf>,
}

/// Something that was compiled.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// What it is.
    pub kind: ArtifactKind,
    /// The files that hold it.
    pub files: Vec<PathBuf>,
    /// Whether this build has compiled it. If not, it is what an earlier one left.
    pub is_new: bool,
}

/// The kinds of things that are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactKind {
    /// A library.
    Library,
    /// A program.
    Program,
    /// A build script.
    BuildScript,
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
    /// Runs cargo, and tells `progress` how far it is whenever that changes. Returns what came of it, and what the
    /// package consists of now.
    ///
    /// # Errors
    ///
    /// If cargo cannot be started.
    pub async fn run(
        &self,
        mut progress: impl FnMut(BuildProgress),
    ) -> io::Result<(BuildOutcome, Products)> {
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

    fn outcome(&self, exit: Exit, cargo: &Running) -> (BuildOutcome, Products) {
        let messages = messages(&cargo.stdout);
        let products = products(&messages, self.package);
        (outcome(messages, exit, cargo), products)
    }
}

fn outcome(messages: Vec<CargoMessage>, exit: Exit, cargo: &Running) -> BuildOutcome {
    if exit.is_success() {
        return BuildOutcome::Built(built(messages));
    }
    let errors = of_level(&messages, "error");
    if errors.is_empty() {
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
        BuildOutcome::Rejected(errors)
    }
}

/// The cargo to ask. `cargo run` says which one it is, and then it is that one.
pub fn program() -> PathBuf {
    std::env::var_os("CARGO").unwrap_or("cargo".into()).into()
}

/// Whether the lab's own crates are in a folder, whose manifest may be gone.
pub fn is_the_labs_checkout(workspace: &Path) -> bool {
    workspace.join("crates").join("conformance").is_dir()
}

/// Where cargo puts the programs of a workspace, as far as the environment says; and where it puts what runs during a
/// build, if that is another folder.
pub fn target_folders(workspace: &Path) -> Vec<PathBuf> {
    let from = |names: &[&str]| {
        let mut values = names.iter().filter_map(std::env::var_os);
        let folder = values.find(|value| !value.is_empty())?;
        Some(workspace.join(folder))
    };
    let target = from(&["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"]);
    let mut folders = vec![target.unwrap_or_else(|| workspace.join("target"))];
    folders.extend(from(&["CARGO_BUILD_BUILD_DIR"]));
    folders
}

/// Whether a workspace holds the lab itself, as a clone does; one made for a learner does not.
pub fn holds_the_lab(workspace: &Path) -> bool {
    let name = concat!("name = \"", env!("CARGO_PKG_NAME"), "\"");
    regular::read_to_string(&workspace.join("Cargo.toml")).is_ok_and(|text| text.contains(name))
}
