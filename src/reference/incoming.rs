//! Connections on their way in: what they speak is looked at first, so that who speaks something else is told.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tonic::transport::server::{Connected, TcpConnectInfo};

use super::news::{News, Stranger};
use super::{limits, tls};

/// What a client of HTTP/2 says first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The type of a TLS record that holds a handshake.
const TLS_HANDSHAKE: u8 = 22;

/// How long to wait after the system could not accept a connection, for want of file descriptors for example; it
/// does not say when it can again.
const BEFORE_ACCEPTING_AGAIN: Duration = Duration::from_millis(10);
/// How long a stranger has time to read what it is told.
const TO_READ: Duration = Duration::from_secs(2);

/// How many connections may wait until the server takes them.
const WAITING: usize = 64;

/// The connections that speak what this server speaks, as a stream. Once it is dropped, nothing listens any more.
#[derive(Debug)]
pub struct Incoming {
    ready: mpsc::Receiver<Connection>,
    _accepting: JoinSet<()>,
}

impl Incoming {
    /// Accepts on these sockets. With a TLS acceptor, only encrypted connections are taken.
    pub fn new(
        listeners: Vec<TcpListener>,
        tls: Option<tls::Acceptor>,
        tell: Arc<dyn Fn(News) + Send + Sync>,
    ) -> Incoming {
        let (sender, ready) = mpsc::channel(WAITING);
        let mut accepting = JoinSet::new();
        for listener in listeners {
            let door = Door {
                tls: tls.clone(),
                ready: sender.clone(),
                tell: Arc::clone(&tell),
            };
            accepting.spawn(door.accept(listener));
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

/// What every connection passes.
#[derive(Clone)]
struct Door {
    tls: Option<tls::Acceptor>,
    ready: mpsc::Sender<Connection>,
    tell: Arc<dyn Fn(News) + Send + Sync>,
}

impl Door {
    async fn accept(self, listener: TcpListener) {
        let mut greeted = JoinSet::new();
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                tokio::time::sleep(BEFORE_ACCEPTING_AGAIN).await;
                continue;
            };
            // Small messages must not wait for each other; where it cannot be set, they are slower.
            stream.set_nodelay(true).ok();
            let door = self.clone();
            greeted.spawn(async move {
                // Who says nothing is let go without a word.
                tokio::time::timeout(limits::GREETING, door.greet(stream, peer))
                    .await
                    .ok();
            });
            // Finished ones are cleared away as new ones come.
            while greeted.try_join_next().is_some() {}
        }
    }

    async fn greet(self, stream: TcpStream, peer: SocketAddr) {
        let mut first = [0; 8];
        let Ok(count @ 1..) = stream.peek(&mut first).await else {
            return;
        };
        let first = &first[..count];
        let stranger = match (&self.tls, first[0]) {
            (None, TLS_HANDSHAKE) => Stranger::Tls,
            (Some(_), TLS_HANDSHAKE) => return self.encrypt(stream, peer).await,
            (Some(_), _) if PREFACE.starts_with(first) => Stranger::Plain,
            (None, _) if PREFACE.starts_with(first) => {
                // The server has gone if it cannot be sent.
                self.ready.send(Connection::Plain(stream)).await.ok();
                return;
            }
            (_, letter) if letter.is_ascii_uppercase() => Stranger::Http1,
            _ => Stranger::Unknown,
        };
        (self.tell)(News::Stranger(stranger, peer));
        // It may have gone.
        tokio::time::timeout(TO_READ, farewell(stream, stranger.answer()))
            .await
            .ok();
    }

    async fn encrypt(self, stream: TcpStream, peer: SocketAddr) {
        let Some(tls) = &self.tls else { return };
        match tls.accept(stream).await {
            Ok(stream) => drop(self.ready.send(Connection::Tls(stream)).await),
            Err(error) => (self.tell)(News::NoTrust(error.to_string(), peer)),
        }
    }
}

/// Says a last word, and waits until the other side has had a chance to read it: a socket that is closed while
/// something unread is left in it takes back what it has sent.
async fn farewell(mut stream: TcpStream, words: Vec<u8>) -> std::io::Result<()> {
    stream.write_all(&words).await?;
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// A connection, plain or encrypted.
#[derive(Debug)]
pub enum Connection {
    /// As the system gives it.
    Plain(TcpStream),
    /// Behind TLS.
    Tls(tls::Stream),
}

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        match self {
            Connection::Plain(stream) => stream.connect_info(),
            Connection::Tls(stream) => stream.tcp().connect_info(),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Connection::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Connection::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_write_vectored(context, bytes),
            Connection::Tls(stream) => Pin::new(stream).poll_write_vectored(context, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Connection::Plain(stream) => stream.is_write_vectored(),
            Connection::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_flush(context),
            Connection::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Connection::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
