//! Reaching a server: whether anybody listens, and whether HTTP/2 is spoken there.

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

/// A server that can be called.
pub struct Reached {
    /// The address that it answered at.
    pub addr: SocketAddr,
    /// A channel to it.
    pub channel: Channel,
}

/// Why a server cannot be called.
pub enum Unreached {
    /// Nobody accepts a connection: what the system says, for each address.
    Nobody(Vec<(SocketAddr, io::Error)>),
    /// Somebody does, but speaks no HTTP/2.
    Stranger(Box<Diagnosis>),
}

/// Reaches the server at the first of these addresses that speaks HTTP/2.
///
/// # Errors
///
/// [`Unreached`] if none does.
pub async fn server(addresses: &[SocketAddr], patience: Duration) -> Result<Reached, Unreached> {
    let mut refused = Vec::new();
    let mut stranger = None;
    for addr in addresses.iter().copied() {
        if let Err(error) = accepts(addr, patience).await {
            refused.push((addr, error));
            continue;
        }
        match open(addr, patience).await {
            Ok(channel) => return Ok(Reached { addr, channel }),
            Err(diagnosis) => {
                stranger.get_or_insert(Box::new(diagnosis));
            }
        }
    }
    Err(match stranger {
        Some(diagnosis) => Unreached::Stranger(diagnosis),
        None => Unreached::Nobody(refused),
    })
}

/// Whether somebody accepts connections at an address.
///
/// # Errors
///
/// The system's words if nobody does.
pub async fn accepts(addr: SocketAddr, patience: Duration) -> io::Result<()> {
    let connecting = tokio::time::timeout(patience, port::connect(addr)).await;
    connecting
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))?
        .map(drop)
}

/// Opens a channel, once it is sure that HTTP/2 is spoken there.
///
/// # Errors
///
/// What is spoken instead.
pub async fn open(addr: SocketAddr, patience: Duration) -> Result<Channel, Diagnosis> {
    let (what, hint) = match greeting::greet(addr, patience).await {
        Greeting::Http2 => match call::open(&addr.to_string(), patience).await {
            Ok(channel) => return Ok(channel),
            Err(ProtocolError::Silent) => (SILENT.to_string(), OWN_SERVER),
            Err(flaw) => return Err(gone(addr, &flaw.to_string())),
        },
        Greeting::NoCalls => return Err(no_calls(addr)),
        Greeting::Gone(words) => return Err(gone(addr, &words)),
        Greeting::Http1 => ("it answers in HTTP/1".to_string(), OWN_SERVER),
        Greeting::Tls => ("it wants an encrypted connection (TLS)".to_string(), NO_TLS),
        Greeting::Closed => (
            "it closes the connection without a word".to_string(),
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
        Greeting::Unknown => (
            "it answers in a language of its own".to_string(),
            OWN_SERVER,
        ),
    };
    let message = format!("Something listens on {addr}, but it does not speak HTTP/2: {what}.");
    Err(Diagnosis::mistake("not-http2", message).hint(hint))
}

/// It speaks HTTP/2, but nobody can call it.
fn no_calls(addr: SocketAddr) -> Diagnosis {
    let message = format!(
        "The server on {addr} speaks HTTP/2, but allows no calls: its setting MAX_CONCURRENT_STREAMS is 0."
    );
    Diagnosis::mistake("hangs", message).hint(
        "That is how many calls a client may have open at once. Without it, there is no limit.",
    )
}

/// It accepted a connection, and then no more.
fn gone(addr: SocketAddr, words: &str) -> Diagnosis {
    let message = format!(
        "Something accepted a connection on {addr}, and then no other one: {words}. The lab makes several, \
         one after the other."
    );
    Diagnosis::new(message)
        .hint("A server goes on accepting connections, until it is stopped. Does it still run?")
}

const SILENT: &str = "it accepts the connection and says nothing";

const OWN_SERVER: &str = "gRPC is spoken over HTTP/2, here without encryption. The server of a gRPC \
    library does so by itself, tonic's `Server` among them; a web server does not. Is this the port \
    of your gRPC server?";

const NO_TLS: &str = "The lab calls without encryption, as the codelabs do: let your server listen \
    without TLS. Many gRPC libraries call that `insecure`.";
