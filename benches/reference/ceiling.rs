//! The ceiling: what tonic itself can do. It answers as RouteGuide does, but never encodes a message: what it
//! sends was encoded before, and what it receives it hardly looks at.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use prost::Message as _;
use routeguide::features::Features;
use routeguide::proto::{Point, Rectangle};
use tokio_stream::Stream;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::server::{
    ClientStreamingService, Grpc, NamedService, ServerStreamingService, StreamingService,
};
use tonic::{Request, Response, Status, Streaming};

use crate::codec::RawCodec;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Replies = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

/// The service.
#[derive(Debug, Clone)]
pub struct Ceiling {
    /// Each feature's place, and its encoding.
    features: Arc<Vec<(Point, Bytes)>>,
}

impl Ceiling {
    /// Encodes all that can ever be sent.
    pub fn new(features: &Features) -> Ceiling {
        let encoded = features.iter().map(|feature| {
            let place = feature.location.unwrap_or_default();
            (place, feature.encode_to_vec().into())
        });
        Ceiling {
            features: Arc::new(encoded.collect()),
        }
    }
}

impl NamedService for Ceiling {
    const NAME: &'static str = "routeguide.RouteGuide";
}

impl Service<http::Request<Body>> for Ceiling {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Boxed<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let mut grpc = Grpc::new(RawCodec);
            let path = request.uri().path();
            Ok(match path.rsplit('/').next() {
                Some("ListFeatures") => grpc.server_streaming(service, request).await,
                Some("RecordRoute") => grpc.client_streaming(service, request).await,
                Some("RouteChat") => grpc.streaming(service, request).await,
                _ => Status::unimplemented("no such method").into_http(),
            })
        })
    }
}

impl ServerStreamingService<Bytes> for Ceiling {
    type Response = Bytes;
    type ResponseStream = Replies;
    type Future = Boxed<Result<Response<Replies>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let features = Arc::clone(&self.features);
        Box::pin(async move {
            let rectangle = Rectangle::decode(request.into_inner()).unwrap_or_default();
            let (lo, hi) = (
                rectangle.lo.unwrap_or_default(),
                rectangle.hi.unwrap_or_default(),
            );
            let (mut at, end) = (0, features.len());
            let found = std::iter::from_fn(move || {
                while at < end {
                    let (place, encoded) = &features[at];
                    at += 1;
                    if (lo.latitude..=hi.latitude).contains(&place.latitude)
                        && (lo.longitude..=hi.longitude).contains(&place.longitude)
                    {
                        return Some(Ok(encoded.clone()));
                    }
                }
                None
            });
            let replies: Replies = Box::pin(futures_util::stream::iter(found));
            Ok(Response::new(replies))
        })
    }
}

impl ClientStreamingService<Bytes> for Ceiling {
    type Response = Bytes;
    type Future = Boxed<Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        Box::pin(async move {
            let mut points = request.into_inner();
            let mut point_count = 0;
            while points.message().await?.is_some() {
                point_count += 1;
            }
            let summary = routeguide::proto::RouteSummary {
                point_count,
                ..Default::default()
            };
            Ok(Response::new(summary.encode_to_vec().into()))
        })
    }
}

impl StreamingService<Bytes> for Ceiling {
    type Response = Bytes;
    type ResponseStream = Replies;
    type Future = Boxed<Result<Response<Replies>, Status>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        Box::pin(async move {
            let mut notes = request.into_inner();
            let replies: Replies = Box::pin(async_stream::try_stream! {
                let mut history: HashMap<Bytes, Vec<Bytes>> = HashMap::new();
                while let Some(note) = notes.message().await? {
                    let earlier = history.entry(place(&note)).or_default();
                    for reply in earlier.iter() {
                        yield reply.clone();
                    }
                    earlier.push(note);
                }
            });
            Ok(Response::new(replies))
        })
    }
}

/// The location of a note, as it stands in its encoding: field 1, after its tag and its length.
fn place(note: &Bytes) -> Bytes {
    match note.first_chunk::<2>() {
        Some([0x0a, length]) => note.slice(2..2 + usize::from(*length)),
        _ => Bytes::new(),
    }
}
