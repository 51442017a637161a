//! A connection that tells when the server has said its first word.
//!
//! The first frame of a server is its settings, and the client may begin before they come. But a call that
//! is under way when the settings forbid it, or leave it less room than it has taken, can stand still for
//! ever in the library. Every server says its settings at once, so they are waited for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_util::io::InspectReader;
use tonic::codegen::Service;

/// Connects, and tells when the first bytes have come.
#[derive(Clone, Default)]
pub struct Connector {
    heard: Arc<Notify>,
}

impl Connector {
    /// Is notified when a server has said something.
    pub fn heard(&self) -> Arc<Notify> {
        Arc::clone(&self.heard)
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Connection>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Connection>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let heard = self.heard();
        Box::pin(async move {
            let addr = uri.authority().map_or("", |authority| authority.as_str());
            let stream = TcpStream::connect(addr).await?;
            stream.set_nodelay(true)?;
            let ear = Ear(heard);
            let listen = Box::new(move |_: &[u8]| ear.tell());
            let connection: Connection = InspectReader::new(stream, listen);
            Ok(TokioIo::new(connection))
        })
    }
}

/// A TCP connection that is listened to as it is read.
type Connection = InspectReader<TcpStream, Box<dyn FnMut(&[u8]) + Send>>;

/// Tells that the server has been heard and, at the latest, that its connection is gone: the end is a word,
/// too. Once somebody has been told, more of it changes nothing.
struct Ear(Arc<Notify>);

impl Ear {
    fn tell(&self) {
        self.0.notify_one();
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.tell();
    }
}
