//! cargo and rustc: whether they work, and are new enough.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::tools::{self, Answer};
use super::{CheckId, Finding};

/// How long cargo and rustc may take to print their versions. The first start after an installation is slow if a
/// virus scanner checks it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Both programs.
#[derive(Debug)]
pub struct Facts {
    /// The one that builds.
    pub cargo: Tool,
    /// The one that compiles.
    pub rustc: Tool,
    /// Whether rustup, which installs and updates both, is on the PATH.
    pub rustup: bool,
}

/// One of the programs.
#[derive(Debug)]
pub struct Tool {
    /// `cargo`.
    pub name: &'static str,
    /// The program that is started: a name or a path.
    pub program: PathBuf,
    /// The environment variable that names it, if one does.
    pub variable: Option<&'static str>,
    /// Where it is.
    pub path: Option<PathBuf>,
    /// What it answers to `--version`.
    pub answer: Answer,
}

impl Facts {
    /// Whether both can be used at all.
    pub fn work(&self) -> bool {
        [&self.cargo, &self.rustc]
            .iter()
            .all(|tool| matches!(tool.answer, Answer::Ended { success: true, .. }))
    }
}

/// Asks both for their versions.
pub async fn gather(place: &Path) -> Facts {
    let (cargo, rustc) = tokio::join!(
        // The same cargo as for a build.
        tool("cargo", "CARGO", place),
        tool("rustc", "RUSTC", place),
    );
    Facts {
        cargo,
        rustc,
        rustup: which::which("rustup").is_ok(),
    }
}

async fn tool(name: &'static str, variable: &'static str, place: &Path) -> Tool {
    let program = tools::named(variable, name);
    Tool {
        name,
        variable: (program != Path::new(name)).then_some(variable),
        path: which::which(&program).ok(),
        answer: tools::ask(&program, ["--version"], vec![], place, PATIENCE).await,
        program,
    }
}

/// Two findings. `needed` is the oldest version that will do.
pub fn judge(facts: &Facts, needed: &str) -> [Finding; 2] {
    [
        (CheckId::Cargo, &facts.cargo),
        (CheckId::Rustc, &facts.rustc),
    ]
    .map(|(check, tool)| judge_one(check, tool, facts.rustup, needed))
}

fn judge_one(check: CheckId, tool: &Tool, rustup: bool, needed: &str) -> Finding {
    let name = tool.name;
    let path = tool.path.as_deref().unwrap_or(&tool.program).display();
    let named = match tool.variable {
        Some(variable) => format!("{path} (named by the variable {variable})"),
        None => path.to_string(),
    };
    let install = match (tool.variable, rustup) {
        (Some(variable), _) => format!("Correct the variable {variable}, or unset it."),
        (None, true) => "Install it with rustup: `rustup default stable`.".to_string(),
        (None, false) => format!(
            "Install Rust from https://rustup.rs. If it is installed, add the folder of {name} to your PATH and \
             open a new terminal."
        ),
    };
    match &tool.answer {
        Answer::NotFound => {
            let message = match tool.variable {
                Some(_) => format!("{named} does not exist."),
                None => format!("{name} is not on your PATH."),
            };
            Finding::error(check, message).fix(install)
        }
        Answer::NotStarted(words) => {
            Finding::error(check, format!("{named} could not be started: {words}.")).fix(install)
        }
        Answer::TimedOut(words) => Finding::error(
            check,
            format!(
                "{named} did not print its version within {} seconds.",
                PATIENCE.as_secs()
            ),
        )
        .quote(tools::excerpt(words))
        .fix(format!(
            "Run `{name} --version` yourself; a virus scanner or a network drive can slow it down."
        )),
        Answer::Ended {
            success: false,
            how,
            stderr,
            ..
        } => Finding::error(
            check,
            format!("{named} failed to print its version: {how}."),
        )
        .quote(tools::excerpt(stderr))
        .fix(install),
        Answer::Ended { stdout, .. } => match version(stdout) {
            None => Finding::error(
                check,
                format!("{named} printed no version for `--version`."),
            )
            .quote(tools::excerpt(stdout))
            .fix(install),
            Some((words, found)) if found < numbers(needed) => Finding::error(
                check,
                format!("{named} is {name} {words}, but the course needs {needed} or newer."),
            )
            .fix(match (tool.variable, rustup) {
                (Some(_), _) => install,
                (None, true) => {
                    "Update it: `rustup update stable`, then `rustup default stable`.".to_string()
                }
                (None, false) => {
                    "Install a newer Rust from https://rustup.rs; system packages are often \
                     too old."
                        .to_string()
                }
            }),
            Some((words, _)) => Finding::ok(check, format!("{name} {words} at {named}.")),
        },
    }
}

