//! The learner's server, built and started to be kept running.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use super::build::{self, Preparation};
use super::programs::Programs;
use super::startup::{Server, at_the_panic, in_folder};
use super::track::MOST_BUILDS;
use super::{Blame, Check, CheckError, ProgressListener, Subject, TrackCheck, TrackCode, proto};
use crate::course::{Component, Course, Lesson, Part};
use crate::guide::cases::Proof;
use crate::learner::{Folder, work};
use crate::location::Location;
use crate::process::Running;
use crate::process::child::Exit;
use crate::process::output::Lines;
use crate::verdict::panics;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// How long the server may take to end when it is asked to.
const GRACE: Duration = Duration::from_millis(500);

/// Which program serves the learner's service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerProgram {
    /// `stage`, as long as the learner has not written the server's own start.
    Stage,
    /// The learner's own server.
    Server,
}

/// The learner's server, which runs. When this is dropped, it is killed.
#[derive(Debug)]
pub struct LearnerServer {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Which program it is.
    pub program: ServerProgram,
    running: Running,
    folder: Folder,
    // Dropped after the program, which is one of them.
    _executables: super::programs::Executables,
}

/// How a server ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// The exit code or the signal.
    pub exit: String,
    /// Where it panicked, if it did so in the learner's code.
    pub location: Option<Location>,
}

/// A panic that has ended a call, while the server goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerPanic {
    /// Where it happened, if that is in the learner's code.
    pub location: Option<Location>,
    /// What to write instead.
    pub instead: &'static str,
}

impl TrackCheck {
    /// Builds the learner's server and starts it on a port of its own, with these features.
    ///
    /// # Errors
    ///
    /// Outside: [`CheckError`] if the machine is in the way. Inside: what is not right yet.
    pub async fn start_server(
        &self,
        course: &Course,
        database_file: &Path,
        listener: &dyn ProgressListener,
    ) -> Result<Result<LearnerServer, Box<LessonReport>>, CheckError> {
        let subject = Subject::Track(self.code.clone());
        let mut tries = 1;
        loop {
            let check = Check {
                setting: &self.setting,
                subject: &subject,
                course,
                lessons_are_named: true,
                prepared: None,
                unused: &[],
                listener,
            };
            if let Some(wrong) = first_wrong_in_proto(&check, &self.code) {
                return Ok(Err(Box::new(wrong)));
            }
            let prepared = Preparation::of(&self.code.folder).await?;
            let check = Check {
                prepared: Some(&prepared),
                ..check
            };
            match start(&check, &self.code, database_file).await {
                Err(CheckError::OtherBuild) if tries < MOST_BUILDS => tries += 1,
                Err(error) => return Err(error),
                Ok(started) => {
                    return Ok(started.map_err(|report| Box::new(check.finalize(report))));
                }
            }
        }
    }
}

impl LearnerServer {
    /// The lines that it writes to standard output and to standard error, from the first.
    pub fn lines(&self) -> [Lines; 2] {
        [self.running.stdout.lines(), self.running.stderr.lines()]
    }

    /// Waits until it ends by itself. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// If the system cannot tell.
    pub async fn exited(&mut self) -> io::Result<Exit> {
        self.running.exited().await
    }

    /// The panic of a handler that begins in the first of these lines, if one does. A panic of the main thread ends the
    /// server, and is a [`Crash`].
    pub fn handler_panic(&self, lines: &[&str]) -> Option<HandlerPanic> {
        let first = lines.first()?;
        if !panics::begins_in(first) || first.trim_start().starts_with("thread 'main'") {
            return None;
        }
        let panic = panics::find(&lines.join("\n")).into_iter().next()?;
        Some(HandlerPanic {
            instead: panics::instead(&panic),
            location: in_folder(panic, &self.folder),
        })
    }

    /// How it ended, once it has: all that it wrote has been read then.
    pub async fn crash(&mut self) -> Crash {
        let exit = match self.running.wait().await {
            Ok(exit) => exit.to_string(),
            Err(error) => error.to_string(),
        };
        let diagnosis = at_the_panic(Diagnosis::new(""), &self.running, &self.folder);
        Crash {
            exit,
            location: diagnosis.location,
        }
    }

    /// Asks it to end, and kills it if it does not.
    pub async fn end(&mut self) {
        self.running.end(GRACE).await;
    }
}

/// What is not right in the .proto, from which the server is generated.
fn first_wrong_in_proto(check: &Check<'_>, code: &TrackCode) -> Option<LessonReport> {
    let mut reports = check
        .course
        .part(Part::Codelab)
        .filter(|lesson| lesson.component() == Component::Proto)
        .map(|lesson| proto::check(code, lesson));
    let wrong = reports.find(|report| report.outcome != Outcome::Pass)?;
    Some(check.finalize(wrong))
}

/// Builds and starts the server once.
async fn start(
    check: &Check<'_>,
    code: &TrackCode,
    database_file: &Path,
) -> Result<Result<LearnerServer, LessonReport>, CheckError> {
    let Some((lesson, program)) = program(check, code) else {
        let missing = io::Error::other("no lesson of this course has a server");
        return Err(CheckError::system("start your server")(missing));
    };
    let ready = match build::run(check, code, &[lesson]).await? {
        Ok(ready) => ready,
        Err(reports) => {
            let told = reports
                .into_iter()
                .find(|report| report.diagnosis.is_some());
            let untold = || LessonReport::without_cases(lesson, Outcome::Error, None);
            return Ok(Err(told.unwrap_or_else(untold)));
        }
    };
    let programs = Programs {
        check,
        code,
        executables: &ready.executables,
        database_file,
        // What it writes is shown to the learner, and the first line of a panic names the place.
        backtraces: false,
    };
    let started = match program {
        ServerProgram::Stage => programs.stage().await?,
        ServerProgram::Server => programs.server().await?,
    };
    Ok(match started {
        Ok(Server {
            addr,
            running: Some(running),
            ..
        }) => Ok(LearnerServer {
            addr,
            program,
            running,
            folder: code.folder.clone(),
            _executables: ready.executables,
        }),
        Ok(Server { running: None, .. }) => {
            Err(LessonReport::without_cases(lesson, Outcome::Error, None))
        }
        Err(Blame { outcome, diagnosis }) => Err(LessonReport::without_cases(
            lesson,
            outcome,
            Some(diagnosis),
        )),
    })
}

/// The program that serves what the learner has written so far, and the lesson that it belongs to.
fn program<'a>(check: &Check<'a>, code: &TrackCode) -> Option<(&'a Lesson, ServerProgram)> {
    let proving = |proof: Proof| {
        let mut lessons = check.course.lessons().iter();
        lessons.find(|lesson| lesson.check.proves == proof)
    };
    let own = proving(Proof::Server).filter(|lesson| work::touched(&code.folder, lesson));
    let staged = || proving(Proof::GeneratedCode).or_else(|| proving(Proof::Methods));
    match own {
        Some(lesson) => Some((lesson, ServerProgram::Server)),
        None => staged().map(|lesson| (lesson, ServerProgram::Stage)),
    }
}
