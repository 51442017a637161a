//! A thread that reads and writes the learner's files and progress, one job after the other, so that no key waits
//! for a slow drive or for a lock that another lab holds.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;
use std::{fmt, io};

use super::event::EventSender;
use crate::checker::record::{self, Recorded};
use crate::commands::Problem;
use crate::course::Course;
use crate::lab::{LessonWork, Message, RunScope};
use crate::learner::reset::{self, Scope as ResetScope};
use crate::learner::rewrite::Rewrite;
use crate::learner::store::Loaded;
use crate::learner::undo::{self, Undo};
use crate::learner::{
    ChangeError, Fingerprint, Folder, Progress, Store, StoreError, solution, work,
};
use crate::screen::lab::notices;
use crate::verdict::CheckReport;

/// How long the lab waits for unfinished jobs when it is quit. They take milliseconds, unless another lab holds the
/// lock.
const FINISH_LIMIT: Duration = Duration::from_secs(2);

/// Something to do with the files. Its messages go to the model.
type Job = Box<dyn FnOnce(&LearnerFiles) -> Vec<Message> + Send>;

/// The thread, to which jobs are submitted.
pub struct FileWorker {
    jobs: Sender<Job>,
    /// How many jobs are not finished.
    pending: Arc<AtomicUsize>,
    /// Disconnected when the thread has ended.
    done: Receiver<()>,
}

/// The learner's files and progress.
pub struct LearnerFiles {
    /// The lab's folder.
    pub folder: Folder,
    /// What is recorded.
    pub store: Store,
    /// The course.
    pub course: Arc<Course>,
}

