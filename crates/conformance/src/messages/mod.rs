//! The messages and the RPCs of the service, generated from `proto/route_guide.proto`: the messages with
//! JSON added, and what they look like to a reader; the RPCs with their names, paths and types.
//!
//! They are generated once more here, apart from the completed track, because the checker must not
//! depend on the code that it checks. This is the ground floor: every other room may use it.

use std::fmt;

use serde::Serialize;

mod rpc;
#[cfg(test)]
mod tests;

#[allow(
    missing_docs,
    reason = "generated: the comments are those of the .proto"
)]
mod generated {
    use super::rpc::rpcs;

    include!(concat!(env!("OUT_DIR"), "/routeguide.rs"));
}

pub use generated::{Feature, Point, Rectangle, RouteNote, RouteSummary, Rpc};

/// The file descriptor set of `proto/route_guide.proto`, encoded, with its comments.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/route_guide.binpb"));

/// Any message of the contract, as it stands in a transcript. JSON has the names of the .proto, and null for a
/// message field that was not set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "message")
)]
pub enum Message {
    /// A place, in degrees × 10⁷.
    Point(Point),
    /// A named or unnamed thing at a place.
    Feature(Feature),
    /// Two opposite corners.
    Rectangle(Rectangle),
    /// A note left at a place.
    RouteNote(RouteNote),
    /// The end of a route.
    RouteSummary(RouteSummary),
}

impl Message {
    /// The message as protobuf bytes.
    pub fn encode(&self) -> Vec<u8> {
        use prost::Message as _;
        match self {
            Message::Point(message) => message.encode_to_vec(),
            Message::Feature(message) => message.encode_to_vec(),
            Message::Rectangle(message) => message.encode_to_vec(),
            Message::RouteNote(message) => message.encode_to_vec(),
            Message::RouteSummary(message) => message.encode_to_vec(),
        }
    }
}

impl Message {
    /// The message with its default in the place of a location that is unset: to a reader the two say
    /// the same, and so they do to a verdict.
    #[must_use]
    pub fn with_defaults(self) -> Message {
        match self {
            Message::Feature(message) => Message::Feature(message.with_defaults()),
            Message::RouteNote(message) => Message::RouteNote(message.with_defaults()),
            other => other,
        }
    }
}

impl Feature {
    /// See [`Message::with_defaults`].
    #[must_use]
    pub fn with_defaults(self) -> Feature {
        Feature {
            location: Some(self.location.unwrap_or_default()),
            ..self
        }
    }
}

impl RouteNote {
    /// See [`Message::with_defaults`].
    #[must_use]
    pub fn with_defaults(self) -> RouteNote {
        RouteNote {
            location: Some(self.location.unwrap_or_default()),
            ..self
        }
    }
}

impl From<Point> for Message {
    fn from(message: Point) -> Message {
        Message::Point(message)
    }
}

impl From<Feature> for Message {
    fn from(message: Feature) -> Message {
        Message::Feature(message)
    }
}

impl From<Rectangle> for Message {
    fn from(message: Rectangle) -> Message {
        Message::Rectangle(message)
    }
}

impl From<RouteNote> for Message {
    fn from(message: RouteNote) -> Message {
        Message::RouteNote(message)
    }
}

impl From<RouteSummary> for Message {
    fn from(message: RouteSummary) -> Message {
        Message::RouteSummary(message)
    }
}

/// Degrees × 10⁷ as degrees, without the zeros at the end: `40.7`, `-74`, `0.0000001`.
fn degrees(e7: i32) -> String {
    let sign = if e7 < 0 { "-" } else { "" };
    let (whole, fraction) = (
        e7.unsigned_abs() / 10_000_000,
        e7.unsigned_abs() % 10_000_000,
    );
    if fraction == 0 {
        format!("{sign}{whole}")
    } else {
        let fraction = format!("{fraction:07}");
        format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

/// Below this, in degrees × 10⁷, a coordinate is a number to count with and no place on a map.
const SMALL: u32 = 100_000;

/// `40.7 -74`: latitude and longitude in degrees. The small whole numbers of a chat, such as (0, 1),
/// are shown as they travel.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_small() {
            f.write_str(&self.raw())
        } else {
            write!(f, "{} {}", degrees(self.latitude), degrees(self.longitude))
        }
    }
}

impl Point {
    /// Whether it is written in units of 10⁻⁷ degrees, as it travels, and not in degrees.
    fn is_small(&self) -> bool {
        self.latitude.unsigned_abs() < SMALL && self.longitude.unsigned_abs() < SMALL
    }

    /// The point as it travels, in units of 10⁻⁷ degrees.
    pub fn raw(&self) -> String {
        format!("({}, {})", self.latitude, self.longitude)
    }
}

/// How to write points that stand in one sentence: all in degrees, or all as they travel.
pub fn one_notation(points: &[Point]) -> fn(&Point) -> String {
    match points.iter().any(Point::is_small) {
        true => Point::raw,
        false => Point::to_string,
    }
}

fn place(point: &Option<Point>) -> String {
    match point {
        Some(point) => point.to_string(),
        None => "(no location)".to_string(),
    }
}

/// A text in quotation marks: of a long one the beginning, and how long it is.
fn quoted(text: &str) -> String {
    const LONG: usize = 200;
    const SHOWN: usize = 40;
    let (count, bytes) = (text.chars().count(), text.len());
    if count <= LONG {
        return format!("{text:?}");
    }
    let beginning: String = text.chars().take(SHOWN).collect();
    let size = match count == bytes {
        true => format!("{count} characters"),
        false => format!("{count} characters, {bytes} bytes"),
    };
    format!("{beginning:?}… ({size})")
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            write!(f, "a feature without a name at {}", place(&self.location))
        } else {
            write!(f, "{} at {}", quoted(&self.name), place(&self.location))
        }
    }
}

impl fmt::Display for Rectangle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let corner = |point: &Option<Point>| point.map_or("unset".to_string(), |p| p.to_string());
        write!(f, "lo {}, hi {}", corner(&self.lo), corner(&self.hi))
    }
}

impl fmt::Display for RouteNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", quoted(&self.message), place(&self.location))
    }
}

impl fmt::Display for RouteSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |count: i32| if count == 1 { "" } else { "s" };
        let (points, features) = (self.point_count, self.feature_count);
        write!(
            f,
            "{points} point{}, {features} feature{}, ",
            s(points),
            s(features)
        )?;
        write!(f, "{} m, {} s", self.distance, self.elapsed_time)
    }
}

/// One line for a reader, with the names of the messages where they help.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Message::Point(message) => message.fmt(f),
            Message::Feature(message) => message.fmt(f),
            Message::Rectangle(message) => message.fmt(f),
            Message::RouteNote(message) => message.fmt(f),
            Message::RouteSummary(message) => message.fmt(f),
        }
    }
}
