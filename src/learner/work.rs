//! What the learner has written for a lesson.

use std::{fmt, io};

use super::Folder;
use crate::course::region::{self, RegionError};
use crate::course::{Lesson, files};
use crate::location::Location;

/// A lesson's region in one of the learner's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonRegion {
    /// Its first line, where the learner begins to write.
    pub location: Location,
    /// The line of the closing marker.
    pub end: usize,
    /// Whether the region still holds its stub, or no code at all.
    pub untouched: bool,
}

impl LessonRegion {
    /// Whether a location is in this region. Its file may be named from a folder above the lab.
    pub fn holds(&self, location: &Location) -> bool {
        let lines = self.location.line..self.end;
        location.file.ends_with(&self.location.file) && lines.contains(&location.line)
    }
}

/// Why a lesson's region cannot be found.
#[derive(Debug)]
pub enum LessonRegionError {
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

impl fmt::Display for LessonRegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LessonRegionError::Unreadable { file, error } => {
                write!(f, "cannot read {file}: {error}")
            }
            LessonRegionError::Markers { file, error } => write!(f, "{file}: {error}"),
        }
    }
}

impl std::error::Error for LessonRegionError {}

/// The regions of a lesson, in the order of its files.
///
/// # Errors
///
/// [`LessonRegionError`] for the first that cannot be found.
pub fn regions(folder: &Folder, lesson: &Lesson) -> Result<Vec<LessonRegion>, LessonRegionError> {
    lesson
        .head
        .files
        .iter()
        .map(|file| {
            let text = std::fs::read_to_string(folder.file(file)).map_err(|error| {
                LessonRegionError::Unreadable {
                    file: file.clone(),
                    error,
                }
            })?;
            let region =
                region::find(&text, lesson.id()).map_err(|error| LessonRegionError::Markers {
                    file: file.clone(),
                    error,
                })?;
            Ok(LessonRegion {
                location: Location::new(file, region.line),
                end: region.line + region.text.matches('\n').count(),
                untouched: is_untouched(file, lesson.id(), region.text),
            })
        })
        .collect()
}

/// Whether a region still holds its stub, or no code at all.
pub fn is_untouched(file: &str, lesson: &str, code: &str) -> bool {
    let handed_out = files::stub(file, lesson).is_some_and(|stub| region::same(code, stub));
    handed_out || region::is_only_comments(code)
}

/// Whether the learner has changed anything in a lesson's regions. Missing markers count as a change.
pub fn touched(folder: &Folder, lesson: &Lesson) -> bool {
    regions(folder, lesson).map_or(true, |regions| {
        regions.iter().any(|region| !region.untouched)
    })
}

/// Whether one region still holds its stub.
pub fn is_as_handed_out(folder: &Folder, file: &str, lesson: &str) -> bool {
    let text = std::fs::read_to_string(folder.file(file)).unwrap_or_default();
    match (region::find(&text, lesson), files::stub(file, lesson)) {
        (Ok(region), Some(stub)) => region::same(region.text, stub),
        _ => false,
    }
}
