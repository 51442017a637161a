//! What speaks at an address, found out from its first bytes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The connection preface of a client and an empty SETTINGS frame (RFC 9113, sections 3.4 and 6.5).
const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// The length of an HTTP/2 frame's header; its fourth byte is the type.
const FRAME_HEADER: usize = 9;
const SETTINGS: u8 = 4;

/// What answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Greeting {
    /// HTTP/2: its first frame is SETTINGS, as it must be.
    Http2,
    /// HTTP/1.
    Http1,
    /// A TLS alert: it wants an encrypted connection.
    Tls,
    /// It closed the connection without a word.
    Closed,
    /// It accepted the connection and said nothing.
    Silent,
    /// Something else.
    Unknown,
}

/// Says hello in HTTP/2, and looks at the first bytes that come back.
pub async fn greet(addr: SocketAddr, patience: Duration) -> Greeting {
    let mut first = [0; FRAME_HEADER];
    let mut read = 0;
    let exchange = async {
        let mut stream = TcpStream::connect(addr).await?;
        stream.write_all(HELLO).await?;
        while read < FRAME_HEADER {
            match stream.read(&mut first[read..]).await? {
                0 => break,
                count => read += count,
            }
        }
        Ok::<(), std::io::Error>(())
    };
    match tokio::time::timeout(patience, exchange).await {
        Err(_) if read == 0 => Greeting::Silent,
        // A reset is a close, too.
        _ => name(&first[..read]),
    }
}

fn name(first: &[u8]) -> Greeting {
    match first {
        [] => Greeting::Closed,
        [_, _, _, SETTINGS, ..] if first.len() == FRAME_HEADER => Greeting::Http2,
        _ if first.starts_with(b"HTTP/1") => Greeting::Http1,
        // A TLS record of the type alert, version 3.x.
        [0x15, 3, ..] => Greeting::Tls,
        _ => Greeting::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        assert_eq!(name(b"\0\0\x12\x04\0\0\0\0\0"), Greeting::Http2);
        assert_eq!(name(b"HTTP/1.1 "), Greeting::Http1);
        assert_eq!(name(&[0x15, 3, 1, 0, 2, 2, 0x46]), Greeting::Tls);
        assert_eq!(name(b""), Greeting::Closed);
        assert_eq!(name(b"SSH-2.0-O"), Greeting::Unknown);
    }
}
