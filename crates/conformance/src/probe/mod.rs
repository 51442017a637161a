//! Talking to servers and clients, and writing down what happened. A probe decides nothing.

pub mod activity;
pub mod address;
pub mod answer;
pub mod burst;
pub mod call;
pub mod codec;
mod connection;
pub mod framing;
pub mod greeting;
mod message_reader;
pub mod message_scanner;
pub mod proto;
pub mod recorder;
pub mod script;

pub use address::Address;
