//! One file for each word: gather what it needs, call, show.

pub mod check;
pub mod completions;

mod dispatch;
pub mod doctor;
pub mod hint;
pub mod init;
pub mod lab;
pub mod list;
pub mod next;
pub mod reset;
pub mod run_reference;
pub mod solution;
pub mod undo;

pub use dispatch::run;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::course::{Course, Lesson, lesson::UnknownLesson};
use crate::learner::{ChangeError, Folder, NoFolder, Progress, Store, StoreError};
use crate::learner::{lesson_status, making};
use crate::screen;

/// How a word ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Exit {
    /// All is well.
    Passed,
    /// Something checked is not right yet.
    NotYet,
    /// The word cannot be used like that.
    Usage,
    /// It could not be done; the message says why.
    CouldNot,
    /// Ctrl-C.
    Interrupted,
}

/// Why a word could not be carried out: what happened, and what to do next.
#[derive(Debug)]
pub struct Problem {
    /// How the program ends.
    pub exit: Exit,
    what: String,
    next: String,
}

impl Problem {
    fn new(exit: Exit, what: impl fmt::Display, next: impl Into<String>) -> Problem {
        Problem {
            exit,
            what: what.to_string(),
            next: next.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        if !self.next.is_empty() {
            write!(f, "\n{}", self.next)?;
        }
        Ok(())
    }
}

impl From<NoFolder> for Problem {
    fn from(error: NoFolder) -> Problem {
        Problem::new(
            Exit::CouldNot,
            error,
            "Change to the folder that holds start_here, and try again.",
        )
    }
}

impl From<UnknownLesson> for Problem {
    fn from(error: UnknownLesson) -> Problem {
        let next = format!("`{} list` lists them all.", screen::invocation());
        Problem::new(Exit::Usage, error, next)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        Problem::new(
            Exit::CouldNot,
            error,
            "Your progress is kept there. Nothing has been changed.",
        )
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Problem {
        let program = screen::invocation();
        let next = match &error {
            ChangeError::Unreadable { lesson, .. } | ChangeError::Markers { lesson, .. } => {
                format!(
                    "Nothing has been changed. Mend it, or let `{program} reset {lesson} --whole-file` put back the \
                 whole file: what is in it now would be kept."
                )
            }
            ChangeError::Meanwhile { .. } => "Nothing has been changed. Try again.".to_string(),
            ChangeError::Unwritable { kept: None, .. } => {
                "Nothing has been changed. Is the disk full, or the file not writable?".to_string()
            }
            ChangeError::Unwritable {
                kept: Some(kept), ..
            } => format!("What was there is kept in {}.", kept.display()),
            ChangeError::Store(StoreError::Newer { .. }) => "Nothing has been changed.".to_string(),
            ChangeError::Store(_) => {
                "Nothing has been changed. Is the disk full, or something not writable?".to_string()
            }
            ChangeError::NotCarried { .. } => "Nothing has been changed.".to_string(),
        };
        Problem::new(Exit::CouldNot, error, next)
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Problem {
        Problem::new(
            Exit::CouldNot,
            format!("cannot write the answer as JSON: {error}"),
            "",
        )
    }
}

/// The folder that this program was started in.
fn current_folder() -> Result<PathBuf, Problem> {
    std::env::current_dir().map_err(|error| {
        Problem::new(
            Exit::CouldNot,
            format!("cannot tell the current folder: {error}"),
            "",
        )
    })
}

/// The lessons: those in a lab's folder or, without one, those that the binary carries.
fn course(folder: Option<&Folder>) -> Result<Course, Problem> {
    Course::open(folder.map(Folder::root)).map_err(|error| {
        let way_back = folder.map(|folder| {
            let is_made = making::is_made(folder.root());
            making::way_back(is_made, &error.path)
        });
        let next = way_back.map_or(String::new(), |way_back| {
            format!(
                "A lesson's file cannot be used. Mend it there, or bring it back with {way_back}."
            )
        });
        Problem::new(Exit::CouldNot, error, next)
    })
}

/// What nearly every word needs: where the lab is, what it teaches, and how far the learner is.
struct Lab {
    folder: Folder,
    course: Course,
    store: Store,
    progress: Progress,
    /// What the learner has to know about it, if anything.
    remark: Option<String>,
}

impl Lab {
    /// Opens the lab around the current folder, and says what is to be said about it.
    fn open() -> Result<Lab, Problem> {
        let lab = Lab::open_quietly()?;
        if let Some(remark) = &lab.remark {
            screen::print_error(&format!("note: {remark}"));
        }
        Ok(lab)
    }

    /// Opens the lab around the current folder.
    fn open_quietly() -> Result<Lab, Problem> {
        Lab::open_at(&current_folder()?)
    }

    fn open_at(here: &Path) -> Result<Lab, Problem> {
        let folder = Folder::find(here)?;
        let course = course(Some(&folder))?;
        let store = Store::new(folder.state_dir());
        let loaded = store.load()?;
        let remark = loaded
            .set_aside
            .map(|aside| screen::lab::words::set_aside(&aside));
        Ok(Lab {
            folder,
            course,
            store,
            progress: loaded.progress,
            remark,
        })
    }

    /// The first lesson that has neither passed nor is skipped; then the first that is skipped.
    fn current(&self) -> Option<&Lesson> {
        let next = lesson_status::next(&self.course, &self.progress, 0)?;
        self.course.lessons().get(next)
    }

    /// The lesson that is named or, without a name, the current one; after the course, the last.
    fn lesson(&self, word: Option<&str>) -> Result<&Lesson, Problem> {
        match word {
            Some(word) => Ok(self.course.find(word)?),
            None => self
                .current()
                .or(self.course.lessons().last())
                .ok_or_else(|| Problem::new(Exit::CouldNot, "this course has no lessons", "")),
        }
    }
}

/// Runs something until it is done or the learner has had enough: Ctrl-C, or a request to end from the
/// system. What it had started is gone when its future is dropped.
///
/// # Errors
///
/// Those of what it runs.
pub async fn interruptible(
    run: impl Future<Output = Result<Exit, Problem>>,
) -> Result<Exit, Problem> {
    let asked_to_end = asked_to_end();
    tokio::select! {
        result = run => result,
        _ = asked_to_end => {
            screen::print_error("Interrupted. Nothing has been recorded.");
            Ok(Exit::Interrupted)
        }
    }
}

/// What has asked the lab to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Ctrl-C. Whoever else has the terminal gets it, too.
    Interrupt,
    /// The system, or the closing of the terminal.
    Terminate,
}

/// Ctrl-C, SIGTERM, or the closing of the terminal. They are caught from this call on; the future that
/// it returns is done when the first one comes.
#[cfg(unix)]
fn asked_to_end() -> impl Future<Output = Asked> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        (SignalKind::interrupt(), Asked::Interrupt),
        (SignalKind::terminate(), Asked::Terminate),
        (SignalKind::hangup(), Asked::Terminate),
        (SignalKind::quit(), Asked::Terminate),
    ];
    // A signal that cannot be caught ends the program by itself.
    let caught = kinds.map(|(kind, asked)| (signal(kind).ok(), asked));
    async move {
        let waits = caught.map(|(signal, asked)| {
            Box::pin(async move {
                match signal {
                    Some(mut signal) => drop(signal.recv().await),
                    None => std::future::pending().await,
                }
                asked
            })
        });
        futures_util::future::select_all(waits).await.0
    }
}

/// Ctrl-C, Ctrl-Break, the closing of the console, or the end of the session. They are caught from this
/// call on; the future that it returns is done when the first one comes.
#[cfg(windows)]
fn asked_to_end() -> impl Future<Output = Asked> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
    let (interrupt, stop) = (ctrl_c().ok(), ctrl_break().ok());
    let (close, logoff, shutdown) = (ctrl_close().ok(), ctrl_logoff().ok(), ctrl_shutdown().ok());
    macro_rules! wait {
        ($signal:expr) => {
            async move {
                match $signal {
                    Some(mut signal) => drop(signal.recv().await),
                    // One that cannot be caught ends the program by itself.
                    None => std::future::pending().await,
                }
            }
        };
    }
    async move {
        tokio::select! {
            () = wait!(interrupt) => Asked::Interrupt,
            () = wait!(stop) => Asked::Terminate,
            () = wait!(close) => Asked::Terminate,
            () = wait!(logoff) => Asked::Terminate,
            () = wait!(shutdown) => Asked::Terminate,
        }
    }
}
