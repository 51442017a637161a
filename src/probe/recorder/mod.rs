//! A server that records what a client does. It answers by the contract, but with features, replies
//! and figures made up for this run, so that only a client that prints what it received prints them.

mod answers;
mod call;
mod tapped;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::body::Body;
use tonic::server::Grpc;

pub use self::answers::Answers;
use self::call::Call;
pub use self::call::Source;
use self::tapped::Tapped;
use super::codec::RawCodec;
use super::transcript::{Transcript, What, Writer};
use crate::contract::Rpc;

/// How long to wait after the system could not accept a connection; it does not say when it can again.
const BEFORE_ACCEPTING_AGAIN: Duration = Duration::from_millis(10);

/// What a client has done so far.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// How many connections were opened.
    pub connections: usize,
    /// How many of them began as HTTP/2 does.
    pub prefaces: usize,
    /// The calls, in the order in which they began.
    pub calls: Vec<Transcript>,
    /// Paths that were called and are none of ours.
    pub unknown_paths: BTreeSet<String>,
}

/// The recording as it is being written: each call by its own task.
#[derive(Debug, Default)]
struct Notebook {
    connections: usize,
    prefaces: usize,
    calls: Vec<Arc<Mutex<Writer>>>,
    unknown_paths: BTreeSet<String>,
}

/// A recording server. It stops, with all its connections, when it is dropped.
#[derive(Debug)]
pub struct Recorder {
    addr: SocketAddr,
    notebook: Arc<Mutex<Notebook>>,
    changes: watch::Receiver<()>,
    _accepting: JoinSet<()>,
}

impl Recorder {
    /// Starts to listen; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// If the address is taken, or is none of this machine's.
    pub async fn start(addr: SocketAddr, source: Source) -> io::Result<Recorder> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let notebook = Arc::new(Mutex::new(Notebook::default()));
        let (changed, changes) = watch::channel(());
        let host = Host {
            notebook: Arc::clone(&notebook),
            source,
            changed,
        };
        let mut accepting = JoinSet::new();
        accepting.spawn(host.accept(listener));
        Ok(Recorder {
            addr,
            notebook,
            changes,
            _accepting: accepting,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What has been recorded so far.
    pub fn recording(&self) -> Recording {
        let notebook = lock(&self.notebook);
        Recording {
            connections: notebook.connections,
            prefaces: notebook.prefaces,
            calls: notebook
                .calls
                .iter()
                .map(|call| lock(call).transcript().clone())
                .collect(),
            unknown_paths: notebook.unknown_paths.clone(),
        }
    }

    /// Is told whenever something has been written down.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.clone()
    }

    /// Waits until a connection has begun as HTTP/2 does, or the time is over.
    pub async fn greeted(&self, most: Duration) {
        self.until(most, |notebook| notebook.prefaces > 0).await;
    }

    /// Waits until every call has come to its end, one way or the other, or the time is over.
    pub async fn quiet(&self, most: Duration) {
        let is_over = |call: &Arc<Mutex<Writer>>| {
            let ends = |what: &What| matches!(what, What::Ended { .. } | What::Cancelled);
            lock(call).transcript().position(ends).is_some()
        };
        self.until(most, |notebook| notebook.calls.iter().all(is_over))
            .await;
    }

    async fn until(&self, most: Duration, done: impl Fn(&Notebook) -> bool) {
        let mut changes = self.changes.clone();
        let wait = async {
            // An error means that the server is gone, and nothing will change any more.
            while !done(&lock(&self.notebook)) && changes.changed().await.is_ok() {}
        };
        tokio::time::timeout(most, wait).await.ok();
    }
}

/// A panic elsewhere must not hide what was recorded before it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the tasks of the server share.
#[derive(Debug, Clone)]
struct Host {
    notebook: Arc<Mutex<Notebook>>,
    source: Source,
    /// Tells the recorder that something was written down.
    changed: watch::Sender<()>,
}

impl Host {
    async fn accept(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // One connection that did not come to be, or no room for any: the next may fare better.
                tokio::time::sleep(BEFORE_ACCEPTING_AGAIN).await;
                continue;
            };
            // Small messages must not wait for each other; where it cannot be set, they are slower.
            stream.set_nodelay(true).ok();
            lock(&self.notebook).connections += 1;
            self.changed.send_replace(());
            connections.spawn(self.clone().serve(stream));
            // Finished connections are cleared away as new ones come.
            while connections.try_join_next().is_some() {}
        }
    }

    async fn serve(self, stream: TcpStream) {
        let host = self.clone();
        let tapped = Tapped::new(stream, move || {
            lock(&host.notebook).prefaces += 1;
            host.changed.send_replace(());
        });
        let service = hyper::service::service_fn(move |request| {
            let host = self.clone();
            async move { Ok::<_, Infallible>(host.answer(request).await) }
        });
        // How a connection ended shows in the transcripts of its calls.
        hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            // A fast client's many small messages are no attack, see `completed/src/server.rs`.
            .initial_connection_window_size(64 << 20)
            .serve_connection(TokioIo::new(tapped), service)
            .await
            .ok();
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Body> {
        let Some(rpc) = Rpc::from_path(request.uri().path()) else {
            lock(&self.notebook)
                .unknown_paths
                .insert(request.uri().path().to_string());
            return tonic::Status::unimplemented("RouteGuide has no such method").into_http();
        };
        let writer = Arc::new(Mutex::new(Writer::start(rpc)));
        lock(&self.notebook).calls.push(Arc::clone(&writer));
        let call = Call::new(rpc, writer, self.source, self.changed);
        Grpc::new(RawCodec).streaming(call, request).await
    }
}