impl FileWorker {
    /// Starts the thread. The messages of all jobs go to `sender`.
    ///
    /// # Errors
    ///
    /// If the system refuses a thread.
    pub fn start(files: LearnerFiles, sender: EventSender) -> io::Result<FileWorker> {
        let (jobs, queue) = channel::<Job>();
        let (finished, done) = channel();
        let pending = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&pending);
        thread::Builder::new()
            .name("files".to_string())
            .spawn(move || {
                for job in queue {
                    for message in job(&files) {
                        sender.message(message);
                    }
                    count.fetch_sub(1, Ordering::SeqCst);
                }
                drop(finished);
            })?;
        Ok(FileWorker {
            jobs,
            pending,
            done,
        })
    }

    /// Submits a job. Jobs are done in the order in which they were submitted.
    pub fn submit(&self, job: impl FnOnce(&LearnerFiles) -> Vec<Message> + Send + 'static) {
        self.pending.fetch_add(1, Ordering::SeqCst);
        // The thread ends only when this sender has been dropped.
        self.jobs.send(Box::new(job)).ok();
    }

    /// Whether all jobs are finished.
    pub fn is_idle(&self) -> bool {
        self.pending.load(Ordering::SeqCst) == 0
    }

    /// Waits until all jobs are finished, but not for long: another lab may hold the lock. Every file is complete at
    /// every moment, so a job that is not finished then has no effect.
    pub fn finish(self) {
        drop(self.jobs);
        match self.done.recv_timeout(FINISH_LIMIT) {
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

impl LearnerFiles {
    /// Records a verdict, or reports that the files have changed since then.
    pub fn record(
        &self,
        report: &CheckReport,
        scope: RunScope,
        files: Fingerprint,
        counts: bool,
    ) -> Vec<Message> {
        let progress = self.store.peek_or_default();
        let selection = scope.selection(&self.course, &progress);
        match record::record(&self.store, &self.folder, &selection, report, files, counts) {
            Ok(Recorded::Yes(loaded)) => progress_messages(Ok(loaded)),
            Ok(Recorded::Outdated) => self.look_again(),
            Err(error) => progress_messages(Err(error)),
        }
    }

    /// Reports the current state of the files.
    pub fn look_again(&self) -> Vec<Message> {
        vec![Message::FilesChanged(Fingerprint::of(&self.folder))]
    }

    /// Reads the progress.
    pub fn load(&self) -> Vec<Message> {
        progress_messages(self.store.load())
    }

    /// Changes the progress.
    pub fn update(&self, change: impl FnOnce(&mut Progress)) -> Vec<Message> {
        progress_messages(self.store.update(change))
    }

    /// Records whether a lesson is skipped.
    pub fn record_skip(&self, lesson: usize, skipped: bool) -> Vec<Message> {
        let id = self.course.lessons()[lesson].id();
        let mut messages = vec![Message::SkipRecorded(lesson)];
        messages.extend(self.update(|progress| progress.note_skipped(id, skipped)));
        messages
    }

    /// Reads the learner's work on a lesson.
    pub fn read_work(&self, lesson: usize) -> Vec<Message> {
        let at = &self.course.lessons()[lesson];
        // An error is reported by the job that reads the progress.
        let progress = self.store.peek_or_default();
        let record = progress.of(at.id());
        let opened = match record.opened_at.is_none() && !record.passed {
            true => self.update(|progress| progress.note_opened(at.id())),
            false => Vec::new(),
        };
        let mut messages = vec![Message::WorkRead(LessonWork {
            lesson,
            regions: work::regions(&self.folder, at).map_err(Arc::new),
            touched: work::touched(&self.folder, at),
            tried: solution::tried(&self.folder, at, &record),
            pieces: Arc::new(solution::pieces(&self.folder, at)),
        })];
        messages.extend(opened);
        messages
    }

    /// Resets the learner's code of a lesson.
    pub fn reset(&self, lesson: usize) -> Vec<Message> {
        let lesson = &self.course.lessons()[lesson];
        let done = reset::reset(&self.folder, &self.store, lesson, ResetScope::Places);
        self.report_change(done.map(|done| match done {
            Rewrite::Done(done) => notices::reset(lesson, &done),
            Rewrite::AlreadySo | Rewrite::NoCode => notices::nothing_to_reset(lesson),
        }))
    }

    /// Writes the solution of a lesson into the learner's files.
    pub fn write_solution(&self, lesson: usize) -> Vec<Message> {
        let lesson = &self.course.lessons()[lesson];
        let done = solution::write(&self.folder, &self.store, lesson);
        self.report_change(done.map(|done| match done {
            Rewrite::Done(done) => notices::solution_written(lesson, &done),
            Rewrite::AlreadySo | Rewrite::NoCode => notices::solution_unchanged(lesson),
        }))
    }

    /// Undoes the last change that the lab has made.
    pub fn undo(&self) -> Vec<Message> {
        let done = undo::undo(&self.folder, &self.store);
        self.report_change(done.map(|done| match done {
            Undo::Nothing { opposite: None } => notices::nothing_to_undo(),
            Undo::Nothing { opposite: Some(_) } => notices::nothing_more_to_undo(),
            Undo::AlreadySo { .. } => notices::undo_unchanged(),
            Undo::Done(done) => notices::undone(&done),
        }))
    }

    /// Redoes what was undone last.
    pub fn redo(&self) -> Vec<Message> {
        let done = undo::redo(&self.folder, &self.store);
        self.report_change(done.map(|done| match done {
            Undo::Nothing { .. } => notices::nothing_to_redo(),
            Undo::AlreadySo { .. } => notices::undo_unchanged(),
            Undo::Done(done) => notices::undone(&done),
        }))
    }

    /// Reports a change that the lab has made to the files, without waiting for the watcher.
    fn report_change(&self, notice: Result<String, ChangeError>) -> Vec<Message> {
        let mut messages = self.load();
        messages.extend(self.look_again());
        messages.push(Message::Notice(match notice {
            Ok(notice) => notice,
            Err(error) => Problem::from(error).to_string(),
        }));
        messages
    }
}

/// The messages that report the progress, or why it cannot be read or written.
fn progress_messages(loaded: Result<Loaded, StoreError>) -> Vec<Message> {
    match loaded {
        Ok(Loaded {
            progress,
            set_aside,
        }) => {
            let notice =
                set_aside.map(|aside: PathBuf| Message::Notice(notices::set_aside(&aside)));
            std::iter::once(Message::ProgressRead(progress))
                .chain(notice)
                .collect()
        }
        Err(error) => vec![Message::Notice(Problem::from(error).to_string())],
    }
}

impl fmt::Debug for FileWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileWorker")
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}
