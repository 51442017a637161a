//! One check from beginning to end: parse, build, start, probe, judge.
//!
//! It prints nothing. What it is doing goes to the caller's [`ProgressListener`], and each lesson as soon as it is
//! judged; all that it found is returned.

#[cfg(test)]
mod agreement;
mod build;
mod cases;
mod client;
pub mod connect;
mod finalize;
mod group_cases;
mod last_words;
mod learner_server;
pub mod locate;
mod programs;
mod progress;
mod proto;
pub mod provenance;
pub mod record;
mod replay;
mod server;
mod sources;
mod startup;
mod subject;
#[cfg(test)]
mod tests;
mod track;
mod unused;
mod wait;

use std::io;
use std::time::Duration;

pub use self::learner_server::{Crash, HandlerPanic, LearnerServer, ServerProgram};
pub use self::progress::{Awaited, Doing, ProgressListener, Waiting};
pub use self::subject::{Command, Role, Subject, TrackCode};
pub use self::track::{TrackCheck, Verdict};
use crate::compiler::Unused;
use crate::course::{Course, Lesson, Part, Track};
use crate::guide::{Database, dialect};
use crate::learner::StoreError;
use crate::learner::work::{self, LessonRegion};
use crate::verdict::{CheckReport, Diagnosis, LessonReport, Outcome};

/// How long to wait while nothing moves, if the user does not choose another time.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// How long to wait for a program that was started to listen or to connect, as long as it runs: `go run`,
/// `cargo run` and the like compile first, and a busy machine starts everything late.
pub const STARTUP: Duration = Duration::from_secs(60);

/// How servers and clients are checked.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The features that servers serve and routes pass.
    pub database: Database,
    /// The seed of the random cases and of all synthetic data.
    pub seed: u64,
    /// How long to wait while nothing moves.
    pub patience: Duration,
    /// How long to wait for a program that was started to listen or to connect, as long as it runs.
    pub startup: Duration,
}

/// Why nothing could be checked. A failed build is no such error: it is reported with the lesson.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Cargo could not be started.
    #[error("cannot start cargo: {0}")]
    NoCargo(#[source] io::Error),
    /// The lab's state cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Cargo has built nothing, because it takes what was built from other code for the build of this one.
    #[error("cargo takes a build of other code for the build of start_here")]
    OtherBuild,
    /// The lab did not run for a while, again and again.
    #[error("the lab itself did not run for a second or more, each time it checked")]
    StoodStill,
    /// The host of an address is not known.
    #[error("cannot use the address {address}: {error}")]
    Address {
        /// As it was typed.
        address: String,
        /// The system's words.
        #[source]
        error: io::Error,
    },
    /// The system gave no port, or a program could not be started.
    #[error("cannot {doing}: {error}")]
    System {
        /// What the lab wanted to do.
        doing: String,
        /// The system's words.
        #[source]
        error: io::Error,
    },
}

impl CheckError {
    /// What becomes of the system's error where the lab wanted to do something.
    fn system(doing: impl Into<String>) -> impl FnOnce(io::Error) -> CheckError {
        let doing = doing.into();
        move |error| CheckError::System { doing, error }
    }
}

/// What a check has found.
#[derive(Debug, Default)]
pub struct Checked {
    /// A report for each lesson, in order.
    pub lessons: Vec<LessonReport>,
    /// The compiler's warnings, as it writes them.
    pub warnings: Vec<String>,
    /// Remarks that are no reason to fail.
    pub notes: Vec<Diagnosis>,
}

impl Checked {
    /// What was found, for somebody whose language is not known.
    fn for_any_language(self) -> Checked {
        let lessons = self.lessons.into_iter();
        Checked {
            lessons: lessons.map(|lesson| lesson.addressed(false)).collect(),
            ..self
        }
    }

    /// The report. `duration` is what everything took, the build included.
    pub fn report(self, seed: u64, duration: Duration, subject: &Subject) -> CheckReport {
        CheckReport {
            seed,
            duration,
            target: subject.name(),
            lessons: self.lessons,
            warnings: self.warnings,
            notes: self.notes,
        }
    }
}

