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

use super::calls::{Calls, Open, Word};

/// A service whose calls can be told to end.
#[derive(Debug, Clone)]
pub struct Ending<S> {
    inner: S,
    calls: Arc<Calls>,
    /// How the paths of RouteGuide begin.
    guide: &'static str,
}

impl<S> Ending<S> {
    /// Around a service; calls whose paths begin with `guide` are those that are waited for.
    pub fn new(inner: S, calls: Arc<Calls>, guide: &'static str) -> Ending<S> {
        Ending {
            inner,
            calls,
            guide,
        }
    }
}

/// The answer of a call that comes to a server that is stopping, or does not end in time.
type Answered = Response<EndingBody>;

impl<S, R> Service<Request<R>> for Ending<S>
where
    S: Service<Request<R>, Response = Response<tonic::body::Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    R: Send + 'static,
{
    type Response = Answered;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answered, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let is_guide = request.uri().path().starts_with(self.guide);
        let Some(open) = self.calls.begin(is_guide) else {
            return Box::pin(async { Ok(refused()) });
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut answer = pin!(answer);
            // `None` if it was told to end before it had an answer, RecordRoute for example, which waits for
            // its client's last point.
            let answered = poll_fn(|context| match answer.as_mut().poll(context) {
                Poll::Ready(response) => Poll::Ready(Some(response)),
                Poll::Pending => match open.word_or_wake(context.waker()) {
                    Word::GoOn => Poll::Pending,
                    Word::EndWhenIdle | Word::EndNow => Poll::Ready(None),
                },
            });
            match answered.await {
                Some(response) => {
                    let response = response?;
                    Ok(response.map(|body| EndingBody(Some((body, open)))))
                }
                None => Ok(refused()),
            }
        })
    }
}

/// What the client of a call reads that does not go on.
fn unavailable() -> Status {
    Status::unavailable("the server is stopping: it was asked to end, and does not wait any longer")
}

/// An answer that is nothing but trailers.
fn refused() -> Answered {
    unavailable().into_http()
}

/// The answer of a call: what the service sends or, when the call is told to end, trailers with a status. It
/// costs one look at a number for each message. `None` once it has ended so.
#[derive(Debug, Default)]
pub struct EndingBody(Option<(tonic::body::Body, Open)>);

impl Body for EndingBody {
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
            // A call that ends by itself at this moment ends in its own way.
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                if open.word() < Word::EndNow {
                    return Poll::Ready(Some(Ok(frame)));
                }
                true
            }
            Poll::Ready(end) => return Poll::Ready(end),
            Poll::Pending => open.word_or_wake(context.waker()) > Word::GoOn,
        };
        if !has_to_end {
            return Poll::Pending;
        }
        // What it held is given up at once: the call is no longer open.
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
        // How long a call will be is never known: it may have to end early.
        SizeHint::default()
    }
}
