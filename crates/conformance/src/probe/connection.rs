//! A connection that reports when the server has sent its first bytes.
//!
//! The first frame of a server is its settings, and the client may begin before they come. But a call that
//! is under way when the settings forbid it, or leave it less room than it has taken, can stall for
//! ever in the library. Every server sends its settings at once, so they are waited for.

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

/// Connects, and reports when the first bytes have come.
#[derive(Clone, Default)]
pub struct Connector {
    received: Arc<Notify>,
}

impl Connector {
    /// Is notified when a server has sent something.
    pub fn received(&self) -> Arc<Notify> {
        Arc::clone(&self.received)
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
        let received = self.received();
        Box::pin(async move {
            let addr = uri.authority().map_or("", |authority| authority.as_str());
            let stream = TcpStream::connect(addr).await?;
            stream.set_nodelay(true)?;
            let notifier = ReadNotifier(received);
            let inspect = Box::new(move |_: &[u8]| notifier.notify());
            let connection: Connection = InspectReader::new(stream, inspect);
            Ok(TokioIo::new(connection))
        })
    }
}

/// A TCP connection whose bytes are inspected as they are read.
type Connection = InspectReader<TcpStream, Box<dyn FnMut(&[u8]) + Send>>;

/// Notifies that the server has sent something or, at the latest, that its connection has ended. More than one
/// notification changes nothing.
struct ReadNotifier(Arc<Notify>);

impl ReadNotifier {
    fn notify(&self) {
        self.0.notify_one();
    }
}

impl Drop for ReadNotifier {
    fn drop(&mut self) {
        self.notify();
    }
}
