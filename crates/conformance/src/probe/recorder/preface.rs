//! How a connection begins: whether as HTTP/2 does.

use std::io::{self, Cursor};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpStream;

/// What every HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How many bytes are kept of what begins otherwise: enough for the headers of a request.
const MOST_BYTES: usize = 2 << 10;

/// How a connection begins.
#[derive(Debug, PartialEq, Eq)]
pub enum Opening {
    /// As HTTP/2 does.
    Preface,
    /// Otherwise, with these bytes.
    Other(Vec<u8>),
    /// It was reset before that was known. A system may drop what a client has sent before a reset, so this says
    /// nothing about the client.
    Reset,
    /// It was closed before that was known.
    Closed,
}

/// Reads how a connection begins, and returns that with all the bytes that have been read. Nothing is sent before:
/// a client that closes a connection while it has unread bytes resets it, and then some systems drop what it had sent
/// itself. A client need not wait for the server's first bytes (RFC 9113, section 3.4).
pub async fn read_opening(stream: &mut (impl AsyncRead + Unpin)) -> (Opening, Vec<u8>) {
    let mut bytes = Vec::with_capacity(MOST_BYTES);
    loop {
        let known = bytes.len().min(PREFACE.len());
        if bytes[..known] != PREFACE[..known] {
            return (Opening::Other(bytes.clone()), bytes);
        }
        if known == PREFACE.len() {
            return (Opening::Preface, bytes);
        }
        let room = MOST_BYTES - bytes.len();
        match (&mut *stream).take(room as u64).read_buf(&mut bytes).await {
            Ok(0) => return (Opening::Closed, bytes),
            Ok(_) => {}
            Err(error) if is_reset(&error) => return (Opening::Reset, bytes),
            Err(_) => return (Opening::Closed, bytes),
        }
    }
}

/// Whether the other side has given up the connection without closing it in order.
fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    )
}

/// A connection of which some bytes have been read already.
pub fn with_bytes_read(stream: TcpStream, bytes: Vec<u8>) -> impl AsyncRead + AsyncWrite {
    let (read, write) = stream.into_split();
    tokio::io::join(Cursor::new(bytes).chain(read), write)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    async fn opening(parts: &[&[u8]]) -> (Opening, usize) {
        let (mut client, mut server) = tokio::io::duplex(64);
        let send = async move {
            for part in parts {
                client.write_all(part).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let ((), (opening, bytes)) = tokio::join!(send, read_opening(&mut server));
        (opening, bytes.len())
    }

    #[tokio::test]
    async fn a_beginning_is_known_from_its_first_difference() {
        assert_eq!(opening(&[PREFACE]).await, (Opening::Preface, 24));
        let (start, end) = PREFACE.split_at(10);
        assert_eq!(opening(&[start, end]).await, (Opening::Preface, 24));
        let http1 = opening(&[b"P", b"UT / HTTP/1.1"]).await;
        assert_eq!(http1, (Opening::Other(b"PUT / HTTP/1.1".to_vec()), 14));
        let tls = opening(&[&[0x16, 3]]).await;
        assert_eq!(tls, (Opening::Other(vec![0x16, 3]), 2));
        assert_eq!(opening(&[start]).await, (Opening::Closed, 10));
        assert_eq!(opening(&[]).await, (Opening::Closed, 0));
    }
}
