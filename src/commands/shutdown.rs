//! Requests to end: Ctrl-C and what the system sends.

use std::time::Duration;

use super::problem::{Exit, Problem, ShutdownSignal};
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
    end_at_last(|_| true);
    tokio::select! {
        result = run => result,
        signal = shutdown => {
            screen::print_error("Interrupted. Nothing has been recorded.");
            Ok(Exit::Ended(signal))
        }
    }
}

/// How long a command may take to end after it was asked to. It ends in milliseconds, unless the system keeps it
/// waiting: for a terminal that takes no more text, or for a file.
const ENDING: Duration = Duration::from_secs(10);

/// Ends the program, some seconds after a signal that is meant for it, if it has not ended by then. Nothing that keeps
/// a thread waiting can prevent that. What it has started ends with it, as [`crate::process::guard`] says.
#[expect(
    clippy::exit,
    reason = "the thread that would return the exit code is waiting"
)]
pub fn end_at_last(is_meant: impl Fn(ShutdownSignal) -> bool + Send + 'static) {
    let mut next = Box::pin(shutdown_signal());
    tokio::spawn(async move {
        let signal = loop {
            let signal = next.await;
            if is_meant(signal) {
                break signal;
            }
            next = Box::pin(shutdown_signal());
        };
        tokio::time::sleep(ENDING).await;
        screen::terminal::restore_settings();
        std::process::exit(Exit::Ended(signal).code().into());
    });
}

/// Waits for Ctrl-C, SIGTERM, SIGQUIT, or the closing of the terminal. Signals are caught from this call on.
#[cfg(unix)]
pub fn shutdown_signal() -> impl Future<Output = ShutdownSignal> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        (SignalKind::interrupt(), ShutdownSignal::Interrupt),
        (SignalKind::terminate(), ShutdownSignal::Terminate),
        (SignalKind::hangup(), ShutdownSignal::HangUp),
        (SignalKind::quit(), ShutdownSignal::Quit),
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
            () = wait!(close) => ShutdownSignal::HangUp,
            () = wait!(logoff) => ShutdownSignal::Terminate,
            () = wait!(shutdown) => ShutdownSignal::Terminate,
        }
    }
}
