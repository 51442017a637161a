//! Hosting the reference server: sockets, certificates, and shutdown.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::cli::{HostingArgs, ReferenceArgs, ReferenceProgram};
use crate::commands::{Exit, Problem, ShutdownSignal, end_at_last, shutdown_signal};
use crate::process::sockets;
use crate::reference::listen::{self, ListenError, ServerAddresses};
use crate::reference::server_event::ServerEvent;
use crate::reference::{limits, tls};
use crate::screen;

/// How long open calls may go on after the shutdown signal.
pub fn grace(args: &HostingArgs) -> Duration {
    args.grace.map_or(limits::GRACE, Duration::from_secs)
}

/// What encrypts connections, if the options ask for it.
///
/// # Errors
///
/// If the files cannot be used, or the program is built without TLS.
pub fn tls_acceptor(args: &HostingArgs) -> Result<Option<tls::Acceptor>, Problem> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else {
        return Ok(None);
    };
    match tls::acceptor(certificate, key) {
        Ok(acceptor) => Ok(Some(acceptor)),
        Err(error) => Err(Problem::new(Exit::CouldNot, &error, error.advice())),
    }
}

/// Listens, for a command that takes `--addr`.
///
/// # Errors
///
/// Why the server cannot listen, which process has the port, and what to do.
pub async fn listen(
    addr: &str,
    command: &str,
) -> Result<(Vec<TcpListener>, ServerAddresses), Problem> {
    match listen::listen(addr).await {
        Ok(listening) => Ok(listening),
        Err(error) => Err(not_listening(addr, error, command).await),
    }
}

/// Catches shutdown signals from this call on. The first future is ready at the first signal: the server stops. The
/// second is ready at the second signal: the server ends at once. The first needs the second to be polled.
pub fn shutdown_signals() -> (
    impl Future<Output = ()>,
    impl Future<Output = ShutdownSignal>,
) {
    let (stop, stopped) = oneshot::channel();
    let first = shutdown_signal();
    let stop_now = async move {
        first.await;
        let second = shutdown_signal();
        end_at_last(|_| true);
        // If this fails, the server has ended by itself.
        stop.send(()).ok();
        second.await
    };
    (async { stopped.await.unwrap_or(()) }, stop_now)
}

/// Checks that no option of the other program is given.
///
/// # Errors
///
/// Which is, and what to do.
pub fn check(args: &ReferenceArgs) -> Result<(), Problem> {
    let hosting = &args.hosting;
    let (this, other, misplaced) = match args.program {
        ReferenceProgram::Server => {
            let of_client = [("--tls-ca", hosting.tls_ca.is_some())];
            ("server", "client", of_client.to_vec())
        }
        ReferenceProgram::Client => {
            let of_server = [
                ("--grace", hosting.grace.is_some()),
                ("--tls-cert", hosting.tls_cert.is_some()),
            ];
            ("client", "server", of_server.to_vec())
        }
    };
    match misplaced.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => Err(Problem::new(
            Exit::Usage,
            format!("{option} is an option of the {other}, and this is the {this}"),
            format!(
                "Run the {other} with it: `{} run-reference {other} {option} …`.",
                screen::invocation()
            ),
        )),
    }
}

/// Prints an event.
pub fn notify(event: ServerEvent) {
    screen::print_error(&screen::hosting::event(&event));
}

/// Prints the first event of each kind: a client of the wrong protocol may try again and again.
pub fn notify_once() -> impl Fn(ServerEvent) + Send + Sync {
    let printed = Mutex::new(Vec::new());
    move |event| {
        let protocol = match &event {
            ServerEvent::UnsupportedProtocol(protocol, _) => Some(*protocol),
            _ => None,
        };
        let kind = (std::mem::discriminant(&event), protocol);
        // Nothing that can panic is done while the lock is held.
        let mut printed = printed.lock().unwrap_or_else(PoisonError::into_inner);
        if !printed.contains(&kind) {
            printed.push(kind);
            notify(event);
        }
    }
}

/// Why the server of a command cannot listen, and what to do.
pub async fn not_listening(addr: &str, error: ListenError, command: &str) -> Problem {
    match error {
        ListenError::InvalidAddress(_) | ListenError::UnknownHost(_) => Problem::new(
            Exit::Usage,
            format!("cannot use the address {addr:?}: {error}"),
            "An address is a host and a port, such as 127.0.0.1:50051.",
        ),
        ListenError::Refused(at, ref source) => {
            let next = match source.kind() {
                io::ErrorKind::AddrInUse => {
                    screen::hosting::taken(at, sockets::listener_at(at).await.as_ref(), command)
                }
                io::ErrorKind::AddrNotAvailable => {
                    "This machine does not have that address. 127.0.0.1 means this machine, and 0.0.0.0 all of its \
                     addresses."
                        .to_string()
                }
                io::ErrorKind::PermissionDenied => {
                    "The system reserves this port, as many do below 1024. Choose a higher one.".to_string()
                }
                _ => String::new(),
            };
            Problem::new(Exit::CouldNot, error, next)
        }
    }
}
