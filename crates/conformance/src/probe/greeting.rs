//! Which protocol a server speaks, found out from its first bytes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The connection preface of a client and an empty SETTINGS frame (RFC 9113, sections 3.4 and 6.5).
const CLIENT_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// The part of it that HTTP/1 takes for a whole request.
const AS_REQUEST: &[u8] = b"PRI * HTTP/2.0\r\n\r\n";

/// The length of an HTTP/2 frame's header; its fourth byte is the type.
const FRAME_HEADER: usize = 9;
const SETTINGS: u8 = 4;

/// The setting that says how many calls may be open.
const MAX_CONCURRENT_STREAMS: u16 = 3;

/// Longer settings are not waited for: no server has so many.
const MOST_SETTINGS: usize = 1024;

/// What answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Greeting {
    /// HTTP/2: its first frame is SETTINGS, as it must be.
    Http2,
    /// HTTP/2, but its settings leave no room for a call.
    NoCalls,
    /// HTTP/1.
    Http1,
    /// A TLS alert: it wants an encrypted connection.
    Tls,
    /// It closed the connection and sent nothing.
    Closed,
    /// It accepted the connection and sent nothing.
    Silent,
    /// It accepted the connection, and had sent only so many bytes when the time was up.
    Slow(usize),
    /// It no longer accepts connections: the system's words.
    Refused(String),
    /// Something else.
    Unknown,
}

/// Sends what an HTTP/2 client sends first, and looks at the first bytes that come back.
pub async fn greet(addr: SocketAddr, patience: Duration) -> Greeting {
    let (greeting, is_reset) = exchange(addr, CLIENT_PREFACE, patience).await;
    if greeting != Greeting::Closed || !is_reset {
        return greeting;
    }
    // A server that closes a connection of which it has not read everything resets it, and then some systems drop
    // its answer. One that speaks HTTP/1 leaves nothing of this unread.
    match exchange(addr, AS_REQUEST, patience).await.0 {
        // One that speaks HTTP/2 waits for the rest.
        Greeting::Silent | Greeting::Slow(_) | Greeting::Refused(_) => greeting,
        other => other,
    }
}

/// Sends these bytes on a new connection. Returns what came back, and whether the server has reset the connection.
async fn exchange(addr: SocketAddr, sent: &[u8], patience: Duration) -> (Greeting, bool) {
    let mut first = Vec::with_capacity(FRAME_HEADER);
    let mut is_reset = false;
    let exchange = async {
        let mut stream = match TcpStream::connect(addr).await {
            Ok(stream) => stream,
            Err(error) => return Some(Greeting::Refused(error.to_string())),
        };
        // Whether it accepts the preface shows in what it sends.
        stream.write_all(sent).await.ok();
        while !is_enough(&first) {
            let mut bytes = [0; 256];
            match stream.read(&mut bytes).await {
                Ok(0) => break,
                // A reset is a close, too.
                Err(_) => {
                    is_reset = true;
                    break;
                }
                Ok(count) => first.extend_from_slice(&bytes[..count]),
            }
        }
        None
    };
    let greeting = match tokio::time::timeout(patience, exchange).await {
        Ok(Some(greeting)) => greeting,
        Ok(None) => protocol(&first),
        Err(_) => after_time_out(&first),
    };
    (greeting, is_reset)
}

/// Whether the first bytes are a whole frame, or are known to be none.
fn is_enough(first: &[u8]) -> bool {
    match first {
        [a, b, c, SETTINGS, ..] if first.len() >= FRAME_HEADER => {
            let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
            first.len() >= FRAME_HEADER + length.min(MOST_SETTINGS)
        }
        _ => first.len() >= FRAME_HEADER || protocol(first) == Greeting::Http1,
    }
}

/// What it is if it has sent no more until the time-out.
fn after_time_out(first: &[u8]) -> Greeting {
    match protocol(first) {
        Greeting::Closed => Greeting::Silent,
        // A frame of settings could begin like this.
        Greeting::Unknown if first.get(3).is_none_or(|kind| *kind == SETTINGS) => {
            Greeting::Slow(first.len())
        }
        greeting => greeting,
    }
}

fn protocol(first: &[u8]) -> Greeting {
    match first {
        [] => Greeting::Closed,
        [_, _, _, SETTINGS, ..] if first.len() >= FRAME_HEADER => {
            match allows_calls(&first[FRAME_HEADER..]) {
                true => Greeting::Http2,
                false => Greeting::NoCalls,
            }
        }
        _ if first.starts_with(b"HTTP/1") => Greeting::Http1,
        // A TLS record, version 3.x: an alert or a part of the handshake.
        [0x15 | 0x16, 3, ..] => Greeting::Tls,
        _ => Greeting::Unknown,
    }
}

/// Whether settings leave room for a call. Each is a number of two bytes and a value of four.
fn allows_calls(settings: &[u8]) -> bool {
    let mut forbidden = [0; 6];
    forbidden[..2].copy_from_slice(&MAX_CONCURRENT_STREAMS.to_be_bytes());
    !settings.chunks_exact(6).any(|setting| setting == forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_name_the_protocol() {
        assert_eq!(protocol(b"\0\0\x12\x04\0\0\0\0\0"), Greeting::Http2);
        let settings =
            |streams: u8| [b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0", &[streams][..]].concat();
        assert_eq!(protocol(&settings(100)), Greeting::Http2);
        assert_eq!(protocol(&settings(0)), Greeting::NoCalls);
        assert!(is_enough(&settings(0)) && !is_enough(&settings(0)[..14]));
        assert_eq!(protocol(b"HTTP/1.1 "), Greeting::Http1);
        assert_eq!(protocol(&[0x15, 3, 1, 0, 2, 2, 0x46]), Greeting::Tls);
        assert_eq!(protocol(&[0x16, 3, 3, 0, 0x7a]), Greeting::Tls);
        assert_eq!(after_time_out(b""), Greeting::Silent);
        assert_eq!(after_time_out(b"\0\0"), Greeting::Slow(2));
        assert_eq!(after_time_out(b"\0\0\0\x04\0"), Greeting::Slow(5));
        assert_eq!(after_time_out(b"220 smtp"), Greeting::Unknown);
        assert_eq!(after_time_out(b"HTTP/1.1"), Greeting::Http1);
        assert_eq!(protocol(b""), Greeting::Closed);
        assert_eq!(protocol(b"SSH-2.0-O"), Greeting::Unknown);
    }

    /// A server that resets connections of which it has not read everything, before its answer arrives; as on Windows.
    #[tokio::test]
    async fn http1_is_known_though_unread_bytes_reset_the_connection() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = [0; 256];
                if stream.read(&mut bytes).await.unwrap() == AS_REQUEST.len() {
                    let answer = b"HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n";
                    stream.write_all(answer).await.unwrap();
                } else {
                    stream.set_zero_linger().unwrap();
                }
            }
        });
        let patience = Duration::from_secs(60);
        assert_eq!(greet(addr, patience).await, Greeting::Http1);
    }
}
