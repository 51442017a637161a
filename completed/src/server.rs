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
        let rectangle = request.into_inner();
        // A message field that the client left out is `None`. It reads as its default, Point(0, 0).
        let lo = rectangle.lo.unwrap_or_default();
        let hi = rectangle.hi.unwrap_or_default();
        // The two corners may come in any order, so each axis is sorted first.
        let latitudes = lo.latitude.min(hi.latitude)..=lo.latitude.max(hi.latitude);
        let longitudes = lo.longitude.min(hi.longitude)..=lo.longitude.max(hi.longitude);

        let features = Arc::clone(&self.features);
        // The body runs later, as the client takes the messages: each `yield` hands over one feature
        // and waits until there is room for the next. It needs no task and no channel of its own.
        let stream = async_stream::try_stream! {
            // `iter()` in place of `near(…)` is as right, and as fast until there are thousands.
            for feature in features.near(&latitudes, &longitudes) {
                let place = feature.location.unwrap_or_default();
                if latitudes.contains(&place.latitude) && longitudes.contains(&place.longitude) {
                    yield feature.clone();
                }
            }
        };
        Ok(Response::new(Box::pin(stream)))
        // end lesson
    }

    /// Client streaming: a stream of points in, one summary out.
    async fn record_route(
        &self,
        request: Request<Streaming<Point>>,
    ) -> Result<Response<RouteSummary>, Status> {
        // lesson: record-route
        let started = std::time::Instant::now();
        let mut points = request.into_inner();
        let mut summary = RouteSummary::default();
        let mut metres = 0.0;
        let mut previous: Option<Point> = None;

        // `message()` waits for the next point. It gives `None` once the client has half-closed, that
        // is, has said that it will send no more. `?` ends the call if the client went away.
        while let Some(point) = points.message().await? {
            summary.point_count += 1;
            if self.features.find(&point).is_some() {
                summary.feature_count += 1;
            }
            if let Some(previous) = previous {
                metres += crate::features::distance(&previous, &point);
            }
            previous = Some(point);
        }

        summary.distance = metres.round() as i32;
        summary.elapsed_time = started.elapsed().as_secs() as i32;
        Ok(Response::new(summary))
        // end lesson
    }

    /// Bidirectional streaming: notes in, earlier notes from the same place out.
    async fn route_chat(
        &self,
        request: Request<Streaming<RouteNote>>,
    ) -> Result<Response<Self::RouteChatStream>, Status> {
        // lesson: route-chat
        use tonic::Code;
        use tonic_types::{ErrorDetails, StatusExt as _};

        /// How many characters a note may have.
        const MOST_CHARACTERS: usize = 1_000;
        /// How many notes one call may leave. What a client can make a server remember must have an end,
        /// or one client takes the memory of all; and each note at a place is sent again with each new
        /// one there.
        const MOST_NOTES: usize = 2_000;

        let mut notes = request.into_inner();
        let stream = async_stream::try_stream! {
            // The notes of this call as they came, and for each place the numbers of its notes: so a
            // note looks only at those it is answered with. Another call has lists of its own. This
            // `HashMap` is the standard one with a hash that is quicker for keys as small as a point;
            // each has a seed of its own, so that no client can send places that collide.
            let mut history: Vec<RouteNote> = Vec::new();
            let mut by_place: foldhash::HashMap<Point, Vec<usize>> = Default::default();

            while let Some(note) = notes.message().await? {
                // Looked at before anything else: a note that is refused is neither answered nor remembered. A
                // text has no more characters than bytes, so only one of many bytes need be counted.
                if note.message.len() > MOST_CHARACTERS {
                    let characters = note.message.chars().count();
                    if characters > MOST_CHARACTERS {
                        let problem =
                            format!("{characters} characters, at most {MOST_CHARACTERS} are allowed");
                        // The same again for programs: they find the field without reading a text.
                        let details = ErrorDetails::with_bad_request_violation("message", &problem);
                        Err(Status::with_error_details(
                            Code::InvalidArgument,
                            format!("message: {problem}"),
                            details,
                        ))?;
                    }
                }

                if history.len() == MOST_NOTES {
                    Err(Status::resource_exhausted(format!("a chat may have {MOST_NOTES} notes")))?;
                }

                let here = by_place.entry(note.location.unwrap_or_default()).or_default();
                // Reply first and remember afterwards: a note is never sent back to its own sender.
                for &number in here.iter() {
                    yield history[number].clone();
                }
                here.push(history.len());
                history.push(note);
            }
        };
        Ok(Response::new(Box::pin(stream)))
        // end lesson
    }

    // lesson: get-feature
    /// Unary: one point in, the feature at exactly that point out.
    async fn get_feature(&self, request: Request<Point>) -> Result<Response<Feature>, Status> {
        let point = request.into_inner();
        let feature = match self.features.find(&point) {
            Some(feature) => feature.clone(),
            // Not an error: an empty name says that there is no feature at this point.
            None => Feature {
                name: String::new(),
                location: Some(point),
            },
        };
        Ok(Response::new(feature))
    }
    // end lesson
}

/// Serves RouteGuide on `addr` until Ctrl-C is pressed.
///
/// # Errors
///
/// If the features cannot be loaded, or the address is taken.
pub async fn serve(addr: SocketAddr) -> Result<(), Error> {
    // lesson: start-server
    use crate::proto::route_guide_server::{RouteGuideServer, SERVICE_NAME};
    use tonic::transport::Server;
    use tonic_health::ServingStatus;

    let service = RouteGuideService::new(Features::load()?);
    // Two sides of one list of names: we set statuses by the first, the second answers questions.
    let (health, health_service) = tonic_health::server::health_reporter();
    health
        .set_service_status(SERVICE_NAME, ServingStatus::Serving)
        .await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(crate::proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;

    println!("Starting server on {addr}");
    Server::builder()
        // How many bytes all calls of one connection may have on the way to us. A fast client can
        // send thousands of tiny points before we have read them; with the usual small window, the
        // HTTP/2 library treats such a flood as an attack and hangs up (GOAWAY,
        // `too_many_data_frames`).
        .initial_connection_window_size(64 << 20)
        .add_service(RouteGuideServer::new(service))
        .add_service(health_service)
        .add_service(reflection)
        // Stops accepting at Ctrl-C, lets the open calls finish, and then returns.
        .serve_with_shutdown(addr, async {
            tokio::signal::ctrl_c().await.ok();
            // First of all: those who watch send us no more calls.
            for name in ["", SERVICE_NAME] {
                health
                    .set_service_status(name, ServingStatus::NotServing)
                    .await;
            }
        })
        .await?;
    Ok(())
    // end lesson
}
