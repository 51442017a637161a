//! The lock of the state directory: one lab at a time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::file::{self, TEMPORARY, Writer};
use crate::disk::{WriteRoot, owner, regular};

/// The lock that a lab holds while it writes to a state directory or to the learner's files. Every function that
/// writes there takes a reference to it, so nothing takes the lock twice and waits for itself. It is released when
/// it is dropped, and also when the lab is killed.
#[derive(Debug)]
pub struct StateLock {
    root: WriteRoot,
    state_dir: PathBuf,
    _file: File,
}

impl StateLock {
    /// Waits until no other lab holds the lock, which takes milliseconds, and takes it. A missing state directory
    /// is created, and temporary files of killed labs are removed from it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the folder or its lock cannot be used, or leads out of the course folder.
    pub fn take(state_dir: &Path) -> Result<StateLock, StoreError> {
        let root = prepare(state_dir)?;
        let path = state_dir.join("lock");
        let lock = regular::open_to_lock(&path).map_err(StoreError::at(&path))?;
        match lock.lock() {
            Ok(()) => {}
            // Some network drives do not support locks. To stop the learner there would be worse.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(error) => return Err(StoreError::at(&path)(error)),
        }
        for folder in [state_dir.to_path_buf(), snapshots(state_dir)] {
            root.inside(&folder).map_err(StoreError::at(&folder))?;
            file::remove_stale(&folder, TEMPORARY);
        }
        let lock = StateLock {
            root,
            state_dir: state_dir.to_path_buf(),
            _file: lock,
        };
        lock.keep_from_git()?;
        Ok(lock)
    }

    /// The folder of snapshots. It may not exist.
    pub fn snapshots(&self) -> PathBuf {
        snapshots(&self.state_dir)
    }

    /// The course folder: nothing is written outside of it.
    pub fn root(&self) -> &WriteRoot {
        &self.root
    }

    /// Writes files in the course folder.
    pub fn writer(&self) -> Writer<'_> {
        Writer {
            root: &self.root,
            scratch: &self.state_dir,
        }
    }

    /// Makes git ignore the state directory. A file that exists is not changed.
    fn keep_from_git(&self) -> Result<(), StoreError> {
        let path = self.state_dir.join(".gitignore");
        let exists = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
        if exists {
            return Ok(());
        }
        let written = self.writer().write(&path, b"*\n", None);
        written.map_err(StoreError::at(&path))
    }
}

/// Creates a state directory if it is missing. Returns the course folder that it is in: nothing is written outside of
/// it. A course folder that is not there any more is not created: it may have been moved.
///
/// # Errors
///
/// [`StoreError`] if the state directory cannot be created, or leads out of the course folder.
pub fn prepare(state_dir: &Path) -> Result<WriteRoot, StoreError> {
    let root = state_dir.parent().unwrap_or(Path::new("."));
    let prepare = || -> io::Result<WriteRoot> {
        let root = WriteRoot::new(root)?;
        let real = root.inside(state_dir)?;
        match fs::create_dir(&real) {
            Ok(()) => owner::of_folder(&real)?,
            Err(_) if real.is_dir() => {}
            Err(error) => return Err(error),
        }
        Ok(root)
    };
    match prepare() {
        Err(_) if !root.exists() => Err(StoreError::Gone(root.to_path_buf())),
        prepared => prepared.map_err(StoreError::at(state_dir)),
    }
}

fn snapshots(state_dir: &Path) -> PathBuf {
    state_dir.join("snapshots")
}
