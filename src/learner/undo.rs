//! Bringing back what the lab has changed, and doing it again.

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
    /// There is no snapshot.
    Nothing,
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
    /// The folder that holds the files as they were a moment ago.
    pub kept: PathBuf,
    /// What older snapshots were made for that had to go, and held the last copy of work.
    pub dropped: Vec<Purpose>,
    /// The files that have other names (hard links), which still hold what was there.
    pub other_names: Vec<String>,
}

/// Brings the files of the last snapshot back: those that were changed after it was made. What they hold
/// now is kept in a snapshot first, which becomes the last one, so that this can be undone as well. The one
/// brought back is used up.
///
/// # Errors
///
/// [`ChangeError`]; then nothing has been changed, unless it says otherwise.
pub fn undo(folder: &Folder, store: &Store) -> Result<Undo, ChangeError> {
    let transaction = Transaction::take(folder, store)?;
    let mut all = snapshot::all(&transaction.lock)?;
    let Some(last) = all.pop() else {
        return Ok(Undo::Nothing);
    };
    // A snapshot that was about to be brought back and is still there: that `undo` was killed.
    let interrupted = last.purpose().brings_back;
    if let Some(index) = all.iter().position(|s| Some(s.number()) == interrupted) {
        let wanted = all.remove(index);
        if let Some(done) = finish(&transaction, &last, &wanted)? {
            return Ok(done);
        }
    }
    let (before, wanted) = sides(&transaction, &last)?;
    let changes = changes(&before, &wanted);
    if changes.is_empty() {
        snapshot::remove(&transaction.lock, &last)?;
        return Ok(Undo::AlreadySo {
            purpose: last.purpose().clone(),
            older: all.last().map(|older| older.purpose().clone()),
        });
    }
    bring_back(&transaction, &last, &before, &changes)
}

/// Takes up an `undo` that was killed after it had kept the files in `kept`, and before `wanted` was used
/// up. Nothing is returned if only that was left to do: the learner has seen the files come back, and now
/// means what is in `kept`.
fn finish(
    transaction: &Transaction<'_>,
    kept: &Snapshot,
    wanted: &Snapshot,
) -> Result<Option<Undo>, ChangeError> {
    let (before, files) = sides(transaction, wanted)?;
    let changes = changes(&before, &files);
    if changes.is_empty() {
        snapshot::remove(&transaction.lock, wanted)?;
        return Ok(None);
    }
    let kept_files = kept.files()?;
    let known = before.iter().all(|(file, now)| {
        let is = |files: &Files| rewrite::same(now.as_ref(), content_of(files, file));
        is(&kept_files) || is(&files)
    });
    if !known {
        // Something has been written since. It must be kept too.
        return bring_back(transaction, wanted, &before, &changes).map(Some);
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
    Ok(Some(used_up(
        transaction,
        wanted,
        changed,
        changes,
        lessons,
    )))
}

/// Keeps the files as they are, and then writes those of a snapshot.
fn bring_back(
    transaction: &Transaction<'_>,
    wanted: &Snapshot,
    before: &Files,
    changes: &[Change],
) -> Result<Undo, ChangeError> {
    let purpose = Purpose {
        what: wanted.purpose().what.clone(),
        side: match wanted.purpose().side {
            SnapshotSide::Before => SnapshotSide::After,
            SnapshotSide::After => SnapshotSide::Before,
        },
        brings_back: Some(wanted.number()),
    };
    let lessons = lessons_of(before, changes);
    let changed = transaction.change(purpose, before, changes, |progress| {
        lessons.iter().for_each(|id| progress.note_reset(id));
    })?;
    Ok(used_up(
        transaction,
        wanted,
        changed,
        changes.to_vec(),
        lessons,
    ))
}

/// Removes a snapshot that has been brought back, and says what is there now.
fn used_up(
    transaction: &Transaction<'_>,
    wanted: &Snapshot,
    changed: Changed,
    changes: Vec<Change>,
    lessons: Vec<String>,
) -> Undo {
    // If it cannot be removed, the next `undo` finds that it was to be brought back, and tries again.
    snapshot::remove(&transaction.lock, wanted).ok();
    let made = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(wanted.made_at()));
    let now = SystemTime::now();
    let (back, gone) = changes
        .into_iter()
        .partition::<Vec<_>, _>(|change| change.new.is_some());
    let names = |changes: Vec<Change>| changes.into_iter().map(|change| change.file).collect();
    Undo::Done(Undone {
        purpose: wanted.purpose().clone(),
        age: now.duration_since(made.unwrap_or(now)).unwrap_or_default(),
        back: names(back),
        gone: names(gone),
        lessons,
        kept: changed.snapshot.folder().to_path_buf(),
        dropped: changed.dropped,
        other_names: changed.other_names,
    })
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
