//! Connections and their requests, on the way to the calls that they are.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::server::Grpc;

use super::barrier::Barrier;
use super::call::Call;
use super::preface::{Opening, read_opening, with_bytes_read};
use super::request_body::RequestBody;
use super::{MOST_CALLS, Session, lock};
use crate::probe::codec::RawCodec;
use crate::transcript::{EventKind, Status};

/// How long to wait after the system could not accept a connection; it does not say when it can again.
const BEFORE_ACCEPTING_AGAIN: Duration = Duration::from_millis(10);

/// Accepts connections; each belongs to the run in which it was opened.
pub async fn accept(
    listener: TcpListener,
    session: Arc<Mutex<Session>>,
    barrier: Arc<Barrier>,
    changed: watch::Sender<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // One connection that did not come to be, or no room for any: the next may fare better.
            tokio::time::sleep(BEFORE_ACCEPTING_AGAIN).await;
            continue;
        };
        if barrier.is_own(peer) {
            continue;
        }
        // Small messages must not wait for each other; where it cannot be set, they are slower.
        stream.set_nodelay(true).ok();
        let host = Host {
            session: lock(&session).clone(),
            changed: changed.clone(),
        };
        lock(&host.session.notebook).connections += 1;
        changed.send_replace(());
        connections.spawn(host.serve(stream));
        // Finished connections are cleared away as new ones come.
        while connections.try_join_next().is_some() {}
    }
}

/// What the tasks of one connection share.
#[derive(Debug, Clone)]
struct Host {
    session: Session,
    /// Tells the recorder that something was written down.
    changed: watch::Sender<()>,
}

impl Host {
    async fn serve(self, mut stream: TcpStream) {
        let window = self.session.source.window();
        let (opening, bytes) = read_opening(&mut stream).await;
        self.note_opening(opening);
        let stream = with_bytes_read(stream, bytes);
        let service = hyper::service::service_fn(move |request| {
            let host = self.clone();
            async move { Ok::<_, Infallible>(host.answer(request).await) }
        });
        // How a connection ended shows in the transcripts of its calls.
        hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            // A fast client's many small messages are no attack, see `completed/src/server.rs`.
            .initial_connection_window_size(64 << 20)
            .initial_stream_window_size(window)
            .serve_connection(TokioIo::new(stream), service)
            .await
            .ok();
    }

    /// Writes down how a connection began.
    fn note_opening(&self, opening: Opening) {
        let mut notebook = lock(&self.session.notebook);
        match opening {
            Opening::Preface => notebook.prefaces += 1,
            Opening::Other(bytes) if notebook.other_openings.len() < MOST_CALLS => {
                notebook.other_openings.push(bytes);
            }
            Opening::Reset => notebook.resets += 1,
            Opening::Other(_) | Opening::Closed => {}
        }
        drop(notebook);
        self.changed.send_replace(());
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Body> {
        if let Some(other) = self.session.note_protocol(&request) {
            return other;
        }
        let timeout = request.headers().get("grpc-timeout");
        let timeout = timeout.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let Some((rpc, writer)) = self.session.open(request.uri().path(), timeout) else {
            return tonic::Status::unimplemented("RouteGuide has no such method").into_http();
        };
        let changed = self.changed.clone();
        let Session {
            source, release, ..
        } = self.session;
        let call = Call::new(rpc, Arc::clone(&writer), source, release, self.changed);
        let response = Grpc::new(RawCodec)
            .accept_compressed(CompressionEncoding::Gzip)
            .streaming(call, request.map(RequestBody))
            .await;
        // A call that asks for something that tonic does not do here, such as an unknown compression,
        // is refused before it reaches us.
        let mut writer = lock(&writer);
        if writer.transcript().events.is_empty()
            && let Some(status) = tonic::Status::from_header_map(response.headers())
        {
            let status = Status::from(&status);
            writer.write(EventKind::Ended { status });
            changed.send_replace(());
        }
        response
    }
}
