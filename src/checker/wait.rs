//! Waiting for a client to end by itself, as long as that makes sense.

use std::time::Duration;

use super::startup::announced;
use super::{Awaited, Check, last_words};
use crate::guide::client::{Ending, Timeout};
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
        match connected.await {
            Ok(()) => no_more_moves(check.setting.patience, recorder, stdout, stderr).await,
            Err(_) => Timeout::Connection(startup),
        }
    };
    end_or_stop(running, given_up).await
}

/// Waits for a client to end that can connect to nothing. It shows no sign of having begun, so it gets all the time
/// that a start may take.
pub async fn for_client_alone(check: &Check<'_>, running: Running) -> Finished {
    let startup = check.setting.startup;
    let given_up = announced(check, Awaited::End, startup, tokio::time::sleep(startup));
    end_or_stop(running, async {
        given_up.await;
        Timeout::End(startup)
    })
    .await
}

/// Waits for a program to end, and stops it when it is given up.
async fn end_or_stop(mut running: Running, given_up: impl Future<Output = Timeout>) -> Finished {
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
            wait = given_up => Ending::TimedOut(wait),
        }
    };
    if ending.is_timed_out() {
        running.stop().await;
    }
    let stdout = running.stdout.text();
    Finished {
        ending,
        said: format!("{stdout}\n{}", running.stderr.text()),
        stderr: last_words::of(&running),
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
) -> Timeout {
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
    let most = patience * MOST_PATIENCE;
    match tokio::time::timeout(most, moves).await {
        Ok(()) => Timeout::Movement(patience),
        Err(_) => Timeout::End(most),
    }
}
