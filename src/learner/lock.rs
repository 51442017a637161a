//! One lab at a time: the lock of the folder for state_dir.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::file::{self, TEMPORARY};

/// Proof that no other lab writes in a folder for state_dir, nor through it in the learner's files. All that
/// writes there asks for one, so nothing takes the lock twice and waits for itself. It is let go when it
/// is dropped, and also when the lab is killed.
#[derive(Debug)]
pub struct StateLock {
    state_dir: PathBuf,
    _file: File,
}

impl StateLock {
    /// Waits until no other lab holds the lock, which takes milliseconds, and takes it. The folder is
    /// made if it is not there, and what killed labs have left half-written in it is removed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the folder or its lock cannot be used.
    pub fn take(state_dir: &Path) -> Result<StateLock, StoreError> {
        fs::create_dir_all(state_dir).map_err(StoreError::at(state_dir))?;
        let path = state_dir.join("lock");
        let lock = File::create(&path).map_err(StoreError::at(&path))?;
        match lock.lock() {
            Ok(()) => {}
            // Some network drives know no locks. To keep the learner out there would be worse.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(error) => return Err(StoreError::at(&path)(error)),
        }
        for folder in [state_dir.to_path_buf(), snapshots(state_dir)] {
            file::remove_stale(&folder, TEMPORARY);
        }
        keep_from_git(state_dir)?;
        Ok(StateLock {
            state_dir: state_dir.to_path_buf(),
            _file: lock,
        })
    }

    /// The folder for state_dir.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// The folder for snapshots. It need not be there.
    pub fn snapshots(&self) -> PathBuf {
        snapshots(&self.state_dir)
    }
}

fn snapshots(state_dir: &Path) -> PathBuf {
    state_dir.join("snapshots")
}

/// Keeps git from looking at the folder. A file that somebody has changed stays as it is.
fn keep_from_git(state_dir: &Path) -> Result<(), StoreError> {
    let path = state_dir.join(".gitignore");
    let there = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    if there {
        return Ok(());
    }
    file::write(&path, b"*\n", None, state_dir).map_err(StoreError::at(&path))
}
