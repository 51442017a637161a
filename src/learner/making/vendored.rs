//! All crates of a workspace in a folder of their own, so that cargo needs no network: `cargo vendor`.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::learner::file;
use crate::process::cargo;
use crate::process::child::Launch;
use crate::process::files::Lock as Alone;

/// Where the crates go.
const CRATES: &str = "vendor";

/// A file in that folder that says whose it is. Cargo passes over what begins with a full stop.
const MARK: &str = ".made-by-routeguide-lab";

/// Where the crates are collected, below the lab's notes, which git ignores.
const UNFINISHED: &str = "vendor-unfinished";
const OLD: &str = "vendor-old";

/// The cargo settings that make a workspace use its folder, and where they stand.
const CONFIG_PATH: &str = ".cargo/config.toml";
const CONFIG: &str = "\
# Written by `routeguide-lab init --vendor`: cargo takes all crates from vendor/, and needs no network.
# To go back, remove this file and vendor/.
[source.crates-io]
replace-with = \"vendored-sources\"

[source.vendored-sources]
directory = \"vendor\"
";

/// A workspace that has its crates with it, or shall.
#[derive(Debug)]
pub struct Vendored {
    root: PathBuf,
    notes: PathBuf,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The crates are there now.
    Stored,
    /// They were there already.
    There,
    /// Cargo would not; these are its words. Nothing has been changed.
    Failed(String),
}

impl Vendored {
    /// The workspace at `root`, whose notes of the lab's are in `notes`.
    pub fn new(root: &Path, notes: &Path) -> Vendored {
        Vendored {
            root: root.to_path_buf(),
            notes: notes.to_path_buf(),
        }
    }

    /// Whether the workspace has been told to use its own crates.
    pub fn is_on(&self) -> bool {
        fs::read_to_string(self.config()).is_ok_and(|text| text.replace("\r\n", "\n") == CONFIG)
    }

    /// What stands where the crates or the settings would go, and is somebody else's.
    pub fn in_the_way(&self) -> Vec<&'static str> {
        let mut others = Vec::new();
        if exists(&self.config()) && !self.is_on() {
            others.push(CONFIG_PATH);
        }
        if exists(&self.crates()) && !exists(&self.crates().join(MARK)) {
            others.push(CRATES);
        }
        others
    }

    /// Gets all crates that the lock file names, and tells cargo to use them. Cargo is told only when all
    /// are there.
    ///
    /// # Errors
    ///
    /// If cargo cannot be started, or files cannot be moved or written.
    pub async fn store(&self) -> io::Result<Outcome> {
        if self.is_on() && self.has_all().await? {
            return Ok(Outcome::There);
        }
        let _one_at_a_time = Alone::take(&self.notes.join("vendor.lock")).await?;
        let unfinished = self.notes.join(UNFINISHED);
        let old = self.notes.join(OLD);
        // What an interruption may have left.
        remove(&unfinished)?;
        remove(&old)?;
        let guard = RemovedInTheEnd(&unfinished);
        let (success, words) = self
            .cargo(
                &[
                    "vendor".into(),
                    "--respect-source-config".into(),
                    "--locked".into(),
                ],
                Some(&unfinished),
            )
            .await?;
        if !success {
            return Ok(Outcome::Failed(words));
        }
        fs::write(unfinished.join(MARK), "")?;
        if exists(&self.crates()) {
            fs::rename(self.crates(), &old)?;
        }
        fs::rename(&unfinished, self.crates())?;
        drop(guard);
        file::write(&self.config(), CONFIG.as_bytes(), None, &self.notes)?;
        remove(&old)?;
        Ok(Outcome::Stored)
    }

    /// Whether cargo finds all crates without the network.
    async fn has_all(&self) -> io::Result<bool> {
        let asked: [OsString; 5] = [
            "metadata",
            "--format-version=1",
            "--locked",
            "--offline",
            "--quiet",
        ]
        .map(Into::into);
        Ok(self.cargo(&asked, None).await?.0)
    }

    /// Runs cargo, and tells whether it succeeded and what it wrote to standard error. If a folder for
    /// crates is given, it runs outside of the workspace, so that it does not take what is in
    /// `.cargo/config.toml` there for the place where crates come from.
    async fn cargo(
        &self,
        arguments: &[OsString],
        into: Option<&Path>,
    ) -> io::Result<(bool, String)> {
        let mut arguments = arguments.to_vec();
        let mut folder = self.root.as_path();
        arguments.extend([
            "--manifest-path".into(),
            self.root.join("Cargo.toml").into(),
        ]);
        if let Some(into) = into {
            folder = self.root.parent().unwrap_or(folder);
            arguments.push(into.into());
        }
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

    fn config(&self) -> PathBuf {
        self.root.join(".cargo").join("config.toml")
    }

    fn crates(&self) -> PathBuf {
        self.root.join(CRATES)
    }
}

/// A folder that is gone when this value is.
struct RemovedInTheEnd<'a>(&'a Path);

impl Drop for RemovedInTheEnd<'_> {
    fn drop(&mut self) {
        // What cannot be removed now is removed before the next time.
        remove(self.0).ok();
    }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
