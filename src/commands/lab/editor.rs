//! The learner's editor: one in the terminal has the terminal until it ends, one with a window runs beside the lab.

use std::future;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::process::Child;

use super::event::EventSender;
use crate::process::editor::{Editor, EditorCommand};
use crate::screen::lab::notices;

/// How long after the end of an editor a Ctrl-C is still taken for the editor's. It is sent to the lab as well, and
/// the signal and the end of the editor can arrive in either order. When the lab has the terminal, Ctrl-C is a key.
const INTERRUPT_GRACE: Duration = Duration::from_secs(1);

/// The editor that has the terminal, if one has.
#[derive(Debug, Default)]
pub struct TerminalEditor {
    editor: Option<Child>,
    /// When the last one ended.
    ended: Option<Instant>,
}

impl TerminalEditor {
    /// Starts an editor, which has the terminal from now on.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn start(&mut self, call: &EditorCommand) -> io::Result<()> {
        self.editor = Some(call.command().spawn()?);
        Ok(())
    }

    /// Whether an editor has the terminal.
    pub fn is_running(&self) -> bool {
        self.editor.is_some()
    }

    /// Whether a Ctrl-C that reaches the lab as a signal is meant for an editor.
    pub fn takes_interrupts(&self) -> bool {
        let has_just_ended = |ended: Instant| ended.elapsed() < INTERRUPT_GRACE;
        self.is_running() || self.ended.is_some_and(has_just_ended)
    }

    /// Waits for the end of the editor; for ever, if none is running.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let Some(editor) = &mut self.editor else {
            return future::pending().await;
        };
        let status = editor.wait().await;
        self.editor = None;
        self.ended = Some(Instant::now());
        status
    }
}

/// The learner's editor, from the environment.
pub fn find() -> Option<Editor> {
    let variable = |name: &str| std::env::var(name).ok();
    let is_installed = |name: &str| which::which(name).is_ok();
    Editor::from_environment(variable, is_installed)
}

/// Starts an editor that has a window of its own, and that keeps running when the lab is closed.
///
/// # Errors
///
/// If it cannot be started.
pub fn start_in_window(call: &EditorCommand, sender: &EventSender) -> io::Result<()> {
    let mut command = call.command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // So that Ctrl-C in the lab does not reach it.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    let sender = sender.clone();
    tokio::spawn(async move {
        if let Ok(exit) = child.wait().await
            && !exit.success()
        {
            sender.notice(notices::editor_failed(&exit.to_string()));
        }
    });
    Ok(())
}
