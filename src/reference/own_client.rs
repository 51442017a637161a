//! A client of the lab's own, for what the completed one cannot do: calls that are watched, longer routes,
//! other notes. Unless told otherwise it sends what the completed client sends, and says what that says.

use bytes::Bytes;
use futures_util::Stream;
use routeguide::Error;
use routeguide::client::degrees;
use routeguide::features::Features;
use routeguide::proto::route_guide_client::RouteGuideClient;
use routeguide::proto::{Point, Rectangle, RouteNote};
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::{Body as HttpBody, StdError};
use tonic::transport::Channel;

use crate::messages;
use crate::messages::Rpc;

/// Of a longer route than this, only the first points are named.
const MOST_NAMED: u64 = 1_000;
const FIRST_NAMED: u64 = 10;

/// How many points the completed client sends.
const POINTS: u64 = 10;

/// The RPC that a number of points is for.
pub const WITH_POINTS: Rpc = Rpc::RecordRoute;

/// The RPC that notes are for.
pub const WITH_NOTES: Rpc = Rpc::RouteChat;

/// What to call, and with what.
#[derive(Debug, Clone, Default)]
pub struct Errand {
    /// The only RPC to call; without one, all three.
    pub rpc: Option<Rpc>,
    /// How many points to travel along, if not ten.
    pub points: Option<u64>,
    /// The notes to leave, if not the usual ones.
    pub notes: Option<Vec<messages::RouteNote>>,
    /// Whether each message is to travel on its own, and to be named when it does, for calls that are slow.
    pub one_by_one: bool,
}

/// Connects to a server, as the completed client does.
///
/// # Errors
///
/// If nothing answers there.
pub async fn connect(addr: &str) -> Result<Channel, Error> {
    let endpoint = Channel::from_shared(format!("http://{addr}"))?;
    Ok(endpoint.connect().await?)
}

/// Makes the calls, over a channel, and says what they give, line by line.
///
/// # Errors
///
/// The first error that a call meets.
pub async fn run<T>(
    channel: T,
    features: &Features,
    errand: Errand,
    say: fn(&str),
) -> Result<(), Error>
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    let mut client = RouteGuideClient::new(channel);
    let is_wanted = |rpc: Rpc| errand.rpc.is_none_or(|only| only == rpc);
    let is_one_of_three = errand.rpc.is_none();
    let heading = |heading: &str| {
        if is_one_of_three {
            say(heading);
        }
    };

    if is_wanted(Rpc::ListFeatures) {
        heading("-------------- ListFeatures --------------");
        say("Looking for features between 40, -75 and 42, -73");
        let mut features = client.list_features(rectangle()).await?.into_inner();
        while let Some(feature) = features.message().await? {
            let place = degrees(feature.location.unwrap_or_default());
            say(&format!("Found \"{}\" at {place}", feature.name));
        }
    }
    if is_wanted(Rpc::RecordRoute) {
        heading("-------------- RecordRoute ---------------");
        let count = errand.points.unwrap_or(POINTS);
        let points = points(features, count);
        say(&format!("Travelling along {} points", points.len()));
        let points = route(points, errand.one_by_one, say);
        let summary = client.record_route(points).await?.into_inner();
        say(&format!(
            "Finished trip with {} points, passed {} features, travelled {} metres in {} seconds",
            summary.point_count, summary.feature_count, summary.distance, summary.elapsed_time
        ));
    }
    if is_wanted(Rpc::RouteChat) {
        heading("-------------- RouteChat -----------------");
        let notes = chat(errand.notes, errand.one_by_one, say);
        let mut replies = client.route_chat(notes).await?.into_inner();
        while let Some(reply) = replies.message().await? {
            let place = reply.location.unwrap_or_default();
            let (latitude, longitude) = (place.latitude, place.longitude);
            say(&format!(
                "Got \"{}\" at {latitude}, {longitude}",
                reply.message
            ));
        }
    }
    Ok(())
}

