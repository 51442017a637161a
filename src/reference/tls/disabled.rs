//! What stands for TLS in a program that is built without it. Its types have no values.

use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use routeguide::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tonic::transport::Channel;

use super::error::TlsError;

/// Encrypts connections.
#[derive(Debug, Clone)]
pub enum Acceptor {}

/// An encrypted connection.
#[derive(Debug)]
pub enum Stream {}

/// Reads a server's certificate and key.
///
/// # Errors
///
/// Always [`TlsError::NotBuilt`].
pub fn acceptor(_certificate: &Path, _key: &Path) -> Result<Acceptor, TlsError> {
    Err(TlsError::NotBuilt)
}

/// Connects to a server.
///
/// # Errors
///
/// Always [`TlsError::NotBuilt`].
pub async fn connect(_addr: &str, _authority: &Path) -> Result<Channel, Error> {
    Err(TlsError::NotBuilt.into())
}

impl Acceptor {
    /// Performs the TLS handshake with a client.
    ///
    /// # Errors
    ///
    /// Never, since this type has no values.
    pub async fn accept(&self, _stream: TcpStream) -> std::io::Result<Stream> {
        match *self {}
    }
}

impl Stream {
    /// The TCP connection below it.
    pub fn tcp(&self) -> &TcpStream {
        match *self {}
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match *self {}
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match *self {}
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match *self {}
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match *self {}
    }
}
