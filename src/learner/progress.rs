//! What the learner has passed, tried and been told: `.routeguide-lab/progress.json`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fmt, io};

use serde::{Deserialize, Serialize};

/// The version of the file that this lab writes.
const VERSION: u32 = 1;

/// The learner's progress, by lesson id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    version: u32,
    #[serde(default)]
    lessons: BTreeMap<String, Record>,
}

/// What is known about one lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Whether it passes.
    pub passed: bool,
    /// How many checks of the learner's own code there were.
    pub attempts: u32,
    /// How many hints have been shown.
    pub hints: usize,
    /// When it first passed, in seconds since 1970.
    pub passed_at: Option<u64>,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress {
            version: VERSION,
            lessons: BTreeMap::new(),
        }
    }
}

impl Progress {
    /// What is known about a lesson.
    pub fn of(&self, lesson: &str) -> Record {
        self.lessons.get(lesson).cloned().unwrap_or_default()
    }

    /// Whether a lesson passes.
    pub fn passed(&self, lesson: &str) -> bool {
        self.lessons.get(lesson).is_some_and(|record| record.passed)
    }

    /// Notes that a lesson that has been worked on was checked.
    pub fn note_attempt(&mut self, lesson: &str) {
        let record = self.lessons.entry(lesson.to_string()).or_default();
        record.attempts = record.attempts.saturating_add(1);
    }

    /// Notes whether a lesson passes.
    pub fn note_verdict(&mut self, lesson: &str, passed: bool) {
        if !passed && !self.lessons.contains_key(lesson) {
            return;
        }
        let record = self.lessons.entry(lesson.to_string()).or_default();
        record.passed = passed;
        if passed && record.passed_at.is_none() {
            record.passed_at = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .map(|t| t.as_secs());
        }
    }

    /// Notes that one more hint has been shown.
    pub fn note_hints(&mut self, lesson: &str, shown: usize) {
        self.lessons.entry(lesson.to_string()).or_default().hints = shown;
    }

    /// Notes that a lesson has been put back to its beginning. What was tried stays known.
    pub fn note_reset(&mut self, lesson: &str) {
        let record = self.lessons.entry(lesson.to_string()).or_default();
        record.passed = false;
    }
}

/// Where progress is kept.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// Progress as it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The progress.
    pub progress: Progress,
    /// Where an unreadable file was set aside, if there was one.
    pub set_aside: Option<PathBuf>,
}

/// Why progress cannot be read or written.
#[derive(Debug)]
pub enum StoreError {
    /// The system said no.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// A newer lab wrote it.
    Newer {
        /// The file.
        path: PathBuf,
        /// The version it has.
        version: u64,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Io { path, error } => write!(f, "cannot use {}: {error}", path.display()),
            StoreError::Newer { path, version } => write!(
                f,
                "{} was written by a newer lab (version {version} of the file; this one knows {VERSION}). \
                 Use the newer lab, or move the file away",
                path.display()
            ),
        }
    }
}

impl std::error::Error for StoreError {}

impl Store {
    /// The store in a lab's folder for notes. Nothing is read or made yet.
    pub fn new(notes: PathBuf) -> Store {
        Store { folder: notes }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("progress.json")
    }

