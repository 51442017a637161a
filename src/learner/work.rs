//! What the learner has written for a lesson.

use std::{fmt, io};

use super::Folder;
use crate::course::region::{self, RegionError};
use crate::course::{Lesson, files};

/// A lesson's place in one of the learner's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file, from the lab's root.
    pub file: String,
    /// The line at which to begin, counted from 1.
    pub line: usize,
    /// The line of the closing marker.
    pub end: usize,
    /// Whether the place still holds what it was handed out with, or no code at all.
    pub untouched: bool,
}

impl Spot {
    /// Whether a line of a file is in this place. The file may be named from somewhere above the lab.
    pub fn holds(&self, file: &str, line: usize) -> bool {
        file.ends_with(&self.file) && (self.line..self.end).contains(&line)
    }
}

/// Why a lesson's place cannot be found.
#[derive(Debug)]
pub enum SpotError {
    /// The file cannot be read.
    Unreadable {
        /// The file, from the lab's root.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// Its markers are not as they were.
    Markers {
        /// The file, from the lab's root.
        file: String,
        /// Which one is missing.
        error: RegionError,
    },
}

impl fmt::Display for SpotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpotError::Unreadable { file, error } => write!(f, "cannot read {file}: {error}"),
            SpotError::Markers { file, error } => write!(f, "{file}: {error}"),
        }
    }
}

impl std::error::Error for SpotError {}

/// The places of a lesson, in the order of its files.
///
/// # Errors
///
/// [`SpotError`] for the first that cannot be found.
pub fn spots(folder: &Folder, lesson: &Lesson) -> Result<Vec<Spot>, SpotError> {
    lesson
        .head
        .files
        .iter()
        .map(|file| {
            let text = std::fs::read_to_string(folder.file(file)).map_err(|error| {
                SpotError::Unreadable {
                    file: file.clone(),
                    error,
                }
            })?;
            let region = region::find(&text, lesson.id()).map_err(|error| SpotError::Markers {
                file: file.clone(),
                error,
            })?;
            Ok(Spot {
                file: file.clone(),
                line: region.line,
                end: region.line + region.text.matches('\n').count(),
                untouched: is_untouched(file, lesson.id(), region.text),
            })
        })
        .collect()
}

/// Whether a place still holds what it was handed out with, or no code at all.
pub fn is_untouched(file: &str, lesson: &str, code: &str) -> bool {
    let handed_out = files::stub(file, lesson).is_some_and(|stub| region::same(code, stub));
    handed_out || region::is_only_comments(code)
}

/// Whether the learner has written anything in a lesson's places: an honest try. Where the markers are
/// gone, something has been done.
pub fn touched(folder: &Folder, lesson: &Lesson) -> bool {
    spots(folder, lesson).map_or(true, |spots| spots.iter().any(|spot| !spot.untouched))
}

/// Whether one place still holds what it was handed out with.
pub fn is_as_handed_out(folder: &Folder, file: &str, lesson: &str) -> bool {
    let text = std::fs::read_to_string(folder.file(file)).unwrap_or_default();
    match (region::find(&text, lesson), files::stub(file, lesson)) {
        (Ok(region), Some(stub)) => region::same(region.text, stub),
        _ => false,
    }
}
