//! Accepting connections in spite of errors.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

/// How long to wait after the system could not accept a connection. It does not report when it can again.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits for the next connection.
///
/// # Errors
///
/// If the system cannot accept connections at present, for lack of file descriptors for example. This returns such an
/// error after a pause, so that the caller can report it and try again.
pub async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    loop {
        match listener.accept().await {
            Ok(accepted) => return Ok(accepted),
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                tokio::time::sleep(PAUSE).await;
                return Err(error);
            }
        }
    }
}

/// Whether the error only says that a client has left before its connection was accepted.
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}
