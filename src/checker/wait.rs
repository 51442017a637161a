//! Waiting for a client to end by itself, as long as that makes sense.

use std::time::Duration;

use super::startup::announced;
use super::{Awaited, Check};
use crate::guide::client::Ending;
use crate::probe::recorder::Recorder;
use crate::process::Running;
use crate::process::output::Output;

/// How many times its patience a program may run while something keeps happening.
const MOST_PATIENCE: u32 = 12;

/// A client that has ended.
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

/// Waits for a client to end. It has `startup` to connect. Then it may take its time, as long as something
/// happens: it prints, or makes a call. Only when nothing moves, or there is no end to it, it is stopped, with
/// everything that it has started.
pub async fn for_client(
    check: &Check<'_>,
    running: Running,
    recorder: &Recorder,
    startup: Duration,
) -> Finished {
    let (stdout, stderr) = (running.stdout.clone(), running.stderr.clone());
    let given_up = async {
        let connected = tokio::time::timeout(startup, recorder.connected());
        let connected = announced(check, Awaited::Connection, startup, connected);
        if connected.await.is_ok() {
            no_more_moves(check.setting.patience, recorder, stdout, stderr).await;
        }
    };
    end_or_stop(running, given_up).await
}

/// Waits for a client to end that can connect to nothing. It shows no sign of having begun, so it gets all the time
/// that a start may take.
pub async fn for_client_alone(check: &Check<'_>, running: Running) -> Finished {
    let startup = check.setting.startup;
    let given_up = announced(check, Awaited::End, startup, tokio::time::sleep(startup));
    end_or_stop(running, given_up).await
}

/// Waits for a program to end, and stops it when it is given up.
async fn end_or_stop(mut running: Running, given_up: impl Future<Output = ()>) -> Finished {
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
            () = given_up => Ending::TimedOut,
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

/// Is done when nothing has moved for so long, or something has moved for far too long. A client that does not move
/// while the recorder holds headers back gets them first: it may have been waiting for them.
async fn no_more_moves(
    patience: Duration,
    recorder: &Recorder,
    mut stdout: Output,
    mut stderr: Output,
) {
    let mut changes = recorder.changes();
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
            if tokio::time::timeout(patience, moved).await.is_err() && !recorder.release_headers() {
                return;
            }
        }
    };
    tokio::time::timeout(patience * MOST_PATIENCE, moves)
        .await
        .ok();
}
