//! The load generator. It sends bytes that were encoded before, and only counts what it receives, so that as
//! little as can be of what is measured is its own work.

use bytes::Bytes;
use prost::Message as _;
use routeguide::proto::{Point, Rectangle, RouteNote, RouteSummary};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::client::Grpc;
use tonic::codec::Streaming;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status};

use routeguide_lab::RawCodec;

/// A connection.
#[derive(Debug, Clone)]
pub struct Load {
    grpc: Grpc<Channel>,
}

impl Load {
    /// Connects.
    pub async fn connect(addr: &str) -> Load {
        let endpoint = Channel::from_shared(format!("http://{addr}")).unwrap();
        let endpoint = endpoint
            .initial_connection_window_size(64 << 20)
            .initial_stream_window_size(1 << 20);
        Load {
            grpc: Grpc::new(endpoint.connect().await.unwrap()),
        }
    }

    /// One ListFeatures. Returns how many features came.
    pub async fn list(&self, rectangle: Bytes) -> Result<usize, Status> {
        let mut grpc = self.ready().await;
        let request = Request::new(rectangle);
        let response = grpc
            .server_streaming(request, path("ListFeatures"), RawCodec)
            .await?;
        count(response.into_inner()).await
    }

    /// One RecordRoute, or another method that takes points. Returns the summary.
    pub async fn record(&self, method: &str, points: &[Bytes]) -> Result<RouteSummary, Status> {
        let mut grpc = self.ready().await;
        let request = Request::new(futures_util::stream::iter(points.to_vec()));
        let response = grpc
            .client_streaming(request, path(method), RawCodec)
            .await?;
        RouteSummary::decode(response.into_inner())
            .map_err(|error| Status::internal(error.to_string()))
    }

    /// One RouteChat in which all notes are sent as fast as they are taken. Returns how many replies came.
    pub async fn chat(&self, notes: &[Bytes]) -> Result<usize, Status> {
        let mut grpc = self.ready().await;
        let request = Request::new(futures_util::stream::iter(notes.to_vec()));
        let response = grpc.streaming(request, path("RouteChat"), RawCodec).await?;
        count(response.into_inner()).await
    }

    /// One RouteChat in which the next note is sent when the last one was answered. As the first note at a place
    /// gets no answer, two are sent at each. Returns how many replies came.
    pub async fn ping_pong(&self, rounds: i32) -> Result<usize, Status> {
        let mut grpc = self.ready().await;
        let (sender, receiver) = mpsc::unbounded_channel();
        let request = Request::new(UnboundedReceiverStream::new(receiver));
        let response = grpc.streaming(request, path("RouteChat"), RawCodec).await?;
        let mut replies = response.into_inner();
        for round in 0..rounds {
            let note = note(round, 1, "ping");
            sender.send(note.clone()).ok();
            sender.send(note).ok();
            if replies.message().await?.is_none() {
                return Err(Status::internal("the chat ended early"));
            }
        }
        drop(sender);
        Ok(count(replies).await? + usize::try_from(rounds).unwrap())
    }

    async fn ready(&self) -> Grpc<Channel> {
        let mut grpc = self.grpc.clone();
        grpc.ready().await.unwrap();
        grpc
    }
}

async fn count(mut stream: Streaming<Bytes>) -> Result<usize, Status> {
    let mut messages = 0;
    while stream.message().await?.is_some() {
        messages += 1;
    }
    Ok(messages)
}

fn path(method: &str) -> PathAndQuery {
    format!("/routeguide.RouteGuide/{method}").parse().unwrap()
}

/// A rectangle, encoded.
pub fn rectangle(lo: Point, hi: Point) -> Bytes {
    let rectangle = Rectangle {
        lo: Some(lo),
        hi: Some(hi),
    };
    rectangle.encode_to_vec().into()
}

/// A note, encoded.
pub fn note(latitude: i32, longitude: i32, message: &str) -> Bytes {
    let note = RouteNote {
        location: Some(Point {
            latitude,
            longitude,
        }),
        message: message.to_string(),
    };
    note.encode_to_vec().into()
}
