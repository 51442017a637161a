//! The naive variant: what one writes first, and what most tutorials show. A task and a channel of four
//! messages for each stream, a walk along the whole list for each question, and a line printed for each message.

use std::sync::Arc;
use std::time::Instant;

use routeguide::features::{Features, distance};
use routeguide::proto::route_guide_server::RouteGuide;
use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

/// How many messages a channel holds.
const ROOM: usize = 4;

/// The service.
#[derive(Debug)]
pub struct Naive {
    features: Arc<Vec<Feature>>,
    /// Whether a line is printed for each message.
    prints: bool,
}

impl Naive {
    /// A service of these features.
    pub fn new(features: &Features, prints: bool) -> Naive {
        Naive {
            features: Arc::new(features.iter().cloned().collect()),
            prints,
        }
    }
}

#[tonic::async_trait]
impl RouteGuide for Naive {
    type ListFeaturesStream = ReceiverStream<Result<Feature, Status>>;
    type RouteChatStream = ReceiverStream<Result<RouteNote, Status>>;

    async fn get_feature(&self, _request: Request<Point>) -> Result<Response<Feature>, Status> {
        Err(Status::unimplemented("it is not measured"))
    }

    async fn list_features(
        &self,
        request: Request<Rectangle>,
    ) -> Result<Response<Self::ListFeaturesStream>, Status> {
        let rectangle = request.into_inner();
        let (sender, receiver) = mpsc::channel(ROOM);
        let (features, prints) = (Arc::clone(&self.features), self.prints);
        tokio::spawn(async move {
            let lo = rectangle.lo.unwrap_or_default();
            let hi = rectangle.hi.unwrap_or_default();
            for feature in &features[..] {
                let place = feature.location.unwrap_or_default();
                if (lo.latitude..=hi.latitude).contains(&place.latitude)
                    && (lo.longitude..=hi.longitude).contains(&place.longitude)
                {
                    if prints {
                        println!("  => send {feature:?}");
                    }
                    if sender.send(Ok(feature.clone())).await.is_err() {
                        break;
                    }
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn record_route(
        &self,
        request: Request<Streaming<Point>>,
    ) -> Result<Response<RouteSummary>, Status> {
        let started = Instant::now();
        let mut points = request.into_inner();
        let mut summary = RouteSummary::default();
        let mut previous: Option<Point> = None;
        while let Some(point) = points.message().await? {
            if self.prints {
                println!("  => point {point:?}");
            }
            summary.point_count += 1;
            let mut features = self.features.iter();
            if features.any(|feature| feature.location.as_ref() == Some(&point)) {
                summary.feature_count += 1;
            }
            if let Some(previous) = &previous {
                summary.distance += distance(previous, &point) as i32;
            }
            previous = Some(point);
        }
        summary.elapsed_time = started.elapsed().as_secs() as i32;
        Ok(Response::new(summary))
    }

    async fn route_chat(
        &self,
        request: Request<Streaming<RouteNote>>,
    ) -> Result<Response<Self::RouteChatStream>, Status> {
        let mut notes = request.into_inner();
        let (sender, receiver) = mpsc::channel(ROOM);
        let prints = self.prints;
        tokio::spawn(async move {
            let mut history: Vec<RouteNote> = Vec::new();
            while let Ok(Some(note)) = notes.message().await {
                if prints {
                    println!("  => note {note:?}");
                }
                for earlier in &history {
                    if earlier.location == note.location
                        && sender.send(Ok(earlier.clone())).await.is_err()
                    {
                        return;
                    }
                }
                history.push(note);
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}
