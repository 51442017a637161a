//! Protocols that the server does not speak, and what it answers to them.

/// A protocol that the server does not speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsupportedProtocol {
    /// TLS, to a server without a certificate.
    Tls,
    /// HTTP/2 without TLS, to a server that requires TLS.
    PlainText,
    /// HTTP/1: a browser, for example.
    Http1,
    /// Something else.
    Unknown,
}

/// Types of HTTP/2 frames and an error code (RFC 9113, sections 6 and 7).
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const INADEQUATE_SECURITY: u32 = 12;

impl UnsupportedProtocol {
    /// An answer that a client of this protocol understands.
    pub fn answer(self) -> Vec<u8> {
        match self {
            // TLS libraries report these bytes as "not a TLS handshake" or "wrong version".
            UnsupportedProtocol::Tls => http2_frame(SETTINGS, &[]),
            UnsupportedProtocol::PlainText => {
                let mut goaway = [0, INADEQUATE_SECURITY].map(u32::to_be_bytes).concat();
                goaway.extend(b"this server requires TLS: use https or a channel with TLS");
                [http2_frame(SETTINGS, &[]), http2_frame(GOAWAY, &goaway)].concat()
            }
            UnsupportedProtocol::Http1 => {
                let text = "This is a gRPC server. It speaks HTTP/2, and browsers cannot call it directly.\n";
                format!(
                    "HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-type: text/plain\r\n\
                     content-length: {}\r\nconnection: close\r\n\r\n{text}",
                    text.len()
                )
                .into_bytes()
            }
            UnsupportedProtocol::Unknown => Vec::new(),
        }
    }
}

/// A frame that belongs to the connection. The payloads above are shorter than 255 bytes.
fn http2_frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    [&[0, 0, length, kind, 0, 0, 0, 0, 0], payload].concat()
}
