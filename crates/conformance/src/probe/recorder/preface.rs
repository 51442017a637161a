//! The preface detector: whether a connection began as HTTP/2 does.

use tokio::net::TcpStream;
use tokio_util::io::InspectReader;

/// What every HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Watches a connection of which nothing has been read yet: its first bytes are compared with the HTTP/2 preface
/// as they are read, and once all of it has been, `on_preface` is called.
pub fn detect_preface(
    stream: TcpStream,
    on_preface: impl FnOnce() + Send + 'static,
) -> InspectReader<TcpStream, impl FnMut(&[u8]) + Send + 'static> {
    let mut rest = PREFACE;
    // Gone as soon as a byte differs.
    let mut on_preface = Some(on_preface);
    InspectReader::new(stream, move |bytes: &[u8]| {
        let (now, later) = rest.split_at(bytes.len().min(rest.len()));
        if !bytes.starts_with(now) {
            on_preface = None;
        }
        rest = later;
        if rest.is_empty()
            && let Some(on_preface) = on_preface.take()
        {
            on_preface();
        }
    })
}
