//! Accepting connections. The first bytes of each connection show which protocol the client speaks. Clients of
//! other protocols get an answer that they understand.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::accept::accept;
use super::connection::Connection;
use super::server_event::{ServerEvent, UnsupportedProtocol};
use super::{limits, tls};

/// The first bytes of every HTTP/2 client (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The type of a TLS record that holds a handshake.
const TLS_HANDSHAKE: u8 = 22;

/// How long a client of an unsupported protocol may take to read the answer.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// How many connections may wait until the server takes them.
const MAX_WAITING: usize = 64;

/// The connections that speak the server's protocol, as a stream. When it is dropped, the sockets are closed.
#[derive(Debug)]
pub struct Incoming {
    ready: mpsc::Receiver<Connection>,
    _accepting: JoinSet<()>,
}

impl Incoming {
    /// Accepts connections on these sockets: encrypted ones with a TLS acceptor, plain ones without it.
    pub fn new(
        listeners: Vec<TcpListener>,
        tls: Option<tls::Acceptor>,
        notify: Arc<dyn Fn(ServerEvent) + Send + Sync>,
    ) -> Incoming {
        let (sender, ready) = mpsc::channel(MAX_WAITING);
        let mut accepting = JoinSet::new();
        for listener in listeners {
            let acceptor = Acceptor {
                tls: tls.clone(),
                ready: sender.clone(),
                notify: Arc::clone(&notify),
            };
            accepting.spawn(acceptor.accept(listener));
        }
        Incoming {
            ready,
            _accepting: accepting,
        }
    }
}

impl Stream for Incoming {
    type Item = std::io::Result<Connection>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Connection>>> {
        self.ready
            .poll_recv(context)
            .map(|connection| connection.map(Ok))
    }
}

/// Accepts the connections of one socket.
#[derive(Clone)]
struct Acceptor {
    tls: Option<tls::Acceptor>,
    ready: mpsc::Sender<Connection>,
    notify: Arc<dyn Fn(ServerEvent) + Send + Sync>,
}

impl Acceptor {
    async fn accept(self, listener: TcpListener) {
        let mut handshakes = JoinSet::new();
        loop {
            let (stream, peer) = match accept(&listener).await {
                Ok(accepted) => accepted,
                Err(error) => {
                    (self.notify)(ServerEvent::CannotAccept(error.to_string()));
                    continue;
                }
            };
            // Nagle's algorithm would delay small messages. If it cannot be switched off, they are slower.
            stream.set_nodelay(true).ok();
            let acceptor = self.clone();
            handshakes.spawn(async move {
                // A client that sends nothing is disconnected without an answer.
                tokio::time::timeout(limits::HANDSHAKE, acceptor.handshake(stream, peer))
                    .await
                    .ok();
            });
            // Frees those that have ended.
            while handshakes.try_join_next().is_some() {}
        }
    }

    /// Finds out which protocol a client speaks, and passes the connection on if the server speaks it, too.
    async fn handshake(self, stream: TcpStream, peer: SocketAddr) {
        let mut first = [0; 8];
        let Ok(count @ 1..) = stream.peek(&mut first).await else {
            return;
        };
        let first = &first[..count];
        let unsupported = match (&self.tls, first[0]) {
            (None, TLS_HANDSHAKE) => UnsupportedProtocol::Tls,
            (Some(tls), TLS_HANDSHAKE) => return self.tls_handshake(tls, stream, peer).await,
            (Some(_), _) if PREFACE.starts_with(first) => UnsupportedProtocol::PlainText,
            (None, _) if PREFACE.starts_with(first) => {
                // If this fails, the server has ended.
                self.ready.send(Connection::Plain(stream)).await.ok();
                return;
            }
            (_, letter) if letter.is_ascii_uppercase() => UnsupportedProtocol::Http1,
            _ => UnsupportedProtocol::Unknown,
        };
        (self.notify)(ServerEvent::UnsupportedProtocol(unsupported, peer));
        // If this fails, the client has left.
        tokio::time::timeout(READ_TIMEOUT, close_with(stream, unsupported.answer()))
            .await
            .ok();
    }

    async fn tls_handshake(&self, tls: &tls::Acceptor, stream: TcpStream, peer: SocketAddr) {
        match tls.accept(stream).await {
            // If this fails, the server has ended.
            Ok(stream) => drop(self.ready.send(Connection::Tls(stream)).await),
            Err(error) => {
                (self.notify)(ServerEvent::TlsHandshakeFailed(error.to_string(), peer));
            }
        }
    }
}

/// Sends a last answer, and waits until the client has closed the connection: if a socket is closed while it has
/// unread data, the system may discard what was sent.
async fn close_with(mut stream: TcpStream, answer: Vec<u8>) -> std::io::Result<()> {
    stream.write_all(&answer).await?;
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
