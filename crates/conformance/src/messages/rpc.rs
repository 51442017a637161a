//! The RPCs of the service: their names, their paths and what travels each way.

use std::fmt;

use super::{Message, Rpc};

/// Makes the enum of the RPCs. `build.rs` calls it with what the service in `proto/route_guide.proto`
/// declares, so that no other list of RPCs exists: after the name come the request and the response, each
/// with `true` before it if it is a stream.
macro_rules! rpcs {
    (
        $service:literal,
        $( $(#[$comment:meta])* $name:ident($client:literal $request:ident) -> ($server:literal $response:ident), )+
    ) => {
        /// An RPC of the service.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "rpc"))]
        pub enum Rpc {
            $( $(#[$comment])* $name, )+
        }

        impl Rpc {
            /// All of them, in the order of the .proto.
            pub const ALL: [Rpc; [$( stringify!($name) ),+].len()] = [$( Rpc::$name ),+];

            /// The service, with its package, as it is written in a path: `routeguide.RouteGuide`.
            pub const SERVICE: &'static str = $service;

            /// The name in the .proto, and on the wire.
            pub fn name(self) -> &'static str {
                match self {
                    $( Rpc::$name => stringify!($name), )+
                }
            }

            /// The HTTP/2 path of a call: `/routeguide.RouteGuide/` and the name.
            pub fn path(self) -> &'static str {
                match self {
                    $( Rpc::$name => concat!("/", $service, "/", stringify!($name)), )+
                }
            }

            /// Whether the client sends a stream of messages, and not just one.
            pub fn client_streams(self) -> bool {
                match self {
                    $( Rpc::$name => $client, )+
                }
            }

            /// Whether the server sends a stream of messages, and not just one.
            pub fn server_streams(self) -> bool {
                match self {
                    $( Rpc::$name => $server, )+
                }
            }

            /// The name of the message that the client sends.
            pub fn request_type(self) -> &'static str {
                match self {
                    $( Rpc::$name => stringify!($request), )+
                }
            }

            /// Reads a message from the client.
            ///
            /// # Errors
            ///
            /// The decoder's own words when the bytes are no such message.
            pub fn decode_request(self, bytes: &[u8]) -> Result<super::Message, String> {
                match self {
                    $( Rpc::$name => super::rpc::decode::<$request>(bytes), )+
                }
            }

            /// Reads a message from the server.
            ///
            /// # Errors
            ///
            /// The decoder's own words when the bytes are no such message.
            pub fn decode_response(self, bytes: &[u8]) -> Result<super::Message, String> {
                match self {
                    $( Rpc::$name => super::rpc::decode::<$response>(bytes), )+
                }
            }
        }
    };
}

pub(super) use rpcs;

impl Rpc {
    /// The RPC that a path calls, if it is one of ours.
    pub fn from_path(path: &str) -> Option<Rpc> {
        Rpc::ALL.into_iter().find(|rpc| rpc.path() == path)
    }

    /// The name as it is written on a command line and in a lesson's id: small letters and hyphens.
    pub fn kebab_name(self) -> String {
        let mut name = String::new();
        for letter in self.name().chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}

impl fmt::Display for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

pub(super) fn decode<M: prost::Message + Default + Into<Message>>(
    bytes: &[u8],
) -> Result<Message, String> {
    M::decode(bytes)
        .map(Into::into)
        .map_err(|error| error.to_string())
}
