//! Why TLS cannot be used.

use std::path::PathBuf;

/// Why TLS cannot be used.
#[derive(Debug, thiserror::Error)]
#[cfg_attr(
    not(feature = "tls"),
    allow(dead_code, reason = "nothing else can go wrong without it")
)]
pub enum TlsError {
    /// The program was built without TLS.
    #[cfg_attr(feature = "tls", allow(dead_code, reason = "never made with it"))]
    #[error("this lab was built without TLS")]
    NotBuilt,
    /// A file cannot be read: its path, and the system's message.
    #[error("cannot read {}: {}", .0.display(), .1)]
    Unreadable(PathBuf, String),
    /// A file contains no certificate.
    #[error(
        "there is no certificate in {}: it should hold lines from `-----BEGIN CERTIFICATE-----` on",
        .0.display()
    )]
    NoCertificate(PathBuf),
    /// A file contains no private key.
    #[error(
        "there is no private key in {}: it should hold lines from `-----BEGIN PRIVATE KEY-----` on",
        .0.display()
    )]
    NoKey(PathBuf),
    /// The key does not belong to the certificate.
    #[error(
        "the key in {} does not belong to the certificate in {}",
        key.display(),
        certificate.display()
    )]
    KeyMismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The TLS library rejects the certificate: its message.
    #[error("cannot use this certificate: {0}")]
    Unusable(String),
}

impl TlsError {
    /// What to do.
    pub fn advice(&self) -> &'static str {
        match self {
            TlsError::NotBuilt => {
                "The default build leaves TLS out, since it would take much longer. To include it: `cargo run --features \
                 tls -- run-reference …` in a clone, or `cargo install --path . --features tls`."
            }
            TlsError::KeyMismatch { .. } => {
                "Use the key that was made together with the certificate."
            }
            TlsError::NoCertificate(_) | TlsError::NoKey(_) | TlsError::Unusable(_) => {
                "--tls-cert is a PEM file with the server's certificate and, after it, those of its issuers; --tls-key \
                 is one with its private key, and --tls-ca one with the certificates that a client trusts."
            }
            TlsError::Unreadable(..) => "",
        }
    }
}
