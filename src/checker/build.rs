//! From the learner's crate to programs that can be started.

use std::time::{Duration, Instant};

use super::programs::{self, Executables};
use super::{Check, CheckError, Doing, TrackCode, sources};
use crate::compiler::{self, Cause, Sources};
use crate::course::{Course, Lesson, Track};
use crate::guide::cases::Proof;
use crate::learner::work::{self, LessonRegion};
use crate::learner::{Folder, scaffold};
use crate::location::Location;
use crate::process::cargo::{self, Build, BuildOutcome, BuildProgress, CompilerMessage};
use crate::process::crates::{self, Missing};
use crate::process::files::FileLock;
use crate::verdict::{Diagnosis, Excerpt, LessonReport, Outcome};

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
    if let Some((lesson, region)) = not_generated(code, check.course) {
        return Ok(Err(one_for_all(
            check,
            lessons,
            lesson,
            Outcome::Fail,
            &nothing_generated(&region),
        )));
    }
    let started = Instant::now();
    // Both tracks, and every lab on this folder, build programs of the same names: until they have
    // been copied, no other build may replace them.
    let lock = FileLock::take(&code.folder.state_dir().join("build.lock"))
        .await
        .map_err(CheckError::system("lock the folder for a build"))?;
    let build = Build {
        workspace: code.folder.root().to_path_buf(),
        package: code.track.name(),
        programs: programs::needed(lessons),
        colour: code.colour,
    };
    let outcome = build
        .run(|progress| {
            check.listener.doing(match progress {
                BuildProgress::Waiting => Doing::WaitingForCargo,
                BuildProgress::Compiling { done, total } => Doing::Building { done, total },
            });
        })
        .await
        .map_err(CheckError::NoCargo)?;
    let last = lessons.last().copied();
    match outcome {
        BuildOutcome::Built(built) => {
            let executables = Executables::copy(&built.programs)
                .map_err(CheckError::system("copy your programs"))?;
            drop(lock);
            Ok(Ok(Ready {
                executables,
                warnings: built.warnings,
            }))
        }
        BuildOutcome::Rejected(errors) => {
            let diagnosis = rejected(&errors, code, started.elapsed());
            // The lesson whose region the error is in has to fix it; outside of all regions, the lesson at hand.
            let location = diagnosis.location.as_ref();
            let owner = location.and_then(|location| owner(code, check.course, location));
            Ok(Err(report(check, lessons, owner.or(last), &diagnosis)))
        }
        BuildOutcome::Failed { words } => {
            let diagnosis = failed(words, code);
            let location = diagnosis.location.as_ref();
            let owner = location.and_then(|location| owner(code, check.course, location));
            Ok(Err(report(check, lessons, owner.or(last), &diagnosis)))
        }
    }
}

/// What is said of code that rustc refuses.
fn rejected(errors: &[CompilerMessage], code: &TrackCode, after: Duration) -> Diagnosis {
    let sources = sources::read(code);
    let refusal = compiler::refusal(errors, &sources);
    let message = match &refusal.cause {
        Some(cause) => sentences(cause),
        None => format!(
            "{} does not compile yet: {} error{} after {:.1} s. The compiler says:",
            code.track.name(),
            errors.len(),
            if errors.len() == 1 { "" } else { "s" },
            after.as_secs_f64()
        ),
    };
    let rendered = |(_, error): (usize, &CompilerMessage)| error.rendered().to_string();
    let others = errors.iter().enumerate();
    let others = others.filter(|(index, _)| *index != refusal.error);
    let first = errors
        .get(refusal.error)
        .map_or("", CompilerMessage::rendered);
    let diagnosis = Diagnosis {
        location: refusal.location,
        ..Diagnosis::mistake("build-failed", message)
            .quoting_errors(first, others.map(rendered).collect())
    };
    let Some(cause) = refusal.cause else {
        return diagnosis;
    };
    with_way_back(with_excerpt(diagnosis, &sources), &cause, code)
}

/// What is said where cargo could not begin to compile the crate.
fn failed(words: String, code: &TrackCode) -> Diagnosis {
    let is_learners = code.track == Track::StartHere;
    let sources = sources::read(code);
    let cause = is_learners
        .then(|| compiler::failure(&words, &sources))
        .flatten();
    let Some(cause) = cause else {
        let message = format!("Cargo cannot build {}. It says:", code.track.name());
        let advice = crates::missing(&words).map(|missing| get_crates(missing, &code.folder));
        let diagnosis = Diagnosis::mistake("build-failed", message).quoting_compiler(words);
        return match advice {
            Some(advice) => diagnosis.hint(advice).elsewhere(),
            None => diagnosis,
        };
    };
    let diagnosis = Diagnosis {
        location: cause.location.clone(),
        ..Diagnosis::mistake("build-failed", sentences(&cause)).quoting_compiler(words)
    };
    with_way_back(with_excerpt(diagnosis, &sources), &cause, code)
}

/// A cause and what to do about it.
fn sentences(cause: &Cause) -> String {
    match &cause.hint {
        Some(hint) => format!("{} {hint}", cause.message),
        None => cause.message.clone(),
    }
}

/// The diagnosis with the line to change, unless the compiler's text shows it.
fn with_excerpt(diagnosis: Diagnosis, sources: &Sources) -> Diagnosis {
    let excerpt = || {
        let location = diagnosis.location.clone()?;
        let shown = diagnosis.quoted.as_ref()?.words();
        if shown.contains(&location.to_string()) {
            return None;
        }
        let line = sources.file(&location.file)?.line(location.line)?;
        Some(Excerpt {
            column: line.chars().take_while(|c| c.is_whitespace()).count() + 1,
            source: line.to_string(),
            location,
        })
    };
    Diagnosis {
        excerpt: excerpt(),
        ..diagnosis
    }
}

/// The diagnosis with how to get a missing file back. There is no line to change then.
fn with_way_back(diagnosis: Diagnosis, cause: &Cause, code: &TrackCode) -> Diagnosis {
    let Some(file) = &cause.missing else {
        return diagnosis;
    };
    let root = code.folder.root();
    let way_back = scaffold::way_back(scaffold::is_made(root), file);
    Diagnosis {
        message: format!("{} {way_back} brings it back.", diagnosis.message),
        ..diagnosis.elsewhere()
    }
}

/// What to do where cargo does not get the crates it needs.
fn get_crates(missing: Missing, folder: &Folder) -> String {
    let vendor = format!("`{} init --vendor`", env!("CARGO_PKG_NAME"));
    match missing {
        Missing::NotInFolder => format!(
            "The crates in vendor/ are not those that Cargo.lock names. Where there is a network, run \
             {vendor} in this folder: it gets the right ones."
        ),
        // A clone of the lab needs more crates than the course, and has no use for a folder of them.
        Missing::OutOfReach if cargo::holds_the_lab(folder.root()) => {
            "Not all crates that the course needs are on this machine yet, and cargo does not reach the \
             place where it gets them. Where there is a network, run `cargo fetch` in this folder once; after \
             that, the course works without one."
                .to_string()
        }
        Missing::OutOfReach => format!(
            "Not all crates that the course needs are on this machine yet, and cargo does not reach the \
             place where it gets them. Where there is a network, run `cargo fetch` in this folder once, or \
             {vendor} to keep them in the folder; after that, the course works without one."
        ),
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

fn nothing_generated(open: &LessonRegion) -> Diagnosis {
    let is_library = open.location.file.ends_with("/src/lib.rs");
    let what = match is_library {
        true => "The code is generated, but not included yet",
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
