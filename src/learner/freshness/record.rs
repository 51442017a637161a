//! The file `seen.json`: from which contents the programs were built that the last check left.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::contents::Contents;
use crate::disk::regular;
use crate::learner::{Folder, StateLock, StoreError};

/// The version of `seen.json`. Of a file of another version, nothing is used: then all is built again, once.
const VERSION: u32 = 3;

/// What the last check left. Everything in `products` and `generated` was built from `contents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildRecord {
    version: u32,
    /// The contents of the learner's files.
    pub contents: Contents,
    /// The hashes of the files outside of the learner's crate that were compiled into it, by path.
    pub outside: BTreeMap<PathBuf, Option<u64>>,
    /// The files that cargo made. If there are none, all is to be built again.
    pub products: BTreeMap<PathBuf, Stamp>,
    /// The hash of what the build script generated, if it has run.
    pub generated: Option<u64>,
    /// When the last of all files was made that the last build left, also if it is not known from which contents.
    pub newest: Option<SystemTime>,
    /// The time that all files got for a build that has not been made yet.
    pub dated: Option<SystemTime>,
    /// The folder that cargo puts programs into, as far as it is known.
    pub programs: Option<PathBuf>,
}

/// Tells a file that cargo made from one that it makes later in the same place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    length: u64,
    modified: SystemTime,
}

impl Stamp {
    /// The stamp of a file. None if there is no such file, or if it is a folder.
    pub fn of(path: &Path) -> Option<Stamp> {
        let about = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let modified = about.modified().ok()?;
        Some(Stamp {
            length: about.len(),
            // Earlier times cannot be stored.
            modified: modified.max(SystemTime::UNIX_EPOCH),
        })
    }

    /// When the file was made.
    pub fn modified(&self) -> SystemTime {
        self.modified
    }
}

impl BuildRecord {
    /// The record of a folder in which nothing has been built.
    fn new() -> BuildRecord {
        BuildRecord {
            version: VERSION,
            contents: Contents::default(),
            outside: BTreeMap::new(),
            products: BTreeMap::new(),
            generated: None,
            newest: None,
            dated: None,
            programs: None,
        }
    }

    /// Reads the record. One that cannot be read counts as none.
    pub fn load(folder: &Folder) -> BuildRecord {
        let text = regular::read(&path(folder)).ok();
        let record = text.and_then(|text| serde_json::from_slice::<BuildRecord>(&text).ok());
        record
            .filter(|record| record.version == VERSION)
            .unwrap_or_else(BuildRecord::new)
    }

    /// Writes the record.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if that is not possible. Then the old record is there, which is as true as before.
    pub fn save(&self, folder: &Folder) -> Result<(), StoreError> {
        let path = path(folder);
        let lock = StateLock::take(&folder.state_dir())?;
        // A path that is not UTF-8 cannot be stored.
        let invalid = |error: serde_json::Error| StoreError::at(&path)(io::Error::from(error));
        let text = serde_json::to_vec(self).map_err(invalid)?;
        let written = lock.writer().write(&path, &text, None);
        written.map_err(StoreError::at(&path))
    }

    /// Whether a file that cargo made is one that was built from `contents`.
    pub fn has(&self, path: &Path) -> bool {
        let known = self.products.get(path);
        known.is_some() && known == Stamp::of(path).as_ref()
    }
}

fn path(folder: &Folder) -> PathBuf {
    folder.state_dir().join("seen.json")
}
