//! Connecting to a server: whether it listens, and whether it speaks HTTP/2.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tonic::transport::Channel;

use crate::probe::call;
use crate::probe::greeting::{self, Greeting};
use crate::process::port;
use crate::transcript::ProtocolError;
use crate::verdict::Diagnosis;
use crate::verdict::stream::plural;

/// Why a server cannot be called.
pub enum ConnectError {
    /// It accepts no connection: what the system says, for each address.
    Refused(Vec<(SocketAddr, io::Error)>),
    /// It does, but speaks no HTTP/2.
    UnsupportedProtocol(Box<Diagnosis>),
}

/// Connects to the server at the first of these addresses that speaks HTTP/2.
///
/// # Errors
///
/// [`ConnectError`] if none does.
pub async fn first(
    addresses: &[SocketAddr],
    patience: Duration,
) -> Result<(SocketAddr, Channel), ConnectError> {
    let mut refused = Vec::new();
    let mut unsupported = None;
    for addr in addresses.iter().copied() {
        if let Err(error) = accepts(addr, patience).await {
            refused.push((addr, error));
            continue;
        }
        match open(addr, patience).await {
            Ok(channel) => return Ok((addr, channel)),
            Err(diagnosis) => {
                unsupported.get_or_insert(Box::new(diagnosis));
            }
        }
    }
    Err(match unsupported {
        Some(diagnosis) => ConnectError::UnsupportedProtocol(diagnosis),
        None => ConnectError::Refused(refused),
    })
}

/// Whether a server accepts connections at an address.
///
/// # Errors
///
/// The system's words if none does.
pub async fn accepts(addr: SocketAddr, patience: Duration) -> io::Result<()> {
    let connecting = tokio::time::timeout(patience, port::connect(addr)).await;
    connecting
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))?
        .map(drop)
}

/// Opens a channel, once the server has shown that it speaks HTTP/2.
///
/// # Errors
///
/// What it speaks instead.
pub async fn open(addr: SocketAddr, patience: Duration) -> Result<Channel, Diagnosis> {
    let (what, hint) = match greeting::greet(addr, patience).await {
        Greeting::Http2 => match call::open(&addr.to_string(), patience).await {
            Ok(channel) => return Ok(channel),
            Err(ProtocolError::Silent) => (SILENT.to_string(), OWN_SERVER),
            Err(flaw) => return Err(crashed(addr, &flaw.to_string())),
        },
        Greeting::NoCalls => return Err(no_calls(addr)),
        Greeting::Refused(words) => return Err(crashed(addr, &words)),
        Greeting::Http1 => ("it answers in HTTP/1".to_string(), OWN_SERVER),
        Greeting::Tls => ("it wants an encrypted connection (TLS)".to_string(), NO_TLS),
        Greeting::Closed => (
            "it closes the connection and sends nothing".to_string(),
            OWN_SERVER,
        ),
        Greeting::Silent => (SILENT.to_string(), OWN_SERVER),
        Greeting::Slow(count) => (
            format!(
                "in {:.1} s it has sent {count} byte{}, less than the first frame",
                patience.as_secs_f64(),
                plural(count)
            ),
            OWN_SERVER,
        ),
        Greeting::Unknown => ("it answers in an unknown protocol".to_string(), OWN_SERVER),
    };
    let message = format!("Something listens on {addr}, but it does not speak HTTP/2: {what}.");
    Err(Diagnosis::mistake("not-http2", message).hint(hint))
}

/// It speaks HTTP/2, but allows no calls.
fn no_calls(addr: SocketAddr) -> Diagnosis {
    let message = format!(
        "The server on {addr} speaks HTTP/2, but allows no calls: its setting MAX_CONCURRENT_STREAMS is 0."
    );
    Diagnosis::mistake("hangs", message).hint(
        "That is how many calls a client may have open at once. Without it, there is no limit.",
    )
}

/// It accepted a connection, and then no more.
fn crashed(addr: SocketAddr, words: &str) -> Diagnosis {
    let message = format!(
        "The server on {addr} accepted one connection, and then no other: {words}. The lab makes several, \
         one after the other."
    );
    Diagnosis::new(message)
        .hint("A server accepts connections until it is stopped. Is it still running?")
}

const SILENT: &str = "it accepts the connection and sends nothing";

const OWN_SERVER: &str = "gRPC uses HTTP/2, here without encryption. The server of a gRPC library speaks \
    it by itself, tonic's `Server` among them; a web server does not. Is this the port of your gRPC server?";

const NO_TLS: &str = "The lab calls without encryption, as the codelabs do: let your server listen \
    without TLS. Many gRPC libraries call that `insecure`.";
