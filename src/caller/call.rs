//! Making one call, of any kind. On the wire, all four kinds of RPC are the same: a stream of requests and a stream of
//! responses, either of which may have to consist of one message.

use std::error::Error as _;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::uri::PathAndQuery;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use tokio_stream::Stream;
use tonic::body::Body;
use tonic::client::{Grpc, GrpcService};
use tonic::codegen::{Body as HttpBody, StdError};
use tonic::{Code, Request};

use super::contract;
use crate::probe::codec::RawCodec;
use crate::transcript::{ProtocolError, Status};

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The status: the server's, or what this side makes of a connection that broke.
    pub status: Status,
    /// How many messages have come.
    pub replies: u64,
}

/// Calls a method with these requests. `reply` is given each message when it comes. With a deadline, the server is told
/// of it, and the call ends when it has passed.
pub async fn run<T>(
    channel: T,
    method: &MethodDescriptor,
    requests: impl Stream<Item = Bytes> + Send + 'static,
    deadline: Option<Duration>,
    mut reply: impl FnMut(&DynamicMessage),
) -> End
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    let started = Instant::now();
    let mut replies = 0;
    let calling = exchange(channel, method, requests, deadline, |message| {
        replies += 1;
        reply(message);
    });
    let status = match deadline {
        None => calling.await,
        Some(deadline) => match tokio::time::timeout(deadline, calling).await {
            // The server, or the library, may have noticed first. Whoever does, gRPC has one status for it.
            Ok(status) if started.elapsed() >= deadline && !status.is_ok() => exceeded(deadline),
            Ok(status) => status,
            Err(_) => exceeded(deadline),
        },
    };
    if status.is_ok() && replies != 1 && !method.is_server_streaming() {
        let message = format!(
            "the server ended {} with OK and {replies} messages; there must be exactly one",
            method.name()
        );
        return End {
            status: Status::new(Code::Internal, message),
            replies,
        };
    }
    End { status, replies }
}

fn exceeded(deadline: Duration) -> Status {
    let message = format!("the deadline of {} s has passed", deadline.as_secs_f64());
    Status::new(Code::DeadlineExceeded, message)
}

async fn exchange<T>(
    channel: T,
    method: &MethodDescriptor,
    requests: impl Stream<Item = Bytes> + Send + 'static,
    deadline: Option<Duration>,
    mut reply: impl FnMut(&DynamicMessage),
) -> Status
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    let mut grpc = Grpc::new(channel);
    if let Err(error) = grpc.ready().await {
        return Status::flawed(ProtocolError::of(&*error.into()));
    }
    let path = match PathAndQuery::try_from(format!("/{}", contract::path(method))) {
        Ok(path) => path,
        Err(error) => return Status::new(Code::Internal, error.to_string()),
    };
    let mut request = Request::new(requests);
    if let Some(deadline) = deadline {
        request.set_timeout(deadline);
    }
    let mut responses = match grpc.streaming(request, path, RawCodec).await {
        Ok(response) => response.into_inner(),
        Err(status) => return status_of(&status),
    };
    loop {
        match responses.message().await {
            Ok(None) => return Status::ok(),
            Err(status) => return status_of(&status),
            Ok(Some(bytes)) => match DynamicMessage::decode(method.output(), bytes.clone()) {
                Ok(message) => reply(&message),
                Err(error) => {
                    let message = format!(
                        "a reply of {} bytes is not a {}: {error}",
                        bytes.len(),
                        method.output().name()
                    );
                    return Status::new(Code::Internal, message);
                }
            },
        }
    }
}

/// The server's status, or what happened to the connection. A status that tonic makes for a failed connection has a
/// source; one from the server has none.
fn status_of(status: &tonic::Status) -> Status {
    match status.source() {
        Some(_) => Status::flawed(ProtocolError::of(status)),
        None => Status::from(status),
    }
}
