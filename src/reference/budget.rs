//! What the messages of all open calls may hold together. A call of its own ends at the service's limits; without
//! this budget, a client could open many of them.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Request;
use hyper::body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Service};

use super::limits;
use crate::messages::Rpc;
use crate::probe::framing;
use crate::probe::message_scanner::{MessageScanner, Scanned, WireMessage};

/// A layer above a service that counts what its calls are made to remember. A call that would exceed what is left
/// ends with RESOURCE_EXHAUSTED, and what it held is given back.
#[derive(Debug, Clone)]
pub struct BudgetService<S> {
    inner: S,
    /// One permit for each byte that is left.
    left: Arc<Semaphore>,
}

impl<S> BudgetService<S> {
    /// A service whose calls may hold `bytes` together, beside what each of them has for itself
    /// ([`limits::OWN_MEMORY`]).
    pub fn new(inner: S, bytes: usize) -> BudgetService<S> {
        BudgetService {
            inner,
            left: Arc::new(Semaphore::new(bytes)),
        }
    }
}

impl<S> Service<Request<Body>> for BudgetService<S>
where
    S: Service<Request<Body>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        if !Rpc::from_path(request.uri().path()).is_some_and(remembers) {
            return self.inner.call(request);
        }
        let (head, body) = request.into_parts();
        let is_compressed = framing::encoding(&head.headers).is_some();
        let body = BudgetBody {
            inner: body,
            scanner: MessageScanner::new(&head.headers, is_compressed),
            held: 0,
            permit: None,
            left: Arc::clone(&self.left),
        };
        self.inner.call(Request::from_parts(head, Body::new(body)))
    }
}

/// Whether the calls of an RPC remember what they are sent: those that answer a stream with a stream do.
fn remembers(rpc: Rpc) -> bool {
    rpc.client_streams() && rpc.server_streams()
}

/// How much a message makes the server remember, in bytes. A compressed message counts with its length after
/// decompression.
fn weight(message: &WireMessage) -> usize {
    let length = match &message.compressed {
        None => message.length,
        // If it cannot be read, the call ends without remembering it.
        Some(_) => message.payload().map_or(0, |content| content.len()),
    };
    limits::MESSAGE_OVERHEAD + length
}

/// The body of a request. It gives back what its call held when it is dropped, which happens together with what the
/// call remembers.
struct BudgetBody {
    inner: Body,
    scanner: MessageScanner,
    /// How many bytes the call has been made to remember.
    held: usize,
    /// Those that were taken from the budget.
    permit: Option<OwnedSemaphorePermit>,
    left: Arc<Semaphore>,
}

impl BudgetBody {
    /// Takes the memory for the messages that end in this data; false if there is not so much left.
    fn takes(&mut self, mut data: Bytes) -> bool {
        while !data.is_empty() {
            if let Some(Scanned::Message(message)) = self.scanner.scan(&mut data).completes {
                self.held += weight(&message);
            }
        }
        let taken = self
            .permit
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = self.held.saturating_sub(limits::OWN_MEMORY + taken);
        if missing == 0 {
            return true;
        }
        let Ok(missing) = u32::try_from(missing) else {
            return false;
        };
        let Ok(more) = Arc::clone(&self.left).try_acquire_many_owned(missing) else {
            return false;
        };
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            slot => *slot = Some(more),
        }
        true
    }
}

impl HttpBody for BudgetBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        let data = match &frame {
            Some(Ok(frame)) => frame.data_ref().cloned().unwrap_or_default(),
            Some(Err(_)) | None => Bytes::new(),
        };
        if self.takes(data) {
            Poll::Ready(frame)
        } else {
            Poll::Ready(Some(Err(Status::resource_exhausted(
                "the calls of all clients have left too many notes; try again later",
            ))))
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
