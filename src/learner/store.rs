//! The progress file: `.routeguide-lab/progress.json`.

use std::io;
use std::path::{Path, PathBuf};

use super::StateLock;
use super::progress::{Progress, VERSION};
use crate::disk::{held, regular};

/// Reads and writes the progress file.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// Progress that was read from the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The progress.
    pub progress: Progress,
    /// The new path of an unreadable file, if there was one.
    pub set_aside: Option<PathBuf>,
}

/// Why progress or snapshots cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused to read or write a file or folder.
    #[error("cannot read or write {}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The course folder is not there any more.
    #[error("{} is gone. It may have been moved or renamed", .0.display())]
    Gone(PathBuf),
    /// A newer version of the lab wrote the file.
    #[error(
        "{} was written by a newer lab (file version {version}; this lab reads up to {VERSION}). Use the newer \
         lab, or move the file away",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version it has.
        version: u64,
    },
}

impl StoreError {
    /// Attaches the path of the file or folder to an error of the system.
    pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
        let path = path.to_path_buf();
        move |error| StoreError::Io {
            path: path.clone(),
            error,
        }
    }
}

impl Store {
    /// The store in a state directory. Nothing is read or created yet.
    pub fn new(state_dir: PathBuf) -> Store {
        Store { folder: state_dir }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("progress.json")
    }

    /// Takes the lock of the state directory, so that no other lab writes there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the state directory cannot be used.
    pub fn lock(&self) -> Result<StateLock, StoreError> {
        StateLock::take(&self.folder)
    }

    /// Reads the progress. A file that cannot be parsed is renamed, never deleted.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if a file cannot be read or renamed, or comes from a newer lab.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        match self.parse()? {
            Parsed::Progress(progress) => Ok(Loaded {
                progress,
                set_aside: None,
            }),
            // Under the lock: another lab may be renaming the same file.
            Parsed::Invalid => self.load_in(&self.lock()?),
        }
    }

    /// Reads the progress and changes nothing. None if the file cannot be parsed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be read, or comes from a newer lab.
    pub fn peek(&self) -> Result<Option<Progress>, StoreError> {
        match self.parse()? {
            Parsed::Progress(progress) => Ok(Some(progress)),
            Parsed::Invalid => Ok(None),
        }
    }

    /// The progress, or none where it cannot be read or understood: recording reports that.
    pub fn peek_or_default(&self) -> Progress {
        self.peek().ok().flatten().unwrap_or_default()
    }

    /// As [`Store::load`], while no other lab can write.
    ///
    /// # Errors
    ///
    /// As [`Store::load`].
    pub fn load_in(&self, _lock: &StateLock) -> Result<Loaded, StoreError> {
        if let Parsed::Progress(progress) = self.parse()? {
            return Ok(Loaded {
                progress,
                set_aside: None,
            });
        }
        let aside = free_name(&self.folder, "progress.unreadable");
        held::rename(&self.file(), &aside).map_err(StoreError::at(&self.file()))?;
        Ok(Loaded {
            progress: Progress::default(),
            set_aside: Some(aside),
        })
    }

    /// Reads, changes and writes the progress, while no other lab can.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then nothing has been changed.
    pub fn update(&self, change: impl FnOnce(&mut Progress)) -> Result<Loaded, StoreError> {
        let lock = self.lock()?;
        let mut loaded = self.load_in(&lock)?;
        change(&mut loaded.progress);
        self.write_in(&lock, &loaded.progress)?;
        Ok(loaded)
    }

    /// Writes the progress that was read under the same lock, with what has been changed in it.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then the old file is there.
    pub fn write_in(&self, lock: &StateLock, progress: &Progress) -> Result<(), StoreError> {
        let fail = StoreError::at(&self.file());
        let mut text = serde_json::to_vec_pretty(progress).map_err(|error| fail(error.into()))?;
        text.push(b'\n');
        lock.writer().write(&self.file(), &text, None).map_err(fail)
    }

    /// The progress in the file; empty if there is no file.
    fn parse(&self) -> Result<Parsed, StoreError> {
        match regular::read(&self.file()) {
            Ok(bytes) => parse(&self.file(), &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Parsed::Progress(Progress::default()))
            }
            Err(error) => Err(StoreError::at(&self.file())(error)),
        }
    }
}

/// The content of a progress file.
enum Parsed {
    Progress(Progress),
    /// It is not a progress file.
    Invalid,
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Parsed, StoreError> {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return Ok(Parsed::Invalid);
    };
    match value.get("version").and_then(serde_json::Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => Err(StoreError::Newer {
            path: path.to_path_buf(),
            version,
        }),
        Some(_) => Ok(serde_json::from_value(value).map_or(Parsed::Invalid, Parsed::Progress)),
        None => Ok(Parsed::Invalid),
    }
}

/// A file name that does not exist in a folder yet: `name.json`, `name-2.json`, ….
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let numbered = |n: u32| folder.join(format!("{name}-{n}.json"));
    let first = folder.join(format!("{name}.json"));
    if !first.exists() {
        return first;
    }
    (2..)
        .map(numbered)
        .find(|path| !path.exists())
        .unwrap_or(first)
}

#[cfg(test)]
mod tests;