    /// Reads the progress. A file that cannot be understood is renamed, never erased.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if a file cannot be read or renamed, or comes from a newer lab.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        match self.read()? {
            Some(text) => match understand(&self.file(), &text)? {
                Some(progress) => Ok(Loaded {
                    progress,
                    set_aside: None,
                }),
                // Under the lock: another lab may be setting the same file aside.
                None => self.locked(|| self.read_or_set_aside()),
            },
            None => Ok(Loaded {
                progress: Progress::default(),
                set_aside: None,
            }),
        }
    }

    /// Reads, changes and writes the progress, while no other lab can.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then nothing has been changed.
    pub fn update(&self, change: impl FnOnce(&mut Progress)) -> Result<Loaded, StoreError> {
        self.locked(|| {
            let mut loaded = self.read_or_set_aside()?;
            change(&mut loaded.progress);
            self.write(&loaded.progress)?;
            Ok(loaded)
        })
    }

    fn read(&self) -> Result<Option<String>, StoreError> {
        match fs::read(self.file()) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Io {
                path: self.file(),
                error,
            }),
        }
    }

    fn read_or_set_aside(&self) -> Result<Loaded, StoreError> {
        let Some(text) = self.read()? else {
            return Ok(Loaded {
                progress: Progress::default(),
                set_aside: None,
            });
        };
        if let Some(progress) = understand(&self.file(), &text)? {
            return Ok(Loaded {
                progress,
                set_aside: None,
            });
        }
        let aside = free_name(&self.folder, "progress.unreadable");
        fs::rename(self.file(), &aside).map_err(|error| StoreError::Io {
            path: self.file(),
            error,
        })?;
        Ok(Loaded {
            progress: Progress::default(),
            set_aside: Some(aside),
        })
    }

    /// Writes beside the file and renames, so that at every instant a whole file is there.
    fn write(&self, progress: &Progress) -> Result<(), StoreError> {
        let fail = |error: io::Error| StoreError::Io {
            path: self.file(),
            error,
        };
        let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(fail)?;
        serde_json::to_writer_pretty(&mut file, progress).map_err(|error| fail(error.into()))?;
        file.write_all(b"\n").map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist(self.file())
            .map_err(|error| fail(error.error))?;
        Ok(())
    }

    /// Runs something while this process alone holds the lock.
    fn locked<T>(&self, run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        make_folder(&self.folder)?;
        let path = self.folder.join("lock");
        let fail = |error: io::Error| StoreError::Io {
            path: path.clone(),
            error,
        };
        let lock = File::create(&path).map_err(fail)?;
        // Held for milliseconds at a time, and let go when the file is closed, also by a crash.
        lock.lock().map_err(fail)?;
        run()
    }
}

/// Makes the folder for notes, and keeps git from looking at it.
pub(super) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let fail = |path: &Path| {
        let path = path.to_path_buf();
        move |error: io::Error| StoreError::Io { path, error }
    };
    fs::create_dir_all(folder).map_err(fail(folder))?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(&ignore, "*\n").map_err(fail(&ignore))?;
    }
    Ok(())
}

/// The progress in a text, or none if it makes no sense.
fn understand(path: &Path, text: &str) -> Result<Option<Progress>, StoreError> {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return Ok(None);
    };
    match value.get("version").and_then(serde_json::Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => Err(StoreError::Newer {
            path: path.to_path_buf(),
            version,
        }),
        Some(_) => Ok(serde_json::from_value(value).ok()),
        None => Ok(None),
    }
}

/// A name in a folder that no file has yet: `name.json`, `name-2.json`, ….
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
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("notes"));
        (folder, store)
    }

    #[test]
    fn progress_survives() {
        let (_folder, store) = store();
        assert_eq!(store.load().unwrap().progress, Progress::default());
        store
            .update(|progress| {
                progress.note_attempt("a");
                progress.note_verdict("a", true)
            })
            .unwrap();
        store
            .update(|progress| progress.note_hints("b", 2))
            .unwrap();
        let progress = store.load().unwrap().progress;
        assert!(progress.passed("a") && !progress.passed("b"));
        assert_eq!((progress.of("a").attempts, progress.of("b").hints), (1, 2));
        assert!(progress.of("a").passed_at.is_some());
    }

    #[test]
    fn an_unreadable_file_is_set_aside_and_kept() {
        let (_folder, store) = store();
        store.update(|_| {}).unwrap();
        for (text, name) in [
            ("{ broken", "progress.unreadable.json"),
            ("[]", "progress.unreadable-2.json"),
        ] {
            fs::write(store.file(), text).unwrap();
            let loaded = store.load().unwrap();
            assert_eq!(loaded.progress, Progress::default());
            let aside = loaded.set_aside.unwrap();
            assert_eq!(aside.file_name().unwrap(), name);
            assert_eq!(fs::read_to_string(aside).unwrap(), text);
        }
    }

    #[test]
    fn a_newer_file_is_left_alone() {
        let (_folder, store) = store();
        store.update(|_| {}).unwrap();
        let newer = r#"{"version": 2, "stars": []}"#;
        fs::write(store.file(), newer).unwrap();
        assert!(matches!(
            store.load(),
            Err(StoreError::Newer { version: 2, .. })
        ));
        assert!(
            store
                .update(|progress| progress.note_verdict("a", true))
                .is_err()
        );
        assert_eq!(fs::read_to_string(store.file()).unwrap(), newer);
    }

    #[test]
    fn two_labs_at_once_lose_nothing() {
        let (_folder, store) = store();
        std::thread::scope(|scope| {
            for lab in 0..4 {
                let store = &store;
                scope.spawn(move || {
                    for n in 0..10 {
                        store
                            .update(|progress| progress.note_verdict(&format!("{lab}-{n}"), true))
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(store.load().unwrap().progress.lessons.len(), 40);
    }
}
