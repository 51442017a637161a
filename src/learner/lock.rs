//! One lab at a time: the lock of the folder for notes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::file::{self, TEMPORARY};

/// Proof that no other lab writes in a folder for notes, nor through it in the learner's files. All that
/// writes there asks for one, so nothing takes the lock twice and waits for itself. It is let go when it
/// is dropped, and also when the lab is killed.
#[derive(Debug)]
pub struct Lock {
    notes: PathBuf,
    _file: File,
}

impl Lock {
    /// Waits until no other lab holds the lock, which takes milliseconds, and takes it. The folder is
    /// made if it is not there, and what killed labs have left half-written in it is removed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the folder or its lock cannot be used.
    pub fn take(notes: &Path) -> Result<Lock, StoreError> {
        fs::create_dir_all(notes).map_err(StoreError::at(notes))?;
        let path = notes.join("lock");
        let lock = File::create(&path).map_err(StoreError::at(&path))?;
        match lock.lock() {
            Ok(()) => {}
            // Some network drives know no locks. To keep the learner out there would be worse.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(error) => return Err(StoreError::at(&path)(error)),
        }
        for folder in [notes.to_path_buf(), snapshots(notes)] {
            file::remove_stale(&folder, TEMPORARY);
        }
        keep_from_git(notes)?;
        Ok(Lock {
            notes: notes.to_path_buf(),
            _file: lock,
        })
    }

    /// The folder for notes.
    pub fn notes(&self) -> &Path {
        &self.notes
    }

    /// The folder for snapshots. It need not be there.
    pub fn snapshots(&self) -> PathBuf {
        snapshots(&self.notes)
    }
}

fn snapshots(notes: &Path) -> PathBuf {
    notes.join("snapshots")
}

/// Keeps git from looking at the folder. A file that somebody has changed stays as it is.
fn keep_from_git(notes: &Path) -> Result<(), StoreError> {
    let path = notes.join(".gitignore");
    let there = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    if there {
        return Ok(());
    }
    file::write(&path, b"*\n", None, notes).map_err(StoreError::at(&path))
}
