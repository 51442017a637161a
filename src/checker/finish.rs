//! Letting a program that ends by itself come to its end, and no longer than that makes sense.

use std::time::Duration;

use tokio::sync::watch;

use crate::process::Running;
use crate::process::output::Output;
use crate::verdict::client::Ending;

/// How many times its patience a program may run while something keeps happening.
const MOST_PATIENCE: u32 = 12;

/// How long a program may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until it begins. A command may compile first, or start a virtual machine.
    pub beginning: Duration,
    /// While nothing moves.
    pub patience: Duration,
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

/// Waits for a program to end. Until `begun` is done, only the first limit counts. Then it may take its
/// time, as long as something happens: it prints, or `changes` tells of a call. Only when nothing moves,
/// or there is no end to it, it is stopped. Whatever it has started goes with it.
pub async fn finish(
    mut running: Running,
    limits: Limits,
    begun: impl Future<Output = ()>,
    changes: watch::Receiver<()>,
) -> Finished {
    let (stdout, stderr) = (running.stdout.clone(), running.stderr.clone());
    let ending = {
        let exit = async {
            match running.wait().await {
                Ok(exit) if exit.is_success() => Ending::Success,
                Ok(exit) => Ending::Failure(exit.to_string()),
                Err(error) => Ending::Failure(error.to_string()),
            }
        };
        let no_more = async {
            if tokio::time::timeout(limits.beginning, begun).await.is_ok() {
                no_more_moves(limits.patience, changes, stdout, stderr).await;
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
