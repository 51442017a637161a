//! The three RPCs of the service: their names, their paths and what travels each way.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Feature, Message, Point, Rectangle, RouteNote, RouteSummary};

/// One of the three RPCs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rpc {
    /// Server streaming.
    ListFeatures,
    /// Client streaming.
    RecordRoute,
    /// Bidirectional streaming.
    RouteChat,
}

impl Rpc {
    /// All three, in the order of the course.
    pub const ALL: [Rpc; 3] = [Rpc::ListFeatures, Rpc::RecordRoute, Rpc::RouteChat];

    /// The name in the .proto, and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Rpc::ListFeatures => "ListFeatures",
            Rpc::RecordRoute => "RecordRoute",
            Rpc::RouteChat => "RouteChat",
        }
    }

    /// The HTTP/2 path of a call: `/routeguide.RouteGuide/ListFeatures`.
    pub fn path(self) -> &'static str {
        match self {
            Rpc::ListFeatures => "/routeguide.RouteGuide/ListFeatures",
            Rpc::RecordRoute => "/routeguide.RouteGuide/RecordRoute",
            Rpc::RouteChat => "/routeguide.RouteGuide/RouteChat",
        }
    }

    /// The RPC that a path calls, if it is one of ours.
    pub fn from_path(path: &str) -> Option<Rpc> {
        Rpc::ALL.into_iter().find(|rpc| rpc.path() == path)
    }

    /// Reads a message from the client.
    ///
    /// # Errors
    ///
    /// The decoder's own words when the bytes are no such message.
    pub fn decode_request(self, bytes: &[u8]) -> Result<Message, String> {
        match self {
            Rpc::ListFeatures => decode::<Rectangle>(bytes),
            Rpc::RecordRoute => decode::<Point>(bytes),
            Rpc::RouteChat => decode::<RouteNote>(bytes),
        }
    }

    /// Reads a message from the server.
    ///
    /// # Errors
    ///
    /// The decoder's own words when the bytes are no such message.
    pub fn decode_response(self, bytes: &[u8]) -> Result<Message, String> {
        match self {
            Rpc::ListFeatures => decode::<Feature>(bytes),
            Rpc::RecordRoute => decode::<RouteSummary>(bytes),
            Rpc::RouteChat => decode::<RouteNote>(bytes),
        }
    }
}

impl fmt::Display for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn decode<M: prost::Message + Default + Into<Message>>(bytes: &[u8]) -> Result<Message, String> {
    M::decode(bytes)
        .map(Into::into)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_of_the_service_and_the_name() {
        for rpc in Rpc::ALL {
            assert_eq!(rpc.path(), format!("/routeguide.RouteGuide/{rpc}"));
            assert_eq!(Rpc::from_path(rpc.path()), Some(rpc));
        }
        assert_eq!(Rpc::from_path("/RouteGuide/ListFeatures"), None);
    }

    #[test]
    fn a_message_survives_the_wire() {
        let note = Message::RouteNote(RouteNote {
            location: Some(Point {
                latitude: -1,
                longitude: i32::MAX,
            }),
            message: "hello".into(),
        });
        assert_eq!(
            Rpc::RouteChat.decode_request(&note.encode()),
            Ok(note.clone())
        );
        assert!(Rpc::RouteChat.decode_request(&[0xff, 0xff]).is_err());
    }
}
