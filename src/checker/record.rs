//! Recording what was found out about the learner's code.

use crate::course::Selection;
use crate::learner::store::Loaded;
use crate::learner::{Fingerprint, Folder, Store, StoreError, work};
use crate::verdict::{CheckReport, LessonReport, Outcome};

/// Whether something has been recorded.
#[derive(Debug)]
#[must_use]
pub enum Recorded {
    /// It has; all that is known then.
    Yes(Loaded),
    /// The files have changed since.
    Outdated,
}

/// Records what has been found out about the learner's code, if the files still hold the same. A
/// lesson that could not be checked stays as it was, and one that has not been begun has not been tried.
/// `counts` is whether the learner has asked for the check.
///
/// # Errors
///
/// [`StoreError`]; then nothing has been recorded.
pub fn record(
    store: &Store,
    folder: &Folder,
    selection: &Selection<'_>,
    report: &CheckReport,
    files: Fingerprint,
    counts: bool,
) -> Result<Recorded, StoreError> {
    let tried = |report: &LessonReport| {
        let mut lessons = selection.lessons.iter();
        let lesson = lessons.find(|other| other.id() == report.lesson);
        lesson.is_some_and(|lesson| {
            let begun = match lesson.head.files.as_slice() {
                // It has no place to write in: to have been run is to have been tried.
                [] => !report.cases.is_empty(),
                _ => work::touched(folder, lesson),
            };
            counts && begun && selection.asked.contains(&lesson.id())
        })
    };
    let mut is_outdated = false;
    let loaded = store.update(|progress| {
        // Inside the transaction: no other process records, resets or undoes anything meanwhile.
        is_outdated = !Fingerprint::of(folder).same_contents(files);
        if is_outdated {
            return;
        }
        for lesson in &report.lessons {
            if tried(lesson) {
                progress.note_attempt(&lesson.lesson);
            }
            match lesson.outcome {
                Outcome::Pass => progress.note_verdict(&lesson.lesson, true),
                Outcome::Fail => progress.note_verdict(&lesson.lesson, false),
                Outcome::Error | Outcome::Skipped => {}
            }
        }
    })?;
    Ok(match is_outdated {
        true => Recorded::Outdated,
        false => Recorded::Yes(loaded),
    })
}
