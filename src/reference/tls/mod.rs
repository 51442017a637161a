//! Encrypted connections, if the program is built with the feature `tls`.
//!
//! It is not a default feature: a learner's first build would compile a TLS library and a library of ciphers, part
//! of which is C, and no lesson needs them.

#[cfg(not(feature = "tls"))]
mod disabled;
mod error;
#[cfg(feature = "tls")]
mod rustls;

#[cfg(not(feature = "tls"))]
pub use disabled::{Acceptor, Stream, acceptor, connect};
pub use error::TlsError;
#[cfg(feature = "tls")]
pub use rustls::{Acceptor, Stream, acceptor, connect};
