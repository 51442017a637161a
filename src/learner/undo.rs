//! Undoing what the lab has changed, one change after the other, and redoing it.
//!
//! A snapshot from before a change is there to be undone, one from after a change to be redone. Each step keeps
//! the files as they are in a snapshot of the other kind and uses its own up, so any number of steps back can be
//! taken forward again, with everything that was written in between.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::rewrite::{self, Change, ChangeError, Changed, Transaction, content_of};
use super::snapshot::{self, Files, Purpose, Snapshot, SnapshotSide};
use super::{Folder, Store};
use crate::course::{exercise, region};

/// What came of it.
#[derive(Debug)]
#[must_use]
pub enum Undo {
    /// There is no snapshot for it.
    Nothing {
        /// What a step in the other direction would take up.
        opposite: Option<Purpose>,
    },
    /// The last snapshot holds what is there. It has been removed.
    AlreadySo {
        /// What it was made for.
        purpose: Purpose,
        /// What the one before it was made for, which is the last one now.
        older: Option<Purpose>,
    },
    /// Files are as they were.
    Done(Undone),
}

/// What has been brought back.
#[derive(Debug)]
pub struct Undone {
    /// What was undone, or done again.
    pub purpose: Purpose,
    /// How long ago the files were as they are now.
    pub age: Duration,
    /// The files that hold something else now, from the lab's root.
    pub back: Vec<String>,
    /// The files that are gone, since there were none.
    pub gone: Vec<String>,
    /// The lessons whose code is another now. They are to be checked again.
    pub lessons: Vec<String>,
    /// What one more step in the same direction would take up.
    pub next: Option<Purpose>,
    /// The folder that holds the files as they were a moment ago.
    pub kept: PathBuf,
    /// What older snapshots were made for that had to go, and held the last copy of work.
    pub dropped: Vec<Purpose>,
    /// The files that have other names (hard links), which still hold what was there.
    pub other_names: Vec<String>,
}

/// Brings the files back that the last change has changed and that has not been undone. What they hold now is
/// kept in a snapshot first, for [`redo`]. The one brought back is used up, so a second undo takes the change
/// before it.
///
/// # Errors
///
/// [`ChangeError`]; then nothing has been changed, unless it says otherwise.
pub fn undo(folder: &Folder, store: &Store) -> Result<Undo, ChangeError> {
    step(folder, store, SnapshotSide::Before)
}

/// Brings the files back as they were when the last [`undo`] replaced them. What they hold now is kept for
/// another undo.
///
/// # Errors
///
/// [`ChangeError`]; then nothing has been changed, unless it says otherwise.
pub fn redo(folder: &Folder, store: &Store) -> Result<Undo, ChangeError> {
    step(folder, store, SnapshotSide::After)
}

/// Brings back the last snapshot of one side.
fn step(folder: &Folder, store: &Store, side: SnapshotSide) -> Result<Undo, ChangeError> {
    let transaction = Transaction::take(folder, store)?;
    let mut all = snapshot::all(&transaction.lock)?;
    if let Some(done) = finish_killed(&transaction, &mut all, side)? {
        return Ok(done);
    }
    let Some(index) = last_of(&all, side) else {
        let opposite = last_of(&all, side.opposite()).map(|index| all[index].purpose().clone());
        return Ok(Undo::Nothing { opposite });
    };
    let wanted = all.remove(index);
    let next = last_of(&all, side).map(|index| all[index].purpose().clone());
    let (before, files) = sides(&transaction, &wanted)?;
    let changes = changes(&before, &files);
    if changes.is_empty() {
        snapshot::remove(&transaction.lock, &wanted)?;
        return Ok(Undo::AlreadySo {
            purpose: wanted.purpose().clone(),
            older: next,
        });
    }
    bring_back(&transaction, &wanted, &before, &changes, next)
}

/// The snapshot that the next step would bring back. As in an editor, what was undone before the last new change is not
/// redone any more; it stays where snapshots are kept.
fn last_of(all: &[Snapshot], side: SnapshotSide) -> Option<usize> {
    let last = all.iter().rposition(|s| s.purpose().side == side)?;
    let origin = all[last].origin();
    let is_newer = |s: &Snapshot| s.purpose().side != side && s.origin() > origin;
    let is_over = side == SnapshotSide::After && all.iter().any(is_newer);
    (!is_over).then_some(last)
}

/// Looks for a step that was killed: its snapshot of the files is the last one, and the one that it was about to
/// bring back is still there. Nothing is returned if there was none, if only the removal of the one brought back
/// was left to do (the learner has seen the files come back, and now means another step), or if the step asked
/// for is the opposite one, which brings back what the killed one has kept.
fn finish_killed(
    transaction: &Transaction<'_>,
    all: &mut Vec<Snapshot>,
    side: SnapshotSide,
) -> Result<Option<Undo>, ChangeError> {
    let Some(kept) = all.last().cloned() else {
        return Ok(None);
    };
    let interrupted = kept.purpose().brings_back;
    let Some(index) = all.iter().position(|s| Some(s.number()) == interrupted) else {
        return Ok(None);
    };
    let (before, files) = sides(transaction, &all[index])?;
    if changes(&before, &files).is_empty() {
        snapshot::remove(&transaction.lock, &all.remove(index))?;
        return Ok(None);
    }
    if all[index].purpose().side != side {
        return Ok(None);
    }
    let wanted = all.remove(index);
    let next = last_of(all, side).map(|index| all[index].purpose().clone());
    finish(transaction, &kept, &wanted, next).map(Some)
}

