//! `cargo vendor`: all crates of a workspace in a folder.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::cargo;
use super::child::Launch;

/// The result of [`collect`].
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Collected {
    /// All crates are there.
    All,
    /// Cargo failed: its error output. Some crates may be there.
    Failed(String),
}

/// Copies all crates that a workspace's lock file names into a folder. Cargo runs outside of the workspace,
/// so that it does not
/// read the source of crates from `.cargo/config.toml` there.
///
/// # Errors
///
/// If cargo cannot be started.
pub async fn collect(workspace: &Path, into: &Path) -> io::Result<Collected> {
    let mut arguments: Vec<OsString> = ["vendor", "--respect-source-config", "--locked"]
        .map(Into::into)
        .into();
    arguments.push(into.into());
    let outside = workspace.parent().unwrap_or(workspace);
    let (success, words) = cargo(workspace, arguments, outside).await?;
    Ok(match success {
        true => Collected::All,
        false => Collected::Failed(words),
    })
}

/// Whether cargo finds all crates of a workspace without the network.
///
/// # Errors
///
/// If cargo cannot be started.
pub async fn has_all(workspace: &Path) -> io::Result<bool> {
    let arguments = [
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--quiet",
    ];
    let arguments = arguments.map(Into::into).into();
    Ok(cargo(workspace, arguments, workspace).await?.0)
}

/// Runs cargo in a folder. Returns whether it succeeded, and its error output.
async fn cargo(
    workspace: &Path,
    mut arguments: Vec<OsString>,
    folder: &Path,
) -> io::Result<(bool, String)> {
    arguments.push("--manifest-path".into());
    arguments.push(workspace.join("Cargo.toml").into());
    let mut cargo = Launch {
        program: cargo::program(),
        arguments,
        environment: vec![("CARGO_TERM_COLOR", "never".into())],
        folder: folder.to_path_buf(),
        ..Launch::default()
    }
    .start()?;
    let exit = cargo.wait().await?;
    Ok((exit.is_success(), cargo.stderr.text()))
}
