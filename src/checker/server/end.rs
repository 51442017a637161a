//! Ending a server that was called, and what it has left behind.

use std::time::Duration;

use super::findings::will_not_die;
use crate::checker::Check;
use crate::checker::startup::Server;
use crate::process::child::{Ended, Exit, Interrupted};
use crate::verdict::Diagnosis;

/// How long a server that a command has started may take to end when it is asked to.
const GRACE: Duration = Duration::from_millis(1500);

/// How a server was after its last call.
pub struct End {
    /// How its program had ended, if it had.
    pub died: Option<Exit>,
    /// The effect of Ctrl-C, if it was asked for.
    pub interrupted: Interrupted,
    /// Remarks that are no reason to fail.
    pub notes: Vec<Diagnosis>,
}

impl Server {
    /// What its program wrote last to standard error, if the lab has started it.
    pub fn last_words(&self) -> String {
        let running = self.running.as_ref();
        running.map_or(String::new(), |running| running.last_words())
    }

    /// What its program wrote to standard output.
    pub fn stdout(&self) -> String {
        let running = self.running.as_ref();
        running.map_or(String::new(), |running| running.stdout.text())
    }

    /// What its program wrote to standard error.
    pub fn stderr(&self) -> String {
        let running = self.running.as_ref();
        running.map_or(String::new(), |running| running.stderr.text())
    }

    /// Ends its program, if the lab has started it. One that `is_ending` is waited for: then it is known how it
    /// ended.
    /// `interrupt` asks whether it ends well after Ctrl-C.
    pub async fn end(&mut self, check: &Check<'_>, is_ending: bool, interrupt: bool) -> End {
        let mut end = End {
            died: None,
            interrupted: Interrupted::NotHere,
            notes: Vec::new(),
        };
        let Some(running) = &mut self.running else {
            return end;
        };
        let patience = check.setting.patience;
        if is_ending {
            tokio::time::timeout(patience, running.wait()).await.ok();
        }
        if check.subject.code().is_some() {
            end.died = running.try_wait();
            if interrupt && end.died.is_none() {
                end.interrupted = running.interrupt(patience).await;
            }
            running.stop().await;
            return end;
        }
        // A command may end and leave its server running.
        end.died = match running.alive() {
            true => None,
            false => running.try_wait(),
        };
        if running.end(GRACE).await == Ended::Killed {
            end.notes.push(will_not_die(GRACE));
        }
        end
    }
}
