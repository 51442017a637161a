//! The interactive lab: what happens goes to the state machine in `watch/`, and what that wants is done.

mod clerk;
mod editing;
mod effects;
mod runs;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{MissedTickBehavior, interval};

use super::check::codelabs_database;
use super::{Asked, Exit, Lab, Problem};
use crate::checker::own::Own;
use crate::checker::{PATIENCE, STARTUP, Setting};
use crate::cli::AnswerFormat;
use crate::course::Track;
use crate::lab::{Effect, Event, State, Warm};
use crate::learner::changes::{FileWatcher, Notice};
use crate::learner::{Fingerprint, Folder};
use crate::screen::keyboard::{Input, Keyboard};
use crate::screen::lab::{self, Stage};
use crate::screen::terminal::{Terminal, is_interactive};
use crate::screen::{self, Canvas};
use clerk::Clerk;
use editing::Editing;
use runs::Runs;

/// How often a screen on which something moves is drawn.
const TICK: Duration = Duration::from_millis(100);
/// How often it is looked whether another lab has recorded something.
const OTHER_LABS: Duration = Duration::from_secs(1);

/// Opens the interactive lab; without a terminal, the list of lessons is printed instead.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read, or the terminal cannot be used.
pub async fn run(poll: bool) -> Result<Exit, Problem> {
    if !is_interactive() {
        return super::list::run(None, AnswerFormat::Human);
    }
    let lab = Lab::open_quietly()?;
    let mut desk = Desk::open(lab, poll)?;
    let exit = desk.work().await;
    // First of all the keys and the screen: both are the shell's again.
    desk.keyboard.rest();
    desk.terminal.give_back();
    desk.runs.stop().await;
    let stage = desk.stage();
    desk.clerk.finish();
    let exit = exit?;
    screen::print(&lab::goodbye(&desk.state, &stage));
    Ok(exit)
}

/// Is done when the process goes on after it was stopped.
#[cfg(unix)]
async fn continued() {
    use tokio::signal::unix::{SignalKind, signal};
    let kind = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
    match signal(kind) {
        Ok(mut signal) => drop(signal.recv().await),
        // Then Ctrl-L must do.
        Err(_) => std::future::pending().await,
    }
}

/// Nothing stops a process there.
#[cfg(not(unix))]
async fn continued() {
    std::future::pending().await
}

/// What has happened outside of the state machine.
enum News {
    /// Something for it.
    Event(Event),
    /// The learner's files have changed.
    Changed,
    /// The terminal has another size.
    Resized,
    /// The terminal is gone.
    Gone(std::io::Error),
}

/// Everything that the interactive lab holds.
struct Desk {
    folder: Folder,
    state: State,
    terminal: Terminal,
    keyboard: Keyboard,
    runs: Runs,
    clerk: Clerk,
    editing: Editing,
    /// How many looks in a row the clerk has been waiting for somebody.
    waiting: u32,
    news: UnboundedReceiver<News>,
    sender: UnboundedSender<News>,
    tick: usize,
    _watching: FileWatcher,
}

