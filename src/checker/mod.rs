//! One check from beginning to end: parse, build, start, probe, judge.
//!
//! It prints nothing. What it is doing goes to the caller's [`Watch`], and what it found is returned.

mod client;
mod programs;
mod proto;
mod server;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{fmt, io};

use crate::contract::Database;
use crate::contract::cases::Proof;
use crate::course::{Lesson, Part, Track};
use crate::learner::{Folder, work};
use crate::process::cargo::{Build, Built, Outcome as BuildOutcome, Progress};
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// What is checked, and how.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The lab's folder.
    pub folder: Folder,
    /// Which track.
    pub track: Track,
    /// The features that servers serve and routes pass.
    pub database: Database,
    /// The same, as a file that programs can be told to read.
    pub database_file: PathBuf,
    /// The seed of the random cases and of everything made up.
    pub seed: u64,
    /// How long to wait while nothing moves.
    pub patience: Duration,
    /// Whether the compiler may use colour.
    pub colour: bool,
}

/// What a check is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Compiling: crates done, of crates to do.
    Building(Progress),
    /// Talking to the learner's programs.
    Probing,
}

/// Is told what a check is doing.
pub type Watch<'a> = dyn FnMut(Doing) + 'a;

/// Why nothing could be checked. A failed build is no such error: it is reported with the lesson.
#[derive(Debug)]
pub enum CheckError {
    /// Cargo could not be started.
    NoCargo(io::Error),
    /// The system gave no port, or a program could not be started.
    System {
        /// What the lab wanted to do.
        doing: String,
        /// The system's words.
        error: io::Error,
    },
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckError::NoCargo(error) => write!(f, "cannot start cargo: {error}"),
            CheckError::System { doing, error } => write!(f, "cannot {doing}: {error}"),
        }
    }
}

impl std::error::Error for CheckError {}

/// What came of a check.
#[derive(Debug, Default)]
pub struct Checked {
    /// A report for each lesson, in order.
    pub lessons: Vec<LessonReport>,
    /// The compiler's warnings, as it writes them.
    pub warnings: Vec<String>,
}

/// Checks lessons, given in the order of the course.
///
/// # Errors
///
/// [`CheckError`] if the machine, not the learner's code, is in the way.
pub async fn check(
    setting: &Setting,
    lessons: &[&Lesson],
    watch: &mut Watch<'_>,
) -> Result<Checked, CheckError> {
    let (on_proto, on_crate): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.part() == Part::Proto);
    let mut reports: Vec<LessonReport> = on_proto
        .into_iter()
        .map(|lesson| proto::check(setting, lesson))
        .collect();
    let without_build = |lessons| {
        Ok(Checked {
            lessons,
            ..Checked::default()
        })
    };
    if on_crate.is_empty() {
        return without_build(reports);
    }
    // The crate is generated from the .proto: what is wrong there would only show as riddles here.
    if reports.iter().any(|report| report.outcome != Outcome::Pass) {
        reports.extend(on_crate.iter().map(|lesson| waiting(setting, lesson)));
        return without_build(reports);
    }
    let built = match build(setting, &on_crate, watch).await? {
        Ok(built) => built,
        Err(diagnosis) => {
            reports.extend(unbuilt(setting, &on_crate, &diagnosis));
            return without_build(reports);
        }
    };
    watch(Doing::Probing);
    let programs = programs::Programs {
        setting,
        built: &built,
    };
    let (of_server, of_client): (Vec<&Lesson>, Vec<&Lesson>) = on_crate
        .into_iter()
        .partition(|lesson| lesson.part() == Part::Server);
    // Apart from the machine they run on, servers and clients have nothing to do with each other.
    let (of_server, of_client) = tokio::join!(
        server::check(&programs, &of_server),
        client::check(&programs, &of_client)
    );
    reports.extend(of_server?);
    reports.extend(of_client?);
    Ok(Checked {
        lessons: reports,
        warnings: built.warnings,
    })
}

