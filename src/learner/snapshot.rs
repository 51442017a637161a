//! Copies of the learner's files, made before the lab changes them: `.routeguide-lab/snapshots/`.
//!
//! A snapshot is a folder. It holds files under their own paths from the lab's root, and `snapshot.json`,
//! which says what it was made for. It is made under a temporary name and renamed when it is complete, so
//! it is there as a whole or not at all. Folders without a `snapshot.json` are somebody else's: they are
//! neither counted nor touched.

mod copies;
mod manifest;
mod prune;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::file::{self, Content, TEMPORARY};
use super::folder::below;
use super::{Folder, StateLock, StoreError};
use crate::course::workspace;
use crate::disk::{WriteRoot, held, owner};

use manifest::{MANIFEST, Manifest, SnapshotFile};
pub use manifest::{Purpose, SnapshotSide};
pub(super) use prune::prune;
pub use prune::{MOST, ROOM};

/// Files by their paths from the lab's root, with what they hold; nothing for those that are not there.
pub type Files = Vec<(String, Option<Content>)>;

/// A snapshot that is complete.
#[derive(Debug, Clone)]
pub struct Snapshot {
    folder: PathBuf,
    manifest: Manifest,
}

impl Snapshot {
    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its number. A later snapshot has a higher one.
    pub fn number(&self) -> u64 {
        self.manifest.number
    }

    /// The number of the change that it belongs to: of the snapshot made when that was made for the first time.
    pub fn origin(&self) -> u64 {
        self.purpose().origin.unwrap_or(self.number())
    }

    /// What it was made for.
    pub fn purpose(&self) -> &Purpose {
        &self.manifest.purpose
    }

    /// When it was made, in seconds since 1970.
    pub fn made_at(&self) -> u64 {
        self.manifest.made_at
    }

    /// What the files held that were about to be changed.
    ///
    /// # Errors
    ///
    /// If one of them is no longer in the snapshot, or cannot be read.
    pub fn files(&self) -> Result<Files, StoreError> {
        const ADVICE: &str = "Move the snapshot's folder away, and `undo` uses the one before it";
        let inside = WriteRoot::new(&self.folder).map_err(StoreError::at(&self.folder))?;
        let content = |entry: &SnapshotFile| {
            let path = below(&self.folder, &entry.path);
            let fail = StoreError::at(&path);
            let wrong = |kind, what| Err(fail(io::Error::new(kind, format!("{what}. {ADVICE}"))));
            if !workspace::is_known(&entry.path) {
                let what = "the snapshot names this file, and the lab never changes such a file";
                return wrong(io::ErrorKind::InvalidData, what);
            }
            if !entry.there {
                return Ok((entry.path.clone(), None));
            }
            match inside.inside(&path).and_then(|path| file::read(&path)) {
                Ok(Some(content)) => Ok((entry.path.clone(), Some(content))),
                Ok(None) => wrong(
                    io::ErrorKind::NotFound,
                    "the snapshot no longer holds this file",
                ),
                Err(error) => Err(fail(error)),
            }
        };
        self.manifest.files.iter().map(content).collect()
    }
}

/// A snapshot of these files as they are, as a reset makes it. Returns its folder.
#[cfg(test)]
pub(super) fn keep(folder: &Folder, what: &str, files: &[String]) -> Result<PathBuf, StoreError> {
    let lock = StateLock::take(&folder.state_dir())?;
    let files = now(folder, files)?;
    let purpose = Purpose::before(what);
    let snapshot = make(&lock, folder, purpose, &files)?;
    prune(&lock, folder);
    Ok(snapshot.folder)
}

/// What files hold at this instant.
///
/// # Errors
///
/// If one is there and cannot be read.
pub fn now(folder: &Folder, files: &[String]) -> Result<Files, StoreError> {
    let content = |file: &String| {
        let path = folder.file(file);
        let content = file::read(&path).map_err(StoreError::at(&path))?;
        Ok((file.clone(), content))
    };
    files.iter().map(content).collect()
}

/// Makes a snapshot: of files as they have been read, and beside them of all others in start_here.
///
/// # Errors
///
/// [`StoreError`] if it cannot be made; then there is none.
pub(super) fn make(
    lock: &StateLock,
    folder: &Folder,
    purpose: Purpose,
    files: &Files,
) -> Result<Snapshot, StoreError> {
    let snapshots = lock.snapshots();
    let fail = StoreError::at(&snapshots);
    lock.root().create_folders(&snapshots).map_err(&fail)?;
    let last = all(lock)?.last().map_or(0, Snapshot::number);
    let taken = |number: &u64| {
        snapshots
            .join(Manifest::folder_name(*number, &purpose))
            .exists()
    };
    let number = (last + 1..)
        .find(|number| !taken(number))
        .unwrap_or(last + 1);
    let temporary = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempdir_in(&snapshots)
        .map_err(&fail)?;

    copies::write(temporary.path(), files).map_err(&fail)?;
    let others = copies::others(folder.root(), files, temporary.path());
    let manifest = Manifest {
        version: manifest::VERSION,
        number,
        made_at: seconds_since_1970(),
        purpose,
        files: files
            .iter()
            .map(|(path, content)| SnapshotFile {
                path: path.clone(),
                there: content.is_some(),
            })
            .collect(),
        bytes: copies::bytes(files) + others.bytes,
        left_out: others.left_out,
    };
    let place = snapshots.join(Manifest::folder_name(number, &manifest.purpose));
    manifest
        .write(temporary.path())
        .and_then(|()| owner::of_folder_and_below(temporary.path()))
        .and_then(|()| file::sync_folder(temporary.path()))
        .and_then(|()| held::rename(temporary.path(), &place))
        .map_err(&fail)?;
    // It has another name now: there is nothing left to remove.
    drop(temporary.keep());
    file::sync_folder(&snapshots).map_err(&fail)?;
    Ok(Snapshot {
        folder: place,
        manifest,
    })
}

/// All snapshots, the oldest first.
///
/// # Errors
///
/// [`StoreError`] if the folder cannot be read, or one comes from a newer lab.
pub(super) fn all(lock: &StateLock) -> Result<Vec<Snapshot>, StoreError> {
    let snapshots = lock.snapshots();
    let entries = match fs::read_dir(&snapshots) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StoreError::at(&snapshots))?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::at(&snapshots))?;
        let folder = entry.path();
        // A link is none of the lab's making.
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        if let Some(manifest) = Manifest::read(&folder.join(MANIFEST))? {
            all.push(Snapshot { folder, manifest });
        }
    }
    all.sort_by_key(Snapshot::number);
    Ok(all)
}

/// Removes a snapshot: all of it in one step, so that no other program sees a part of it.
///
/// # Errors
///
/// If it is still there.
pub(super) fn remove(lock: &StateLock, snapshot: &Snapshot) -> Result<(), StoreError> {
    let going = format!("{TEMPORARY}-{}", snapshot.number());
    let going = lock.snapshots().join(going);
    held::rename(&snapshot.folder, &going).map_err(StoreError::at(&snapshot.folder))?;
    // What cannot be removed now is removed by the next lab.
    fs::remove_dir_all(&going).ok();
    Ok(())
}

fn seconds_since_1970() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests;
