//! The event loop: an event changes the model, its effects are performed, and the screen is drawn.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{MissedTickBehavior, interval};

use super::display::Display;
use super::driver::Driver;
use super::editor::TerminalEditor;
use super::event::{self, AppEvent};
use super::file_worker::{FileWorker, LearnerFiles};
use super::runs::Runs;
use super::serving::Serving;
use crate::checker::{PATIENCE, STARTUP, Setting, TrackCheck, TrackCode};
use crate::commands::check::codelabs_database;
use crate::commands::{Exit, Lab, Problem, ShutdownSignal, end_at_last, shutdown_signal};
use crate::course::Track;
use crate::lab::{Effect, Message, Model, Prebuild};
use crate::learner::changes::{FileWatcher, Notice};
use crate::learner::fingerprint::{self, Fingerprint};
use crate::process;
use crate::screen::lab::plain::{self, Typed};
use crate::screen::lab::{self as view, notices};
use crate::screen::{self, Canvas};

/// How often the screen is drawn while the spinner turns.
const SPINNER_TICK: Duration = Duration::from_millis(100);
/// How often the progress is read again, in case that another lab has recorded something.
const PROGRESS_TICK: Duration = Duration::from_secs(1);

/// The interactive lab.
pub struct App {
    model: Model,
    driver: Driver,
    events: UnboundedReceiver<AppEvent>,
    /// How many progress ticks in a row the file worker has been busy.
    busy_ticks: u32,
    /// How many spinner ticks there have been.
    tick: usize,
    _watcher: FileWatcher,
}

