//! The server: one method for each rpc of the service, and `serve`, which puts them on the network.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

use crate::Error;
use crate::features::Features;
use crate::proto::route_guide_server::RouteGuide;
use crate::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};

/// A stream of messages on its way to the client.
///
/// Each item is a message or the [`Status`] that ends the call early; when the stream is over, tonic
/// ends the call with the status OK. `Pin<Box<dyn …>>` because the type of an async stream has no
/// name that could be written here.
pub type ReplyStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The service: what all calls share.
///
/// Calls run side by side, each with a clone of what it needs. Whatever belongs to one call alone (a
/// counter, the notes of a chat) is a variable in its method, not a field here.
#[derive(Debug, Clone)]
pub struct RouteGuideService {
    /// The map. It is in an [`Arc`] because a stream can live longer than the method that made it,
    /// and so has to own what it reads.
    pub features: Arc<Features>,
}

impl RouteGuideService {
    /// A service that answers from this map.
    pub fn new(features: Features) -> RouteGuideService {
        RouteGuideService {
            features: Arc::new(features),
        }
    }
}

#[tonic::async_trait]
impl RouteGuide for RouteGuideService {
    type ListFeaturesStream = ReplyStream<Feature>;
    type RouteChatStream = ReplyStream<RouteNote>;

    /// Server streaming: one rectangle in, a stream of features out.
    async fn list_features(
        &self,
        request: Request<Rectangle>,
    ) -> Result<Response<Self::ListFeaturesStream>, Status> {
        // lesson: list-features
        // Send every feature that lies in the rectangle or on its border, as a stream.
        let rectangle = request.into_inner();
        Err(Status::unimplemented(format!(
            "list_features is not written yet; it was asked for {rectangle:?}"
        )))
        // end lesson
    }

    /// Client streaming: a stream of points in, one summary out.
    async fn record_route(
        &self,
        request: Request<Streaming<Point>>,
    ) -> Result<Response<RouteSummary>, Status> {
        // lesson: record-route
        // Read points until the client half-closes, then return one summary of them.
        let points = request.into_inner();
        Err(Status::unimplemented(format!(
            "record_route is not written yet; it was handed {points:?}"
        )))
        // end lesson
    }

    /// Bidirectional streaming: notes in, earlier notes from the same place out.
    async fn route_chat(
        &self,
        request: Request<Streaming<RouteNote>>,
    ) -> Result<Response<Self::RouteChatStream>, Status> {
        // lesson: route-chat
        // Answer each note with the earlier notes of this call from the same place, and read on.
        let notes = request.into_inner();
        Err(Status::unimplemented(format!(
            "route_chat is not written yet; it was handed {notes:?}"
        )))
        // end lesson
    }

    // lesson: get-feature
    // After the codelab, the lesson `get-feature` adds a method here.
    // end lesson
}

/// Serves RouteGuide on `addr` until Ctrl-C is pressed.
///
/// # Errors
///
/// If the features cannot be loaded, or the address is taken.
pub async fn serve(addr: SocketAddr) -> Result<(), Error> {
    // lesson: start-server
    // Load the features, make the service, print `Starting server on ADDR`, and serve until Ctrl-C.
    Err(format!("serve is not written yet; it was asked to listen on {addr}").into())
    // end lesson
}
