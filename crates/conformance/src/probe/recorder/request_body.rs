//! What a client sends in a call, as it comes from the connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// A request's body that tells a client that went away from one that half-closed. tonic takes a cancelled
/// request for one that has come to its end, so here it breaks off in another way.
pub struct RequestBody(pub Incoming);

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = Pin::new(&mut self.0).poll_frame(context);
        // Only the words: tonic would look for the reset among the causes.
        frame.map_err(|error| io::Error::other(error.to_string()))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
