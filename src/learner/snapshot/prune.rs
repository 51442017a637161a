//! How much the snapshots may take, and which go when they take more.
//!
//! What counts are the files that the lab was about to change: they may be the only copy of the learner's work. The
//! copies beside them are of files that nothing was about to happen to. They have a limit of their own, so that
//! pictures in start_here never push out code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::manifest::{MANIFEST, Manifest};
use super::{Purpose, Snapshot, all, copies, remove};
use crate::course::files;
use crate::learner::file;
use crate::learner::folder::below;
use crate::learner::{Folder, StateLock};

/// The most snapshots that are kept. When there are more, the oldest go; the newest never does.
pub const MOST: usize = 50;

/// The most that the changed files in all snapshots may take together, in bytes: 64 MiB. When they take more, the
/// oldest snapshots go; the newest never does. The copies of other files may take as much; when they take more, the
/// oldest copies go, and their snapshots stay.
pub const ROOM: u64 = 64 << 20;

/// Removes what is more than may be kept. What cannot be removed now goes the next time. Returns what the removed
/// snapshots were made for that held work of which there is no other copy, the oldest first.
pub fn prune(lock: &StateLock, folder: &Folder) -> Vec<Purpose> {
    let all = all(lock).unwrap_or_default();
    let changed: Vec<u64> = all.iter().map(changed_bytes).collect();
    let (going, kept) = all.split_at(too_many(&changed, MOST));
    let mut lost = Vec::new();
    for (index, snapshot) in going.iter().enumerate() {
        let is_last_copy = holds_a_last_copy(snapshot, &all[index + 1..], folder);
        if remove(lock, snapshot).is_ok() && is_last_copy {
            lost.push(snapshot.purpose().clone());
        }
    }
    let sizes = kept.iter().zip(&changed[going.len()..]);
    let others: Vec<u64> = sizes
        .map(|(snapshot, changed)| snapshot.manifest.bytes.saturating_sub(*changed))
        .collect();
    for snapshot in &kept[..too_many(&others, usize::MAX)] {
        remove_others(lock, snapshot);
    }
    lost
}

/// How many of the oldest have to go so that the others are not more than `most` and take no more than [`ROOM`], from
/// the sizes of all, the oldest first.
fn too_many(sizes: &[u64], most: usize) -> usize {
    let fits = |from: usize| {
        let sum = sizes[from..]
            .iter()
            .fold(0, |sum: u64, size| sum.saturating_add(*size));
        sizes.len() - from <= most && sum <= ROOM
    };
    let newest = sizes.len().saturating_sub(1);
    (0..newest).find(|from| fits(*from)).unwrap_or(newest)
}

/// The files of a snapshot that were about to be changed, with their copies.
fn changed_files(snapshot: &Snapshot) -> impl Iterator<Item = (&str, PathBuf)> {
    let files = snapshot.manifest.files.iter().filter(|file| file.there);
    files.map(|file| (file.path.as_str(), below(&snapshot.folder, &file.path)))
}

/// How much room they take.
fn changed_bytes(snapshot: &Snapshot) -> u64 {
    changed_files(snapshot)
        .filter_map(|(_, copy)| fs::symlink_metadata(copy).ok())
        .fold(0, |sum, about| sum.saturating_add(about.len()))
}

/// Whether a snapshot holds a changed file whose content is neither in its place now, nor in a later snapshot, nor
/// what was handed out.
fn holds_a_last_copy(snapshot: &Snapshot, later: &[Snapshot], folder: &Folder) -> bool {
    let content = |path: &Path| file::read(path).ok().flatten().map(|content| content.bytes);
    changed_files(snapshot).any(|(name, copy)| {
        let Some(old) = content(&copy) else {
            return false;
        };
        let places = later.iter().map(|snapshot| below(&snapshot.folder, name));
        let mut places = places.chain([folder.file(name)]);
        let is_handed_out = files::original(name)
            .and_then(Result::ok)
            .is_some_and(|original| original.as_bytes() == old);
        !is_handed_out && !places.any(|place| content(&place).as_ref() == Some(&old))
    })
}

/// Removes the copies of files that were not about to be changed.
fn remove_others(lock: &StateLock, snapshot: &Snapshot) {
    let changed: BTreeSet<PathBuf> = changed_files(snapshot).map(|(_, copy)| copy).collect();
    let stay = |path: &PathBuf| changed.contains(path);
    let mut gone = Vec::new();
    let copied = snapshot.folder.join("start_here");
    // A link there is none of the lab's making.
    if copied.is_symlink() {
        return;
    }
    for path in copies::files_below(&copied).filter(|path| !stay(path)) {
        if fs::remove_file(&path).is_ok()
            && let Ok(inside) = path.strip_prefix(&snapshot.folder)
        {
            gone.push(inside.display().to_string());
        }
    }
    let mut manifest: Manifest = snapshot.manifest.clone();
    manifest.left_out.extend(gone);
    manifest.bytes = changed_bytes(snapshot);
    // If this fails, the next time finds nothing to remove and tries again.
    if let Ok(text) = manifest.text() {
        let path = snapshot.folder.join(MANIFEST);
        lock.writer().write(&path, &text, None).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_they_are_too_large() {
        assert_eq!(too_many(&[], MOST), 0);
        assert_eq!(too_many(&[1; MOST], MOST), 0);
        assert_eq!(too_many(&[1; MOST + 3], MOST), 3);
        assert_eq!(too_many(&[1; MOST + 3], usize::MAX), 0);
        assert_eq!(too_many(&[ROOM / 2, ROOM / 2, ROOM / 2], MOST), 1);
        assert_eq!(too_many(&[1, 2, ROOM], MOST), 2);
        // The newest stays, however large it is.
        assert_eq!(too_many(&[1, 2, 3 * ROOM], MOST), 2);
        assert_eq!(too_many(&[3 * ROOM], MOST), 0);
        assert_eq!(too_many(&[u64::MAX, u64::MAX], MOST), 1);
    }
}
