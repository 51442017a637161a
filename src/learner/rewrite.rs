//! Changing files of the learner's so that nothing is lost: a snapshot first, then each file in one
//! instant.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::file::{self, Content, Replaced, Writer};
use super::folder::below;
use super::snapshot::{self, Files, Purpose, Snapshot};
use super::{Folder, Progress, StateLock, Store, StoreError};
use crate::course::region::{self, RegionError};
use crate::course::{Exercise, Lesson, exercise};
use crate::disk::regular;

/// What came of it, where files were to become something else.
#[derive(Debug)]
#[must_use]
pub enum Rewrite {
    /// The lesson has no files.
    NoCode,
    /// They are so already. Nothing has been done.
    AlreadySo,
    /// They have become it.
    Done(Rewritten),
}

/// What has been changed.
#[derive(Debug)]
pub struct Rewritten {
    /// Whether it only added places that the files lacked.
    pub adds_places: bool,
    /// The files, from the lab's root.
    pub files: Vec<String>,
    /// The lessons whose code that is.
    pub lessons: Vec<String>,
    /// The folder that holds the files as they were.
    pub kept: PathBuf,
    /// What older snapshots were made for that had to go, and held the last copy of work.
    pub dropped: Vec<Purpose>,
    /// The files that have other names (hard links), which still hold what was there.
    pub other_names: Vec<String>,
}

/// A change that has been made.
#[derive(Debug)]
pub(super) struct Changed {
    /// The files as they were.
    pub snapshot: Snapshot,
    /// As in [`Rewritten`].
    pub dropped: Vec<Purpose>,
    /// The files that have other names (hard links), which still hold what was there.
    pub other_names: Vec<String>,
}

/// A file that is to become something else.
#[derive(Debug, Clone)]
pub struct Change {
    /// From the lab's root.
    pub file: String,
    /// What it is to hold, or nothing if it is to be taken away.
    pub new: Option<Content>,
}

/// Why files are not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The state directory cannot be used, or a file cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A file is not there, or is no text.
    #[error("cannot read {file}: {error}")]
    Unreadable {
        /// The file, from the lab's root.
        file: String,
        /// The lesson it was read for.
        lesson: String,
        /// Why.
        error: io::Error,
    },
    /// A lesson's markers are not as they were.
    #[error("{file}: {error}")]
    Markers {
        /// The file, from the lab's root.
        file: String,
        /// The lesson.
        lesson: String,
        /// Which one is missing.
        error: RegionError,
    },
    /// The binary does not carry what the file is to become.
    #[error("this binary carries no {what}")]
    NotCarried {
        /// What it lacks.
        what: String,
    },
    /// Another program has changed a file while the lab was about to. That stays.
    #[error("{file} was changed by another program just now; that is not touched")]
    Meanwhile {
        /// The file, from the lab's root.
        file: String,
    },
    /// A file cannot be written.
    #[error("cannot write {file}: {error}")]
    Unwritable {
        /// The file, from the lab's root.
        file: String,
        /// The system's words.
        error: io::Error,
        /// Where the old files are, if not all of them are in their places.
        kept: Option<PathBuf>,
    },
}

/// Where files are changed, while no other lab can.
pub(super) struct Transaction<'a> {
    pub folder: &'a Folder,
    pub store: &'a Store,
    pub lock: StateLock,
}

