//! The proxy: listens where the learner's server is called, passes each call on to it, and shows it to the trace.
//!
//! It ends each client's HTTP/2 connection and opens one of its own to the server, so that a connection that breaks off
//! is one client's matter, as it is without a proxy. Headers, messages and trailers are passed on byte for byte, as they
//! come, in both directions at once. A side that does not read makes the other one wait through the proxy, too.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::transport::server::{Connected as _, TcpConnectInfo};
use tonic::transport::{Channel, Endpoint, Error};
use tower_layer::Layer as _;

use crate::reference::connection::Connection;
use crate::reference::incoming::Incoming;
use crate::reference::limits;
use crate::reference::observe::ObserveLayer;
use crate::reference::observe::observer::CallSide;
use crate::reference::server_event::ServerEvent;
use crate::reference::trace::Trace;

/// What a call gets while the server does not run.
const NOT_RUNNING: &str =
    "your server does not run at the moment; the lab, which starts it, answers in its place";

/// Where calls are passed on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upstream {
    /// The server is on its way: calls wait for it.
    Coming,
    /// It listens here.
    At(SocketAddr),
    /// It does not run, and calls are refused.
    Down,
}

/// Passes calls on. When it is dropped, nothing listens any more.
#[derive(Debug)]
pub struct Proxy {
    server: watch::Sender<Upstream>,
    _accepting: JoinSet<()>,
}

impl Proxy {
    /// Accepts calls on these sockets, and shows them to the trace. `notify` is called for clients of other protocols.
    pub fn start(
        listeners: Vec<TcpListener>,
        trace: &Trace,
        notify: Arc<dyn Fn(ServerEvent) + Send + Sync>,
    ) -> Proxy {
        let (server, known) = watch::channel(Upstream::Coming);
        let observe = ObserveLayer::new(CallSide::Server, vec![Arc::new(trace.clone())], None);
        let mut incoming = Incoming::new(listeners, None, notify);
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Some(connection) = incoming.next().await {
                if let Ok(connection) = connection {
                    connections.spawn(serve(connection, known.clone(), observe.clone()));
                }
                // Frees those that have ended.
                while connections.try_join_next().is_some() {}
            }
        });
        Proxy {
            server,
            _accepting: accepting,
        }
    }

    /// Passes new calls on to this server from now on.
    pub fn pass_on_to(&self, server: Upstream) {
        self.server.send_replace(server);
    }
}

/// Serves one connection to its end.
async fn serve(
    connection: Connection,
    server: watch::Receiver<Upstream>,
    observe: Option<ObserveLayer>,
) {
    let peer: TcpConnectInfo = connection.connect_info();
    let forward = Forward {
        server,
        channel: Arc::default(),
    };
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        match &observe {
            Some(observe) => observe.layer(forward.clone()).call(request),
            None => forward.clone().call(request),
        }
    });
    // How a connection ended shows in its calls.
    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .initial_connection_window_size(limits::CONNECTION_WINDOW)
        .serve_connection(TokioIo::new(connection), service)
        .await
        .ok();
}

/// Passes the calls of one connection on.
#[derive(Clone)]
struct Forward {
    server: watch::Receiver<Upstream>,
    /// The connection to the server that was called last.
    channel: Arc<Mutex<Option<(SocketAddr, Channel)>>>,
}

impl Forward {
    /// Waits for the server, and returns a channel to it; none if it does not run.
    async fn channel(&mut self) -> Option<Result<Channel, Error>> {
        let is_known = |server: &Upstream| *server != Upstream::Coming;
        // An error means that all of this is about to end.
        let server = *self.server.wait_for(is_known).await.ok()?;
        let Upstream::At(server) = server else {
            return None;
        };
        // Nothing that can panic is done while it is locked.
        let mut known = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((addr, channel)) = &*known
            && *addr == server
        {
            return Some(Ok(channel.clone()));
        }
        let endpoint = match Endpoint::from_shared(format!("http://{server}")) {
            Ok(endpoint) => endpoint.initial_connection_window_size(limits::CONNECTION_WINDOW),
            Err(error) => return Some(Err(error)),
        };
        let channel = endpoint.connect_lazy();
        *known = Some((server, channel.clone()));
        Some(Ok(channel))
    }
}

impl Service<Request<Body>> for Forward {
    type Response = Response<Body>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut forward = self.clone();
        Box::pin(async move {
            let Some(channel) = forward.channel().await else {
                return Ok(tonic::Status::unavailable(NOT_RUNNING).into_http());
            };
            let mut channel = channel?;
            std::future::poll_fn(|context| channel.poll_ready(context)).await?;
            channel.call(request).await
        })
    }
}
