//! Reading and writing the learner's files and notes, one thing after the other and in a thread of its own:
//! another lab may hold the lock, a drive may be slow, and a key must not wait for that.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;
use std::{fmt, io};

use tokio::sync::mpsc::UnboundedSender;

use super::News;
use crate::checker::own::{self, Recorded};
use crate::commands::Problem;
use crate::course::Course;
use crate::lab::{Event, Scope, Work};
use crate::learner::reset::{self, Scope as Extent};
use crate::learner::rewrite::Rewrite;
use crate::learner::store::Loaded;
use crate::learner::undo::{self, Undo};
use crate::learner::{
    ChangeError, Fingerprint, Folder, Progress, Store, StoreError, solution, work,
};
use crate::screen::lab::words;
use crate::verdict::CheckReport;

/// How long the lab waits at its end for what is still to be written. It takes milliseconds, unless another
/// lab holds the lock.
const LAST: Duration = Duration::from_secs(2);

/// Something to do.
type Job = Box<dyn FnOnce(&Files) -> Vec<Event> + Send>;

/// Whoever does it.
pub struct Clerk {
    jobs: Sender<Job>,
    /// How many jobs are not done yet.
    left: Arc<AtomicUsize>,
    /// Ends when all jobs are done and no more can come.
    done: Receiver<()>,
}

/// The learner's files and notes.
pub struct Files {
    /// The lab's folder.
    pub folder: Folder,
    /// What is recorded.
    pub store: Store,
    /// The course.
    pub course: Arc<Course>,
}

impl Clerk {
    /// Starts the thread. What comes of each job goes to `sender`.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn start(files: Files, sender: UnboundedSender<News>) -> io::Result<Clerk> {
        let (jobs, to_do) = channel::<Job>();
        let (finished, done) = channel();
        let left = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&left);
        thread::Builder::new()
            .name("files".to_string())
            .spawn(move || {
                for job in to_do {
                    for event in job(&files) {
                        // A lab that has ended has no more use for it.
                        sender.send(News::Event(event)).ok();
                    }
                    count.fetch_sub(1, Ordering::SeqCst);
                }
                drop(finished);
            })?;
        Ok(Clerk { jobs, left, done })
    }

    /// Has something done, after all that was asked for before.
    pub fn ask(&self, job: impl FnOnce(&Files) -> Vec<Event> + Send + 'static) {
        self.left.fetch_add(1, Ordering::SeqCst);
        // The thread ends only after this value.
        self.jobs.send(Box::new(job)).ok();
    }

    /// Whether all is done.
    pub fn is_idle(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    /// Waits until all is done, but not for a lock that somebody else does not let go of. Every file is whole
    /// at every instant, so what is not done then is as if it had not been asked for.
    pub fn finish(self) {
        drop(self.jobs);
        match self.done.recv_timeout(LAST) {
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

impl Files {
    /// Records a verdict, unless the files have changed since: then that is the news.
    pub fn record(
        &self,
        report: &CheckReport,
        scope: Scope,
        files: Fingerprint,
        counts: bool,
    ) -> Vec<Event> {
        let selection = scope.selection(&self.course);
        match own::record(&self.store, &self.folder, &selection, report, files, counts) {
            Ok(Recorded::Yes(loaded)) => told(Ok(loaded)),
            Ok(Recorded::Outdated) => self.look_again(),
            Err(error) => told(Err(error)),
        }
    }

    /// The state of the files as they are now.
    pub fn look_again(&self) -> Vec<Event> {
        vec![Event::Saved(Fingerprint::of(&self.folder))]
    }

    /// What is recorded now: another lab on the same folder may have recorded something.
    pub fn load(&self) -> Vec<Event> {
        told(self.store.load())
    }

    /// Changes what is recorded.
    pub fn update(&self, change: impl FnOnce(&mut Progress)) -> Vec<Event> {
        told(self.store.update(change))
    }

    /// What the learner has written for a lesson.
    pub fn look(&self, lesson: usize) -> Vec<Event> {
        let at = &self.course.lessons()[lesson];
        // What cannot be read is told by whoever records.
        let progress = self.store.peek().ok().flatten().unwrap_or_default();
        vec![Event::Work(Work {
            lesson,
            regions: work::regions(&self.folder, at).map_err(|error| error.to_string()),
            touched: work::touched(&self.folder, at),
            tried: solution::tried(&self.folder, at, &progress.of(at.id())),
            pieces: Arc::new(solution::pieces(&self.folder, at)),
        })]
    }

    /// Puts a lesson back to its beginning.
    pub fn reset(&self, lesson: usize) -> Vec<Event> {
        let lesson = &self.course.lessons()[lesson];
        let done = reset::reset(&self.folder, &self.store, lesson, Extent::Places);
        self.rewritten(done.map(|done| match done {
            Rewrite::Done(_) => words::reset(lesson),
            Rewrite::AlreadySo | Rewrite::NoCode => words::nothing_to_reset(lesson),
        }))
    }

    /// Writes the finished code of a lesson into the learner's files.
    pub fn write_solution(&self, lesson: usize) -> Vec<Event> {
        let lesson = &self.course.lessons()[lesson];
        let done = solution::write(&self.folder, &self.store, lesson);
        self.rewritten(done.map(|done| match done {
            Rewrite::Done(_) => words::solution_written(lesson),
            Rewrite::AlreadySo | Rewrite::NoCode => words::solution_there(lesson),
        }))
    }

    /// Undoes what the lab has changed last.
    pub fn undo(&self) -> Vec<Event> {
        let done = undo::undo(&self.folder, &self.store);
        self.rewritten(done.map(|done| match done {
            Undo::Nothing => words::nothing_to_undo(),
            Undo::AlreadySo { .. } => words::undone_already(),
            Undo::Done(done) => words::undone(&done),
        }))
    }

    /// The learner's files were to become something else.
    fn rewritten(&self, words: Result<String, ChangeError>) -> Vec<Event> {
        let mut events = self.load();
        // Not waiting for the watcher: what the lab has done itself it knows at once.
        events.extend(self.look_again());
        events.push(Event::Said(match words {
            Ok(words) => words,
            Err(error) => Problem::from(error).to_string(),
        }));
        events
    }
}

/// What is recorded now, or why nothing can be recorded.
fn told(loaded: Result<Loaded, StoreError>) -> Vec<Event> {
    match loaded {
        Ok(Loaded {
            progress,
            set_aside,
        }) => {
            let told = set_aside.map(|aside: PathBuf| Event::Said(words::set_aside(&aside)));
            std::iter::once(Event::Progress(progress))
                .chain(told)
                .collect()
        }
        Err(error) => vec![Event::Said(Problem::from(error).to_string())],
    }
}

impl fmt::Debug for Clerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clerk")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
