//! Compressed responses, for clients that ask for them.
//!
//! Nearly every client lists gzip in `grpc-accept-encoding`; those in Python, Node and Java always do. RouteGuide's
//! messages are so small that compression makes them longer (16 bytes become 31), and a call of many features takes
//! 75 times as long (130 µs a message instead of 1.5, client and server together). So listing gzip does not mean
//! asking for it. A client asks by compressing its own messages, as in Go, or by listing gzip first, before
//! `identity` (no compression), as tonic does with `accept_compressed`.

use std::task::{Context, Poll};

use http::{HeaderMap, Request};
use tonic::codegen::Service;

/// The compression of the client's messages.
const ENCODING: &str = "grpc-encoding";
/// The compressions that the client can read, in the order of its preference.
const ACCEPTED: &str = "grpc-accept-encoding";

/// A layer above a service that compresses its responses for each client that accepts compression: the service
/// learns that only if the client asks for compression.
#[derive(Debug, Clone)]
pub struct CompressOnRequest<S>(pub S);

impl<S, R> Service<Request<R>> for CompressOnRequest<S>
where
    S: Service<Request<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<R>) -> S::Future {
        if !asks(request.headers()) {
            request.headers_mut().remove(ACCEPTED);
        }
        self.0.call(request)
    }
}

/// Whether a client asks for compressed responses.
fn asks(headers: &HeaderMap) -> bool {
    let is_gzip = |text: &str| text.trim().eq_ignore_ascii_case("gzip");
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let first = text(ACCEPTED).and_then(|list| list.split(',').next());
    first.is_some_and(is_gzip) || text(ENCODING).is_some_and(is_gzip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listing_gzip_is_not_asking_for_it() {
        let asks = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            asks(&headers.collect())
        };
        assert!(!asks(&[]));
        // As the clients in Python and Node always do.
        assert!(!asks(&[(ACCEPTED, "identity, deflate, gzip")]));
        assert!(!asks(&[
            (ENCODING, "identity"),
            (ACCEPTED, "identity,deflate,gzip")
        ]));
        assert!(asks(&[
            (ENCODING, "gzip"),
            (ACCEPTED, "identity, deflate, gzip")
        ]));
        assert!(asks(&[(ACCEPTED, "gzip,identity")]));
    }
}
