//! Upgrading a course folder: the lab's files become what they should be, and the learner's stay as they
//! are. All of it is looked at, kept and written while no other lab can change anything.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::look;
use super::plan::{self, Plan};
use crate::course::dependencies::{self, MissingDependency};
use crate::course::workspace::{self, TemplateFile, VERSION};
use crate::course::{exercise, files, region};
use crate::disk::regular;
use crate::learner::folder::below;
use crate::learner::rewrite::{Change, Transaction, text};
use crate::learner::snapshot::{Files, Purpose};
use crate::learner::{ChangeError, Folder, Store, StoreError, file, undo};

/// The manifest of the learner's crate.
const LEARNERS_MANIFEST: &str = "start_here/Cargo.toml";

/// What an upgrade has done.
#[derive(Debug, Default)]
pub struct Upgraded {
    /// The version of the lab that had made the folder.
    pub from: String,
    /// What has been written.
    pub plan: Plan,
    /// The folders in `lessons/` whose lesson has another number now. Their files have been removed.
    pub renumbered: Vec<String>,
    /// Those of them that are still there, since they hold more than files that could be kept.
    pub left: Vec<String>,
    /// Files that an older lab had written and this one does not. They have been removed.
    pub dropped: Vec<String>,
    /// The dependencies that the learner's manifest does not have.
    pub missing: Vec<MissingDependency>,
    /// The lessons for which there is no place in a file of the learner's.
    pub without_place: Vec<String>,
    /// The lessons whose code is another now. They are to be checked again.
    pub lessons: Vec<String>,
    /// The folder that holds the files as they were, if any has been changed.
    pub kept: Option<PathBuf>,
    /// What older snapshots were made for that had to go, and held the last copy of work.
    pub dropped_copies: Vec<Purpose>,
}

impl Upgraded {
    /// Whether all was as it should be.
    pub fn is_nothing(&self) -> bool {
        self.plan.is_empty() && self.renumbered.is_empty() && self.dropped.is_empty()
    }
}

/// Why a folder is not upgraded.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// A newer lab has made it. Nothing has been changed.
    #[error("the folder was made by routeguide-lab {0}, and this is {VERSION}, an older one")]
    Newer(String),
    /// Its files cannot be changed.
    #[error("{0}")]
    Change(#[from] ChangeError),
}

impl From<StoreError> for UpgradeError {
    fn from(error: StoreError) -> UpgradeError {
        UpgradeError::Change(error.into())
    }
}

