//! A server that records what a client does. It answers by the contract, but with features, replies
//! and figures made up for this run, so that only a client that prints what it received prints them.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request as HttpRequest, Response as HttpResponse};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_stream::Stream;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Streaming};

use super::codec::RawCodec;
use super::transcript::{Status, Transcript, What, Writer};
use crate::contract::model::Chat;
use crate::contract::{Feature, Message, Point, RouteNote, RouteSummary, Rpc};

/// What every HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What the recording server answers with.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The features of every ListFeatures.
    pub features: Vec<Feature>,
    /// The summary of every RecordRoute, but for the number of points, which is true.
    pub summary: RouteSummary,
    /// What stands before the text of every note that RouteChat sends back.
    pub reply_prefix: String,
}

impl Answers {
    /// Answers made up from a seed.
    pub fn made_up(seed: u64) -> Answers {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut name = |kind: &str| format!("{kind} {}", random.u32(10_000..100_000));
        let names = [
            name("Lighthouse"),
            name("Ferry"),
            String::new(),
            name("Orchard"),
        ];
        let reply_prefix = name("Reply");
        let features = names
            .into_iter()
            .map(|name| Feature {
                name,
                location: Some(Point {
                    latitude: random.i32(400_000_000..=420_000_000),
                    longitude: random.i32(-750_000_000..=-730_000_000),
                }),
            })
            .collect();
        let summary = RouteSummary {
            point_count: 0,
            feature_count: random.i32(11..100),
            distance: random.i32(100_000..1_000_000),
            elapsed_time: random.i32(1_000..10_000),
        };
        Answers {
            features,
            summary,
            reply_prefix,
        }
    }

    /// The note that comes back for an earlier one.
    fn reply(&self, earlier: &RouteNote) -> RouteNote {
        RouteNote {
            location: earlier.location,
            message: format!("{}: {}", self.reply_prefix, earlier.message),
        }
    }
}

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

/// Whether a recorded call has come to its end, one way or the other.
pub fn is_over(call: &Transcript) -> bool {
    call.position(|what| matches!(what, What::Ended { .. } | What::Cancelled))
        .is_some()
}