/// The version in `rustc 1.95.0 (59807616e 2026-04-14)`: as text, and as numbers.
fn version(stdout: &str) -> Option<(&str, [u64; 3])> {
    let words = stdout.lines().next()?.split_whitespace().nth(1)?;
    words
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| (words, numbers(words)))
}

/// The numbers of `1.89`, `1.95.0` or `1.97.0-nightly`. A missing number is 0.
fn numbers(version: &str) -> [u64; 3] {
    let release = version.split('-').next().unwrap_or(version);
    let mut parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    [0; 3].map(|none| parts.next().unwrap_or(none))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::doctor::Severity;

    /// A tool that answers this.
    fn answering(name: &'static str, answer: Answer) -> Tool {
        Tool {
            name,
            program: name.into(),
            variable: None,
            path: Some(format!("/bin/{name}").into()),
            answer,
        }
    }

    /// The answer of a program that has ended.
    pub fn ended(success: bool, stdout: &str, stderr: &str) -> Answer {
        Answer::Ended {
            success,
            how: if success {
                "exit code 0"
            } else {
                "exit code 1"
            }
            .to_string(),
            stdout: stdout.to_string(),
            stderr: stderr.to_string(),
        }
    }

    /// Tools as they should be.
    fn good() -> Facts {
        Facts {
            cargo: answering("cargo", ended(true, "cargo 1.95.0 (f2d 2026-03-21)\n", "")),
            rustc: answering("rustc", ended(true, "rustc 1.97.0-nightly (598 x)\n", "")),
            rustup: true,
        }
    }

    #[test]
    fn good_tools_are_named_with_their_paths() {
        let [cargo, rustc] = judge(&good(), "1.89");
        assert_eq!(
            (cargo.severity, rustc.severity),
            (Severity::Ok, Severity::Ok)
        );
        assert_eq!(cargo.message, "cargo 1.95.0 at /bin/cargo.");
        assert_eq!((cargo.fix, rustc.fix), (None, None));
        assert!(good().work());
    }

    #[test]
    fn an_old_rustc_is_an_error_and_updated_as_it_was_installed() {
        for (version, outcome) in [
            ("rustc 1.88.9 (x)", Severity::Error),
            ("rustc 1.89.0 (x)", Severity::Ok),
            ("rustc 2.0.0", Severity::Ok),
            ("rustc 0.99.0", Severity::Error),
        ] {
            let mut facts = good();
            facts.rustc = answering("rustc", ended(true, version, ""));
            assert_eq!(judge(&facts, "1.89")[1].severity, outcome, "{version}");
        }
        let mut facts = good();
        facts.rustc = answering("rustc", ended(true, "rustc 1.63.0 (x)", ""));
        let [_, with] = judge(&facts, "1.89");
        assert!(
            with.message
                .contains("rustc 1.63.0, but the course needs 1.89")
        );
        assert!(with.fix.unwrap().contains("`rustup update stable`"));
        facts.rustup = false;
        let [_, without] = judge(&facts, "1.89");
        assert!(without.fix.unwrap().contains("https://rustup.rs"));
    }

    #[test]
    fn a_missing_or_broken_tool_is_an_error() {
        let mut facts = good();
        facts.rustup = false;
        for (answer, words) in [
            (Answer::NotFound, "cargo is not on your PATH"),
            (
                Answer::NotStarted("denied".into()),
                "could not be started: denied",
            ),
            (
                Answer::TimedOut(String::new()),
                "did not print its version within",
            ),
            (
                ended(false, "", "error: no default"),
                "failed to print its version",
            ),
            (ended(true, "hello", ""), "no version"),
            (ended(true, "hello you", ""), "no version"),
        ] {
            facts.cargo = answering("cargo", answer);
            let [cargo, rustc] = judge(&facts, "1.89");
            assert!(cargo.message.contains(words), "{}", cargo.message);
            assert_eq!(cargo.severity, Severity::Error);
            assert!(cargo.fix.is_some());
            // Without a version, it may work all the same.
            assert_eq!(facts.work(), words == "no version");
            assert_eq!(rustc.severity, Severity::Ok);
        }
        facts.cargo.variable = Some("CARGO");
        facts.cargo.answer = Answer::NotFound;
        let [cargo, _] = judge(&facts, "1.89");
        assert!(cargo.fix.unwrap().contains("the variable CARGO"));
    }
}
