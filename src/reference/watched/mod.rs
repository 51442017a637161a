//! Calls with somebody beside them: a tower layer for tonic's server, and for a client's channel. It tells
//! observers what happens in each call, and can slow the messages down so that people can follow. Nothing of
//! a stream is changed.
//!
//! Who watches nothing does not put this layer in: then it costs nothing.

mod body;
mod call;
mod deadline;
pub mod messages;
pub mod observer;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Service, StdError};
use tonic::transport::server::TcpConnectInfo;
use tower_layer::Layer;

use crate::probe::framing;
use crate::transcript::Status;
use body::{Pace, WatchedBody};
use call::{Call, UnderWay};
use observer::{Observer, Opening, Seen, Side};

/// Who is told of the calls, and how slow their messages are made.
#[derive(Clone)]
pub struct Watch {
    /// On which side of the calls this program is.
    here: Side,
    observers: Arc<[Arc<dyn Observer>]>,
    /// How long each message is held back.
    slow: Option<Duration>,
}

impl Watch {
    /// The watch that these wishes need; none if there are no wishes.
    pub fn new(
        here: Side,
        observers: Vec<Arc<dyn Observer>>,
        slow: Option<Duration>,
    ) -> Option<Watch> {
        let wanted = !observers.is_empty() || slow.is_some();
        wanted.then(|| Watch {
            here,
            observers: observers.into(),
            slow,
        })
    }

    fn pace(&self) -> Option<Pace> {
        self.slow.map(Pace::new)
    }
}

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched {
            inner,
            watch: self.clone(),
        }
    }
}

/// A service, or a channel, whose calls are watched.
#[derive(Clone)]
pub struct Watched<S> {
    inner: S,
    watch: Watch,
}

impl<S, B> Service<Request<Body>> for Watched<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Error + 'static,
    S::Future: Send + 'static,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<StdError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (head, body) = request.into_parts();
        let connection = head.extensions.get::<TcpConnectInfo>();
        let opening = Opening {
            path: head.uri.path(),
            peer: connection.and_then(TcpConnectInfo::remote_addr),
            headers: &head.headers,
        };
        let call = Call::open(&self.watch, &opening);
        let pace = self.watch.pace();
        let body = WatchedBody::request(body, &head.headers, call.clone(), pace);
        let answering = self.inner.call(Request::from_parts(head, body));
        let under_way = UnderWay(call);
        let pace = self.watch.pace();
        Box::pin(async move {
            match answering.await {
                Ok(response) => Ok(answer(response.map(Body::new), under_way, pace)),
                Err(error) => {
                    under_way.0.broke(Side::Server, &error);
                    Err(error)
                }
            }
        })
    }
}

/// Tells of the head of an answer, and watches the rest of it.
fn answer(response: Response<Body>, under_way: UnderWay, pace: Option<Pace>) -> Response<Body> {
    let (head, body) = response.into_parts();
    let flaw = framing::flaw_of_headers(head.status, &head.headers);
    let is_grpc = flaw.is_none();
    // A status may stand in the headers already; then nothing may follow them.
    let status = framing::status(&head.headers).or_else(|| flaw.map(Status::flawed));
    if let Some(status) = &status {
        let ended = Seen::Ended {
            status,
            trailers: &head.headers,
            at_once: true,
        };
        under_way.0.saw(&ended);
    } else {
        under_way.0.saw(&Seen::Headers(&head.headers));
    }
    let headers = is_grpc.then_some(&head.headers);
    let body = WatchedBody::answer(body, headers, under_way, pace);
    Response::from_parts(head, body)
}
