//! The linker: a tiny program is really made, by cargo as it is configured here, and run.

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

/// How long the tiny program may take to be made, and to run. Both take less than a second, but for a
/// first time with a virus scanner.
const BUILD_PATIENCE: Duration = Duration::from_secs(90);
const RUN_PATIENCE: Duration = Duration::from_secs(20);

/// What the tiny program writes.
const HELLO: &str = "linked";

/// What came of it.
#[derive(Debug)]
pub struct Facts {
    tried: Tried,
    /// The variables of the environment that change what cargo links with.
    variables: Vec<String>,
}

#[derive(Debug)]
enum Tried {
    /// There is no folder for it.
    NoFolder(String),
    /// Cargo's answer, if no program came of it.
    NotMade(Answer),
    /// What came of running it.
    Made(Ran),
}

#[derive(Debug)]
enum Ran {
    Well,
    /// The system does not let programs run in this folder.
    NotAllowed(PathBuf),
    NotStarted(String),
    Badly(String),
    Late,
}

/// Makes the tiny program in a temporary folder, with the configuration that cargo finds in a folder of
/// the learner's.
pub async fn look(place: &Path) -> Facts {
    let source = format!("fn main() {{ println!(\"{HELLO}\"); }}\n");
    let tried = match tiny::package("", "main.rs", &source) {
        Ok(folder) => make(folder.path(), place).await,
        Err(error) => Tried::NoFolder(error.to_string()),
    };
    let mut variables: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| changes_linking(name))
        .collect();
    variables.sort();
    Facts { tried, variables }
}

async fn make(folder: &Path, place: &Path) -> Tried {
    let manifest = folder.join("Cargo.toml");
    let target = folder.join("target");
    let arguments: Vec<OsString> = vec![
        "build".into(),
        "--offline".into(),
        // Cargo's own words and rustc's on standard error, its messages for programs on the other.
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
        return Tried::NotMade(answer);
    };
    match executable(stdout) {
        Some(program) => Tried::Made(run(program, folder).await),
        None => Tried::NotMade(answer),
    }
}

/// The program that cargo says it has made.
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

async fn run(program: PathBuf, folder: &Path) -> Ran {
    let launch = Launch {
        program,
        folder: folder.to_path_buf(),
        ..Launch::default()
    };
    let mut running = match launch.start() {
        Ok(running) => running,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Ran::NotAllowed(folder.to_path_buf());
        }
        Err(error) => return Ran::NotStarted(error.to_string()),
    };
    match tokio::time::timeout(RUN_PATIENCE, running.wait()).await {
        Ok(Ok(_)) if running.stdout.text().trim() == HELLO => Ran::Well,
        Ok(Ok(exit)) => Ran::Badly(exit.to_string()),
        Ok(Err(error)) => Ran::NotStarted(error.to_string()),
        Err(_late) => {
            running.stop().await;
            Ran::Late
        }
    }
}

/// Whether cargo takes from a variable what to link with, or what to compile with
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
