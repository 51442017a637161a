//! Finds the messages of a gRPC stream while its bytes pass.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;

use super::framing::{self, GZIP, LONGEST, PREFIX};
use crate::transcript::ProtocolError;

/// The position in a stream. It holds at most one message, and nothing of a message that is longer than
/// [`LONGEST`].
#[derive(Debug)]
pub struct MessageScanner {
    /// The compression that the headers announce.
    encoding: Option<String>,
    /// Whether the content of messages is kept.
    keeps_content: bool,
    /// The flag and the length of the current message, as far as they have passed.
    prefix: Vec<u8>,
    /// How many bytes of the current message are still to come, once its length is known.
    left: usize,
    /// The part of the current message that has passed.
    partial: BytesMut,
    /// Whether something that is not a message has passed: the next message cannot be found after it.
    is_lost: bool,
}

/// A part of a stream that ends at the end of a message, or before it.
#[derive(Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The bytes, unchanged.
    pub bytes: Bytes,
    /// What these bytes complete.
    pub completes: Option<Scanned>,
}

/// What has been found in a stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Scanned {
    /// A message.
    Message(WireMessage),
    /// Bytes that are not a message, since this is in the place of the flag. The scan ends there.
    NotAMessage(u8),
}

/// A message as it is on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireMessage {
    /// Its length on the wire, in bytes, without the prefix.
    pub length: usize,
    /// The compression, if the message is compressed; empty if the headers do not name it.
    pub compressed: Option<String>,
    /// Its bytes, unless it is too long or its content is not kept.
    bytes: Option<Bytes>,
}

impl WireMessage {
    /// The content, uncompressed.
    ///
    /// # Errors
    ///
    /// If the message is too long, or cannot be uncompressed.
    pub fn payload(&self) -> Result<Bytes, ProtocolError> {
        let length = u32::try_from(self.length).unwrap_or(u32::MAX);
        let bytes = self.bytes.clone().ok_or(ProtocolError::TooLong(length))?;
        match self.compressed.as_deref() {
            None => Ok(bytes),
            Some(GZIP) => framing::unzipped(&bytes),
            Some("") => Err(ProtocolError::Compressed(None)),
            Some(other) => Err(ProtocolError::Compressed(Some(other.to_string()))),
        }
    }
}

impl MessageScanner {
    /// The stream behind these headers. The content of messages is only kept with `keeps_content`.
    pub fn new(headers: &HeaderMap, keeps_content: bool) -> MessageScanner {
        MessageScanner {
            encoding: framing::encoding(headers),
            keeps_content,
            prefix: Vec::with_capacity(PREFIX),
            left: 0,
            partial: BytesMut::new(),
            is_lost: false,
        }
    }

    /// Whether the next byte is the first of a message.
    pub fn is_at_start_of_message(&self) -> bool {
        self.prefix.is_empty() && !self.is_lost
    }

    /// Whether a part of a message has passed, and the rest of it is to come.
    pub fn is_inside_message(&self) -> bool {
        !self.prefix.is_empty() && !self.is_lost
    }

    /// Why the current message cannot be read, if its prefix shows that.
    pub fn prefix_error(&self) -> Option<ProtocolError> {
        let (flag, length) = framing::prefix(&self.prefix)?;
        if flag == 1 && self.encoding.as_deref() != Some(GZIP) {
            return Some(ProtocolError::Compressed(self.encoding.clone()));
        }
        (length > LONGEST).then_some(ProtocolError::TooLong(length))
    }

    /// How much of the current message has passed; `None` between messages.
    pub fn begun(&self) -> Option<String> {
        if !self.is_inside_message() {
            return None;
        }
        Some(match framing::prefix(&self.prefix) {
            None => format!(
                "{} of the {PREFIX} bytes before its text",
                self.prefix.len()
            ),
            Some((_, length)) => {
                let passed = (length as usize).saturating_sub(self.left);
                format!("{passed} of its {length} bytes")
            }
        })
    }

    /// Takes the bytes up to the end of the current message, or all if it does not end in them.
    pub fn scan(&mut self, data: &mut Bytes) -> Chunk {
        let whole = data.clone();
        if self.is_lost {
            let bytes = data.split_to(data.len());
            return Chunk {
                bytes,
                completes: None,
            };
        }
        let mut used = 0;
        if self.prefix.len() < PREFIX {
            used = whole.len().min(PREFIX - self.prefix.len());
            self.prefix.extend_from_slice(&whole[..used]);
            match framing::prefix(&self.prefix) {
                _ if self.prefix.first().is_some_and(|&flag| flag > 1) => {
                    self.is_lost = true;
                    let completes = self.prefix.first().copied().map(Scanned::NotAMessage);
                    let bytes = data.split_to(data.len());
                    return Chunk { bytes, completes };
                }
                Some((_, length)) => self.left = length as usize,
                None => {
                    let bytes = data.split_to(used);
                    return Chunk {
                        bytes,
                        completes: None,
                    };
                }
            }
        }
        let now = self.left.min(whole.len() - used);
        self.left -= now;
        let part = whole.slice(used..used + now);
        let bytes = data.split_to(used + now);
        let completes = self.add(part).map(Scanned::Message);
        Chunk { bytes, completes }
    }

