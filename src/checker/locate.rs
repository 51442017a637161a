//! Where a lesson that is not right is to be changed.

use crate::course::Course;
use crate::learner::Folder;
use crate::learner::work::{self, LessonRegionError};
use crate::location::Location;
use crate::verdict::{self, CheckReport, LessonReport};

/// Where the lesson to change first is to be changed. None if the cause is not in the learner's code.
///
/// # Errors
///
/// If the lesson's region cannot be found.
pub fn first_to_change(
    folder: &Folder,
    course: &Course,
    report: &CheckReport,
) -> Option<Result<Location, LessonRegionError>> {
    let open = verdict::report::first_wrong(&report.lessons)?;
    to_change(folder, course, open)
}

/// Where a lesson that is not right is to be changed, in the same way.
///
/// # Errors
///
/// As [`first_to_change`].
pub fn to_change(
    folder: &Folder,
    course: &Course,
    report: &LessonReport,
) -> Option<Result<Location, LessonRegionError>> {
    let found = report.diagnosis.as_ref();
    if found.is_some_and(|found| found.elsewhere) {
        return None;
    }
    if let Some(location) = found.and_then(|found| found.location.clone()) {
        return Some(Ok(location));
    }
    let lesson = course.find(&report.lesson).ok()?;
    match work::regions(folder, lesson) {
        Ok(regions) => regions.into_iter().next().map(|region| Ok(region.location)),
        Err(error) => Some(Err(error)),
    }
}
