//! Doing what the state machine wants; what came of it goes back as events.

use super::{Desk, News, Problem};
use crate::commands::Exit;
use crate::lab::{Effect, Event};

impl Desk {
    /// Carries out one effect. None of them keeps the next key waiting. How the lab ends, if it does.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be used any more. All other trouble is told on the screen.
    pub(super) fn perform(&mut self, effect: Effect) -> Result<Option<Exit>, Problem> {
        match effect {
            Effect::Start { run, scope, seed } => self.runs.start(run, scope, seed),
            Effect::Cancel(run) => self.runs.cancel(run),
            Effect::Warm => self.runs.warm(),
            Effect::StopWarming => self.runs.stop_warming(),
            Effect::Record {
                report,
                scope,
                files: of,
                counts,
            } => self
                .clerk
                .ask(move |files| files.record(&report, scope, of, counts)),
            Effect::Look(lesson) => self.clerk.ask(move |files| files.look(lesson)),
            Effect::Reveal { lesson, shown } => {
                let id = self.id(lesson);
                self.clerk
                    .ask(move |files| files.update(|progress| progress.note_hints(&id, shown)));
            }
            Effect::Skip { lesson, skipped } => {
                let id = self.id(lesson);
                self.clerk
                    .ask(move |files| files.update(|progress| progress.note_skipped(&id, skipped)));
            }
            Effect::Reset(lesson) => self.clerk.ask(move |files| files.reset(lesson)),
            Effect::WriteSolution(lesson) => {
                self.clerk.ask(move |files| files.write_solution(lesson));
            }
            Effect::Undo => self.clerk.ask(|files| files.undo()),
            Effect::Open { file, line } => self.open_editor(&file, line),
            Effect::Suspend => self.suspend()?,
            Effect::Redraw => self.terminal.forget(),
            Effect::Quit { interrupted: true } => return Ok(Some(Exit::Interrupted)),
            Effect::Quit { interrupted: false } => return Ok(Some(Exit::Passed)),
        }
        Ok(None)
    }

    fn id(&self, lesson: usize) -> String {
        self.state.course.lessons()[lesson].id().to_string()
    }

    /// Has something said on the screen.
    pub(super) fn say(&self, words: String) {
        // The lab holds the other end as well.
        self.sender.send(News::Event(Event::Said(words))).ok();
    }

    /// Stops this process, as a shell expects of Ctrl-Z, until the shell lets it go on.
    #[cfg(unix)]
    fn suspend(&mut self) -> Result<(), Problem> {
        self.keyboard.rest();
        self.terminal.give_back();
        // With it, all that the shell has started for this command, such as `cargo run`.
        let stopped = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        self.terminal.take_again().map_err(lost)?;
        self.keyboard.go_on();
        stopped.map_err(|error| lost(error.into()))
    }

    /// There is no such thing.
    #[cfg(not(unix))]
    fn suspend(&mut self) -> Result<(), Problem> {
        Ok(())
    }

    /// The process was stopped from outside, and goes on: whoever stopped it may have used the terminal.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be taken again.
    pub(super) fn continued(&mut self) -> Result<(), Problem> {
        if !self.editing.is_going_on() {
            self.terminal.give_back();
            self.terminal.take_again().map_err(lost)?;
        }
        Ok(())
    }
}

pub(super) fn lost(error: std::io::Error) -> Problem {
    let what = format!("cannot use the terminal any more: {error}");
    Problem::new(Exit::CouldNot, what, "")
}