    /// Adds a part to the current message, and returns the message if that was its end.
    fn add(&mut self, part: Bytes) -> Option<WireMessage> {
        let (flag, length) = framing::prefix(&self.prefix)?;
        let is_kept = self.keeps_content && length <= LONGEST;
        if self.left > 0 {
            if is_kept {
                self.partial.extend_from_slice(&part);
            }
            return None;
        }
        let bytes = match self.partial.is_empty() {
            // The message has arrived in one piece, as most do: nothing is copied.
            true => part,
            false => {
                self.partial.extend_from_slice(&part);
                self.partial.split().freeze()
            }
        };
        self.prefix.clear();
        Some(WireMessage {
            length: length as usize,
            compressed: (flag == 1).then(|| self.encoding.clone().unwrap_or_default()),
            bytes: is_kept.then_some(bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> MessageScanner {
        MessageScanner::new(&HeaderMap::new(), true)
    }

    /// All chunks of a stream that arrives in parts of this size.
    fn chunks(scanner: &mut MessageScanner, stream: &[u8], size: usize) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        for part in stream.chunks(size) {
            let mut data = Bytes::copy_from_slice(part);
            while !data.is_empty() {
                chunks.push(scanner.scan(&mut data));
            }
        }
        chunks
    }

    #[test]
    fn messages_are_found_however_they_are_cut_up_and_nothing_is_lost_or_changed() {
        let wire = b"\0\0\0\0\x02ab\0\0\0\0\0\0\0\0\0\x01c";
        for size in 1..=wire.len() {
            let mut scanner = stream();
            let chunks = chunks(&mut scanner, wire, size);
            let bytes: Vec<u8> = chunks
                .iter()
                .flat_map(|chunk| chunk.bytes.clone())
                .collect();
            assert_eq!(bytes, wire);
            let texts: Vec<Bytes> = chunks
                .into_iter()
                .filter_map(|chunk| match chunk.completes? {
                    Scanned::Message(message) => Some(message.payload().unwrap()),
                    Scanned::NotAMessage(flag) => panic!("{flag}"),
                })
                .collect();
            assert_eq!(texts, [&b"ab"[..], b"", b"c"]);
            assert!(scanner.is_at_start_of_message() && !scanner.is_inside_message());
        }
    }

    #[test]
    fn a_message_that_is_too_long_passes_and_is_not_kept() {
        let mut scanner = stream();
        let length = LONGEST + 1;
        let mut wire = vec![0];
        wire.extend_from_slice(&length.to_be_bytes());
        wire.resize(PREFIX + length as usize, 7);
        wire.extend_from_slice(b"\0\0\0\0\x01x");
        let mut data = Bytes::from(wire);
        let mut completes = Vec::new();
        while !data.is_empty() {
            let mut part = data.split_to(data.len().min(16_384));
            while !part.is_empty() {
                completes.extend(scanner.scan(&mut part).completes);
                assert!(scanner.partial.capacity() < 100, "kept");
            }
        }
        let [Scanned::Message(long), Scanned::Message(short)] = &completes[..] else {
            panic!("{completes:?}");
        };
        assert_eq!(long.payload(), Err(ProtocolError::TooLong(length)));
        assert_eq!(short.payload().unwrap(), "x");
        // A long length alone costs no memory either.
        let mut scanner = stream();
        scanner.scan(&mut Bytes::from_static(&[0, 0xff, 0xff, 0xff, 0xff, 1]));
        assert!(scanner.partial.capacity() < 100 && scanner.is_inside_message());
    }

    #[test]
    fn bytes_that_are_not_grpc_pass_and_are_reported_once() {
        let mut scanner = stream();
        let completes: Vec<Scanned> = chunks(&mut scanner, b"<html></html>", 4)
            .into_iter()
            .filter_map(|chunk| chunk.completes)
            .collect();
        assert_eq!(completes, [Scanned::NotAMessage(b'<')]);
        assert!(!scanner.is_at_start_of_message());
    }

    #[test]
    fn a_compressed_message_is_uncompressed_for_reading_and_passes_unchanged() {
        use std::io::Read as _;
        let mut zipped = Vec::new();
        flate2::bufread::GzEncoder::new(&b"some words"[..], flate2::Compression::default())
            .read_to_end(&mut zipped)
            .unwrap();
        let length = u32::try_from(zipped.len()).unwrap().to_be_bytes();
        let wire = [&[1], &length[..], &zipped].concat();
        let mut headers = HeaderMap::new();
        headers.insert("grpc-encoding", GZIP.parse().unwrap());
        let mut scanner = MessageScanner::new(&headers, true);
        let chunk = scanner.scan(&mut wire.clone().into());
        assert_eq!(chunk.bytes, wire);
        let Some(Scanned::Message(message)) = chunk.completes else {
            panic!("{chunk:?}");
        };
        assert_eq!(message.payload().unwrap(), "some words");
        assert_eq!(
            (message.length, message.compressed.as_deref()),
            (zipped.len(), Some(GZIP))
        );
    }

    #[test]
    fn an_unknown_compression_is_not_read() {
        let read = |encoding: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(encoding) = encoding {
                headers.insert("grpc-encoding", encoding.parse().unwrap());
            }
            let mut scanner = MessageScanner::new(&headers, true);
            let chunk = scanner.scan(&mut Bytes::from_static(b"\x01\0\0\0\x01x"));
            match chunk.completes {
                Some(Scanned::Message(message)) => message.payload(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            read(Some("zstd")),
            Err(ProtocolError::Compressed(Some("zstd".into())))
        );
        assert_eq!(read(None), Err(ProtocolError::Compressed(None)));
        assert_eq!(read(Some(GZIP)), Err(ProtocolError::BadGzip));
    }
}
