//! The finished code of a lesson, beside the learner's own or in its place.

use super::progress::Record;
use super::rewrite::{self, Change, ChangeError, Rewrite, Rewritten, Transaction, content_of};
use super::snapshot::{self, Files, Purpose};
use super::{Folder, Store, work};
use crate::course::{Lesson, files, region};

/// The finished code of one of a lesson's places.
#[derive(Debug)]
pub struct Piece {
    /// The file, from the lab's root.
    pub file: String,
    /// The finished code.
    pub finished: &'static str,
    /// What the learner has there.
    pub own: Own,
}

/// What the learner has in a place.
#[derive(Debug)]
pub enum Own {
    /// What was handed out, or no code at all.
    Nothing,
    /// Code, which may be the finished one.
    Code(String),
    /// It cannot be told.
    Unknown(ChangeError),
}

/// Whether the learner has tried a lesson, so that its solution gives nothing away. A lesson without code
/// has nothing to give away.
pub fn tried(folder: &Folder, lesson: &Lesson, record: &Record) -> bool {
    lesson.head.files.is_empty()
        || record.passed
        || (record.attempts > 0 && work::touched(folder, lesson))
}

/// The finished code of a lesson's places, in the order of its files.
///
/// # Errors
///
/// [`ChangeError`] if the binary does not carry it.
pub fn pieces(folder: &Folder, lesson: &Lesson) -> Result<Vec<Piece>, ChangeError> {
    let piece = |file: &String| {
        Ok(Piece {
            file: file.clone(),
            finished: finished(file, lesson.id())?,
            own: own(folder, file, lesson.id()),
        })
    };
    lesson.head.files.iter().map(piece).collect()
}

/// Plans to write the finished code in a lesson's places, from what its files hold. Nothing is read or
/// written.
///
/// # Errors
///
/// [`ChangeError`] if a place cannot be found, or the binary does not carry the code.
pub fn plan(lesson: &Lesson, now: &Files) -> Result<Vec<Change>, ChangeError> {
    let mut changes = Vec::new();
    for file in &lesson.head.files {
        let old = content_of(now, file);
        let code = finished(file, lesson.id())?;
        let new = rewrite::with_place(file, lesson.id(), old, code)?;
        if old.is_none_or(|old| old.bytes != new.as_bytes()) {
            changes.push(Change {
                file: file.clone(),
                new: rewrite::text(new, old),
            });
        }
    }
    Ok(changes)
}

/// Writes the finished code in a lesson's places, after a snapshot. Whether the lesson passes stays as it
/// is known.
///
/// # Errors
///
/// [`ChangeError`]; then nothing has been changed, unless it says otherwise.
pub fn write(folder: &Folder, store: &Store, lesson: &Lesson) -> Result<Rewrite, ChangeError> {
    if lesson.head.files.is_empty() {
        return Ok(Rewrite::NoCode);
    }
    let transaction = Transaction::take(folder, store)?;
    let before = snapshot::now(folder, &lesson.head.files)?;
    let changes = plan(lesson, &before)?;
    if changes.is_empty() {
        return Ok(Rewrite::AlreadySo);
    }
    let purpose = Purpose::before(format!("solution {} --write", lesson.id()));
    let snapshot = transaction.change(purpose, &before, &changes, |_| {})?;
    Ok(Rewrite::Done(Rewritten {
        files: changes.into_iter().map(|change| change.file).collect(),
        lessons: vec![lesson.id().to_string()],
        kept: snapshot.folder().to_path_buf(),
    }))
}

fn finished(file: &str, lesson: &str) -> Result<&'static str, ChangeError> {
    let lacks = |what: String| ChangeError::NotCarried { what };
    let finished = files::finished(file).ok_or_else(|| lacks(format!("finished {file}")))?;
    region::find(finished, lesson)
        .map(|region| region.text)
        .map_err(|error| lacks(format!("finished `{lesson}` in {file}: {error}")))
}

fn own(folder: &Folder, file: &str, lesson: &str) -> Own {
    let code = || {
        let now = snapshot::now(folder, &[file.to_string()])?;
        let text = rewrite::readable(file, lesson, content_of(&now, file))?;
        let region = region::find(text, lesson).map_err(|error| ChangeError::Markers {
            file: file.to_string(),
            lesson: lesson.to_string(),
            error,
        })?;
        Ok(region.text.to_string())
    };
    match code() {
        Ok(code) if work::is_untouched(file, lesson, &code) => Own::Nothing,
        Ok(code) => Own::Code(code),
        Err(error) => Own::Unknown(error),
    }
}
