//! How calls end when the server stops: each with a status that its client can read.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use hyper::body::{Body, Frame, SizeHint};
use tonic::Status;
use tonic::codegen::Service;

use super::open_calls::{CallSignal, OpenCall, OpenCalls, Refusal};
use super::services;

/// A service whose calls can be told to end.
#[derive(Debug, Clone)]
pub struct ShutdownService<S> {
    inner: S,
    calls: Arc<OpenCalls>,
}

impl<S> ShutdownService<S> {
    /// Puts the calls of a service under the control of `calls`.
    pub fn new(inner: S, calls: Arc<OpenCalls>) -> ShutdownService<S> {
        ShutdownService { inner, calls }
    }
}

impl<S, R> Service<Request<R>> for ShutdownService<S>
where
    S: Service<Request<R>, Response = Response<tonic::body::Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    R: Send + 'static,
{
    type Response = Response<ShutdownBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let is_route_guide = services::is_route_guide(request.uri().path());
        let open = match self.calls.begin(is_route_guide) {
            Ok(open) => open,
            Err(Refusal::Stopping) => return Box::pin(async { Ok(unavailable().into_http()) }),
            Err(Refusal::TooMany) => return Box::pin(async { Ok(too_many().into_http()) }),
        };
        let responding = self.inner.call(request);
        Box::pin(async move {
            let mut responding = pin!(responding);
            // `None` if the call is told to end before there is a response. A client-streaming call, for example,
            // waits for its client's last message.
            let response = poll_fn(|context| match responding.as_mut().poll(context) {
                Poll::Ready(response) => Poll::Ready(Some(response)),
                Poll::Pending => match open.signal_or_wake(context.waker()) {
                    CallSignal::Continue => Poll::Pending,
                    CallSignal::EndWhenIdle | CallSignal::EndNow => Poll::Ready(None),
                },
            });
            match response.await {
                Some(response) => Ok(response?.map(|body| ShutdownBody(Some((body, open))))),
                None => Ok(unavailable().into_http()),
            }
        })
    }
}

/// The status of a call that the shutdown refuses or ends.
fn unavailable() -> Status {
    Status::unavailable("the server is stopping and does not wait for this call")
}

/// The status of a call that is one too many.
fn too_many() -> Status {
    Status::resource_exhausted("too many calls are open on this server; try again later")
}

/// The body of a response: what the service sends or, when the call is told to end, trailers with a status. It
/// reads one number for each message. `None` once it has ended in this way.
#[derive(Debug, Default)]
pub struct ShutdownBody(Option<(tonic::body::Body, OpenCall)>);

impl Body for ShutdownBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some((body, open)) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let has_to_end = match Pin::new(body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                if open.signal() < CallSignal::EndNow {
                    return Poll::Ready(Some(Ok(frame)));
                }
                true
            }
            // The service ends the call at this moment: its status is kept.
            Poll::Ready(end) => return Poll::Ready(end),
            Poll::Pending => open.signal_or_wake(context.waker()) > CallSignal::Continue,
        };
        if !has_to_end {
            return Poll::Pending;
        }
        // The call is no longer open, and what it held is freed.
        self.0 = None;
        let mut trailers = HeaderMap::new();
        match unavailable().add_header(&mut trailers) {
            Ok(()) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            Err(status) => Poll::Ready(Some(Err(status))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|(body, _)| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        // The size is never known: the call may have to end early.
        SizeHint::default()
    }
}
