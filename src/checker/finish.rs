//! Letting a program that ends by itself come to its end, and no longer than that makes sense.

use std::time::Duration;

use tokio::sync::watch;

use super::starting::announced;
use super::{Awaited, Setting, Watch};
use crate::guide::client::Ending;
use crate::probe::recorder::Recorder;
use crate::process::Running;
use crate::process::output::Output;

/// How many times its patience a program may run while something keeps happening.
const MOST_PATIENCE: u32 = 12;

/// How long a program may take.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Until it connects.
    pub startup: Duration,
    /// While nothing moves.
    pub patience: Duration,
    /// Who is told of a long wait for a connection.
    pub watch: &'a dyn Watch,
}

/// A program that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How.
    pub ending: Ending,
    /// All it wrote to standard output.
    pub stdout: String,
    /// All it wrote to both outputs.
    pub said: String,
    /// Its last lines on standard error.
    pub stderr: String,
}

impl<'a> Limits<'a> {
    /// Those of a check.
    pub fn of(setting: &Setting, watch: &'a dyn Watch) -> Limits<'a> {
        Limits {
            startup: setting.startup,
            patience: setting.patience,
            watch,
        }
    }

    /// For a client that is run once more to see where else it connects. What had to be compiled is compiled by
    /// then.
    pub fn again(self) -> Limits<'a> {
        Limits {
            startup: self.startup / 3,
            ..self
        }
    }

    /// Waits for a client to end. Until it connects, only the first limit counts. Then it may take its time, as
    /// long as something happens: it prints, or makes a call. Only when nothing moves, or there is no end to it,
    /// it is stopped. Whatever it has started goes with it.
    pub async fn finish(self, running: Running, recorder: &Recorder) -> Finished {
        let (stdout, stderr) = (running.stdout.clone(), running.stderr.clone());
        let no_more = async {
            let connected = tokio::time::timeout(self.startup, recorder.connected());
            if announced(Awaited::Connection, self.startup, self.watch, connected)
                .await
                .is_ok()
            {
                no_more_moves(self.patience, recorder.changes(), stdout, stderr).await;
            }
        };
        finish(running, no_more).await
    }

    /// Waits for a client to end that can connect to nobody. It says nothing before it does, so it gets all the
    /// time that a start may take.
    pub async fn finish_alone(self, running: Running) -> Finished {
        let wait = tokio::time::sleep(self.startup);
        finish(
            running,
            announced(Awaited::End, self.startup, self.watch, wait),
        )
        .await
    }
}

/// Waits for a program to end, and stops it once there is no use in waiting any more.
async fn finish(mut running: Running, no_more: impl Future<Output = ()>) -> Finished {
    let ending = {
        let exit = async {
            match running.wait().await {
                Ok(exit) if exit.is_success() => Ending::Success,
                Ok(exit) => Ending::Failure(exit.to_string()),
                Err(error) => Ending::Failure(error.to_string()),
            }
        };
        tokio::select! {
            biased;
            ending = exit => ending,
            () = no_more => Ending::TimedOut,
        }
    };
    if ending == Ending::TimedOut {
        running.stop().await;
    }
    let stdout = running.stdout.text();
    Finished {
        ending,
        said: format!("{stdout}\n{}", running.stderr.text()),
        stderr: running.last_words(),
        stdout,
    }
}

/// Is done when nothing has moved for so long, or something has moved for far too long.
async fn no_more_moves(
    patience: Duration,
    mut changes: watch::Receiver<()>,
    mut stdout: Output,
    mut stderr: Output,
) {
    let moves = async {
        loop {
            let moved = async {
                tokio::select! {
                    Ok(()) = changes.changed() => {}
                    () = stdout.more() => {}
                    () = stderr.more() => {}
                    else => std::future::pending().await,
                }
            };
            if tokio::time::timeout(patience, moved).await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(patience * MOST_PATIENCE, moves)
        .await
        .ok();
}
