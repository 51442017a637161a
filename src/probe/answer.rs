//! The server's side of a call that we make: headers, messages, and the end.

use std::pin::Pin;

use bytes::Bytes;
use tokio_stream::Stream;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Response, Streaming};

use super::codec::RawCodec;
use super::transcript::Status;
use crate::contract::Rpc;

type Opening =
    Pin<Box<dyn Future<Output = Result<Response<Streaming<Bytes>>, tonic::Status>> + Send>>;

/// How far the answer has come. Some servers send no headers before their first message, so the call
/// must be able to send while it waits for them.
pub enum Answer {
    /// The headers have not come yet.
    Opening(Opening),
    /// Messages may come.
    Streaming(Box<Streaming<Bytes>>),
    /// Nothing will come any more.
    Over,
}

/// Something that came from the server.
pub enum Arrival {
    /// The headers.
    Headers,
    /// A message, not decoded.
    Message(Bytes),
    /// The end of the call.
    End(Status),
}

impl Answer {
    /// Makes a call that sends these messages, and half-closes after the last.
    pub fn open(
        channel: Channel,
        rpc: Rpc,
        messages: impl Stream<Item = Bytes> + Send + 'static,
    ) -> Answer {
        let opening = async move {
            // A server may compress its messages without being asked, as Python's does.
            let mut client = tonic::client::Grpc::new(channel)
                .accept_compressed(tonic::codec::CompressionEncoding::Gzip);
            client
                .ready()
                .await
                .map_err(|error| tonic::Status::unavailable(error.to_string()))?;
            let path = PathAndQuery::from_static(rpc.path());
            client
                .streaming(Request::new(messages), path, RawCodec)
                .await
        };
        Answer::Opening(Box::pin(opening))
    }

    /// Waits for the next thing to come; after the end, forever. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Arrival {
        let arrival = match self {
            Answer::Opening(opening) => match opening.await {
                Ok(response) => {
                    *self = Answer::Streaming(Box::new(response.into_inner()));
                    Arrival::Headers
                }
                Err(status) => Arrival::End(Status::from(&status)),
            },
            Answer::Streaming(stream) => match stream.message().await {
                Ok(Some(bytes)) => Arrival::Message(bytes),
                Ok(None) => Arrival::End(Status::ok()),
                Err(status) => Arrival::End(Status::from(&status)),
            },
            Answer::Over => std::future::pending().await,
        };
        if matches!(arrival, Arrival::End(_)) {
            *self = Answer::Over;
        }
        arrival
    }
}