/// A lesson that cannot be checked yet, because of something before it. Whether it has been begun can
/// be told all the same.
fn waiting(setting: &Setting, lesson: &Lesson) -> LessonReport {
    let diagnosis = match setting.track {
        Track::Completed => None,
        Track::StartHere => match work::spots(&setting.folder, lesson).as_deref() {
            Ok([]) => Some("It waits for the lessons before it.".to_string()),
            Ok(spots) => spots
                .iter()
                .find(|spot| spot.untouched)
                .map(|spot| format!("Nothing is written yet at {}:{}.", spot.file, spot.line)),
            Err(error) => Some(error.to_string()),
        },
    };
    let outcome = if diagnosis.is_some() {
        Outcome::Fail
    } else {
        Outcome::Skipped
    };
    LessonReport::without_cases(lesson, outcome, diagnosis.map(Diagnosis::new))
}

/// The crate does not build: the lesson being worked on, the last one, says so.
fn unbuilt(setting: &Setting, lessons: &[&Lesson], failure: &Failure) -> Vec<LessonReport> {
    // A crate whose code is not generated yet has not failed to build: it is lesson 3 that is open.
    let blamed = match failure.outcome {
        Outcome::Fail => 0,
        _ => lessons.len() - 1,
    };
    lessons
        .iter()
        .enumerate()
        .map(|(index, lesson)| {
            if index == blamed {
                LessonReport::without_cases(
                    lesson,
                    failure.outcome,
                    Some(failure.diagnosis.clone()),
                )
            } else {
                waiting(setting, lesson)
            }
        })
        .collect()
}

/// Why there is no crate to check.
struct Failure {
    outcome: Outcome,
    diagnosis: Diagnosis,
}

async fn build(
    setting: &Setting,
    lessons: &[&Lesson],
    watch: &mut Watch<'_>,
) -> Result<Result<Built, Failure>, CheckError> {
    if let Some(diagnosis) = not_generated(setting, lessons) {
        return Ok(Err(Failure {
            outcome: Outcome::Fail,
            diagnosis,
        }));
    }
    let started = Instant::now();
    let build = Build {
        workspace: setting.folder.root().to_path_buf(),
        package: setting.track.name(),
        programs: programs::needed(lessons),
        colour: setting.colour,
    };
    let outcome = build
        .run(|progress| watch(Doing::Building(progress)))
        .await
        .map_err(CheckError::NoCargo)?;
    let name = setting.track.name();
    let failed = |message: String, words: String| {
        let diagnosis = Diagnosis::mistake("build-failed", message).quoting(words);
        Ok(Err(Failure {
            outcome: Outcome::Error,
            diagnosis,
        }))
    };
    match outcome {
        BuildOutcome::Built(built) => Ok(Ok(built)),
        BuildOutcome::Rejected { diagnostics } => failed(
            format!(
                "{name} does not compile yet: {} error{} after {:.1} s. The compiler says:",
                diagnostics.len(),
                if diagnostics.len() == 1 { "" } else { "s" },
                started.elapsed().as_secs_f64()
            ),
            diagnostics.join("\n"),
        ),
        BuildOutcome::Failed { words } => {
            failed(format!("Cargo cannot build {name}. It says:"), words)
        }
    }
}

/// A crate without generated code gives hundreds of errors, of which none names the cause.
fn not_generated(setting: &Setting, lessons: &[&Lesson]) -> Option<Diagnosis> {
    if setting.track != Track::StartHere {
        return None;
    }
    let lesson = lessons
        .iter()
        .find(|lesson| lesson.check.proves == Proof::GeneratedCode)?;
    let spots = work::spots(&setting.folder, lesson).ok()?;
    let open = spots.iter().find(|spot| spot.untouched)?;
    Some(
        Diagnosis::mistake(
            "not-generated",
            format!(
                "Nothing is generated yet: {} still waits for your code, at line {}.",
                open.file, open.line
            ),
        )
        .hint("build.rs generates the code, and src/lib.rs includes it: both are needed."),
    )
}