impl Recorder {
    /// Starts to listen; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// If the address is taken, or is none of this machine's.
    pub async fn start(addr: SocketAddr, answers: Answers) -> io::Result<Recorder> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let notebook = Arc::new(Mutex::new(Notebook::default()));
        let (changed, changes) = watch::channel(());
        let host = Host {
            notebook: Arc::clone(&notebook),
            answers: Arc::new(answers),
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

    /// The recording as soon as it is as `done` wants it, or as it is when the time is over.
    pub async fn settled(&self, most: Duration, done: impl Fn(&Recording) -> bool) -> Recording {
        let mut changes = self.changes.clone();
        let wait = async {
            // An error means that the server is gone, and nothing will change any more.
            while !done(&self.recording()) && changes.changed().await.is_ok() {}
        };
        tokio::time::timeout(most, wait).await.ok();
        self.recording()
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
    answers: Arc<Answers>,
    /// Tells the recorder that something was written down.
    changed: watch::Sender<()>,
}

impl Host {
    async fn accept(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            // An error here is one connection that did not come to be, and the next may.
            let Ok((stream, _)) = listener.accept().await else {
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
        let tapped = Tapped {
            stream,
            seen: 0,
            host: self.clone(),
        };
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

    async fn answer(self, request: HttpRequest<Incoming>) -> HttpResponse<Body> {
        let Some(rpc) = Rpc::from_path(request.uri().path()) else {
            lock(&self.notebook)
                .unknown_paths
                .insert(request.uri().path().to_string());
            return tonic::Status::unimplemented("RouteGuide has no such method").into_http();
        };
        let writer = Arc::new(Mutex::new(Writer::start(rpc)));
        lock(&self.notebook).calls.push(Arc::clone(&writer));
        let call = Call {
            rpc,
            writer,
            answers: self.answers,
            changed: self.changed,
        };
        Grpc::new(RawCodec).streaming(call, request).await
    }
}

/// One call.
struct Call {
    rpc: Rpc,
    writer: Arc<Mutex<Writer>>,
    answers: Arc<Answers>,
    changed: watch::Sender<()>,
}

type Replies = Pin<Box<dyn Stream<Item = Result<Bytes, tonic::Status>> + Send>>;

impl tonic::server::StreamingService<Bytes> for Call {
    type Response = Bytes;
    type ResponseStream = Replies;
    type Future = std::future::Ready<Result<Response<Replies>, tonic::Status>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        let log = Log {
            writer: Arc::clone(&self.writer),
            changed: self.changed.clone(),
            rpc: self.rpc,
            ended: false,
        };
        let replies = reply(log, Arc::clone(&self.answers), request.into_inner());
        std::future::ready(Ok(Response::new(Box::pin(replies))))
    }
}

/// Answers one call to its end.
fn reply(
    mut log: Log,
    answers: Arc<Answers>,
    mut requests: Streaming<Bytes>,
) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
    async_stream::try_stream! {
        log.write(What::Headers);
        let mut chat = Chat::default();
        let mut points = 0;
        let mut features = Vec::new();
        while let Some(message) = log.next(&mut requests).await? {
            match message {
                Message::Rectangle(_) => features.clone_from(&answers.features),
                Message::Point(_) => points += 1,
                Message::RouteNote(note) => {
                    for earlier in chat.reply(&note) {
                        yield log.send(answers.reply(&earlier));
                    }
                }
                Message::Feature(_) | Message::RouteSummary(_) => {}
            }
        }
        for feature in features {
            yield log.send(feature);
        }
        if log.rpc == Rpc::RecordRoute {
            yield log.send(RouteSummary { point_count: points, ..answers.summary });
        }
        log.end(Status::ok());
    }
}

/// Writes down a call; one that is dropped before its end was cancelled by the client.
struct Log {
    writer: Arc<Mutex<Writer>>,
    changed: watch::Sender<()>,
    rpc: Rpc,
    ended: bool,
}

impl Log {
    fn write(&mut self, what: What) {
        lock(&self.writer).write(what);
        self.changed.send_replace(());
    }

    /// The client's next message, or none once it has half-closed.
    async fn next(
        &mut self,
        requests: &mut Streaming<Bytes>,
    ) -> Result<Option<Message>, tonic::Status> {
        let bytes = match requests.message().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                self.write(What::HalfClosed);
                return Ok(None);
            }
            Err(status) => return Err(self.end_with(What::Cancelled, status)),
        };
        match self.rpc.decode_request(&bytes) {
            Ok(message) => {
                self.write(What::Sent {
                    message: message.clone(),
                });
                Ok(Some(message))
            }
            Err(problem) => {
                let status = tonic::Status::invalid_argument(problem.clone());
                Err(self.end_with(
                    What::Undecodable {
                        bytes: bytes.len(),
                        problem,
                    },
                    status,
                ))
            }
        }
    }

    fn send(&mut self, message: impl Into<Message>) -> Bytes {
        let message = message.into();
        let bytes = message.encode().into();
        self.write(What::Received { message });
        bytes
    }

    fn end_with(&mut self, what: What, status: tonic::Status) -> tonic::Status {
        self.write(what);
        self.end(Status::from(&status));
        status
    }

    fn end(&mut self, status: Status) {
        self.ended = true;
        self.write(What::Ended { status });
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if !self.ended {
            self.write(What::Cancelled);
        }
    }
}

/// A connection whose first bytes are compared with the HTTP/2 preface as they are read.
struct Tapped {
    stream: TcpStream,
    /// How many bytes of the preface have been seen; stays short of its length if they differ.
    seen: usize,
    host: Host,
}

impl Tapped {
    fn note(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if PREFACE.get(self.seen) != Some(byte) {
                return;
            }
            self.seen += 1;
            if self.seen == PREFACE.len() {
                lock(&self.host.notebook).prefaces += 1;
                self.host.changed.send_replace(());
                return;
            }
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
        if self.seen < PREFACE.len() {
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
