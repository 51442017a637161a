//! The run and the prebuild, each in a task of its own, so that no key waits for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::{AbortHandle, JoinError, JoinHandle};

use super::event::EventSender;
use crate::checker::{CheckError, Doing, ProgressListener, Setting, TrackCheck, Verdict, locate};
use crate::commands::Problem;
use crate::course::{Course, Track};
use crate::lab::{LessonFinished, Message, Prebuild, RunEnd, RunScope};
use crate::learner::{Fingerprint, Folder, Store};
use crate::location::Location;
use crate::process::cargo::{Build, BuildOutcome, BuildProgress, CompilerMessage};
use crate::verdict::LessonReport;

/// The run, of which there is at most one, and the prebuild.
pub struct Runs {
    check: TrackCheck,
    course: Arc<Course>,
    sender: EventSender,
    run: Option<RunTask>,
    prebuild: Option<JoinHandle<()>>,
}

/// The run that was started last.
struct RunTask {
    /// Its number.
    run: u64,
    /// Cancels it.
    abort: AbortHandle,
    /// Waits for its end and reports that.
    reporter: JoinHandle<()>,
}

/// The result of a run, and where to edit for the first lesson that is not right.
struct Located {
    verdict: Verdict,
    location: Option<Location>,
}

/// Reports the progress of a run to the model.
struct RunListener {
    run: u64,
    folder: Folder,
    course: Arc<Course>,
    /// The state of the files before the run read them.
    before: Mutex<Option<Fingerprint>>,
    sender: EventSender,
}

impl RunListener {
    fn before(&self) -> MutexGuard<'_, Option<Fingerprint>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProgressListener for RunListener {
    fn began(&self, files: Fingerprint) {
        // A run begins again if it finds the programs of other code.
        *self.before() = Some(files);
        let run = self.run;
        self.sender.message(Message::RunStarted { run, files });
    }

    fn doing(&self, step: Doing) {
        let run = self.run;
        self.sender.message(Message::RunProgress { run, step });
    }

    fn lesson_finished(&self, report: &LessonReport) {
        let Some(before) = *self.before() else {
            return;
        };
        let location = match report.is_wrong() {
            true => locate::to_change(&self.folder, &self.course, report),
            false => None,
        };
        let finished = Box::new(LessonFinished {
            report: report.clone(),
            before,
            location: location.and_then(Result::ok),
            now: Fingerprint::of(&self.folder),
        });
        let run = self.run;
        self.sender
            .message(Message::LessonFinished { run, finished });
    }
}

impl Runs {
    /// No run and no prebuild yet.
    pub fn new(check: TrackCheck, course: Arc<Course>, sender: EventSender) -> Runs {
        Runs {
            check,
            course,
            sender,
            run: None,
            prebuild: None,
        }
    }

    /// Starts a run. Its end is reported when all its processes are gone.
    pub fn start(&mut self, run: u64, scope: RunScope, seed: u64) {
        let check = TrackCheck {
            setting: Setting {
                seed,
                ..self.check.setting.clone()
            },
            ..self.check.clone()
        };
        let (course, folder) = (Arc::clone(&self.course), self.check.code.folder.clone());
        let sender = self.sender.clone();
        let progress = Store::new(folder.state_dir()).peek_or_default();
        let task = tokio::spawn(async move {
            let listener = RunListener {
                run,
                before: Mutex::new(None),
                folder: folder.clone(),
                course: Arc::clone(&course),
                sender,
            };
            let selection = scope.selection(&course, &progress);
            let verdict = check.run(&course, &selection, &listener).await?;
            let location = locate::first_to_change(&folder, &course, &verdict.report);
            // If the location cannot be found, the verdict says why.
            let location = location.and_then(Result::ok);
            Ok(Located { verdict, location })
        });
        let abort = task.abort_handle();
        let sender = self.sender.clone();
        let reporter = tokio::spawn(async move {
            let end = Box::new(run_end(task.await));
            sender.message(Message::RunEnded { run, end });
        });
        self.run = Some(RunTask {
            run,
            abort,
            reporter,
        });
    }

    /// Cancels a run, and kills all that it has started.
    pub fn cancel(&self, run: u64) {
        if let Some(task) = &self.run
            && task.run == run
        {
            task.abort.abort();
        }
    }

    /// Starts the prebuild. It builds libraries only, because the programs of both tracks have the same names.
    pub fn start_prebuild(&mut self) {
        let build = Build {
            workspace: self.check.code.folder.root().to_path_buf(),
            package: Track::Completed.name(),
            // Any program: what takes long is what all of them need.
            programs: vec!["client"],
            colour: false,
        };
        let sender = self.sender.clone();
        self.prebuild = Some(tokio::spawn(async move {
            let on_progress = |progress| {
                if let BuildProgress::Compiling { done, total } = progress {
                    sender.message(Message::PrebuildProgress { done, total });
                }
            };
            let built = build.run(on_progress).await;
            let end = match built.map(|(outcome, _products)| outcome) {
                Ok(BuildOutcome::Built(_)) => Prebuild::Done,
                Ok(BuildOutcome::Failed { words }) => Prebuild::Failed(words),
                Ok(BuildOutcome::Rejected(errors)) => {
                    let rendered: Vec<&str> =
                        errors.iter().map(CompilerMessage::rendered).collect();
                    Prebuild::Failed(rendered.join("\n"))
                }
                Err(error) => Prebuild::Failed(error.to_string()),
            };
            sender.message(Message::PrebuildEnded(end));
        }));
    }

    /// Stops the prebuild.
    pub fn stop_prebuild(&mut self) {
        if let Some(task) = self.prebuild.take() {
            task.abort();
        }
    }

    /// Stops the run and the prebuild, and waits until their processes are gone.
    pub async fn stop(&mut self) {
        if let Some(task) = self.run.take() {
            task.abort.abort();
            // The reporter cannot fail, and its message is not needed any more.
            task.reporter.await.ok();
        }
        if let Some(task) = self.prebuild.take() {
            task.abort();
            // It ends as cancelled.
            task.await.ok();
        }
    }
}

/// The end of a run, from the end of its task.
fn run_end(result: Result<Result<Located, CheckError>, JoinError>) -> RunEnd {
    match result {
        Ok(Ok(Located { verdict, location })) => RunEnd::Checked {
            report: verdict.report,
            before: verdict.before,
            after: verdict.after,
            location,
        },
        Ok(Err(error)) => RunEnd::CouldNotCheck(Problem::from(error).to_string()),
        Err(error) if error.is_cancelled() => RunEnd::Cancelled,
        Err(error) => RunEnd::CouldNotCheck(format!(
            "This is a bug in the lab, not in your code: {error}. Please report it."
        )),
    }
}
