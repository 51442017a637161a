//! From the learner's crate to programs that can be started.

mod failure;

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::programs::{self, Executables};
use super::{Check, CheckError, Doing, TrackCode};
use crate::course::{Course, Lesson, Track};
use crate::guide::cases::Proof;
use crate::learner::Folder;
use crate::learner::freshness::{self, Prepared};
use crate::learner::lock;
use crate::learner::work::{self, LessonRegion};
use crate::location::Location;
use crate::process::cargo::{Build, BuildOutcome, BuildProgress, CompilerMessage};
use crate::process::files::FileLock;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// A crate that has been built.
pub struct Ready {
    /// Its programs.
    pub executables: Executables,
    /// The compiler's warnings.
    pub warnings: Vec<CompilerMessage>,
}

/// Builds what the lessons need or, if it does not build, says so in a report for each of them.
///
/// # Errors
///
/// If cargo cannot be started, or the system is in the way.
pub async fn run(
    check: &Check<'_>,
    code: &TrackCode,
    lessons: &[&Lesson],
) -> Result<Result<Ready, Vec<LessonReport>>, CheckError> {
    let open = not_generated(code, check.course);
    let not_generated = |(lesson, region): &(&Lesson, LessonRegion)| {
        let diagnosis = nothing_generated(region);
        one_for_all(check, lessons, lesson, Outcome::Fail, &diagnosis)
    };
    // Where build.rs is written, it is run: what is wrong there can be told before src/lib.rs is written.
    if let Some(open) = open.as_ref().filter(|(_, region)| !is_in_library(region)) {
        return Ok(Err(not_generated(open)));
    }
    let started = Instant::now();
    let lock = match check.prepared.and_then(Preparation::take_lock) {
        Some(lock) => lock,
        None => lock_builds(&code.folder).await?,
    };
    let build = Build {
        workspace: code.folder.root().to_path_buf(),
        package: code.track.name(),
        programs: programs::needed(lessons),
        colour: code.colour,
    };
    let folder_lock = match check.prepared {
        Some(prepared) => Some(lock_programs(&prepared.files, &code.folder).await?),
        None => None,
    };
    let (outcome, products) = build
        .run(|progress| {
            check.listener.doing(match progress {
                BuildProgress::Waiting => Doing::WaitingForCargo,
                BuildProgress::Compiling { done, total } => Doing::Building { done, total },
            });
        })
        .await
        .map_err(CheckError::NoCargo)?;
    let executables = match &outcome {
        BuildOutcome::Built(built) => Some(
            Executables::copy(&built.programs).map_err(CheckError::system("copy your programs"))?,
        ),
        BuildOutcome::Rejected(_) | BuildOutcome::Failed { .. } => None,
    };
    if let Some((prepared, locked)) = check.prepared.zip(folder_lock.as_ref())
        && !prepared
            .files
            .confirm(&code.folder, &products, &locked.folder)?
    {
        return Err(CheckError::OtherBuild);
    }
    drop((folder_lock, lock));
    // What belongs to no lesson is the matter of the one at hand: the last that has been begun.
    let mut begun = lessons.iter().rev();
    let begun = begun.find(|lesson| work::touched(&code.folder, lesson));
    let last = begun.or(lessons.last()).copied();
    let diagnosis = match (outcome, &open) {
        (BuildOutcome::Built(_), Some(open)) => return Ok(Err(not_generated(open))),
        (BuildOutcome::Built(built), None) => {
            return Ok(Ok(Ready {
                executables: executables.unwrap_or_default(),
                warnings: built.warnings,
            }));
        }
        (BuildOutcome::Rejected(errors), _) => failure::rejected(&errors, code, started.elapsed()),
        (BuildOutcome::Failed { words }, _) => failure::failed(words, code),
    };
    let location = diagnosis.location.as_ref();
    let is_of_library = location.is_none_or(|location| location.file.contains("/src/"));
    if let Some(open) = open
        .as_ref()
        .filter(|_| is_of_library && !diagnosis.elsewhere)
    {
        return Ok(Err(not_generated(open)));
    }
    // The lesson whose region the error is in has to fix it; outside of all regions, the lesson at hand.
    let owner = location.and_then(|location| owner(code, check.course, location));
    Ok(Err(report(check, lessons, owner.or(last), &diagnosis)))
}

/// The learner's files, made ready for a build, and the lock under which that was done. The build takes the lock over.
pub struct Preparation {
    files: Prepared,
    lock: Mutex<Option<FileLock>>,
}

