//! The linker: cargo, as it is configured here, builds a test program, which is then run.

mod judge;

pub use judge::judge;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::tiny;
use super::tools::{self, Answer};
use crate::process::Launch;

/// How long the test program may take to be built, and to run. Both take less than a second, unless a virus scanner
/// sees it for the first time.
const BUILD_PATIENCE: Duration = Duration::from_secs(90);
const RUN_PATIENCE: Duration = Duration::from_secs(20);

/// What the test program prints.
const HELLO: &str = "linked";

/// What was found out about the linker.
#[derive(Debug)]
pub struct Facts {
    test: LinkTest,
    /// The environment variables that change how cargo links.
    variables: Vec<String>,
}

#[derive(Debug)]
enum LinkTest {
    /// No temporary folder could be created.
    NoFolder(String),
    /// Cargo built no program: its answer.
    NotBuilt(Answer),
    /// Cargo built the program, which was run.
    Built(RunResult),
}

#[derive(Debug)]
enum RunResult {
    Ok,
    /// The system does not allow programs to run in this folder.
    NotAllowed(PathBuf),
    NotStarted(String),
    Failed(String),
    TimedOut,
}

/// Builds the test program in a temporary folder, with the configuration that cargo finds in `place`.
pub async fn gather(place: &Path) -> Facts {
    let source = format!("fn main() {{ println!(\"{HELLO}\"); }}\n");
    let test = match tiny::package("", "main.rs", &source) {
        Ok(folder) => build(folder.path(), place).await,
        Err(error) => LinkTest::NoFolder(error.to_string()),
    };
    let mut variables: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| changes_linking(name))
        .collect();
    variables.sort();
    Facts { test, variables }
}

async fn build(folder: &Path, place: &Path) -> LinkTest {
    let manifest = folder.join("Cargo.toml");
    let target = folder.join("target");
    let arguments: Vec<OsString> = vec![
        "build".into(),
        "--offline".into(),
        // Diagnostics go to standard error, and messages for programs to standard output.
        "--message-format=json-render-diagnostics".into(),
        "--manifest-path".into(),
        manifest.into(),
    ];
    let environment = vec![
        ("CARGO_TARGET_DIR", target.clone().into()),
        ("CARGO_BUILD_BUILD_DIR", target.into()),
        ("CARGO_TERM_COLOR", "never".into()),
    ];
    let cargo = tools::named("CARGO", "cargo");
    let answer = tools::ask(&cargo, arguments, environment, place, BUILD_PATIENCE).await;
    let Answer::Ended {
        success: true,
        stdout,
        ..
    } = &answer
    else {
        return LinkTest::NotBuilt(answer);
    };
    match executable(stdout) {
        Some(program) => LinkTest::Built(run(program, folder).await),
        None => LinkTest::NotBuilt(answer),
    }
}

/// The program that cargo reports to have built.
fn executable(stdout: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .find_map(|message| message.executable)
}

async fn run(program: PathBuf, folder: &Path) -> RunResult {
    let launch = Launch {
        program,
        folder: folder.to_path_buf(),
        ..Launch::default()
    };
    let mut running = match launch.start() {
        Ok(running) => running,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return RunResult::NotAllowed(folder.to_path_buf());
        }
        Err(error) => return RunResult::NotStarted(error.to_string()),
    };
    match tokio::time::timeout(RUN_PATIENCE, running.wait()).await {
        Ok(Ok(_)) if running.stdout.text().trim() == HELLO => RunResult::Ok,
        Ok(Ok(exit)) => RunResult::Failed(exit.to_string()),
        Ok(Err(error)) => RunResult::NotStarted(error.to_string()),
        Err(_elapsed) => {
            running.stop().await;
            RunResult::TimedOut
        }
    }
}

/// Whether a variable changes how cargo links or compiles
/// (<https://doc.rust-lang.org/cargo/reference/environment-variables.html>).
fn changes_linking(name: &str) -> bool {
    let of_target = name.starts_with("CARGO_TARGET_")
        && (name.ends_with("_LINKER") || name.ends_with("_RUSTFLAGS"));
    let others = [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "RUSTC_WRAPPER",
        "CARGO_BUILD_RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    ];
    of_target || others.contains(&name)
}
