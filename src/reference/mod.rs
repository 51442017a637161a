//! The reference server: the completed server, hosted as production servers are. `run-reference` runs it, and the
//! client that belongs to it.

mod accept;
mod budget;
pub mod client;
mod compression;
pub mod connection;
pub mod incoming;
pub mod limits;
pub mod listen;
pub mod metrics;
pub mod observe;
mod open_calls;
pub mod server;
pub mod server_event;
mod services;
mod shutdown;
pub mod tls;
pub mod trace;
mod unsupported_protocol;
