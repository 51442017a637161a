//! What a snapshot says about itself: `snapshot.json`.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::disk::regular;
use crate::learner::StoreError;

/// The name of the file.
pub const MANIFEST: &str = "snapshot.json";

/// The version of the file that this lab writes.
pub const VERSION: u32 = 1;

/// No lab makes so many snapshots.
const LARGEST_NUMBER: u64 = 1 << 53;

/// The file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// A later snapshot has a higher one. A clock may be put back, and seconds are too long to tell.
    pub number: u64,
    /// Seconds since 1970.
    pub made_at: u64,
    /// What it was made for.
    #[serde(flatten)]
    pub purpose: Purpose,
    /// The files that were about to be changed.
    pub files: Vec<SnapshotFile>,
    /// How much room the copies take.
    pub bytes: u64,
    /// Files of start_here of which there is no copy: too large, too many, or not readable.
    pub left_out: Vec<String>,
}

/// What a snapshot is made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// What the lab is about to do or to undo, as one would type it.
    pub what: String,
    /// Whether the files are as before it or as after it.
    pub side: SnapshotSide,
    /// The number of the snapshot that is about to be brought back and used up, if one is.
    pub brings_back: Option<u64>,
    /// The number of the snapshot that was made before the change was made for the first time, if this is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<u64>,
}

/// Whether the files of a snapshot are as before something or as after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SnapshotSide {
    /// To bring it back is to undo something.
    Before,
    /// To bring it back is to do something again.
    After,
}

impl SnapshotSide {
    /// The other one.
    pub fn opposite(self) -> SnapshotSide {
        match self {
            SnapshotSide::Before => SnapshotSide::After,
            SnapshotSide::After => SnapshotSide::Before,
        }
    }
}

/// A file that was about to be changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SnapshotFile {
    /// From the lab's root, with `/`.
    pub path: String,
    /// Whether there was such a file.
    pub there: bool,
}

impl Manifest {
    /// Reads a manifest; none if there is none, or none that makes sense.
    ///
    /// # Errors
    ///
    /// If it comes from a newer lab.
    pub fn read(path: &Path) -> Result<Option<Manifest>, StoreError> {
        let Ok(text) = regular::read(path) else {
            return Ok(None);
        };
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&text) else {
            return Ok(None);
        };
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if let Some(version) = version.filter(|version| *version > u64::from(VERSION)) {
            return Err(StoreError::Newer {
                path: path.to_path_buf(),
                version,
            });
        }
        let manifest = serde_json::from_value::<Manifest>(value).ok();
        // Nothing outside the lab's folder is ever written, whatever a file says; and a number is followed by another.
        Ok(manifest.filter(|manifest| {
            manifest.number < LARGEST_NUMBER && manifest.files.iter().all(SnapshotFile::is_inside)
        }))
    }

    /// What the file holds.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn text(&self) -> io::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Writes the manifest into a snapshot's folder.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let text = self.text()?;
        let mut file = fs::File::create(folder.join(MANIFEST))?;
        file.write_all(&text)?;
        file.sync_all()
    }

    /// The name of the snapshot's folder: the number, so that names sort by time, and what for.
    pub fn folder_name(number: u64, purpose: &Purpose) -> String {
        let side = match purpose.side {
            SnapshotSide::Before => "",
            SnapshotSide::After => "undo-",
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let words = purpose.what.split(|c| !plain(c));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let what: String = words.join("-").chars().take(60).collect();
        format!("{number:06}-{side}{what}")
    }
}

impl Purpose {
    /// What the lab is about to do for the first time.
    pub fn before(what: impl Into<String>) -> Purpose {
        Purpose {
            what: what.into(),
            side: SnapshotSide::Before,
            brings_back: None,
            origin: None,
        }
    }
}

impl SnapshotFile {
    /// Whether its path leads to no place outside the folder it begins in.
    fn is_inside(&self) -> bool {
        let mut parts = Path::new(&self.path).components();
        parts.all(|part| matches!(part, Component::Normal(_)))
    }
}
