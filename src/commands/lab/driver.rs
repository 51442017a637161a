//! Performs the effects of the model. Results come back as messages.

use std::io;
use std::process::ExitStatus;
use std::sync::Arc;

use super::display::Display;
use super::editor::{self, TerminalEditor};
use super::event::EventSender;
use super::file_worker::FileWorker;
use super::runs::Runs;
use super::serving::Serving;
use crate::commands::{Exit, Problem, ShutdownSignal};
use crate::course::Course;
use crate::lab::Effect;
use crate::learner::Folder;
use crate::location::Location;
use crate::process::editor::EditorCommand;
use crate::screen::lab::notices;

/// Everything that the effects need.
pub struct Driver {
    /// The lab's folder.
    pub folder: Folder,
    /// The course.
    pub course: Arc<Course>,
    /// Where the lab is shown and typed at.
    pub display: Display,
    /// The editor that has the terminal, if one has.
    pub editor: TerminalEditor,
    /// The run and the prebuild.
    pub runs: Runs,
    /// The learner's server.
    pub serving: Serving,
    /// The reading and writing of files.
    pub files: FileWorker,
    /// The way back to the model.
    pub sender: EventSender,
}

impl Driver {
    /// Performs an effect, without keeping the next key waiting. Returns how the lab ends, if it does.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be used any more. All other errors are shown on the screen.
    pub fn perform(&mut self, effect: Effect) -> Result<Option<Exit>, Problem> {
        match effect {
            Effect::StartRun { run, scope, seed } => self.runs.start(run, scope, seed),
            Effect::CancelRun(run) => self.runs.cancel(run),
            Effect::StartPrebuild => self.runs.start_prebuild(),
            Effect::StopPrebuild => self.runs.stop_prebuild(),
            Effect::StartServer(start) => self.serving.start(start),
            Effect::RestartServer => self.serving.restart(),
            Effect::StopServer => self.serving.stop(),
            Effect::RecordVerdict {
                report,
                scope,
                files: of,
                counts,
            } => self
                .files
                .submit(move |files| files.record(&report, scope, of, counts)),
            Effect::ReadWork(lesson) => self.files.submit(move |files| files.read_work(lesson)),
            Effect::RecordHints { lesson, shown } => {
                let id = self.id(lesson);
                self.files
                    .submit(move |files| files.update(|progress| progress.note_hints(&id, shown)));
            }
            Effect::RecordSkipped { lesson, skipped } => {
                self.files
                    .submit(move |files| files.record_skip(lesson, skipped));
            }
            Effect::ResetLesson(lesson) => self.files.submit(move |files| files.reset(lesson)),
            Effect::WriteSolution(lesson) => {
                self.files.submit(move |files| files.write_solution(lesson));
            }
            Effect::Undo => self.files.submit(|files| files.undo()),
            Effect::Redo => self.files.submit(|files| files.redo()),
            Effect::OpenEditor(location) => self.open_editor(&location),
            Effect::Suspend => self.suspend()?,
            Effect::Redraw => self.display.forget(),
            Effect::Quit { interrupted: true } => {
                return Ok(Some(Exit::Ended(ShutdownSignal::Interrupt)));
            }
            Effect::Quit { interrupted: false } => return Ok(Some(Exit::Passed)),
        }
        Ok(None)
    }

    fn id(&self, lesson: usize) -> String {
        self.course.lessons()[lesson].id().to_string()
    }

    /// Opens the learner's editor at a location.
    fn open_editor(&mut self, location: &Location) {
        let Some(editor) = editor::find() else {
            return self.sender.notice(notices::no_editor(location));
        };
        let call = editor.call(&self.folder.file(&location.file), location.line);
        let started = match call.in_terminal {
            true => self.start_in_terminal(&call),
            false => editor::start_in_window(&call, &self.sender),
        };
        match started {
            Ok(()) if call.in_terminal => {}
            Ok(()) => self.sender.notice(notices::opened(location)),
            Err(error) => self
                .sender
                .notice(notices::editor_failed(&error.to_string())),
        }
    }

    /// Leaves the terminal to an editor. Until it ends, saves are checked and nothing is drawn.
    fn start_in_terminal(&mut self, call: &EditorCommand) -> io::Result<()> {
        self.leave_terminal();
        let started = self.editor.start(call);
        if started.is_err() {
            self.take_terminal()?;
        }
        started
    }

    /// Takes the terminal again from an editor that has ended, as [`TerminalEditor::wait`] says.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be taken again.
    pub fn editor_ended(&mut self, status: io::Result<ExitStatus>) -> Result<(), Problem> {
        self.take_terminal().map_err(terminal_lost)?;
        match status {
            Ok(exit) if exit.success() => {}
            Ok(exit) => self
                .sender
                .notice(notices::editor_failed(&exit.to_string())),
            Err(error) => self
                .sender
                .notice(notices::editor_failed(&error.to_string())),
        }
        Ok(())
    }

    /// Stops this process, as a shell expects of Ctrl-Z, until the shell continues it.
    #[cfg(unix)]
    fn suspend(&mut self) -> Result<(), Problem> {
        self.leave_terminal();
        // The whole group, with `cargo run` and whatever else the shell has started for this command.
        let stopped = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        self.take_terminal().map_err(terminal_lost)?;
        stopped.map_err(|error| terminal_lost(error.into()))
    }

    /// Windows has no job control.
    #[cfg(not(unix))]
    fn suspend(&mut self) -> Result<(), Problem> {
        Ok(())
    }

    /// The process was stopped by a signal and continues. Another program may have used the terminal meanwhile.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be taken again.
    pub fn continued(&mut self) -> Result<(), Problem> {
        if !self.editor.is_running() {
            self.display.continued().map_err(terminal_lost)?;
        }
        Ok(())
    }

    /// Leaves the keys and the screen to another program.
    pub fn leave_terminal(&mut self) {
        self.display.leave();
    }

    fn take_terminal(&mut self) -> io::Result<()> {
        self.display.take()
    }
}

fn terminal_lost(error: io::Error) -> Problem {
    let what = format!("cannot use the terminal any more: {error}");
    Problem::new(Exit::CouldNot, what, "")
}
