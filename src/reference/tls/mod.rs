//! Encrypted connections, if the lab was built with them.
//!
//! They are a cargo feature: with it, a learner's first build would compile a TLS library and a library of
//! ciphers, part of which is C, for something that no lesson needs.

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod present;

use std::fmt;
use std::path::PathBuf;

#[cfg(not(feature = "tls"))]
pub use absent::{Acceptor, Stream, acceptor, connect};
#[cfg(feature = "tls")]
pub use present::{Acceptor, Stream, acceptor, connect};

/// Why there can be no encrypted connections.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "tls"),
    allow(dead_code, reason = "nothing else can go wrong there")
)]
pub enum TlsError {
    /// This lab was built without them.
    #[cfg_attr(feature = "tls", allow(dead_code, reason = "nothing says so there"))]
    NotBuilt,
    /// A file cannot be read: which, and the system's words.
    Unreadable(PathBuf, String),
    /// There is no certificate in a file.
    NoCertificate(PathBuf),
    /// There is no private key in a file.
    NoKey(PathBuf),
    /// The key is not the certificate's.
    OtherKey {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// The TLS library cannot use them, in its words.
    Unusable(String),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::NotBuilt => write!(f, "this lab was built without TLS"),
            TlsError::Unreadable(path, words) => {
                write!(f, "cannot read {}: {words}", path.display())
            }
            TlsError::NoCertificate(path) => write!(
                f,
                "there is no certificate in {}: it should hold lines from `-----BEGIN CERTIFICATE-----` on",
                path.display()
            ),
            TlsError::NoKey(path) => write!(
                f,
                "there is no private key in {}: it should hold lines from `-----BEGIN PRIVATE KEY-----` on",
                path.display()
            ),
            TlsError::OtherKey { certificate, key } => write!(
                f,
                "the key in {} does not belong to the certificate in {}",
                key.display(),
                certificate.display()
            ),
            TlsError::Unusable(words) => write!(f, "cannot use this certificate: {words}"),
        }
    }
}

impl std::error::Error for TlsError {}

impl TlsError {
    /// What to do.
    pub fn advice(&self) -> &'static str {
        match self {
            TlsError::NotBuilt => {
                "TLS is left out of the usual build, which it would slow down. To have it: `cargo run --features \
                 tls -- run-reference …` in a clone, or `cargo install --path . --features tls`."
            }
            TlsError::OtherKey { .. } => "Use the key that was made together with the certificate.",
            TlsError::NoCertificate(_) | TlsError::NoKey(_) | TlsError::Unusable(_) => {
                "--tls-cert is a PEM file with the server's certificate first and those that vouch for it after it, \
                 --tls-key one with its private key, and --tls-ca one with the certificates that a client trusts."
            }
            TlsError::Unreadable(..) => "",
        }
    }
}
