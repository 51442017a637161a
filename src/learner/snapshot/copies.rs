//! The copies in a snapshot.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{Files, ROOM};
use crate::disk::regular;
use crate::learner::file;
use crate::learner::folder::below;

/// The largest file of start_here that is copied though it is not about to be changed: 1 MiB.
const LARGEST: u64 = 1 << 20;

/// How many such files are copied at the most.
const MANY: usize = 500;

/// Folders that hold nothing of the learner's own.
const NOT_THE_LEARNERS: [&str; 2] = ["target", ".git"];

/// Writes files as they have been read, and makes sure that they outlast a loss of power.
///
/// # Errors
///
/// If one cannot be written.
pub fn write(to: &Path, files: &Files) -> io::Result<()> {
    let mut folders = BTreeSet::new();
    for (name, content) in files {
        let Some(content) = content else { continue };
        let path = below(to, name);
        let parent = path.parent().unwrap_or(to);
        fs::create_dir_all(parent)?;
        let mut copy = File::create(&path)?;
        copy.write_all(&content.bytes)?;
        copy.sync_all()?;
        // Last, for it may be that nothing is to be written.
        if let Some(permissions) = &content.permissions {
            fs::set_permissions(&path, permissions.clone())?;
        }
        let made = parent
            .ancestors()
            .take_while(|folder| folder.starts_with(to));
        folders.extend(made.map(Path::to_path_buf));
    }
    // A folder's own name stands in the one above it.
    folders
        .iter()
        .rev()
        .try_for_each(|folder| file::sync_folder(folder))
}

/// How much room files take.
pub fn bytes(files: &Files) -> u64 {
    let contents = files.iter().filter_map(|(_, content)| content.as_ref());
    contents.map(|content| content.bytes.len() as u64).sum()
}

/// Files that were copied only to be there.
#[derive(Debug, Default)]
pub struct Others {
    /// How much room they take.
    pub bytes: u64,
    /// Those of which there is no copy, from the lab's root.
    pub left_out: Vec<String>,
}

/// Copies all files of start_here but those named, as far as there is room. Nothing is about to happen to them: what
/// cannot be copied is left out, and the lab does not wait until they are on the disk.
pub fn others(root: &Path, named: &Files, to: &Path) -> Others {
    let named: BTreeSet<PathBuf> = named.iter().map(|(name, _)| below(root, name)).collect();
    let mut others = Others::default();
    let mut copied = 0;
    for path in files_below(&root.join("start_here")).filter(|path| !named.contains(path)) {
        let Ok(inside) = path.strip_prefix(root) else {
            continue;
        };
        let room = match copied < MANY {
            true => ROOM - others.bytes,
            false => 0,
        };
        match copy(&path, &to.join(inside), room) {
            Some(bytes) => {
                others.bytes += bytes;
                copied += 1;
            }
            None => others.left_out.push(inside.display().to_string()),
        }
    }
    others
}

/// Copies a file that is small enough, and fits into `room` bytes. Returns its size, or nothing if there is no copy.
fn copy(from: &Path, to: &Path, room: u64) -> Option<u64> {
    let mut file = regular::open(from).ok()?;
    let about = file.metadata().ok()?;
    if about.len() > LARGEST.min(room) {
        return None;
    }
    fs::create_dir_all(to.parent()?).ok()?;
    let copied = File::create(to)
        .and_then(|mut copy| io::copy(&mut file, &mut copy))
        .and_then(|bytes| fs::set_permissions(to, about.permissions()).map(|()| bytes));
    if copied.is_err() {
        // Half a copy is worse than none.
        fs::remove_file(to).ok();
    }
    // It may have grown meanwhile.
    copied.ok().map(|bytes| bytes.min(room))
}

/// The files below a folder, sorted by name. Links to folders are not followed: they may lead anywhere.
pub fn files_below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let is_learners = |entry: &DirEntry| {
        let is_folder = entry.file_type().is_dir();
        !(is_folder
            && NOT_THE_LEARNERS
                .map(OsStr::new)
                .contains(&entry.file_name()))
    };
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_learners)
        .flatten()
        .map(DirEntry::into_path)
        .filter(|path| !path.is_dir())
}