impl<'a> Transaction<'a> {
    /// Waits until no other lab changes anything.
    ///
    /// # Errors
    ///
    /// If the state directory cannot be used.
    pub fn take(folder: &'a Folder, store: &'a Store) -> Result<Transaction<'a>, StoreError> {
        let lock = store.lock()?;
        Ok(Transaction {
            folder,
            store,
            lock,
        })
    }

    /// Makes a snapshot of files as they have been read, changes some of them, and notes that in the
    /// progress.
    ///
    /// # Errors
    ///
    /// [`ChangeError`]; then all is as it was, unless the error says otherwise.
    pub fn change(
        &self,
        purpose: Purpose,
        before: &Files,
        changes: &[Change],
        note: impl FnOnce(&mut Progress),
    ) -> Result<Changed, ChangeError> {
        self.refuse_links_out(changes)?;
        let snapshot = snapshot::make(&self.lock, self.folder, purpose, before)?;
        let other_names = match self.write(&snapshot, before, changes, note) {
            Ok(other_names) => other_names,
            Err(error) => {
                // Of files that are in their places, no copy is needed. If it stays, `undo` finds that they are
                // so already.
                if !matches!(&error, ChangeError::Unwritable { kept: Some(_), .. }) {
                    snapshot::remove(&self.lock, &snapshot).ok();
                }
                return Err(error);
            }
        };
        let dropped = snapshot::prune(&self.lock, self.folder);
        Ok(Changed {
            snapshot,
            dropped,
            other_names,
        })
    }

    /// Looks whether all files are in the course folder, before any is changed.
    fn refuse_links_out(&self, changes: &[Change]) -> Result<(), ChangeError> {
        for change in changes {
            let path = self.folder.file(&change.file);
            self.lock
                .root()
                .inside(&path)
                .map_err(|error| ChangeError::Unwritable {
                    file: change.file.clone(),
                    error,
                    kept: None,
                })?;
        }
        Ok(())
    }

    /// Changes files of which there is a snapshot. Returns those that have other names, which hold what they held.
    ///
    /// # Errors
    ///
    /// As [`Transaction::change`].
    pub fn write(
        &self,
        snapshot: &Snapshot,
        before: &Files,
        changes: &[Change],
        note: impl FnOnce(&mut Progress),
    ) -> Result<Vec<String>, ChangeError> {
        // The progress first: if the lab is killed in between, one pass too few is recorded, never one too many.
        let progress = self.store.load_in(&self.lock)?.progress;
        let mut noted = progress.clone();
        note(&mut noted);
        if noted != progress {
            self.store.write_in(&self.lock, &noted)?;
        }
        let (mut begun, mut other_names) = (0, Vec::new());
        let written = changes.iter().try_for_each(|change| {
            begun += 1;
            if self.put(snapshot, change, content_of(before, &change.file))? {
                other_names.push(change.file.clone());
            }
            Ok(())
        });
        let Err(mut error) = written else {
            return Ok(other_names);
        };
        let back = self.put_back(before, &changes[..begun]);
        if noted != progress {
            // If not even that works, a check finds the pass again. The first error says more.
            self.store.write_in(&self.lock, &progress).ok();
        }
        if let ChangeError::Unwritable { kept, .. } = &mut error
            && !back
        {
            *kept = Some(snapshot.folder().to_path_buf());
        }
        Err(error)
    }

    /// Changes one file, if it still is as it was read. Returns whether it has other names, which hold what it held.
    fn put(
        &self,
        snapshot: &Snapshot,
        change: &Change,
        before: Option<&Content>,
    ) -> Result<bool, ChangeError> {
        let path = self.folder.file(&change.file);
        let unwritable = |error| ChangeError::Unwritable {
            file: change.file.clone(),
            error,
            kept: None,
        };
        let meanwhile = || ChangeError::Meanwhile {
            file: change.file.clone(),
        };
        // An editor knows no lock. What it saves while the snapshot is made must not be lost.
        let now = file::read(&path).map_err(unwritable)?;
        if !same(now.as_ref(), before) {
            return Err(meanwhile());
        }
        // Nor what it saves from now on: the old file becomes the copy in the snapshot.
        let keep = below(snapshot.folder(), &change.file);
        let writer = Writer {
            scratch: snapshot.folder(),
            ..self.lock.writer()
        };
        match self.become_new(writer, &path, before, change.new.as_ref(), Some(&keep)) {
            Ok(Replaced::Done { has_other_names }) => Ok(has_other_names),
            Ok(Replaced::Meanwhile) => Err(meanwhile()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.exists() => {
                Err(meanwhile())
            }
            Err(error) => Err(unwritable(error)),
        }
    }

    /// Makes a file hold something else than it held.
    fn become_new(
        &self,
        writer: Writer<'_>,
        path: &Path,
        old: Option<&Content>,
        new: Option<&Content>,
        keep: Option<&Path>,
    ) -> io::Result<Replaced> {
        let done = Replaced::Done {
            has_other_names: false,
        };
        match (old, new) {
            (Some(old), Some(new)) => writer.replace(path, &old.bytes, new, keep),
            (None, Some(new)) => writer
                .create(path, &new.bytes, new.permissions.as_ref())
                .map(|()| done),
            (Some(old), None) => {
                let replaced = writer.take_away(path, &old.bytes, keep)?;
                self.remove_empty_folders(path);
                Ok(replaced)
            }
            (None, None) => Ok(done),
        }
    }

    /// Removes the folders of a file that hold nothing: an empty one among the lessons would pass for a lesson.
    fn remove_empty_folders(&self, path: &Path) {
        let below = |folder: &&Path| *folder != self.folder.root();
        let mut folders = path.ancestors().skip(1).take_while(below);
        // One that holds something stays, and so does all above it.
        while folders
            .next()
            .is_some_and(|folder| fs::remove_dir(folder).is_ok())
        {}
    }

    /// Puts files back that hold what they were to become. Returns whether no change is left.
    fn put_back(&self, before: &Files, changes: &[Change]) -> bool {
        let mut back = true;
        for change in changes {
            let path = self.folder.file(&change.file);
            let now = file::read(&path).ok().flatten();
            let (old, new) = (content_of(before, &change.file), change.new.as_ref());
            if !same(now.as_ref(), new) || same(new, old) {
                continue;
            }
            let undone = self.become_new(self.lock.writer(), &path, new, old, None);
            back &= undone.is_ok();
        }
        back
    }
}

