//! Requests to end: Ctrl-C and what the system sends.

use std::time::Duration;

use super::problem::{Exit, Problem};
use crate::screen;

/// How long a command may take to end after a shutdown signal. It takes as long only if it waits for the system, as for a
/// file on a network drive that does not answer.
const GRACE: Duration = Duration::from_secs(10);

/// Runs a command until it ends or a shutdown signal comes. Then its future is dropped, and with it all processes that
/// it has started.
///
/// # Errors
///
/// Those of the command.
pub async fn interruptible(
    run: impl Future<Output = Result<Exit, Problem>>,
) -> Result<Exit, Problem> {
    let last_resort = tokio::spawn(exit_if_stuck(shutdown_signal()));
    let shutdown = shutdown_signal();
    let result = tokio::select! {
        result = run => result,
        _ = shutdown => {
            screen::print_error(INTERRUPTED);
            Ok(Exit::Interrupted)
        }
    };
    last_resort.abort();
    result
}

const INTERRUPTED: &str = "Interrupted. Nothing has been recorded.";

/// Ends the lab some time after a shutdown signal. The command runs in one thread, and as long as the system keeps that
/// from going on, it notices no signal.
async fn exit_if_stuck(shutdown: impl Future<Output = ShutdownSignal>) {
    shutdown.await;
    tokio::time::sleep(GRACE).await;
    screen::print_error(INTERRUPTED);
    #[expect(clippy::exit, reason = "the thread that would return is stuck")]
    std::process::exit(130);
}

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShutdownSignal {
    /// Ctrl-C, which every program on the terminal gets.
    Interrupt,
    /// Any other: the system is shutting down, or the terminal was closed.
    Terminate,
}

/// Waits for Ctrl-C, SIGTERM, SIGQUIT, or the closing of the terminal. Signals are caught from this call on.
#[cfg(unix)]
pub fn shutdown_signal() -> impl Future<Output = ShutdownSignal> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        (SignalKind::interrupt(), ShutdownSignal::Interrupt),
        (SignalKind::terminate(), ShutdownSignal::Terminate),
        (SignalKind::hangup(), ShutdownSignal::Terminate),
        (SignalKind::quit(), ShutdownSignal::Terminate),
    ];
    // A signal that cannot be caught ends the program without our help.
    let caught = kinds.map(|(kind, shutdown)| (signal(kind).ok(), shutdown));
    async move {
        let waits = caught.map(|(signal, shutdown)| {
            Box::pin(async move {
                match signal {
                    Some(mut signal) => drop(signal.recv().await),
                    None => std::future::pending().await,
                }
                shutdown
            })
        });
        futures_util::future::select_all(waits).await.0
    }
}

/// Waits for Ctrl-C, Ctrl-Break, the closing of the console, or the end of the session. Events are caught from this
/// call on.
#[cfg(windows)]
pub fn shutdown_signal() -> impl Future<Output = ShutdownSignal> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
    let (interrupt, stop) = (ctrl_c().ok(), ctrl_break().ok());
    let (close, logoff, shutdown) = (ctrl_close().ok(), ctrl_logoff().ok(), ctrl_shutdown().ok());
    macro_rules! wait {
        ($signal:expr) => {
            async move {
                match $signal {
                    Some(mut signal) => drop(signal.recv().await),
                    // An event that cannot be caught ends the program without our help.
                    None => std::future::pending().await,
                }
            }
        };
    }
    async move {
        tokio::select! {
            () = wait!(interrupt) => ShutdownSignal::Interrupt,
            () = wait!(stop) => ShutdownSignal::Terminate,
            () = wait!(close) => ShutdownSignal::Terminate,
            () = wait!(logoff) => ShutdownSignal::Terminate,
            () = wait!(shutdown) => ShutdownSignal::Terminate,
        }
    }
}
