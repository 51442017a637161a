//! What it takes to host the reference: sockets, certificates, and its end.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::cli::{HostingArgs, ReferenceArgs, Side};
use crate::commands::{Exit, Problem, shutdown_signal};
use crate::process::sockets;
use crate::reference::listening::{self, ListenError, Places};
use crate::reference::news::News;
use crate::reference::{limits, tls};
use crate::screen;

/// How long open calls may go on once the server is to stop.
pub fn grace(args: &HostingArgs) -> Duration {
    args.grace.map_or(limits::GRACE, Duration::from_secs)
}

/// What encrypts connections, if that is wanted.
///
/// # Errors
///
/// If the files are of no use, or this lab cannot do it.
pub fn encryption(args: &HostingArgs) -> Result<Option<tls::Acceptor>, Problem> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else {
        return Ok(None);
    };
    match tls::acceptor(certificate, key) {
        Ok(acceptor) => Ok(Some(acceptor)),
        Err(error) => Err(Problem::new(Exit::CouldNot, &error, error.advice())),
    }
}

/// Listens.
///
/// # Errors
///
/// Why that is not possible, who has the port, and what to do.
pub async fn listen(addr: &str) -> Result<(Vec<TcpListener>, Places), Problem> {
    match listening::listen(addr).await {
        Ok(listening) => Ok(listening),
        Err(error) => Err(not_listening(addr, error).await),
    }
}

/// Ctrl-C, or the system's request to end, which is caught from now on: the first future is done once the server is
/// asked to stop, the second, which has to be polled for that, once it is to end at once.
pub fn stopping() -> (impl Future<Output = ()>, impl Future<Output = ()>) {
    let (stop, stopped) = oneshot::channel();
    let asked = shutdown_signal();
    let at_once = async move {
        asked.await;
        let again = shutdown_signal();
        // The server may have ended by itself.
        stop.send(()).ok();
        again.await;
    };
    (async { stopped.await.unwrap_or(()) }, at_once)
}

/// Looks for wishes of the other side.
///
/// # Errors
///
/// Which, and what to do.
pub fn consistent(args: &ReferenceArgs) -> Result<(), Problem> {
    let hosting = &args.hosting;
    let (this, other, misplaced) = match args.side {
        Side::Server => {
            let of_client = [("--tls-ca", hosting.tls_ca.is_some())];
            ("server", "client", of_client.to_vec())
        }
        Side::Client => {
            let of_server = [
                ("--grace", hosting.grace.is_some()),
                ("--tls-cert", hosting.tls_cert.is_some()),
            ];
            ("client", "server", of_server.to_vec())
        }
    };
    match misplaced.iter().find(|(_, is_there)| *is_there) {
        None => Ok(()),
        Some((option, _)) => Err(Problem::new(
            Exit::Usage,
            format!("{option} is for the {other}, and this is the {this}"),
            format!(
                "Run the {other} with it: `{} run-reference {other} {option} …`.",
                screen::invocation()
            ),
        )),
    }
}

/// Tells a piece of news.
pub fn tell(news: News) {
    screen::print_error(&screen::hosting::news(&news));
}

/// Tells the first news of each kind: who speaks the wrong protocol may try again and again.
pub fn told_once() -> impl Fn(News) + Send + Sync {
    let told = Mutex::new(Vec::new());
    move |news| {
        let kind = match &news {
            News::Stranger(stranger, _) => Some(*stranger),
            News::NoTrust(..) | News::Stopping(..) | News::GraceOver(_) => None,
        };
        // Nothing that can panic is done while it is held.
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.contains(&kind) {
            told.push(kind);
            screen::print_error(&screen::hosting::news(&news));
        }
    }
}

/// Why the server cannot listen, and what to do.
async fn not_listening(addr: &str, error: ListenError) -> Problem {
    match error {
        ListenError::NoAddress(error) => Problem::new(
            Exit::Usage,
            format!("cannot use the address {addr:?}: {error}"),
            "An address is a host and a port, such as 127.0.0.1:50051.",
        ),
        ListenError::NoHost(error) => Problem::new(
            Exit::Usage,
            format!("cannot use the address {addr:?}: {error}"),
            "An address is a host and a port, such as 127.0.0.1:50051.",
        ),
        ListenError::Refused(at, error) => {
            let next = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    screen::hosting::taken(at, sockets::listener_at(at).await.as_ref())
                }
                io::ErrorKind::AddrNotAvailable => {
                    "This machine does not have that address. 127.0.0.1 is this machine, and 0.0.0.0 all of its \
                     addresses."
                        .to_string()
                }
                io::ErrorKind::PermissionDenied => {
                    "The system keeps that port for itself, as many do below 1024: take a higher one.".to_string()
                }
                _ => String::new(),
            };
            Problem::new(
                Exit::CouldNot,
                format!("cannot listen on {at}: {error}"),
                next,
            )
        }
    }
}
