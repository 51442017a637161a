//! A check of one of the two crates of the lab, and of which state of its files the verdict is.

use std::time::Instant;

use super::{CheckError, Code, Setting, Watch};
use crate::course::{Course, Selection, Track, files};
use crate::learner::store::Loaded;
use crate::learner::work::{self, LessonRegionError};
use crate::learner::{Fingerprint, Folder, Store, StoreError, freshness};
use crate::location::Location;
use crate::process;
use crate::verdict::{CheckReport, LessonReport, Outcome};

/// What is checked.
#[derive(Debug, Clone)]
pub struct Own {
    /// The lab's folder.
    pub folder: Folder,
    /// Which of the two crates.
    pub track: Track,
    /// How.
    pub setting: Setting,
    /// Whether the compiler may use colour.
    pub colour: bool,
}

/// A report, and the states of the learner's files before and after it was made.
#[derive(Debug)]
pub struct Verdict {
    /// The report.
    pub report: CheckReport,
    /// Before the first file was read.
    pub before: Fingerprint,
    /// After the last program was called.
    pub after: Fingerprint,
}

impl Verdict {
    /// Whether the report is about the files as they are. If they were written in between, nobody knows what
    /// it is about: even if the same stands there again, something else may have when they were read.
    pub fn holds(&self) -> bool {
        self.before == self.after
    }

    /// Whether at least the same stood in the files before and after.
    pub fn same_contents(&self) -> bool {
        self.before.same_contents(self.after)
    }
}

impl Own {
    /// Checks lessons.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if the machine, not the code, is in the way.
    pub async fn check(
        &self,
        course: &Course,
        selection: &Selection<'_>,
        watch: &dyn Watch,
    ) -> Result<Verdict, CheckError> {
        let started = Instant::now();
        if self.track == Track::StartHere {
            freshness::touch_changed_files(&self.folder).map_err(CheckError::Store)?;
        }
        let database =
            process::files::temporary("route_guide_db", files::DATABASE).map_err(|error| {
                CheckError::System {
                    doing: "write a temporary file".to_string(),
                    error,
                }
            })?;
        let code = Code {
            folder: self.folder.clone(),
            track: self.track,
            database_file: database.path().to_path_buf(),
            colour: self.colour,
        };
        let before = Fingerprint::of(&self.folder);
        watch.began(before);
        let checked = super::check(&self.setting, &code, course, &selection.lessons, watch).await?;
        let after = Fingerprint::of(&self.folder);
        let target = self.track.name().to_string();
        Ok(Verdict {
            report: checked.report(self.setting.seed, started.elapsed(), target),
            before,
            after,
        })
    }
}

/// Whether something has been recorded.
#[derive(Debug)]
#[must_use]
pub enum Recorded {
    /// It has; all that is known then.
    Yes(Loaded),
    /// Something else stands in the files by now.
    Outdated,
}

/// Records what has been found out about the learner's code, if that is still what stands in the files. A
/// lesson that could not be checked stays as it was, and one that has not been begun has not been tried.
/// `counts` says whether the learner has asked for the check.
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
        // While nobody else records, resets or undoes anything.
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

/// Where the first lesson that is not right is to be changed. None if the cause is not in the learner's code.
///
/// # Errors
///
/// If the lesson's region cannot be found.
pub fn place_to_edit(
    folder: &Folder,
    course: &Course,
    report: &CheckReport,
) -> Option<Result<Location, LessonRegionError>> {
    let open = report.lessons.iter().find(|lesson| lesson.is_wrong())?;
    place_of(folder, course, open)
}

/// Where a lesson that is not right is to be changed, in the same way.
///
/// # Errors
///
/// As [`place_to_edit`].
pub fn place_of(
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
