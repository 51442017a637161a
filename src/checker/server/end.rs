//! Ending a server that was called, and what it has left behind.

use std::time::Duration;

use super::findings::will_not_die;
use crate::checker::startup::Server;
use crate::checker::{Check, last_words};
use crate::process::child::{Ended, Exit, Interrupted};
use crate::verdict::Diagnosis;

/// How long a server that a command has started may take to end when it is asked to.
const GRACE: Duration = Duration::from_millis(1500);

/// Whether a server is asked to end by Ctrl-C, to see that it ends well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CtrlC {
    /// It is not.
    No,
    /// It is.
    ToBeSent,
    /// It has been already.
    Sent,
}

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
        running.map_or(String::new(), last_words::of)
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
    pub async fn end(&mut self, check: &Check<'_>, is_ending: bool, ctrl_c: CtrlC) -> End {
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
            if ctrl_c == CtrlC::Sent {
                end.interrupted = running.interrupted(patience).await;
            } else {
                end.died = running.try_wait();
            }
            if ctrl_c == CtrlC::ToBeSent && end.died.is_none() && running.send_interrupt() {
                end.interrupted = running.interrupted(patience).await;
            }
            running.stop().await;
            return end;
        }
        // A command may end and leave its server running.
        end.died = match running.alive() || ctrl_c == CtrlC::Sent {
            true => None,
            false => running.try_wait(),
        };
        if running.end(GRACE).await == Ended::Killed {
            end.notes.push(will_not_die(GRACE));
        }
        end
    }
}
