//! Doing what the state machine wants; what came of it goes back as events.

use std::process::Stdio;
use std::sync::Arc;

use super::{Desk, News, Problem};
use crate::checker::own;
use crate::commands::Exit;
use crate::learner::reset::{self, Scope as Extent};
use crate::learner::rewrite::Rewrite;
use crate::learner::store::StoreError;
use crate::learner::undo::{self, Undo};
use crate::learner::{ChangeError, Fingerprint, Progress, solution, work};
use crate::process::editor::{self, Call, Editor};
use crate::screen::lab::words;
use crate::verdict::CheckReport;
use crate::watch::{Effect, Event, Scope, Work};

impl Desk {
    /// Carries out one effect.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be used any more. All other trouble is told on the screen.
    pub(super) async fn perform(&mut self, effect: Effect) -> Result<Vec<Event>, Problem> {
        Ok(match effect {
            Effect::Start { run, scope, seed } => {
                self.runs.start(run, scope, seed);
                Vec::new()
            }
            Effect::Cancel(run) => {
                self.runs.cancel(run);
                Vec::new()
            }
            Effect::Record {
                report,
                scope,
                files,
            } => self.record(&report, scope, files),
            Effect::Warm => {
                self.runs.warm();
                Vec::new()
            }
            Effect::StopWarming => {
                self.runs.stop_warming();
                Vec::new()
            }
            Effect::Look(lesson) => vec![Event::Work(self.look(lesson))],
            Effect::Reveal { lesson, shown } => {
                let id = self.id(lesson);
                self.update(|progress| progress.note_hints(&id, shown))
            }
            Effect::Skip { lesson, skipped } => {
                let id = self.id(lesson);
                self.update(|progress| progress.note_skipped(&id, skipped))
            }
            Effect::Reset(lesson) => {
                let lesson = &self.lab.course.lessons()[lesson];
                let done = reset::reset(&self.lab.folder, &self.lab.store, lesson, Extent::Places);
                let words = done.map(|done| match done {
                    Rewrite::Done(_) => words::reset(lesson),
                    Rewrite::AlreadySo | Rewrite::NoCode => words::nothing_to_reset(lesson),
                });
                self.rewritten(words)
            }
            Effect::WriteSolution(lesson) => {
                let lesson = &self.lab.course.lessons()[lesson];
                let done = solution::write(&self.lab.folder, &self.lab.store, lesson);
                let words = done.map(|done| match done {
                    Rewrite::Done(_) => words::solution_written(lesson),
                    Rewrite::AlreadySo | Rewrite::NoCode => words::solution_there(lesson),
                });
                self.rewritten(words)
            }
            Effect::Undo => {
                let done = undo::undo(&self.lab.folder, &self.lab.store);
                let words = done.map(|done| match done {
                    Undo::Nothing => words::nothing_to_undo(),
                    Undo::AlreadySo { .. } => words::undone_already(),
                    Undo::Done(done) => words::undone(&done),
                });
                self.rewritten(words)
            }
            Effect::Open { file, line } => self.open_editor(&file, line).await?,
            Effect::Suspend => {
                self.suspend()?;
                Vec::new()
            }
            Effect::Redraw => {
                self.terminal.forget();
                Vec::new()
            }
            // Whoever calls this has dealt with it.
            Effect::Quit { .. } => Vec::new(),
        })
    }

    fn id(&self, lesson: usize) -> String {
        self.lab.course.lessons()[lesson].id().to_string()
    }

    /// Records a verdict, unless the files have changed since: then that is the news.
    fn record(&self, report: &CheckReport, scope: Scope, files: Fingerprint) -> Vec<Event> {
        let now = Fingerprint::of(&self.lab.folder);
        if now != files {
            return vec![Event::Saved(now)];
        }
        let selection = scope.selection(&self.lab.course);
        let recorded = own::record(&self.lab.store, &self.lab.folder, &selection, report);
        told(recorded)
    }

    fn update(&self, change: impl FnOnce(&mut Progress)) -> Vec<Event> {
        told(self.lab.store.update(change).map(|loaded| loaded.progress))
    }

    /// What the learner has written for a lesson.
    fn look(&self, lesson: usize) -> Work {
        let folder = &self.lab.folder;
        let at = &self.lab.course.lessons()[lesson];
        Work {
            lesson,
            spots: work::spots(folder, at).map_err(|error| error.to_string()),
            touched: work::touched(folder, at),
            pieces: Arc::new(solution::pieces(folder, at)),
        }
    }

    /// The learner's files were to become something else.
    fn rewritten(&self, words: Result<String, ChangeError>) -> Vec<Event> {
        let words = words.unwrap_or_else(|error| error.to_string());
        let mut events = told(self.lab.store.load().map(|loaded| loaded.progress));
        // Not waiting for the watcher: what the lab has done itself it knows at once.
        events.push(Event::Saved(Fingerprint::of(&self.lab.folder)));
        events.push(Event::Said(words));
        events
    }

    /// Opens a file at a line.
    async fn open_editor(&mut self, file: &str, line: usize) -> Result<Vec<Event>, Problem> {
        let variable = |name: &str| std::env::var(name).ok();
        let Some(editor) = Editor::from_environment(variable, editor::on_path) else {
            return Ok(vec![Event::Said(words::no_editor(file, line))]);
        };
        let call = editor.call(&self.lab.folder.file(file), line);
        if call.in_terminal {
            return self.edit_in_terminal(call).await;
        }
        let mut command = tokio::process::Command::new(&call.program);
        command
            .args(&call.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Ctrl-C in the lab is none for the editor, which outlives it.
        #[cfg(unix)]
        command.process_group(0);
        match command.spawn() {
            Ok(mut child) => {
                let sender = self.sender.clone();
                tokio::spawn(async move {
                    if let Ok(exit) = child.wait().await
                        && !exit.success()
                    {
                        let words = words::editor_failed(&exit.to_string());
                        sender.send(News::Event(Event::Said(words))).ok();
                    }
                });
                Ok(vec![Event::Said(words::opened(file, line))])
            }
            Err(error) => Ok(vec![Event::Said(words::editor_failed(&error.to_string()))]),
        }
    }

    /// Gives the terminal to an editor until it ends. Saves are checked meanwhile; nothing is drawn.
    async fn edit_in_terminal(&mut self, call: Call) -> Result<Vec<Event>, Problem> {
        self.keyboard.rest();
        self.terminal.give_back();
        let status = tokio::process::Command::new(&call.program)
            .args(&call.arguments)
            .status()
            .await;
        self.terminal.take_again().map_err(lost)?;
        self.keyboard.go_on();
        Ok(match status {
            Ok(exit) if exit.success() => Vec::new(),
            Ok(exit) => vec![Event::Said(words::editor_failed(&exit.to_string()))],
            Err(error) => vec![Event::Said(words::editor_failed(&error.to_string()))],
        })
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
}

/// What is recorded now, or why nothing can be recorded.
fn told(progress: Result<Progress, StoreError>) -> Vec<Event> {
    vec![match progress {
        Ok(progress) => Event::Progress(progress),
        Err(error) => Event::Said(error.to_string()),
    }]
}

fn lost(error: std::io::Error) -> Problem {
    let what = format!("cannot use the terminal any more: {error}");
    Problem::new(Exit::CouldNot, what, "")
}
