//! What a .proto must declare, as a `check.json` says it.

use serde::{Deserialize, Serialize};

/// A message of the .proto.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageSpec {
    /// Its name.
    pub message: String,
    /// Its fields.
    pub fields: Vec<FieldSpec>,
}

/// A field of a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// Its name.
    pub field: String,
    /// Its type, as the .proto writes it: `int32`, `string`, `Point`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number, which is all that travels on the wire.
    pub number: u32,
}

/// The service of the .proto.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSpec {
    /// The package.
    pub package: String,
    /// The service's name.
    pub service: String,
    /// Its RPCs.
    pub rpcs: Vec<RpcSpec>,
}

/// An RPC of the service. Types are written as in the .proto: `Rectangle`, `stream Feature`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RpcSpec {
    /// Its name.
    pub rpc: String,
    /// What the client sends.
    pub takes: String,
    /// What the server sends.
    pub returns: String,
}
