//! What the client sends in each RPC, and what it prints. This file is the only one to extend for another RPC.

use routeguide::client::degrees;
use routeguide::features::Features;
use routeguide::proto;

use super::points::Points;
use crate::messages::{Message, Point, Rectangle, RouteNote, Rpc};

/// The options of the client.
#[derive(Debug, Clone, Default)]
pub struct ClientOptions {
    /// The only RPC to call; all of them if this is `None`.
    pub rpc: Option<Rpc>,
    /// How many points to send, if not ten.
    pub points: Option<u64>,
    /// The notes to send, if not the usual five.
    pub notes: Option<Vec<RouteNote>>,
    /// Whether each message is sent on its own, and printed when it is sent, so that slow calls can be followed.
    pub one_by_one: bool,
}

/// The RPC that [`ClientOptions::points`] is for.
pub const RPC_OF_POINTS: Rpc = Rpc::RecordRoute;
/// The RPC that [`ClientOptions::notes`] is for.
pub const RPC_OF_NOTES: Rpc = Rpc::RouteChat;

/// How many points the completed client sends.
const POINTS: u64 = 10;
/// Of a route with more points than this, only the first are printed.
const MAX_PRINTED: u64 = 1_000;
const FIRST_PRINTED: u64 = 10;

/// What the client does in one call.
pub struct Script {
    /// The line that is printed before the call.
    pub opening: Option<String>,
    /// The messages to send.
    pub requests: Box<dyn Iterator<Item = Request> + Send>,
    /// The line that is printed for a response.
    pub describe_response: fn(Message) -> String,
}

/// A message to send.
pub struct Request {
    /// The line that is printed when it is sent.
    pub line: Option<String>,
    /// The message.
    pub message: Message,
}

/// What the client does in a call of this RPC.
pub fn script(rpc: Rpc, features: &Features, options: &ClientOptions) -> Script {
    match rpc {
        Rpc::GetFeature => Script {
            opening: None,
            requests: Box::new(std::iter::once(Request {
                line: None,
                message: point_with_feature(features).into(),
            })),
            describe_response: found,
        },
        Rpc::ListFeatures => Script {
            opening: Some("Looking for features between 40, -75 and 42, -73".to_string()),
            requests: Box::new(std::iter::once(Request {
                line: None,
                message: rectangle().into(),
            })),
            describe_response: found,
        },
        Rpc::RecordRoute => {
            let points = Points::new(features, options.points.unwrap_or(POINTS));
            Script {
                opening: Some(format!("Travelling along {} points", points.total())),
                requests: Box::new(route(points)),
                describe_response: |response| match response {
                    Message::RouteSummary(summary) => format!(
                        "Finished trip with {} points, passed {} features, travelled {} metres in {} seconds",
                        summary.point_count,
                        summary.feature_count,
                        summary.distance,
                        summary.elapsed_time
                    ),
                    other => other.to_string(),
                },
            }
        }
        Rpc::RouteChat => {
            let notes = options.notes.clone().unwrap_or_else(usual_notes);
            Script {
                opening: None,
                requests: Box::new(notes.into_iter().map(|note| Request {
                    line: Some(format!("Sending {}", described(&note))),
                    message: note.into(),
                })),
                describe_response: |response| match response {
                    Message::RouteNote(reply) => format!("Got {}", described(&reply)),
                    other => other.to_string(),
                },
            }
        }
    }
}

/// The point of the first feature that has a name.
fn point_with_feature(features: &Features) -> Point {
    let named = features.iter().find(|feature| !feature.name.is_empty());
    let location = named.and_then(|feature| feature.location);
    location.map_or(Point::default(), |location| Point {
        latitude: location.latitude,
        longitude: location.longitude,
    })
}

/// A feature and its location.
fn found(response: Message) -> String {
    match response {
        Message::Feature(feature) => format!(
            "Found \"{}\" at {}",
            feature.name,
            in_degrees(feature.location.unwrap_or_default())
        ),
        other => other.to_string(),
    }
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

fn route(points: Points) -> impl Iterator<Item = Request> {
    let count = points.total();
    (0..).zip(points).map(move |(n, point)| Request {
        line: if count <= MAX_PRINTED || n < FIRST_PRINTED {
            Some(format!("Passing {}", in_degrees(point)))
        } else if n == FIRST_PRINTED {
            Some(format!("… and {} more points", count - FIRST_PRINTED))
        } else {
            None
        },
        message: point.into(),
    })
}

/// The notes that the completed client sends.
fn usual_notes() -> Vec<RouteNote> {
    [
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
    .into()
}

fn described(note: &RouteNote) -> String {
    let location = note.location.unwrap_or_default();
    let (latitude, longitude) = (location.latitude, location.longitude);
    format!("\"{}\" at {latitude}, {longitude}", note.message)
}

/// A location as the completed client prints it.
fn in_degrees(location: Point) -> String {
    degrees(proto::Point {
        latitude: location.latitude,
        longitude: location.longitude,
    })
}