/// What one of these files holds.
pub(super) fn content_of<'a>(files: &'a Files, file: &str) -> Option<&'a Content> {
    let (_, content) = files.iter().find(|(name, _)| name == file)?;
    content.as_ref()
}

/// Whether a file holds the same.
pub(super) fn same(one: Option<&Content>, other: Option<&Content>) -> bool {
    one.map(|content| &content.bytes) == other.map(|content| &content.bytes)
}

/// What is to be written in a file of which there may be an old one.
pub(super) fn text(text: String, old: Option<&Content>) -> Option<Content> {
    Some(Content {
        bytes: text.into_bytes(),
        permissions: old.and_then(|old| old.permissions.clone()),
    })
}

/// A file's text.
///
/// # Errors
///
/// If there is no such file, or it is no text.
pub(super) fn readable<'a>(
    file: &str,
    lesson: &str,
    content: Option<&'a Content>,
) -> Result<&'a str, ChangeError> {
    let unreadable = |error| ChangeError::Unreadable {
        file: file.to_string(),
        lesson: lesson.to_string(),
        error,
    };
    let nothing = || io::Error::new(io::ErrorKind::NotFound, "there is no such file");
    let content = content.ok_or_else(|| unreadable(nothing()))?;
    std::str::from_utf8(&content.bytes).map_err(|_| unreadable(regular::not_utf_8()))
}

/// Plans to give the places of a lesson another code, from what its files hold. Nothing is read or written.
///
/// # Errors
///
/// [`ChangeError`] if a place cannot be found, or the binary does not carry the code.
pub(super) fn plan(
    lesson: &Lesson,
    now: &Files,
    code: impl Fn(&Exercise) -> &'static str,
) -> Result<Vec<Change>, ChangeError> {
    let mut changes = Vec::new();
    for file in &lesson.head.files {
        let old = content_of(now, file);
        let mut new = readable(file, lesson.id(), old)?.to_string();
        for exercise in exercises(lesson, file)? {
            new = region::replace(&new, exercise.region, code(exercise))
                .map_err(markers(file, lesson))?;
        }
        changes.extend(change(file, new, old));
    }
    Ok(changes)
}

/// What changes a file, unless it holds the text already.
pub(super) fn change(file: &str, new: String, old: Option<&Content>) -> Option<Change> {
    old.is_none_or(|old| old.bytes != new.as_bytes())
        .then(|| Change {
            file: file.to_string(),
            new: text(new, old),
        })
}

/// The exercises of a lesson in a file.
///
/// # Errors
///
/// If the binary carries none.
pub(super) fn exercises(
    lesson: &Lesson,
    file: &str,
) -> Result<Vec<&'static Exercise>, ChangeError> {
    let exercises: Vec<_> = exercise::of(lesson.id(), file).collect();
    if exercises.is_empty() {
        let what = format!("exercise of `{}` in {file}", lesson.id());
        return Err(ChangeError::NotCarried { what });
    }
    Ok(exercises)
}

/// The error of a lesson whose place in a file cannot be found.
pub(super) fn markers(file: &str, lesson: &Lesson) -> impl Fn(RegionError) -> ChangeError {
    move |error| ChangeError::Markers {
        file: file.to_string(),
        lesson: lesson.id().to_string(),
        error,
    }
}