/// One check: its setting, its subject, the course, and the listener.
#[derive(Clone, Copy)]
pub struct Check<'a> {
    /// How to check.
    pub setting: &'a Setting,
    /// What is checked.
    pub subject: &'a Subject,
    /// The lessons of the course.
    pub course: &'a Course,
    /// Whether the lessons were named. Then an optional RPC is asked for, too.
    pub lessons_are_named: bool,
    /// The learner's files as they are to be built. None for everything but the learner's crate.
    pub prepared: Option<&'a build::Preparation>,
    /// The calls that the compiler has seen to be never awaited, once it has compiled the code.
    pub unused: &'a [Unused],
    /// Receives what the check is doing.
    pub listener: &'a dyn ProgressListener,
}

/// Why a program cannot be checked, and what that means for its lessons: they fail, or could not be checked.
#[derive(Debug)]
struct Blame {
    outcome: Outcome,
    diagnosis: Diagnosis,
}

impl Blame {
    fn fail(diagnosis: Diagnosis) -> Blame {
        Blame {
            outcome: Outcome::Fail,
            diagnosis,
        }
    }

    fn error(diagnosis: Diagnosis) -> Blame {
        Blame {
            outcome: Outcome::Error,
            diagnosis,
        }
    }
}

impl Check<'_> {
    /// Checks lessons, given in the order of the course.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if the machine, not the subject, is in the way.
    pub async fn run(&self, lessons: &[&Lesson]) -> Result<Checked, CheckError> {
        replay::run(self, lessons).await
    }

    async fn run_once(&self, lessons: &[&Lesson]) -> Result<Checked, CheckError> {
        let mut checked = match self.subject {
            Subject::Track(code) => return track::check(self, code, lessons).await,
            Subject::Command(command) if command.role == Role::Client => {
                let checked = client::check_command(self, command, lessons).await?;
                return Ok(checked.for_any_language());
            }
            Subject::Command(command) => server::check_command(self, command, lessons).await?,
            Subject::Address(addr) => server::check_address(self, addr, lessons).await?,
        };
        checked = checked.for_any_language();
        if !self.lessons_are_named {
            server::leave_out_optional(&mut checked.lessons, lessons);
        }
        checked.notes.extend(dialect::recognise(&checked.lessons));
        Ok(checked)
    }

    /// The first lesson says why no program can be checked; the others wait.
    fn blame_first(&self, lessons: &[&Lesson], blame: &Blame) -> Vec<LessonReport> {
        let report = |(index, lesson): (usize, &&Lesson)| match index {
            0 => {
                let diagnosis = Some(blame.diagnosis.clone());
                LessonReport::without_cases(lesson, blame.outcome, diagnosis)
            }
            _ => self.waiting(lesson),
        };
        lessons.iter().enumerate().map(report).collect()
    }

    /// A lesson that cannot be checked yet, because of something before it.
    fn waiting(&self, lesson: &Lesson) -> LessonReport {
        let is_learners = |code: &TrackCode| code.track == Track::StartHere;
        let mut begun = true;
        let (outcome, message) = if self.subject.code().is_some_and(is_learners)
            && lesson.head.files.is_empty()
            && self.any_before_not_begun(lesson)
        {
            begun = false;
            (Outcome::Fail, Some("It waits for the lessons before it."))
        } else if self.not_begun(lesson).is_some() {
            (Outcome::Fail, None)
        } else {
            (Outcome::Skipped, None)
        };
        LessonReport {
            begun,
            ..LessonReport::without_cases(lesson, outcome, message.map(Diagnosis::new))
        }
    }

    /// Whether a lesson of the codelab before this one is not begun. If all are, this one may have passed, and is only not
    /// checked now.
    fn any_before_not_begun(&self, lesson: &Lesson) -> bool {
        let mut before = self.course.part(Part::Codelab);
        before.any(|other| other.number < lesson.number && self.not_begun(other).is_some())
    }

    /// The region in which a lesson of the learner's still waits for its first line, if there is one.
    fn not_begun(&self, lesson: &Lesson) -> Option<LessonRegion> {
        let code = self.subject.code()?;
        if code.track == Track::Completed {
            return None;
        }
        let regions = work::regions(&code.folder, lesson).ok()?;
        // Where one region is filled, the lesson has been begun, and its findings say more.
        let begun = work::is_begun(&regions);
        // Another region may hold what the learner wrote in an earlier lesson.
        let mut regions = regions.into_iter();
        regions.find(|region| region.untouched).filter(|_| !begun)
    }
}