impl Desk {
    fn open(lab: Lab, poll: bool) -> Result<Desk, Problem> {
        let system = |doing: &'static str| {
            move |error: std::io::Error| {
                Problem::new(Exit::CouldNot, format!("cannot {doing}: {error}"), "")
            }
        };
        let (sender, news) = unbounded_channel();
        let course = Arc::new(lab.course.clone());
        let seen = Fingerprint::of(&lab.folder);
        let seed = fastrand::u64(..1_000_000);
        let mut state = State::new(Arc::clone(&course), lab.progress.clone(), seen, seed);
        state.notice = lab.remark.clone();
        let own = Own {
            folder: lab.folder.clone(),
            track: Track::StartHere,
            setting: Setting {
                database: codelabs_database()?,
                seed,
                patience: PATIENCE,
                startup: STARTUP,
            },
            colour: Canvas::stdout().paint.is_on(),
        };
        let runs = Runs::new(own, Arc::clone(&course), sender.clone());
        let files = clerk::Files {
            folder: lab.folder.clone(),
            store: lab.store.clone(),
            course,
        };
        let clerk = Clerk::start(files, sender.clone()).map_err(system("read your files"))?;
        let told = sender.clone();
        // Whoever sends when the lab has ended is about to end, too.
        let watching = FileWatcher::start(&lab.folder, seen, poll, move |notice| {
            let news = match notice {
                Notice::Changed(_) => News::Changed,
                Notice::Polling(why) => News::Event(Event::Polling(why)),
            };
            told.send(news).ok();
        })
        .map_err(system("watch your files"))?;
        let terminal = Terminal::take().map_err(system("use the terminal"))?;
        let pressed = sender.clone();
        let keyboard = Keyboard::start(move |input| {
            let news = match input {
                Input::Key(key) => News::Event(Event::Key(key)),
                Input::Resized => News::Resized,
                Input::Gone(error) => News::Gone(error),
            };
            pressed.send(news).is_ok()
        })
        .map_err(system("read keys"))?;
        Ok(Desk {
            folder: lab.folder,
            state,
            terminal,
            keyboard,
            runs,
            clerk,
            editing: Editing::default(),
            waiting: 0,
            news,
            sender,
            tick: 0,
            _watching: watching,
        })
    }

    /// Works until the learner has enough.
    async fn work(&mut self) -> Result<Exit, Problem> {
        let first = self.state.begin();
        let mut asked_to_end = Box::pin(super::asked_to_end());
        let mut continued = Box::pin(continued());
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut look = interval(OTHER_LABS);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Some(exit) = self.carry_out(first)? {
            return Ok(exit);
        }
        loop {
            let is_editing = self.editing.is_going_on();
            if !is_editing {
                self.draw()?;
            }
            let moves = self.something_moves() && !is_editing;
            tokio::select! {
                asked = &mut asked_to_end => {
                    if !(asked == Asked::Interrupt && self.editing.takes_interrupts()) {
                        return Ok(Exit::Interrupted);
                    }
                    asked_to_end = Box::pin(super::asked_to_end());
                }
                () = &mut continued => {
                    self.continued()?;
                    continued = Box::pin(self::continued());
                }
                status = self.editing.end(), if is_editing => self.edited(status)?,
                news = self.news.recv() => {
                    // All that has come before anything is drawn, so that nothing outdated is.
                    let mut next = news;
                    while let Some(news) = next {
                        if let Some(exit) = self.take_in(news)? {
                            return Ok(exit);
                        }
                        next = self.news.try_recv().ok();
                    }
                }
                _ = tick.tick(), if moves => self.tick = self.tick.wrapping_add(1),
                _ = look.tick() => self.look_at_progress(),
            }
        }
    }

    fn take_in(&mut self, news: News) -> Result<Option<Exit>, Problem> {
        match news {
            News::Event(event) => {
                let effects = self.state.update(event);
                self.carry_out(effects)
            }
            News::Changed => {
                // As they will be then: since the news was sent, the lab may have changed them itself.
                self.clerk.ask(|files| files.look_again());
                Ok(None)
            }
            News::Resized => {
                self.terminal.forget();
                Ok(None)
            }
            News::Gone(error) => Err(Problem::new(
                Exit::CouldNot,
                format!("the terminal is gone: {error}"),
                "",
            )),
        }
    }

    /// Does what the state machine wants. How the lab ends, if it does.
    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<Option<Exit>, Problem> {
        for effect in effects {
            if let Some(exit) = self.perform(effect)? {
                return Ok(Some(exit));
            }
        }
        Ok(None)
    }

    /// Another lab on the same folder may have recorded something; or hold the lock.
    fn look_at_progress(&mut self) {
        if self.clerk.is_idle() {
            self.waiting = 0;
            self.clerk.ask(|files| files.load());
            return;
        }
        self.waiting += 1;
        if self.waiting > 1 {
            let words = lab::words::waiting_for_another();
            self.sender.send(News::Event(Event::Said(words))).ok();
        }
    }

    fn something_moves(&self) -> bool {
        !self.state.run.is_idle() || matches!(self.state.warm, Warm::Going { .. })
    }

    fn stage(&self) -> Stage<'static> {
        let (columns, rows) = self.terminal.size();
        Stage {
            columns,
            rows,
            paint: self.terminal.paint(),
            program: screen::invocation(),
            tick: self.tick,
        }
    }

    fn draw(&mut self) -> Result<(), Problem> {
        let frame = lab::draw(&self.state, &self.stage());
        self.state.room = frame.room;
        self.terminal.show(&frame.rows).map_err(|error| {
            Problem::new(
                Exit::CouldNot,
                format!("cannot write to the terminal: {error}"),
                "",
            )
        })
    }
}