/// Upgrades a folder, after a snapshot of all that this changes. `files` are what it should hold. Nothing
/// may build in it meanwhile.
///
/// # Errors
///
/// [`UpgradeError`]; then all is as it was, unless it says otherwise. If the lab is killed, a second time
/// goes on, since the manifest, with the lab's version, comes last.
pub fn upgrade(
    folder: &Folder,
    store: &Store,
    files: Vec<TemplateFile>,
) -> Result<Upgraded, UpgradeError> {
    let transaction = Transaction::take(folder, store)?;
    let root = folder.root();
    let in_root = StoreError::at(root);
    let manifest = super::manifest(root).map_err(&in_root)?.unwrap_or_default();
    let from = workspace::version_in(&manifest).unwrap_or_else(|| VERSION.to_string());
    if workspace::is_newer(&from, VERSION) {
        return Err(UpgradeError::Newer(from));
    }
    let mut before: Files = Vec::new();
    let mut changes: Vec<Change> = Vec::new();
    let mut goes = |path: String, content| {
        before.push((path.clone(), content));
        changes.push(Change {
            file: path,
            new: None,
        });
    };

    let lessons = folder.file("lessons");
    let inside = transaction.lock.root().inside(&lessons);
    inside.map_err(StoreError::at(&lessons))?;
    // What goes, goes first: the manifest comes last.
    let mut renumbered = Vec::new();
    let names = lesson_folders(root).map_err(StoreError::at(&folder.file("lessons")))?;
    for lesson in workspace::renumbered(&names) {
        let path = format!("lessons/{lesson}");
        let whole = folder.file(&path);
        let mut found = FolderContents::default();
        found
            .collect(&whole, &path)
            .map_err(StoreError::at(&whole))?;
        for path in found.files {
            let at = folder.file(&path);
            goes(path, file::read(&at).map_err(StoreError::at(&at))?);
        }
        renumbered.push((lesson.to_string(), found.folders));
    }
    let mut dropped = Vec::new();
    for path in workspace::dropped(&manifest, &files) {
        let at = folder.file(&path);
        // What is no file any more is none that a lab has written.
        if let Ok(Some(content)) = file::read(&at) {
            goes(path.clone(), Some(content));
            dropped.push(path);
        }
    }

    let mut seen = Vec::with_capacity(files.len());
    for made in files {
        let there = look(root, &made).map_err(StoreError::at(&folder.file(&made.path)))?;
        before.push((made.path.clone(), there.content));
        seen.push((made, there.found));
    }
    let plan = plan::upgrade(seen);
    for made in plan.files() {
        let old = before.iter().find(|(path, _)| *path == made.path);
        let old = old.and_then(|(_, content)| content.as_ref());
        changes.push(Change {
            file: made.path.clone(),
            new: text(made.text.clone(), old),
        });
    }
    before.retain(|(path, _)| changes.iter().any(|change| change.file == *path));

    let lessons = undo::lessons_of(&before, &changes);
    let (mut kept, mut dropped_copies) = (None, Vec::new());
    if !changes.is_empty() {
        let changed =
            transaction.change(Purpose::before("upgrade"), &before, &changes, |progress| {
                lessons.iter().for_each(|id| progress.note_reset(id));
            })?;
        kept = Some(changed.snapshot.folder().to_path_buf());
        dropped_copies = changed.dropped;
    }
    for folder in renumbered.iter().flat_map(|(_, folders)| folders) {
        // One that holds something stays.
        fs::remove_dir(folder).ok();
    }
    let renumbered: Vec<String> = renumbered.into_iter().map(|(lesson, _)| lesson).collect();
    let is_left = |lesson: &&String| folder.file("lessons").join(lesson).exists();
    Ok(Upgraded {
        from,
        left: renumbered.iter().filter(is_left).cloned().collect(),
        renumbered,
        dropped,
        missing: missing(folder),
        without_place: without_place(folder),
        plan,
        lessons,
        kept,
        dropped_copies,
    })
}

/// The dependencies that the learner's manifest does not have. If it cannot be read, cargo says more about it.
fn missing(folder: &Folder) -> Vec<MissingDependency> {
    let learners = regular::read_to_string(&folder.file(LEARNERS_MANIFEST)).ok();
    let original = files::original(LEARNERS_MANIFEST).and_then(Result::ok);
    match (learners, original) {
        (Some(learners), Some(original)) => dependencies::missing(&learners, &original),
        _ => Vec::new(),
    }
}

/// The lessons of this lab for which a file of the learner's that can be read has no place.
fn without_place(folder: &Folder) -> Vec<String> {
    let mut lessons: Vec<String> = Vec::new();
    for exercise in exercise::all() {
        let text = regular::read_to_string(&folder.file(&exercise.file)).ok();
        let lacks = text.is_some_and(|text| !region::ids(&text).contains(&exercise.region));
        if lacks && !lessons.iter().any(|lesson| lesson == exercise.lesson) {
            lessons.push(exercise.lesson.to_string());
        }
    }
    lessons
}

/// The folders in `lessons/`; none if there is no such folder.
fn lesson_folders(root: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(below(root, "lessons")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    Ok(names)
}

/// What is below a folder.
#[derive(Debug, Default)]
struct FolderContents {
    /// The files that a snapshot can hold, as paths with `/`: no links, and none whose name is no text.
    files: Vec<String>,
    /// The folder itself and those below it, the deepest first.
    folders: Vec<PathBuf>,
}

impl FolderContents {
    /// Looks below a folder, whose path from the lab's root is `path`.
    fn collect(&mut self, folder: &Path, path: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = format!("{path}/{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.collect(&entry.path(), &path)?;
            } else if kind.is_file() {
                self.files.push(path);
            }
        }
        self.folders.push(folder.to_path_buf());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
