//! All crates of a workspace in a folder of their own, so that cargo needs no network.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{held, regular};
use crate::learner::{StateLock, lock};
use crate::process::files::FileLock;
use crate::process::vendor::{self, Collected};

/// Where the crates go.
const CRATES: &str = "vendor";

/// A file in that folder that says whose it is. Cargo passes over what begins with a full stop.
const MARK: &str = ".made-by-routeguide-lab";

/// Where the crates are collected, below the state directory, which git ignores.
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
    state_dir: PathBuf,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The crates are there now.
    Stored,
    /// They were there already.
    Present,
    /// Cargo would not; these are its words. Nothing has been changed.
    Failed(String),
}

impl Vendored {
    /// The workspace at `root`, whose state directory is `state_dir`.
    pub fn new(root: &Path, state_dir: &Path) -> Vendored {
        Vendored {
            root: root.to_path_buf(),
            state_dir: state_dir.to_path_buf(),
        }
    }

    /// Whether the workspace has been told to use its own crates.
    pub fn is_on(&self) -> bool {
        regular::read_to_string(&self.config())
            .is_ok_and(|text| text.replace("\r\n", "\n") == CONFIG)
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
    /// are there, and those that were there before go only then.
    ///
    /// # Errors
    ///
    /// If cargo cannot be started, or files cannot be moved or written. Then the crates that were there are
    /// there.
    pub async fn store(&self) -> io::Result<Outcome> {
        lock::prepare(&self.state_dir).map_err(io::Error::other)?;
        let _one_at_a_time = FileLock::take(&self.state_dir.join("vendor.lock")).await?;
        let unfinished = self.state_dir.join(UNFINISHED);
        let old = self.state_dir.join(OLD);
        settle(&self.crates(), &unfinished, &old)?;
        if self.is_on() && vendor::has_all(&self.root).await? {
            return Ok(Outcome::Present);
        }
        let guard = RemovedInTheEnd(&unfinished);
        if let Collected::Failed(words) = vendor::collect(&self.root, &unfinished).await? {
            return Ok(Outcome::Failed(words));
        }
        fs::write(unfinished.join(MARK), "")?;
        swap(&self.crates(), &unfinished, &old)?;
        drop(guard);
        let lock = StateLock::take(&self.state_dir).map_err(io::Error::other)?;
        lock.writer()
            .write(&self.config(), CONFIG.as_bytes(), None)?;
        // What cannot be removed now is removed before the next time.
        remove(&old).ok();
        Ok(Outcome::Stored)
    }

    fn config(&self) -> PathBuf {
        self.root.join(".cargo").join("config.toml")
    }

    fn crates(&self) -> PathBuf {
        self.root.join(CRATES)
    }
}

/// Puts new crates in the place of those that are there, which are moved to `old`.
fn swap(crates: &Path, new: &Path, old: &Path) -> io::Result<()> {
    if exists(crates) {
        held::rename(crates, old)?;
    }
    held::rename(new, crates).inspect_err(|_| {
        // If not even that works, the next time it does.
        held::rename(old, crates).ok();
    })
}

/// Makes an end of what an interruption has left: crates that had been moved away, with none in their place
/// yet, come back, and what is not needed goes.
fn settle(crates: &Path, unfinished: &Path, old: &Path) -> io::Result<()> {
    if exists(old) && !exists(crates) {
        held::rename(old, crates)?;
    }
    remove(unfinished)?;
    remove(old)
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
    match held::patiently(|| fs::remove_dir_all(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_there_whatever_comes_between() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let (crates, new, old) = (at("vendor"), at("new"), at("old"));
        let fill = |folder: &Path, with: &str| {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("crate"), with).unwrap();
        };
        let held = || fs::read_to_string(crates.join("crate")).unwrap();

        // The first time.
        fill(&new, "first");
        swap(&crates, &new, &old).unwrap();
        assert!(!old.exists() && held() == "first");
        // The second step fails.
        assert!(swap(&crates, &new, &old).is_err());
        assert_eq!(held(), "first");
        // Killed between the two steps.
        fill(&new, "second");
        fs::rename(&crates, &old).unwrap();
        settle(&crates, &new, &old).unwrap();
        assert!(held() == "first" && !new.exists() && !old.exists());
        // Killed after both.
        fill(&new, "second");
        swap(&crates, &new, &old).unwrap();
        settle(&crates, &new, &old).unwrap();
        assert!(held() == "second" && !old.exists());
    }
}
