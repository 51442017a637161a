//! Reads the messages of a gRPC stream.

use bytes::Bytes;
use http::HeaderMap;

use super::message_scanner::{MessageScanner, Scanned};
use crate::transcript::ProtocolError;

/// A stream, and the data of it that is not read yet.
#[derive(Debug)]
pub struct MessageReader {
    scanner: MessageScanner,
    data: Bytes,
}

impl MessageReader {
    /// The stream behind these headers.
    pub fn new(headers: &HeaderMap) -> MessageReader {
        MessageReader {
            scanner: MessageScanner::new(headers, true),
            data: Bytes::new(),
        }
    }

    /// Adds data, once [`next`](MessageReader::next) has read what was added before.
    pub fn put(&mut self, data: Bytes) {
        self.data = data;
    }

    /// The next message, uncompressed; `None` if it has not arrived completely.
    ///
    /// # Errors
    ///
    /// If it cannot be read. This is found as early as its first bytes show it.
    pub fn next(&mut self) -> Result<Option<Bytes>, ProtocolError> {
        while !self.data.is_empty() {
            match self.scanner.scan(&mut self.data).completes {
                Some(Scanned::Message(message)) => return message.payload().map(Some),
                Some(Scanned::NotAMessage(flag)) => return Err(ProtocolError::BadFlag(flag)),
                None => {}
            }
            if let Some(error) = self.scanner.prefix_error() {
                return Err(error);
            }
        }
        Ok(None)
    }

    /// How much of the current message has arrived; `None` between messages.
    pub fn begun(&self) -> Option<String> {
        self.scanner.begun()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::bufread::GzEncoder;

    use super::*;
    use crate::probe::framing::GZIP;

    fn reader(encoding: Option<&str>) -> MessageReader {
        let mut headers = HeaderMap::new();
        if let Some(encoding) = encoding {
            headers.insert("grpc-encoding", encoding.parse().unwrap());
        }
        MessageReader::new(&headers)
    }

    fn read(encoding: &str, stream: &[u8]) -> Result<Option<Bytes>, ProtocolError> {
        let mut reader = reader(Some(encoding));
        reader.put(Bytes::copy_from_slice(stream));
        reader.next()
    }

    #[test]
    fn messages_are_read_however_they_are_cut_up() {
        let mut reader = reader(None);
        let stream = b"\0\0\0\0\x02ab\0\0\0\0\0\0\0\0\0\x01c";
        let mut messages = Vec::new();
        for byte in stream {
            reader.put(Bytes::copy_from_slice(&[*byte]));
            messages.extend(reader.next().unwrap());
        }
        assert_eq!(messages, [&b"ab"[..], b"", b"c"]);
        assert_eq!(reader.begun(), None);
        let begun = |reader: &mut MessageReader, data: &'static [u8]| {
            reader.put(Bytes::from_static(data));
            assert_eq!(reader.next(), Ok(None));
            reader.begun().unwrap()
        };
        let prefix = begun(&mut reader, &[0, 0]);
        assert_eq!(prefix, "2 of the 5 bytes before its text");
        assert_eq!(begun(&mut reader, &[0, 0, 9, 1]), "1 of its 9 bytes");
    }

    #[test]
    fn several_messages_in_one_piece_are_read_one_by_one() {
        let mut reader = reader(None);
        reader.put(Bytes::from_static(b"\0\0\0\0\x01a\0\0\0\0\x01b\0"));
        assert_eq!(reader.next(), Ok(Some(Bytes::from("a"))));
        assert_eq!(reader.next(), Ok(Some(Bytes::from("b"))));
        assert_eq!(reader.next(), Ok(None));
        assert!(reader.begun().is_some());
    }

    #[test]
    fn a_message_that_cannot_be_read_is_an_error_before_it_has_arrived() {
        let error = |stream: &[u8]| read("zstd", stream).unwrap_err();
        assert_eq!(error(&[0, 0xc0, 0, 0, 0]), ProtocolError::TooLong(3 << 30));
        assert_eq!(error(b"<html>"), ProtocolError::BadFlag(b'<'));
        for length in [0, 9] {
            assert_eq!(
                error(&[1, 0, 0, 0, length]),
                ProtocolError::Compressed(Some("zstd".into()))
            );
        }
    }

    #[test]
    fn compressed_messages_are_read_up_to_the_longest() {
        let compressed = |message: &[u8]| {
            let mut encoder = GzEncoder::new(message, flate2::Compression::default());
            let mut bytes = Vec::new();
            encoder.read_to_end(&mut bytes).unwrap();
            let length = u32::try_from(bytes.len()).unwrap();
            [&[1], &length.to_be_bytes()[..], &bytes].concat()
        };
        assert_eq!(
            read(GZIP, &compressed(b"some")),
            Ok(Some(Bytes::from("some")))
        );
        // A thousandth of this is on the wire.
        assert_eq!(
            read(GZIP, &compressed(&vec![0; 64 << 20])),
            Err(ProtocolError::Inflated)
        );
        assert_eq!(
            read(GZIP, &[1, 0, 0, 0, 2, 0x1f, 0x8b]),
            Err(ProtocolError::BadGzip)
        );
    }
}
