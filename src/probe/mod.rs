//! Talking to servers and clients, and writing down what happened. A probe decides nothing.

pub mod address;
pub mod answer;
pub mod call;
pub mod codec;
mod connection;
pub mod flaw;
pub mod framing;
pub mod greeting;
pub mod proto;
pub mod recorder;
pub mod script;
pub mod transcript;

pub use address::Address;
pub use flaw::ProtocolError;
pub use transcript::{Event, EventKind, Status, Transcript};