/// Takes up a step that was killed after it had kept the files in `kept`, and before it had written all files of
/// `wanted`.
fn finish(
    transaction: &Transaction<'_>,
    kept: &Snapshot,
    wanted: &Snapshot,
    next: Option<Purpose>,
) -> Result<Undo, ChangeError> {
    let (before, files) = sides(transaction, wanted)?;
    let changes = changes(&before, &files);
    let kept_files = kept.files()?;
    let known = before.iter().all(|(file, now)| {
        let is = |files: &Files| rewrite::same(now.as_ref(), content_of(files, file));
        is(&kept_files) || is(&files)
    });
    if !known {
        // Something has been written since. It must be kept too.
        return bring_back(transaction, wanted, &before, &changes, next);
    }
    let lessons = lessons_of(&before, &changes);
    let other_names = transaction.write(kept, &before, &changes, |progress| {
        lessons.iter().for_each(|id| progress.note_reset(id));
    })?;
    let changed = Changed {
        snapshot: kept.clone(),
        dropped: Vec::new(),
        other_names,
    };
    let mut undone = used_up(transaction, wanted, changed, changes, lessons);
    undone.next = next;
    Ok(Undo::Done(undone))
}

/// Keeps the files as they are, and then writes those of a snapshot.
fn bring_back(
    transaction: &Transaction<'_>,
    wanted: &Snapshot,
    before: &Files,
    changes: &[Change],
    next: Option<Purpose>,
) -> Result<Undo, ChangeError> {
    let purpose = Purpose {
        what: wanted.purpose().what.clone(),
        side: wanted.purpose().side.opposite(),
        brings_back: Some(wanted.number()),
        origin: Some(wanted.origin()),
    };
    let lessons = lessons_of(before, changes);
    let changed = transaction.change(purpose, before, changes, |progress| {
        lessons.iter().for_each(|id| progress.note_reset(id));
    })?;
    let undone = used_up(transaction, wanted, changed, changes.to_vec(), lessons);
    Ok(Undo::Done(Undone { next, ..undone }))
}

/// Removes a snapshot that has been brought back, and says what is there now.
fn used_up(
    transaction: &Transaction<'_>,
    wanted: &Snapshot,
    changed: Changed,
    changes: Vec<Change>,
    lessons: Vec<String>,
) -> Undone {
    // If it cannot be removed, the next step finds that it was to be brought back, and tries again.
    snapshot::remove(&transaction.lock, wanted).ok();
    let made = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(wanted.made_at()));
    let now = SystemTime::now();
    let (back, gone) = changes
        .into_iter()
        .partition::<Vec<_>, _>(|change| change.new.is_some());
    let names = |changes: Vec<Change>| changes.into_iter().map(|change| change.file).collect();
    Undone {
        purpose: wanted.purpose().clone(),
        age: now.duration_since(made.unwrap_or(now)).unwrap_or_default(),
        back: names(back),
        gone: names(gone),
        lessons,
        next: None,
        kept: changed.snapshot.folder().to_path_buf(),
        dropped: changed.dropped,
        other_names: changed.other_names,
    }
}

/// The files of a snapshot, as they are and as they were.
fn sides(
    transaction: &Transaction<'_>,
    snapshot: &Snapshot,
) -> Result<(Files, Files), ChangeError> {
    let then = snapshot.files()?;
    let names: Vec<String> = then.iter().map(|(file, _)| file.clone()).collect();
    Ok((snapshot::now(transaction.folder, &names)?, then))
}

/// What has to be changed so that files hold what they held.
fn changes(now: &Files, then: &Files) -> Vec<Change> {
    let other =
        |(file, _): &&(String, _)| !rewrite::same(content_of(now, file), content_of(then, file));
    then.iter()
        .filter(other)
        .map(|(file, content)| Change {
            file: file.clone(),
            new: content.clone(),
        })
        .collect()
}

/// The lessons whose code is another after a change, in the order of their places.
pub(super) fn lessons_of(before: &Files, changes: &[Change]) -> Vec<String> {
    let mut lessons: Vec<String> = Vec::new();
    for change in changes {
        let text = |content: Option<&super::file::Content>| {
            let bytes = content.map_or(&[][..], |content| &content.bytes);
            String::from_utf8_lossy(bytes).into_owned()
        };
        let old = text(content_of(before, &change.file));
        let new = text(change.new.as_ref());
        // Code outside the places is every lesson's.
        let outside = region::outside(&old) != region::outside(&new);
        for exercise in exercise::in_file(&change.file) {
            let place = |text| {
                region::find(text, exercise.region)
                    .ok()
                    .map(|region| region.text.to_string())
            };
            let same = !outside && place(&old) == place(&new);
            if !same && !lessons.iter().any(|id| id == exercise.lesson) {
                lessons.push(exercise.lesson.to_string());
            }
        }
    }
    lessons
}

#[cfg(test)]
mod tests;