impl App {
    /// Starts the threads, and takes the terminal.
    ///
    /// # Errors
    ///
    /// If the system refuses a thread or the terminal.
    pub fn open(lab: Lab, poll: bool, is_plain: bool) -> Result<App, Problem> {
        let cannot = |what: &'static str| {
            move |error: io::Error| {
                Problem::new(Exit::CouldNot, format!("cannot {what}: {error}"), "")
            }
        };
        let (sender, events) = event::channel();
        let course = Arc::new(lab.course);
        let seen = Fingerprint::of(&lab.folder);
        let seed = fastrand::u64(..1_000_000);
        let mut model = Model::new(Arc::clone(&course), lab.progress, seen, seed);
        let is_cut_off = fingerprint::is_cut_off(&lab.folder);
        model.notice = lab
            .warning
            .or_else(|| is_cut_off.then(notices::too_many_files));
        let ended = process::end_left_behind();
        if !ended.is_empty() {
            model.notice = Some(notices::ended_left_behind(&ended));
        }
        let check = TrackCheck {
            code: TrackCode {
                folder: lab.folder.clone(),
                track: Track::StartHere,
                colour: Canvas::stdout().paint.is_on(),
            },
            setting: Setting {
                database: codelabs_database()?,
                seed,
                patience: PATIENCE,
                startup: STARTUP,
            },
        };
        let serving = Serving::new(check.clone(), Arc::clone(&course), sender.clone());
        let runs = Runs::new(check, Arc::clone(&course), sender.clone());
        let files = LearnerFiles {
            folder: lab.folder.clone(),
            store: lab.store,
            course: Arc::clone(&course),
        };
        let files = FileWorker::start(files, sender.clone()).map_err(cannot("read your files"))?;
        let changes = sender.clone();
        let watcher = FileWatcher::start(&lab.folder, seen, poll, move |notice| {
            changes.send(match notice {
                Notice::Changed(_) => AppEvent::FilesChanged,
                Notice::Polling(reason) => AppEvent::Message(Message::PollingStarted(reason)),
            });
        })
        .map_err(cannot("watch your files"))?;
        let display = Display::open(is_plain, &sender).map_err(cannot("use the terminal"))?;
        let driver = Driver {
            folder: lab.folder,
            course,
            display,
            editor: TerminalEditor::default(),
            runs,
            serving,
            files,
            sender,
        };
        Ok(App {
            model,
            driver,
            events,
            busy_ticks: 0,
            tick: 0,
            _watcher: watcher,
        })
    }

    /// Runs the lab until it is quit, and closes it: no process is left, and all that was to be recorded is.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be used any more.
    pub async fn run(mut self) -> Result<Exit, Problem> {
        let exit = self.handle_events().await;
        // The terminal first: the learner has quit, and sees the shell at once.
        self.driver.leave_terminal();
        self.driver.serving.finish().await;
        self.driver.runs.stop().await;
        let farewell = view::farewell(&self.model, &self.driver.display.context(self.tick));
        let is_closed = self.driver.display.is_closed();
        self.driver.files.finish();
        // A terminal that is closed may be noticed first by the one that writes to it.
        if is_closed {
            return Ok(Exit::Ended(ShutdownSignal::HangUp));
        }
        let exit = exit?;
        screen::print(&farewell);
        Ok(exit)
    }

    async fn handle_events(&mut self) -> Result<Exit, Problem> {
        let effects = self.model.start();
        let mut shutdown = Box::pin(shutdown_signal());
        // Ctrl-C may be meant for an editor; when the lab has the terminal, it is a key.
        end_at_last(|signal| signal != ShutdownSignal::Interrupt);
        let mut continued = Box::pin(continued());
        let mut spinner_tick = interval(SPINNER_TICK);
        spinner_tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut progress_tick = interval(PROGRESS_TICK);
        progress_tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Some(exit) = self.perform(effects)? {
            return Ok(exit);
        }
        loop {
            let editor_runs = self.driver.editor.is_running();
            if !editor_runs && let Some(exit) = self.draw()? {
                return Ok(exit);
            }
            let is_animated = self.is_animated() && !editor_runs;
            tokio::select! {
                signal = &mut shutdown => {
                    let is_editors = signal == ShutdownSignal::Interrupt && self.driver.editor.takes_interrupts();
                    if !is_editors {
                        return Ok(Exit::Ended(signal));
                    }
                    shutdown = Box::pin(shutdown_signal());
                }
                () = &mut continued => {
                    self.driver.continued()?;
                    continued = Box::pin(self::continued());
                }
                status = self.driver.editor.wait(), if editor_runs => self.driver.editor_ended(status)?,
                event = self.events.recv() => {
                    // All waiting events are handled before the screen is drawn, so that no outdated one is drawn.
                    let mut next = event;
                    while let Some(event) = next {
                        if let Some(exit) = self.handle(event)? {
                            return Ok(exit);
                        }
                        next = self.events.try_recv().ok();
                    }
                }
                _ = spinner_tick.tick(), if is_animated => self.tick = self.tick.wrapping_add(1),
                _ = progress_tick.tick() => self.read_progress(),
            }
        }
    }

    /// Handles an event. Returns how the lab ends, if it does.
    fn handle(&mut self, event: AppEvent) -> Result<Option<Exit>, Problem> {
        match event {
            AppEvent::Message(message) => {
                let effects = self.model.update(message);
                self.perform(effects)
            }
            AppEvent::FilesChanged => {
                // The file worker looks again when it has done its earlier jobs, which may change the files as well.
                self.driver.files.submit(|files| files.look_again());
                Ok(None)
            }
            AppEvent::Resized => {
                self.driver.display.forget();
                Ok(None)
            }
            AppEvent::Line(line) => self.handle_line(&line),
            AppEvent::InputEnded => Ok(Some(Exit::Passed)),
            AppEvent::TerminalGone => Ok(Some(Exit::Ended(ShutdownSignal::HangUp))),
        }
    }

    /// Handles a line that was typed.
    fn handle_line(&mut self, line: &str) -> Result<Option<Exit>, Problem> {
        self.driver.display.answer();
        match plain::typed(line, &self.model) {
            Typed::Again => self.driver.display.forget(),
            Typed::Unknown => self.driver.sender.notice(notices::unknown_command(line)),
            Typed::Keys(keys) => {
                for key in keys {
                    let effects = self.model.update(Message::Key(key));
                    if let Some(exit) = self.perform(effects)? {
                        return Ok(Some(exit));
                    }
                }
            }
        }
        // Each line has its answer, also where the next one, or the end, has come with it.
        self.draw()
    }

    /// Performs effects. Returns how the lab ends, if it does.
    fn perform(&mut self, effects: Vec<Effect>) -> Result<Option<Exit>, Problem> {
        for effect in effects {
            if let Some(exit) = self.driver.perform(effect)? {
                return Ok(Some(exit));
            }
        }
        Ok(None)
    }

    /// Reads the progress, which another lab on the same folder may have changed. If the file worker has been busy
    /// since the last time, another lab probably holds the lock.
    fn read_progress(&mut self) {
        if self.driver.files.is_idle() {
            self.busy_ticks = 0;
            self.driver.files.submit(|files| files.load());
            return;
        }
        self.busy_ticks += 1;
        if self.busy_ticks > 1 {
            self.driver
                .sender
                .notice(notices::waiting_for_another_lab());
        }
    }

    fn is_animated(&self) -> bool {
        let works = !self.model.run.is_idle()
            || matches!(self.model.prebuild, Prebuild::Running { .. })
            || self.model.builds_server();
        works && self.driver.display.is_animated()
    }

    fn draw(&mut self) -> Result<Option<Exit>, Problem> {
        match self.driver.display.show(&mut self.model, self.tick) {
            Ok(()) => Ok(None),
            // Lines whose reader has gone away, as `head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Some(Exit::Passed)),
            Err(error) => {
                let what = format!("cannot write to the terminal: {error}");
                Err(Problem::new(Exit::CouldNot, what, ""))
            }
        }
    }
}

/// Waits until the process continues after a stop.
#[cfg(unix)]
async fn continued() {
    use tokio::signal::unix::{SignalKind, signal};
    let kind = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
    match signal(kind) {
        Ok(mut signal) => drop(signal.recv().await),
        // Without it, the learner can press Ctrl-L.
        Err(_) => std::future::pending().await,
    }
}

/// Windows does not stop processes.
#[cfg(not(unix))]
async fn continued() {
    std::future::pending().await
}
