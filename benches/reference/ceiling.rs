//! The ceiling: what tonic itself can do. It answers as RouteGuide does, but leaves the messages to no codec: what
//! it sends was encoded before, and of what it receives it reads the few bytes that it needs where they stand.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use prost::Message as _;
use routeguide::features::{Features, distance};
use routeguide::proto::{Point, Rectangle, RouteSummary};
use tokio_stream::Stream;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::server::{
    ClientStreamingService, Grpc, NamedService, ServerStreamingService, StreamingService,
};
use tonic::{Request, Response, Status, Streaming};

use routeguide_lab::RawCodec;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Replies = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

/// The service.
#[derive(Debug, Clone)]
pub struct Ceiling {
    /// Each feature's place, and its encoding.
    features: Arc<Vec<(Point, Bytes)>>,
    /// To find the feature at a point.
    map: Arc<Features>,
}

impl Ceiling {
    /// Encodes all that can ever be sent.
    pub fn new(features: Features) -> Ceiling {
        let encoded = features.iter().map(|feature| {
            let place = feature.location.unwrap_or_default();
            (place, feature.encode_to_vec().into())
        });
        Ceiling {
            features: Arc::new(encoded.collect()),
            map: Arc::new(features),
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
                Some("CountPoints") => grpc.client_streaming(Counting, request).await,
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
        let map = Arc::clone(&self.map);
        Box::pin(async move {
            let started = Instant::now();
            let mut points = request.into_inner();
            let mut summary = RouteSummary::default();
            let mut metres = 0.0;
            let mut previous: Option<Point> = None;
            while let Some(bytes) = points.message().await? {
                let point = point(&bytes);
                summary.point_count += 1;
                summary.feature_count += i32::from(map.find(&point).is_some());
                if let Some(previous) = &previous {
                    metres += distance(previous, &point);
                }
                previous = Some(point);
            }
            summary.distance = metres.round() as i32;
            summary.elapsed_time = started.elapsed().as_secs() as i32;
            Ok(Response::new(summary.encode_to_vec().into()))
        })
    }
}

/// What cannot be beaten: it does not even look at the points.
struct Counting;

impl ClientStreamingService<Bytes> for Counting {
    type Response = Bytes;
    type Future = Boxed<Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        Box::pin(async move {
            let mut points = request.into_inner();
            let mut summary = RouteSummary::default();
            while points.message().await?.is_some() {
                summary.point_count += 1;
            }
            Ok(Response::new(summary.encode_to_vec().into()))
        })
    }
}

/// A point, read without a codec: fields 1 and 2, each a tag and a number in groups of seven bits.
fn point(mut bytes: &[u8]) -> Point {
    let mut point = Point::default();
    while let Some((tag, rest)) = bytes.split_first() {
        let mut number = 0_u64;
        let mut read = 0;
        for byte in rest {
            number |= u64::from(byte & 0x7f) << (7 * read);
            read += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        match tag >> 3 {
            1 => point.latitude = number as i32,
            _ => point.longitude = number as i32,
        }
        bytes = &rest[read..];
    }
    point
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