/// Where the completed client looks for features.
fn rectangle() -> Rectangle {
    let corner = |latitude, longitude| {
        Some(Point {
            latitude,
            longitude,
        })
    };
    Rectangle {
        lo: corner(400_000_000, -750_000_000),
        hi: corner(420_000_000, -730_000_000),
    }
}

/// Places of features in a random order, picked one by one. Each comes once before any comes again.
struct Points {
    places: Vec<Point>,
    picked: u64,
    count: u64,
}

/// So many points of these features; none if there are no features, and no more than there are features unless
/// they are asked for.
fn points(features: &Features, count: u64) -> Points {
    let places: Vec<Point> = features
        .iter()
        .map(|feature| feature.location.unwrap_or_default())
        .collect();
    Points {
        count: if places.is_empty() { 0 } else { count },
        places,
        picked: 0,
    }
}

impl Points {
    fn len(&self) -> u64 {
        self.count
    }
}

impl Iterator for Points {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        if self.picked == self.count {
            return None;
        }
        let places = self.places.len();
        // Up to here, the places have been picked; in each round through all of them, the rest is shuffled on.
        let at = usize::try_from(self.picked % places as u64).ok()?;
        self.places.swap(at, fastrand::usize(at..places));
        self.picked += 1;
        Some(self.places[at])
    }
}

fn route(points: Points, one_by_one: bool, say: fn(&str)) -> impl Stream<Item = Point> {
    let count = points.len();
    async_stream::stream! {
        for (n, point) in (0..).zip(points) {
            if count <= MOST_NAMED || n < FIRST_NAMED {
                say(&format!("Passing {}", degrees(point)));
            } else if n == FIRST_NAMED {
                say(&format!("… and {} more points", count - FIRST_NAMED));
            }
            yield point;
            if one_by_one {
                // tonic packs together whatever is there at once.
                tokio::task::yield_now().await;
            }
        }
    }
}

fn chat(
    notes: Option<Vec<messages::RouteNote>>,
    one_by_one: bool,
    say: fn(&str),
) -> impl Stream<Item = RouteNote> {
    let notes: Vec<RouteNote> = match notes {
        Some(notes) => notes.into_iter().map(theirs).collect(),
        None => [
            (0, 0, "First message"),
            (0, 1, "Second message"),
            (1, 0, "Third message"),
            (0, 0, "Fourth message"),
            (1, 0, "Fifth message"),
        ]
        .map(|(latitude, longitude, message)| RouteNote {
            location: Some(Point {
                latitude,
                longitude,
            }),
            message: message.to_string(),
        })
        .into(),
    };
    async_stream::stream! {
        for note in notes {
            let place = note.location.unwrap_or_default();
            let (latitude, longitude) = (place.latitude, place.longitude);
            say(&format!("Sending \"{}\" at {latitude}, {longitude}", note.message));
            yield note;
            if one_by_one {
                tokio::task::yield_now().await;
            }
        }
    }
}

/// A note of the contract's as the completed track has it.
fn theirs(note: messages::RouteNote) -> RouteNote {
    RouteNote {
        location: note.location.map(|place| Point {
            latitude: place.latitude,
            longitude: place.longitude,
        }),
        message: note.message,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_place_is_passed_once_before_any_is_passed_again() {
        let features = Features::from_json(crate::course::files::DATABASE).unwrap();
        let all = features.len();
        let route: Vec<Point> = points(&features, 2 * all as u64 + 1).collect();
        assert_eq!(route.len(), 2 * all + 1);
        for round in route.chunks(all) {
            assert_eq!(round.iter().collect::<HashSet<_>>().len(), round.len());
        }
        assert_ne!(route[..all], route[all..2 * all], "it is no circle");
        assert_eq!(points(&features, 0).count(), 0);
        assert_eq!(points(&Features::default(), 10).count(), 0);
    }
}
