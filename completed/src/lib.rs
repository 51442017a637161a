//! RouteGuide, a small streaming gRPC service, with its client.
//!
//! Read it in this order:
//!
//! - [`proto`] holds what the compiler made of `route_guide.proto`: a struct for each message, a
//!   trait for the server to implement and a client to call.
//! - [`features`] reads the map: the places of `route_guide_db.json`, how to find one of them, and
//!   how far two points are apart.
//! - [`server`] implements the three streaming calls, and serves them.
//! - [`client`] connects to a server and makes the three calls.
//!
//! `index` makes [`features`] fast on large maps. You need not read it.
//!
//! Two small programs in `src/bin/` use all of this: `server` and `client`. A third one, `stage`, is
//! for the lab.

pub mod client;
pub mod features;
mod index;
pub mod server;

/// The messages and the service of `route_guide.proto`, as Rust code.
///
/// The code itself is not in this folder: `build.rs` writes it while the crate is built.
pub mod proto {
    // lesson: generate-code
    tonic::include_proto!("routeguide");

    /// The contract as the compiler has read it, in bytes.
    pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("routeguide");
    // end lesson
}

/// Any error at all, for functions that only pass errors on.
///
/// A [`tonic::Status`], a failed connection and a file that cannot be read all fit in it, and the
/// `?` operator converts them.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// An error with everything that led to it, as one line for a person to read: the cause of
/// `transport error`, for example, is `Connection refused`.
pub fn explain(error: &Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        // Some errors repeat the words of their cause.
        if !line.contains(&words) {
            line.push_str(": ");
            line.push_str(&words);
        }
        cause = error.source();
    }
    line
}
