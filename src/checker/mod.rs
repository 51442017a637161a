//! One check from beginning to end: parse, build, start, probe, judge.
//!
//! It prints nothing. What it is doing goes to the caller's [`Watch`], and each lesson as soon as it is judged; all that it
//! found is returned.

#[cfg(test)]
mod agreement;
pub mod any_client;
pub mod any_server;
mod build;
mod by_lesson;
mod cases;
mod client;
mod finish;
pub mod own;
mod programs;
mod proto;
mod reach;
mod server;
mod settling;
mod starting;
#[cfg(test)]
mod tests;
mod watch;

use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use self::settling::Settling;
pub use self::watch::{Awaited, Doing, Waiting, Watch};
use crate::course::{Component, Course, Lesson, Part, Track};
use crate::guide::Database;
use crate::learner::work::{self, LessonRegion};
use crate::learner::{Folder, StoreError};
use crate::verdict::{CheckReport, Diagnosis, LessonReport, Outcome};

/// How long to wait while nothing moves, if nobody says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// How long to wait for a program that was started to listen or to connect, as long as it runs: `go run`,
/// `cargo run` and the like compile first, and a busy machine starts everything late.
pub const STARTUP: Duration = Duration::from_secs(60);

/// How servers and clients are checked, whoever wrote them.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The features that servers serve and routes pass.
    pub database: Database,
    /// The seed of the random cases and of everything made up.
    pub seed: u64,
    /// How long to wait while nothing moves.
    pub patience: Duration,
    /// How long to wait for a program that was started to listen or to connect, as long as it runs.
    pub startup: Duration,
}

/// The crate that is checked: the learner's, or the finished one.
#[derive(Debug, Clone)]
pub struct Code {
    /// The lab's folder.
    pub folder: Folder,
    /// Which track.
    pub track: Track,
    /// The features, as a file that the programs of the crate can be told to read.
    pub database_file: PathBuf,
    /// Whether the compiler may use colour.
    pub colour: bool,
}

/// Why nothing could be checked. A failed build is no such error: it is reported with the lesson.
#[derive(Debug)]
pub enum CheckError {
    /// Cargo could not be started.
    NoCargo(io::Error),
    /// The lab's notes cannot be used.
    Store(StoreError),
    /// An address that stands for no host.
    Address {
        /// As it was typed.
        address: String,
        /// The system's words.
        error: io::Error,
    },
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
            CheckError::Store(error) => write!(f, "{error}"),
            CheckError::Address { address, error } => {
                write!(f, "cannot use the address {address}: {error}")
            }
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
    /// What is worth a remark, and is no reason to fail.
    pub notes: Vec<Diagnosis>,
}

impl Checked {
    /// What came of it, as a report on `target`: a track or an address. `duration` is what everything
    /// took, the build included.
    pub fn report(self, seed: u64, duration: Duration, target: String) -> CheckReport {
        CheckReport {
            seed,
            duration,
            target,
            lessons: self.lessons,
            warnings: self.warnings,
            notes: self.notes,
        }
    }
}

/// Checks lessons, given in the order of the course. What they need and was not asked for is looked at
/// too, and reported if it is not right.
///
/// # Errors
///
/// [`CheckError`] if the machine, not the learner's code, is in the way.
pub async fn check(
    setting: &Setting,
    code: &Code,
    course: &Course,
    lessons: &[&Lesson],
    watch: &dyn Watch,
) -> Result<Checked, CheckError> {
    let settling = Settling {
        code,
        course,
        watch,
    };
    let (on_proto, on_crate): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.component() == Component::Proto);
    let mut reports: Vec<LessonReport> = on_proto
        .iter()
        .map(|lesson| proto::check(code, lesson))
        .collect();
    let without_build = |reports| {
        Ok(Checked {
            lessons: settling.settle_all(reports),
            ..Checked::default()
        })
    };
    if on_crate.is_empty() {
        return without_build(reports);
    }
    // The crate is generated from the .proto: what is wrong there would only show as riddles here.
    let unasked = course.part(Part::Codelab).filter(|lesson| {
        lesson.component() == Component::Proto
            && !on_proto.iter().any(|asked| asked.id() == lesson.id())
    });
    let unasked = unasked.map(|lesson| proto::check(code, lesson));
    reports.extend(unasked.filter(|report| report.outcome != Outcome::Pass));
    if reports.iter().any(|report| report.outcome != Outcome::Pass) {
        reports.extend(on_crate.iter().map(|lesson| waiting(code, lesson)));
        return without_build(reports);
    }
    let ready = match build::run(code, course, &on_crate, watch).await? {
        Ok(ready) => ready,
        Err(failed) => {
            reports.extend(failed);
            return without_build(reports);
        }
    };
    // Not before: a build that fails may have more to say of them.
    reports = settling.settle_all(reports);
    watch.doing(Doing::Probing);
    let programs = programs::Programs {
        setting,
        code,
        executables: &ready.executables,
        watch,
    };
    let (of_server, of_client): (Vec<&Lesson>, Vec<&Lesson>) = on_crate
        .into_iter()
        .partition(|lesson| lesson.component() == Component::Server);
    // Apart from the machine they run on, servers and clients have nothing to do with each other.
    let (of_server, of_client) = tokio::join!(
        server::check(&programs, &of_server, &settling),
        client::check(&programs, &of_client, &settling)
    );
    reports.extend(of_server?);
    reports.extend(of_client?);
    Ok(Checked {
        lessons: reports,
        warnings: ready.warnings,
        ..Checked::default()
    })
}

/// A lesson that cannot be checked yet, because of something before it.
fn waiting(code: &Code, lesson: &Lesson) -> LessonReport {
    let (outcome, message) = if code.track == Track::StartHere && lesson.head.files.is_empty() {
        (Outcome::Fail, Some("It waits for the lessons before it."))
    } else if not_begun(code, lesson).is_some() {
        (Outcome::Fail, None)
    } else {
        (Outcome::Skipped, None)
    };
    LessonReport::without_cases(lesson, outcome, message.map(Diagnosis::new))
}

/// The region in which a lesson still waits for its first line, if there is one.
fn not_begun(code: &Code, lesson: &Lesson) -> Option<LessonRegion> {
    if code.track == Track::Completed {
        return None;
    }
    let regions = work::regions(&code.folder, lesson).ok()?;
    // Where one region is filled, the lesson has been begun, and its findings say more.
    let begun = work::is_begun(&regions);
    regions.into_iter().next().filter(|_| !begun)
}
