//! A connection that tells whether it began as HTTP/2 does.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What every HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection whose first bytes are compared with the HTTP/2 preface as they are read.
pub struct Tapped {
    stream: TcpStream,
    /// How many bytes of the preface have been read.
    seen: usize,
    /// What to do once all of it has been; gone as soon as a byte differs.
    on_preface: Option<Box<dyn FnOnce() + Send>>,
}

impl Tapped {
    /// Taps a connection of which nothing has been read yet.
    pub fn new(stream: TcpStream, on_preface: impl FnOnce() + Send + 'static) -> Tapped {
        Tapped {
            stream,
            seen: 0,
            on_preface: Some(Box::new(on_preface)),
        }
    }

    fn note(&mut self, bytes: &[u8]) {
        let rest = &PREFACE[self.seen..];
        let length = bytes.len().min(rest.len());
        if bytes[..length] != rest[..length] {
            self.on_preface = None;
            return;
        }
        self.seen += length;
        if self.seen == PREFACE.len()
            && let Some(on_preface) = self.on_preface.take()
        {
            on_preface();
        }
    }
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if self.on_preface.is_some() {
            self.note(&buffer.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
