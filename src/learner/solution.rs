//! The solution of a lesson, beside the learner's own code or in its place.

use super::progress::Record;
use super::rewrite::{self, ChangeError, Rewrite, Rewritten, Transaction, content_of};
use super::snapshot::{self, Purpose};
use super::{Folder, Store, work};
use crate::course::{Exercise, Lesson, files, region};

/// The solution of one of a lesson's exercises.
#[derive(Debug)]
pub struct Piece {
    /// The file, from the lab's root.
    pub file: String,
    /// The solution.
    pub finished: &'static str,
    /// What the finished track has there, if that is more than the lesson teaches.
    pub goes_further: Option<&'static str>,
    /// What the learner has there.
    pub own: LearnerCode,
}

/// What the learner has in a place.
#[derive(Debug)]
pub enum LearnerCode {
    /// What was handed out, or no code at all.
    Nothing,
    /// Code, which may be the solution.
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

/// The solution of a lesson, exercise by exercise, in the order of its files.
///
/// # Errors
///
/// [`ChangeError`] if the binary does not carry it.
pub fn pieces(folder: &Folder, lesson: &Lesson) -> Result<Vec<Piece>, ChangeError> {
    let mut pieces = Vec::new();
    for file in &lesson.head.files {
        for exercise in rewrite::exercises(lesson, file)? {
            pieces.push(Piece {
                file: file.clone(),
                finished: exercise.solution,
                goes_further: goes_further(exercise),
                own: own(folder, lesson, exercise),
            });
        }
    }
    Ok(pieces)
}

/// What the finished track has in the place of an exercise, if that is more than its solution.
fn goes_further(exercise: &Exercise) -> Option<&'static str> {
    let finished = region::find(files::finished(&exercise.file)?, exercise.region).ok()?;
    (!region::same(finished.text, exercise.solution)).then_some(finished.text)
}

/// Writes the solution in a lesson's places, after a snapshot. Whether the lesson passes stays as it is
/// known.
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
    let changes = rewrite::plan(lesson, &before, |exercise| exercise.solution)?;
    if changes.is_empty() {
        return Ok(Rewrite::AlreadySo);
    }
    let purpose = Purpose::before(format!("solution {} --write", lesson.id()));
    let changed = transaction.change(purpose, &before, &changes, |_| {})?;
    Ok(Rewrite::Done(Rewritten {
        adds_places: false,
        files: changes.into_iter().map(|change| change.file).collect(),
        lessons: vec![lesson.id().to_string()],
        kept: changed.snapshot.folder().to_path_buf(),
        dropped: changed.dropped,
        other_names: changed.other_names,
    }))
}

fn own(folder: &Folder, lesson: &Lesson, exercise: &Exercise) -> LearnerCode {
    let file = &exercise.file;
    let code = || {
        let now = snapshot::now(folder, std::slice::from_ref(file))?;
        let text = rewrite::readable(file, lesson.id(), content_of(&now, file))?;
        let region = region::find(text, exercise.region).map_err(rewrite::markers(file, lesson))?;
        Ok(region.text.to_string())
    };
    match code() {
        Ok(code) if work::is_untouched(Some(exercise), &code) => LearnerCode::Nothing,
        Ok(code) => LearnerCode::Code(code),
        Err(error) => LearnerCode::Unknown(error),
    }
}
