//! TLS with rustls and ring.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use routeguide::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};
use tonic::codegen::Service;
use tonic::transport::{Channel, Endpoint};

use super::error::TlsError;
use crate::disk::regular;

/// The name of HTTP/2 in ALPN.
const HTTP2: &[u8] = b"h2";

/// Encrypts connections.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acceptor")
    }
}

/// An encrypted connection. It is boxed, since it is a hundred times as large as a plain one.
#[derive(Debug)]
pub struct Stream(Box<server::TlsStream<TcpStream>>);

/// Reads a server's certificate and key, which are PEM files.
///
/// # Errors
///
/// If a file contains none, or the key does not belong to the certificate.
pub fn acceptor(certificate: &Path, key: &Path) -> Result<Acceptor, TlsError> {
    let chain = certificates(certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| match error {
        pem::Error::Io(error) => TlsError::Unreadable(key.into(), error.to_string()),
        _ => TlsError::NoKey(key.into()),
    })?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => TlsError::KeyMismatch {
                certificate: certificate.into(),
                key: key.into(),
            },
            error => TlsError::Unusable(error.to_string()),
        })?;
    config.alpn_protocols = vec![HTTP2.to_vec()];
    Ok(Acceptor(TlsAcceptor::from(Arc::new(config))))
}

/// Connects to a server, and trusts it if its certificate is issued by one in this PEM file.
///
/// # Errors
///
/// If the file contains no certificate, the connection fails, or the server cannot be trusted.
pub async fn connect(addr: &str, authority: &Path) -> Result<Channel, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(authority)? {
        roots
            .add(certificate)
            .map_err(|error| TlsError::Unusable(error.to_string()))?;
    }
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![HTTP2.to_vec()];
    let connector = Connector(TlsConnector::from(Arc::new(config)));
    // With `http`, tonic leaves the encryption to the connector.
    Ok(Endpoint::from_shared(format!("http://{addr}"))?
        .connect_with_connector(connector)
        .await?)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = |error: io::Error| TlsError::Unreadable(path.into(), error.to_string());
    let text = regular::read(path).map_err(unreadable)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(TlsError::NoCertificate(path.into())),
    }
}

impl Acceptor {
    /// Performs the TLS handshake with a client.
    ///
    /// # Errors
    ///
    /// If the handshake fails.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<Stream> {
        Ok(Stream(Box::new(self.0.accept(stream).await?)))
    }
}

/// Opens the connections of a channel.
struct Connector(TlsConnector);

impl Service<Uri> for Connector {
    type Response = TokioIo<client::TlsStream<TcpStream>>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.0.clone();
        Box::pin(async move {
            let host = uri.host().unwrap_or_default();
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            let name = ServerName::try_from(bare.to_string()).map_err(io::Error::other)?;
            let stream = TcpStream::connect((bare, uri.port_u16().unwrap_or(443))).await?;
            stream.set_nodelay(true)?;
            let stream = connector.connect(name, stream).await.map_err(explained)?;
            Ok(TokioIo::new(stream))
        })
    }
}

/// The same error, in plain words where the library's message is for experts.
fn explained(error: io::Error) -> io::Error {
    let found = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match found {
        Some(rustls::Error::InvalidMessage(_)) => io::Error::other(
            "the server does not speak TLS: leave out --tls-ca, or start it with --tls-cert and --tls-key",
        ),
        // BadSignature if another certificate has the same name, as those made by one tool have.
        Some(rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        )) => io::Error::other(
            "the server cannot be trusted: its certificate is not issued by one in the file of --tls-ca",
        ),
        _ => error,
    }
}

impl Stream {
    /// The TCP connection below it.
    pub fn tcp(&self) -> &TcpStream {
        self.0.get_ref().0
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