impl Preparation {
    /// Makes the files ready, as soon as no other build is made in this folder.
    ///
    /// # Errors
    ///
    /// If the system is in the way, or a source file is no regular file.
    pub async fn of(folder: &Folder) -> Result<Preparation, CheckError> {
        let lock = lock_builds(folder).await?;
        Ok(Preparation {
            files: freshness::prepare(folder)?,
            lock: Mutex::new(Some(lock)),
        })
    }

    fn take_lock(&self) -> Option<FileLock> {
        // Nothing can panic while it is held.
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        lock.take()
    }
}

/// Both tracks, and every lab on this folder, build programs of the same names: until they have been copied, no other
/// build may replace them. And no other lab may make the files ready for a build before it is known what this one has
/// built.
///
/// # Errors
///
/// If the system is in the way.
async fn lock_builds(folder: &Folder) -> Result<FileLock, CheckError> {
    let state_dir = folder.state_dir();
    let path = state_dir.join("build.lock");
    let what = format!("lock {}", path.display());
    lock::prepare(&state_dir)
        .map_err(|error| CheckError::system(&what)(io::Error::other(error)))?;
    FileLock::take(&path)
        .await
        .map_err(CheckError::system(what))
}

/// The folder of the programs, in which no other lab builds meanwhile: several courses may share it.
struct ProgramsLock {
    folder: PathBuf,
    _lock: Option<FileLock>,
}

async fn lock_programs(prepared: &Prepared, course: &Folder) -> Result<ProgramsLock, CheckError> {
    let folder = prepared.programs_folder(course);
    // Before the first build, there is nothing to lock.
    if !folder.is_dir() {
        return Ok(ProgramsLock {
            folder,
            _lock: None,
        });
    }
    let path = folder.join(".routeguide-lab.lock");
    match FileLock::take(&path).await {
        Ok(lock) => Ok(ProgramsLock {
            folder,
            _lock: Some(lock),
        }),
        // It is another user's folder, from before this course was copied for example. If cargo is to build there, it
        // says better what is in its way.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(ProgramsLock {
            folder: PathBuf::new(),
            _lock: None,
        }),
        Err(error) => Err(CheckError::system(format!("lock {}", path.display()))(
            error,
        )),
    }
}

fn report(
    check: &Check<'_>,
    lessons: &[&Lesson],
    blamed: Option<&Lesson>,
    diagnosis: &Diagnosis,
) -> Vec<LessonReport> {
    match blamed {
        Some(blamed) => one_for_all(check, lessons, blamed, Outcome::Error, diagnosis),
        None => Vec::new(),
    }
}

/// One lesson says what is wrong, also if it was not asked for; the others wait.
fn one_for_all(
    check: &Check<'_>,
    lessons: &[&Lesson],
    blamed: &Lesson,
    outcome: Outcome,
    diagnosis: &Diagnosis,
) -> Vec<LessonReport> {
    let said = LessonReport::without_cases(blamed, outcome, Some(diagnosis.clone()));
    let mut reports: Vec<LessonReport> = Vec::new();
    for lesson in lessons {
        if lesson.id() != blamed.id() {
            reports.push(check.waiting(lesson));
        }
    }
    let index = lessons
        .iter()
        .take_while(|lesson| lesson.number < blamed.number)
        .count();
    reports.insert(index, said);
    reports
}

/// The lesson whose region a location is in.
fn owner<'a>(code: &TrackCode, course: &'a Course, location: &Location) -> Option<&'a Lesson> {
    course.lessons().iter().find(|lesson| {
        let regions = work::regions(&code.folder, lesson).unwrap_or_default();
        regions.iter().any(|region| region.holds(location))
    })
}

/// A crate without generated code gives hundreds of errors, of which none names the cause.
fn not_generated<'a>(code: &TrackCode, course: &'a Course) -> Option<(&'a Lesson, LessonRegion)> {
    if code.track != Track::StartHere {
        return None;
    }
    let generates = |lesson: &&Lesson| lesson.check.proves == Proof::GeneratedCode;
    let lesson = course.lessons().iter().find(generates)?;
    let regions = work::regions(&code.folder, lesson).ok()?;
    let open = regions.into_iter().find(|region| region.untouched)?;
    Some((lesson, open))
}

fn is_in_library(region: &LessonRegion) -> bool {
    region.location.file.ends_with("/src/lib.rs")
}

fn nothing_generated(open: &LessonRegion) -> Diagnosis {
    let what = match is_in_library(open) {
        true => "The generated code is not included yet",
        false => "Nothing is generated yet",
    };
    let message = format!(
        "{what}: {} still waits for your code, at line {}.",
        open.location.file, open.location.line
    );
    Diagnosis::mistake("not-generated", message)
        .hint("build.rs generates the code, and src/lib.rs includes it: both are needed.")
        .at(open.location.clone())
}
