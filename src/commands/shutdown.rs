//! Requests to end: Ctrl-C and what the system sends.

use super::problem::{Exit, Problem};
use crate::screen;

/// Runs a command until it ends or a shutdown signal comes. Then its future is dropped, and with it all processes that
/// it has started.
///
/// # Errors
///
/// Those of the command.
pub async fn interruptible(
    run: impl Future<Output = Result<Exit, Problem>>,
) -> Result<Exit, Problem> {
    let shutdown = shutdown_signal();
    tokio::select! {
        result = run => result,
        _ = shutdown => {
            screen::print_error("Interrupted. Nothing has been recorded.");
            Ok(Exit::Interrupted)
        }
    }
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
