//! Opening the place to write in an editor, and who has the terminal meanwhile.

use std::future;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::process::Child;

use super::effects::lost;
use super::{Desk, News, Problem};
use crate::lab::Event;
use crate::process::editor::{Editor, EditorCommand};
use crate::process::path::{self, By};
use crate::screen::lab::words;

/// Ctrl-C in an editor reaches the lab, too; and where the editor ends by it, the news of the two come in
/// either order. For so long after its end, Ctrl-C is taken for the editor's. The lab's own is a key.
const AFTERMATH: Duration = Duration::from_secs(1);

/// The editor that has the terminal, if one has.
#[derive(Debug, Default)]
pub(super) struct Editing {
    editor: Option<Child>,
    /// When the last one ended.
    ended: Option<Instant>,
}

impl Editing {
    fn begin(&mut self, editor: Child) {
        self.editor = Some(editor);
    }

    /// Whether an editor has the terminal.
    pub(super) fn is_going_on(&self) -> bool {
        self.editor.is_some()
    }

    /// Whether a Ctrl-C that reaches the lab as a signal is for an editor.
    pub(super) fn takes_interrupts(&self) -> bool {
        let has_just_ended = |ended: Instant| ended.elapsed() < AFTERMATH;
        self.is_going_on() || self.ended.is_some_and(has_just_ended)
    }

    /// Is done when the editor has ended. Without one, it never is.
    pub(super) async fn end(&mut self) -> io::Result<ExitStatus> {
        let Some(editor) = &mut self.editor else {
            return future::pending().await;
        };
        let status = editor.wait().await;
        self.editor = None;
        self.ended = Some(Instant::now());
        status
    }
}

impl Desk {
    /// Opens a file at a line.
    pub(super) fn open_editor(&mut self, file: &str, line: usize) {
        let variable = |name: &str| std::env::var(name).ok();
        let found = |name: &str| path::find(Path::new(name), By::Shell).is_some();
        let Some(editor) = Editor::from_environment(variable, found) else {
            return self.say(words::no_editor(file, line));
        };
        let call = editor.call(&self.folder.file(file), line);
        let started = if call.in_terminal {
            self.edit_in_terminal(&call)
        } else {
            self.edit_in_window(&call)
        };
        match started {
            Ok(()) if call.in_terminal => {}
            Ok(()) => self.say(words::opened(file, line)),
            Err(error) => self.say(words::editor_failed(&error.to_string())),
        }
    }

    /// Starts an editor that has a window of its own, and outlives the lab.
    fn edit_in_window(&self, call: &EditorCommand) -> io::Result<()> {
        let mut command = call.command();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Ctrl-C in the lab is none for the editor.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let sender = self.sender.clone();
        tokio::spawn(async move {
            if let Ok(exit) = child.wait().await
                && !exit.success()
            {
                let words = words::editor_failed(&exit.to_string());
                sender.send(News::Event(Event::Said(words))).ok();
            }
        });
        Ok(())
    }

    /// Gives the terminal to an editor. Until it ends, saves are checked and nothing is drawn.
    fn edit_in_terminal(&mut self, call: &EditorCommand) -> io::Result<()> {
        self.keyboard.rest();
        self.terminal.give_back();
        match call.command().spawn() {
            Ok(child) => {
                self.editing.begin(child);
                Ok(())
            }
            Err(error) => {
                self.terminal.take_again()?;
                self.keyboard.go_on();
                Err(error)
            }
        }
    }

    /// The editor in the terminal has ended, as [`Editing::end`] says.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be taken again.
    pub(super) fn edited(&mut self, status: io::Result<ExitStatus>) -> Result<(), Problem> {
        self.terminal.take_again().map_err(lost)?;
        self.keyboard.go_on();
        match status {
            Ok(exit) if exit.success() => {}
            Ok(exit) => self.say(words::editor_failed(&exit.to_string())),
            Err(error) => self.say(words::editor_failed(&error.to_string())),
        }
        Ok(())
    }
}
