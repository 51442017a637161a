//! The lock of the state directory: one lab at a time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::file::{self, TEMPORARY};

/// The lock that a lab holds while it writes to a state directory or to the learner's files. Every function that
/// writes there takes a reference to it, so nothing takes the lock twice and waits for itself. It is released when
/// it is dropped, and also when the lab is killed.
#[derive(Debug)]
pub struct StateLock {
    state_dir: PathBuf,
    _file: File,
}

impl StateLock {
    /// Waits until no other lab holds the lock, which takes milliseconds, and takes it. A missing state directory
    /// is created, and temporary files of killed labs are removed from it.
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
            // Some network drives do not support locks. To stop the learner there would be worse.
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

    /// The state directory.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// The folder of snapshots. It may not exist.
    pub fn snapshots(&self) -> PathBuf {
        snapshots(&self.state_dir)
    }
}

fn snapshots(state_dir: &Path) -> PathBuf {
    state_dir.join("snapshots")
}

/// Makes git ignore the state directory. A file that exists is not changed.
fn keep_from_git(state_dir: &Path) -> Result<(), StoreError> {
    let path = state_dir.join(".gitignore");
    let exists = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    if exists {
        return Ok(());
    }
    file::write(&path, b"*\n", None, state_dir).map_err(StoreError::at(&path))
}
