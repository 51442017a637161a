//! What the learner has written for a lesson.

use std::io;

use super::Folder;
use crate::course::region::{self, RegionError};
use crate::course::{Exercise, Lesson, exercise};
use crate::disk::regular;
use crate::location::Location;

/// A lesson's region in one of the learner's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonRegion {
    /// Its first line, where the learner begins to write.
    pub location: Location,
    /// The line of the closing marker.
    pub end: usize,
    /// Whether the region still holds what it did before the lesson, or no code at all.
    pub untouched: bool,
    /// Whether an earlier lesson has written there: then code there does not show that this one has been begun.
    pub taken_up_again: bool,
}

impl LessonRegion {
    /// Whether a location is in this region. Its file may be named from a folder above the lab.
    pub fn holds(&self, location: &Location) -> bool {
        let lines = self.location.line..self.end;
        location.file.ends_with(&self.location.file) && lines.contains(&location.line)
    }
}

/// Why a lesson's region cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum LessonRegionError {
    /// The file cannot be read.
    #[error("cannot read {file}: {error}")]
    Unreadable {
        /// The file, from the lab's root.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// Its markers are not as they were.
    #[error("{file}: {error}")]
    Markers {
        /// The file, from the lab's root.
        file: String,
        /// Which one is missing.
        error: RegionError,
    },
}

impl LessonRegionError {
    /// Whether the file has no place for the lesson: `reset` may find where it belongs.
    pub fn lacks_place(&self) -> bool {
        matches!(
            self,
            LessonRegionError::Markers {
                error: RegionError::NoStart { .. },
                ..
            }
        )
    }
}

/// The first line of a given file that is not as it was handed out; none if all are, or the file cannot be read.
pub fn first_change(folder: &Folder, file: &str, original: &str) -> Option<Location> {
    let now = regular::read_to_string(&folder.file(file)).ok()?;
    let mut lines = now.lines().zip(original.lines());
    let same = lines
        .by_ref()
        .take_while(|(one, other)| one == other)
        .count();
    let is_same = now.lines().count() == same && original.lines().count() == same;
    (!is_same).then(|| Location::new(file, same + 1))
}

/// The regions of a lesson, in the order of its files.
///
/// # Errors
///
/// [`LessonRegionError`] for the first that cannot be found.
pub fn regions(folder: &Folder, lesson: &Lesson) -> Result<Vec<LessonRegion>, LessonRegionError> {
    let mut regions = Vec::new();
    for file in &lesson.head.files {
        let text = regular::read_to_string(&folder.file(file)).map_err(|error| {
            LessonRegionError::Unreadable {
                file: file.clone(),
                error,
            }
        })?;
        let find = |id: &str, exercise: Option<&Exercise>| {
            let region = region::find(&text, id).map_err(|error| LessonRegionError::Markers {
                file: file.clone(),
                error,
            })?;
            Ok(LessonRegion {
                location: Location::new(file, region.line),
                end: region.line + region.text.matches('\n').count(),
                untouched: is_untouched(exercise, region.text),
                taken_up_again: exercise.is_some_and(|exercise| exercise.taken_up_again),
            })
        };
        let before = regions.len();
        for exercise in exercise::of(lesson.id(), file) {
            regions.push(find(exercise.region, Some(exercise))?);
        }
        // A lesson that is only in this folder, such as a teacher's own.
        if regions.len() == before {
            regions.push(find(lesson.id(), None)?);
        }
    }
    Ok(regions)
}

/// Whether a region still holds what it did before the lesson, or no code at all.
pub fn is_untouched(exercise: Option<&Exercise>, code: &str) -> bool {
    exercise.is_some_and(|exercise| region::same(code, exercise.stub))
        || region::is_only_comments(code)
}

/// Whether anything is written in the regions of a lesson. Those that an earlier lesson has written in count only
/// if there are no others.
pub fn is_begun(regions: &[LessonRegion]) -> bool {
    let all_again = regions.iter().all(|region| region.taken_up_again);
    let mut counting = regions
        .iter()
        .filter(|region| all_again || !region.taken_up_again);
    counting.any(|region| !region.untouched)
}

/// Whether the learner has changed anything in a lesson's regions. Missing markers count as a change.
pub fn touched(folder: &Folder, lesson: &Lesson) -> bool {
    regions(folder, lesson).map_or(true, |regions| is_begun(&regions))
}

/// Whether all regions of a lesson in a file still hold what they did before the lesson.
pub fn is_as_handed_out(folder: &Folder, file: &str, lesson: &str) -> bool {
    let text = regular::read_to_string(&folder.file(file)).unwrap_or_default();
    let mut exercises = exercise::of(lesson, file).peekable();
    exercises.peek().is_some()
        && exercises.all(|exercise| {
            region::find(&text, exercise.region)
                .is_ok_and(|region| region::same(region.text, exercise.stub))
        })
}
