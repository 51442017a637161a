//! From the wire to a diagnosis: talking to RouteGuide servers and clients, and saying what is not right and why.
//!
//! It knows nothing of lessons, files or terminals. [`probe`] plays a call or records one and writes a [`transcript`];
//! [`guide`] says what RouteGuide promises and judges the transcript, with what [`verdict`] holds for every gRPC call.

pub mod guide;
pub mod location;
pub mod messages;
pub mod probe;
pub mod transcript;
pub mod verdict;
