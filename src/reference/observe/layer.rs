//! The tower layer.

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

use super::observed_body::{MessageDelay, ObservedBody};
use super::observed_call::{ObservedCall, TerminateOnDrop};
use super::observer::{CallEvent, CallSide, CallStart, Observer};
use crate::messages::Rpc;
use crate::probe::framing;
use crate::transcript::Status;

/// Puts observers around a service, or around a client's channel.
#[derive(Clone)]
pub struct ObserveLayer {
    /// The side of the calls that this program is on.
    here: CallSide,
    observers: Arc<[Arc<dyn Observer>]>,
    /// How long each message of the side that streams is delayed.
    delay: Option<Duration>,
}

impl ObserveLayer {
    /// A layer with these observers and this delay; `None` if it would have nothing to do.
    pub fn new(
        here: CallSide,
        observers: Vec<Arc<dyn Observer>>,
        delay: Option<Duration>,
    ) -> Option<ObserveLayer> {
        let is_needed = !observers.is_empty() || delay.is_some();
        is_needed.then(|| ObserveLayer {
            here,
            observers: observers.into(),
            delay,
        })
    }

    /// The delay of the messages that one side sends in a call with this path. Only one side is delayed: where the client
    /// streams, the server's messages come as soon as they would without the delay, and show what they answer.
    fn message_delay(&self, path: &str, side: CallSide) -> Option<MessageDelay> {
        let delayed = match Rpc::from_path(path) {
            Some(rpc) if rpc.client_streams() => CallSide::Client,
            _ => CallSide::Server,
        };
        self.delay
            .filter(|_| side == delayed)
            .map(MessageDelay::new)
    }
}

impl<S> Layer<S> for ObserveLayer {
    type Service = ObserveService<S>;

    fn layer(&self, inner: S) -> ObserveService<S> {
        ObserveService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service, or a channel, whose calls are observed.
#[derive(Clone)]
pub struct ObserveService<S> {
    inner: S,
    layer: ObserveLayer,
}

impl<S, B> Service<Request<Body>> for ObserveService<S>
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
        let start = CallStart {
            path: head.uri.path(),
            peer: connection.and_then(TcpConnectInfo::remote_addr),
            headers: &head.headers,
        };
        let call = ObservedCall::start(self.layer.here, &self.layer.observers, &start);
        let delay = |side| self.layer.message_delay(head.uri.path(), side);
        let (request_delay, delay) = (delay(CallSide::Client), delay(CallSide::Server));
        let body = ObservedBody::of_request(body, &head.headers, call.clone(), request_delay);
        let responding = self.inner.call(Request::from_parts(head, body));
        let guard = TerminateOnDrop(call);
        Box::pin(async move {
            match responding.await {
                Ok(response) => Ok(observe_response(response.map(Body::new), guard, delay)),
                Err(error) => {
                    guard.0.broke(CallSide::Server, &error);
                    Err(error)
                }
            }
        })
    }
}

/// Reports the head of a response, and observes its body.
fn observe_response(
    response: Response<Body>,
    guard: TerminateOnDrop,
    delay: Option<MessageDelay>,
) -> Response<Body> {
    let (head, body) = response.into_parts();
    let error = framing::flaw_of_headers(head.status, &head.headers);
    let is_grpc = error.is_none();
    // A status in the headers ends the call: nothing may follow it.
    let status = framing::status(&head.headers).or_else(|| error.map(Status::flawed));
    if let Some(status) = &status {
        guard.0.report(&CallEvent::Ended {
            status,
            trailers: &head.headers,
            trailers_only: true,
        });
    } else {
        guard.0.report(&CallEvent::Headers(&head.headers));
    }
    let headers = is_grpc.then_some(&head.headers);
    let body = ObservedBody::of_response(body, headers, guard, delay);
    Response::from_parts(head, body)
}
