//! The preface detector: whether a connection began as HTTP/2 does.

use tokio::net::TcpStream;
use tokio_util::io::InspectReader;

/// What every HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How many bytes are kept of what begins otherwise: enough for the headers of a request.
const MOST_BYTES: usize = 2 << 10;

/// How a connection begins.
#[derive(Debug)]
pub enum Opening {
    /// As HTTP/2 does.
    Preface,
    /// Otherwise, with these bytes.
    Other(Vec<u8>),
}

/// Watches a connection of which nothing has been read yet: its first bytes are compared with the HTTP/2 preface
/// as they are read, and once it is known how it begins, `on_opening` is called.
pub fn detect_preface(
    stream: TcpStream,
    on_opening: impl FnOnce(Opening) + Send + 'static,
) -> InspectReader<TcpStream, impl FnMut(&[u8]) + Send + 'static> {
    let mut rest = PREFACE;
    let mut on_opening = Some(on_opening);
    InspectReader::new(stream, move |bytes: &[u8]| {
        let (now, later) = rest.split_at(bytes.len().min(rest.len()));
        let opening = if !bytes.starts_with(now) {
            let before = &PREFACE[..PREFACE.len() - rest.len()];
            let all = before.iter().chain(bytes).take(MOST_BYTES);
            Opening::Other(all.copied().collect())
        } else if later.is_empty() {
            Opening::Preface
        } else {
            rest = later;
            return;
        };
        if let Some(on_opening) = on_opening.take() {
            on_opening(opening);
        }
    })
}
