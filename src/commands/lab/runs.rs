//! Runs of the interactive lab, each a task of its own, so that nothing they do keeps a key waiting.

use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, JoinError, JoinHandle};

use super::News;
use crate::checker::own::{self, Own, Verdict};
use crate::checker::{CheckError, Doing, Setting, Watch};
use crate::commands::Problem;
use crate::course::{Course, Track};
use crate::lab::{Ended, Event, Scope, Settled, Warm};
use crate::learner::{Fingerprint, Folder};
use crate::location::Location;
use crate::process::cargo::{Build, BuildOutcome, BuildProgress};
use crate::verdict::LessonReport;

/// The runs, of which one at most is going on, and compiling ahead.
pub struct Runs {
    own: Own,
    course: Arc<Course>,
    sender: UnboundedSender<News>,
    /// The run that was begun last, and the task that reports its end.
    going: Option<(u64, AbortHandle, JoinHandle<()>)>,
    warming: Option<JoinHandle<()>>,
}

/// What a run has found, and where the first lesson that is not right is to be changed.
struct Found {
    verdict: Verdict,
    place: Option<Location>,
}

/// Tells the state machine of a run while it goes on.
struct Teller {
    run: u64,
    folder: Folder,
    course: Arc<Course>,
    /// The state of the files before the first of them was read.
    before: OnceLock<Fingerprint>,
    sender: UnboundedSender<News>,
}

impl Teller {
    fn tell(&self, event: Event) {
        // A lab that does not listen any more is about to end.
        self.sender.send(News::Event(event)).ok();
    }
}

impl Watch for Teller {
    fn began(&self, files: Fingerprint) {
        // It is told once.
        self.before.set(files).ok();
        let run = self.run;
        self.tell(Event::Began { run, files });
    }

    fn doing(&self, doing: Doing) {
        let run = self.run;
        self.tell(Event::Doing { run, doing });
    }

    fn settled(&self, report: &LessonReport) {
        let Some(before) = self.before.get().copied() else {
            return;
        };
        let place = match report.is_wrong() {
            true => own::place_of(&self.folder, &self.course, report),
            false => None,
        };
        let settled = Box::new(Settled {
            report: report.clone(),
            before,
            place: place.and_then(Result::ok),
            now: Fingerprint::of(&self.folder),
        });
        let run = self.run;
        self.tell(Event::Settled { run, settled });
    }
}

impl Runs {
    /// No run yet.
    pub fn new(own: Own, course: Arc<Course>, sender: UnboundedSender<News>) -> Runs {
        Runs {
            own,
            course,
            sender,
            going: None,
            warming: None,
        }
    }

    /// Begins a run. Its end is told when all its processes are gone.
    pub fn start(&mut self, run: u64, scope: Scope, seed: u64) {
        let own = Own {
            setting: Setting {
                seed,
                ..self.own.setting.clone()
            },
            ..self.own.clone()
        };
        let (course, folder) = (Arc::clone(&self.course), self.own.folder.clone());
        let sender = self.sender.clone();
        let task = tokio::spawn(async move {
            let teller = Teller {
                run,
                before: OnceLock::new(),
                folder: folder.clone(),
                course: Arc::clone(&course),
                sender,
            };
            let selection = scope.selection(&course);
            let verdict = own.check(&course, &selection, &teller).await?;
            let place = own::place_to_edit(&folder, &course, &verdict.report);
            // A place that cannot be found is no place to go to; the verdict says why.
            let place = place.and_then(Result::ok);
            Ok(Found { verdict, place })
        });
        let handle = task.abort_handle();
        let sender = self.sender.clone();
        let reporter = tokio::spawn(async move {
            let ended = Box::new(ended(task.await));
            sender.send(News::Event(Event::Ended { run, ended })).ok();
        });
        self.going = Some((run, handle, reporter));
    }

    /// Ends a run with all that it has started.
    pub fn cancel(&self, run: u64) {
        if let Some((number, handle, _)) = &self.going
            && *number == run
        {
            handle.abort();
        }
    }

    /// Compiles what the lessons will need. No program is built: those of both tracks have the same names.
    pub fn warm(&mut self) {
        let build = Build {
            workspace: self.own.folder.root().to_path_buf(),
            package: Track::Completed.name(),
            programs: Vec::new(),
            colour: false,
        };
        let sender = self.sender.clone();
        self.warming = Some(tokio::spawn(async move {
            let tell = |progress| {
                if let BuildProgress::Compiling { done, total } = progress {
                    sender
                        .send(News::Event(Event::Warming { done, total }))
                        .ok();
                }
            };
            let warm = match build.run(tell).await {
                Ok(BuildOutcome::Built(_)) => Warm::Done,
                Ok(BuildOutcome::Failed { words }) => Warm::Failed(words),
                Ok(BuildOutcome::Rejected(rejected)) => {
                    Warm::Failed(rejected.diagnostics.join("\n"))
                }
                Err(error) => Warm::Failed(error.to_string()),
            };
            sender.send(News::Event(Event::Warmed(warm))).ok();
        }));
    }

    /// Ends that.
    pub fn stop_warming(&mut self) {
        if let Some(task) = self.warming.take() {
            task.abort();
        }
    }

    /// Ends everything, and waits until it is gone.
    pub async fn stop(&mut self) {
        if let Some((_, handle, reporter)) = self.going.take() {
            handle.abort();
            // It reports to nobody any more.
            reporter.await.ok();
        }
        if let Some(task) = self.warming.take() {
            task.abort();
            task.await.ok();
        }
    }
}

/// What became of a run's task.
fn ended(result: Result<Result<Found, CheckError>, JoinError>) -> Ended {
    match result {
        Ok(Ok(Found { verdict, place })) => Ended::Judged {
            report: verdict.report,
            before: verdict.before,
            after: verdict.after,
            place,
        },
        Ok(Err(error)) => Ended::Trouble(Problem::from(error).to_string()),
        Err(error) if error.is_cancelled() => Ended::Cancelled,
        Err(error) => Ended::Trouble(format!(
            "This is a mistake of the lab's own, not yours: {error}. Please report it."
        )),
    }
}
