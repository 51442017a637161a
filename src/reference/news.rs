//! What the server tells whoever runs it, and strangers.

use std::net::SocketAddr;
use std::time::Duration;

/// Something that whoever runs the server may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It was asked to stop; so many calls of RouteGuide are still open, and have so long to end.
    Stopping(usize, Duration),
    /// That time is over; so many calls were ended with UNAVAILABLE.
    GraceOver(usize),
    /// Something connected that speaks something else.
    Stranger(Stranger, SocketAddr),
    /// A client and the server did not agree on TLS: why, in the words of the TLS library.
    NoTrust(String, SocketAddr),
}

/// What speaks something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// TLS, and this server has no certificate.
    Tls,
    /// No TLS, and this server wants it.
    Plain,
    /// HTTP/1: a browser, for example.
    Http1,
    /// Nothing known.
    Unknown,
}

/// The types of HTTP/2 frames, and the code that says that a connection is not safe enough (RFC 9113, 6 and 7).
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const INADEQUATE_SECURITY: u32 = 12;

impl Stranger {
    /// What it is told, in a form that it understands.
    pub fn answer(self) -> Vec<u8> {
        match self {
            // Whatever expects TLS knows these bytes for what they are, "not a TLS handshake", "wrong version".
            Stranger::Tls => http2_frame(SETTINGS, &[]),
            Stranger::Plain => {
                let mut goaway = [0, INADEQUATE_SECURITY].map(u32::to_be_bytes).concat();
                goaway.extend(b"this server speaks TLS: connect with https or a CA certificate");
                [http2_frame(SETTINGS, &[]), http2_frame(GOAWAY, &goaway)].concat()
            }
            Stranger::Http1 => {
                let words = "This is a gRPC server. It speaks HTTP/2, and browsers cannot call it directly.\n";
                format!(
                    "HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-type: text/plain\r\n\
                     content-length: {}\r\nconnection: close\r\n\r\n{words}",
                    words.len()
                )
                .into_bytes()
            }
            Stranger::Unknown => Vec::new(),
        }
    }
}

/// A frame that belongs to the connection.
fn http2_frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    // Both payloads are short.
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    [&[0, 0, length, kind, 0, 0, 0, 0, 0], payload].concat()
}
