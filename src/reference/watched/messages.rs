//! Where the messages of a gRPC stream begin and end, found while the stream goes by.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;

use crate::probe::framing::{self, GZIP, LONGEST, PREFIX};
use crate::transcript::ProtocolError;

/// A stream of which some has gone by. At no time is more of it held than one message, and none of a message
/// that is longer than any that is read.
#[derive(Debug)]
pub struct Messages {
    /// The compression that the headers announce.
    encoding: Option<String>,
    /// Whether somebody wants to know what stands in the messages.
    kept: bool,
    /// The flag and the length of the message that is going by, as far as they have.
    prefix: Vec<u8>,
    /// How many bytes of that message are still to come, once its length is known.
    left: usize,
    /// What has gone by of it.
    begun: BytesMut,
    /// Whether something went by that begins no message: where the next one begins is not known any more.
    lost: bool,
}

/// A part of a stream: at the most up to the end of a message.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes, as they came.
    pub bytes: Bytes,
    /// What it completes.
    pub found: Option<Found>,
}

/// What a part of a stream completes.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A message.
    Message(Wired),
    /// Bytes that begin no message, with this in the place of the flag. No more is looked for after them.
    NoMessage(u8),
}

/// A message as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wired {
    /// Its length on the wire, in bytes, without flag and length.
    pub length: usize,
    /// The compression, if it is compressed; an empty word if the headers do not say which.
    pub compressed: Option<String>,
    /// Its bytes, unless it is too long or nobody wants them.
    bytes: Option<Bytes>,
}

impl Wired {
    /// What stands in it, unpacked.
    ///
    /// # Errors
    ///
    /// Why that cannot be read.
    pub fn text(&self) -> Result<Bytes, ProtocolError> {
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

impl Messages {
    /// The stream that these headers begin. With `kept`, what stands in the messages can be read.
    pub fn after(headers: &HeaderMap, kept: bool) -> Messages {
        Messages {
            encoding: framing::encoding(headers),
            kept,
            prefix: Vec::with_capacity(PREFIX),
            left: 0,
            begun: BytesMut::new(),
            lost: false,
        }
    }

    /// Whether what comes next begins a message.
    pub fn is_between(&self) -> bool {
        self.prefix.is_empty() && !self.lost
    }

    /// Whether nothing of a message is outstanding at the end of the stream.
    pub fn is_whole(&self) -> bool {
        self.prefix.is_empty() || self.lost
    }

    /// Takes the bytes up to the end of the message that is going by, or all if it does not end in them.
    pub fn take(&mut self, data: &mut Bytes) -> Piece {
        let whole = data.clone();
        if self.lost {
            let bytes = data.split_to(data.len());
            return Piece { bytes, found: None };
        }
        let mut used = 0;
        if self.prefix.len() < PREFIX {
            used = whole.len().min(PREFIX - self.prefix.len());
            self.prefix.extend_from_slice(&whole[..used]);
            match framing::prefix(&self.prefix) {
                _ if self.prefix.first().is_some_and(|&flag| flag > 1) => {
                    self.lost = true;
                    let found = self.prefix.first().copied().map(Found::NoMessage);
                    let bytes = data.split_to(data.len());
                    return Piece { bytes, found };
                }
                Some((_, length)) => self.left = length as usize,
                None => {
                    let bytes = data.split_to(used);
                    return Piece { bytes, found: None };
                }
            }
        }
        let now = self.left.min(whole.len() - used);
        self.left -= now;
        let part = whole.slice(used..used + now);
        let bytes = data.split_to(used + now);
        let found = self.put(part).map(Found::Message);
        Piece { bytes, found }
    }

    /// Takes in a part of a message; the message, if that was its end.
    fn put(&mut self, part: Bytes) -> Option<Wired> {
        let (flag, length) = framing::prefix(&self.prefix)?;
        let is_kept = self.kept && length <= LONGEST;
        if self.left > 0 {
            if is_kept {
                self.begun.extend_from_slice(&part);
            }
            return None;
        }
        let bytes = match self.begun.is_empty() {
            // All of it came at once, as most do: nothing is copied.
            true => part,
            false => {
                self.begun.extend_from_slice(&part);
                self.begun.split().freeze()
            }
        };
        self.prefix.clear();
        Some(Wired {
            length: length as usize,
            compressed: (flag == 1).then(|| self.encoding.clone().unwrap_or_default()),
            bytes: is_kept.then_some(bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Messages {
        Messages::after(&HeaderMap::new(), true)
    }

    /// All pieces of a stream that comes in parts of so many bytes.
    fn pieces(messages: &mut Messages, stream: &[u8], size: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for part in stream.chunks(size) {
            let mut data = Bytes::copy_from_slice(part);
            while !data.is_empty() {
                pieces.push(messages.take(&mut data));
            }
        }
        pieces
    }

    #[test]
    fn messages_are_found_however_they_are_cut_up_and_nothing_is_lost_or_changed() {
        let wire = b"\0\0\0\0\x02ab\0\0\0\0\0\0\0\0\0\x01c";
        for size in 1..=wire.len() {
            let mut messages = stream();
            let pieces = pieces(&mut messages, wire, size);
            let bytes: Vec<u8> = pieces
                .iter()
                .flat_map(|piece| piece.bytes.clone())
                .collect();
            assert_eq!(bytes, wire);
            let texts: Vec<Bytes> = pieces
                .into_iter()
                .filter_map(|piece| match piece.found? {
                    Found::Message(message) => Some(message.text().unwrap()),
                    Found::NoMessage(flag) => panic!("{flag}"),
                })
                .collect();
            assert_eq!(texts, [&b"ab"[..], b"", b"c"]);
            assert!(messages.is_between() && messages.is_whole());
        }
    }

    #[test]
    fn what_is_too_long_goes_by_and_is_not_collected() {
        let mut messages = stream();
        let length = LONGEST + 1;
        let mut wire = vec![0];
        wire.extend_from_slice(&length.to_be_bytes());
        wire.resize(PREFIX + length as usize, 7);
        wire.extend_from_slice(b"\0\0\0\0\x01x");
        let mut data = Bytes::from(wire);
        let mut found = Vec::new();
        while !data.is_empty() {
            let mut part = data.split_to(data.len().min(16_384));
            while !part.is_empty() {
                found.extend(messages.take(&mut part).found);
                assert!(messages.begun.capacity() < 100, "collected");
            }
        }
        let [Found::Message(long), Found::Message(short)] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(long.text(), Err(ProtocolError::TooLong(length)));
        assert_eq!(short.text().unwrap(), "x");
        // An announcement alone costs nothing either.
        let mut messages = stream();
        messages.take(&mut Bytes::from_static(&[0, 0xff, 0xff, 0xff, 0xff, 1]));
        assert!(messages.begun.capacity() < 100 && !messages.is_whole());
    }

    #[test]
    fn what_is_no_grpc_goes_by_and_is_told_once() {
        let mut messages = stream();
        let found: Vec<Found> = pieces(&mut messages, b"<html></html>", 4)
            .into_iter()
            .filter_map(|piece| piece.found)
            .collect();
        assert_eq!(found, [Found::NoMessage(b'<')]);
        assert!(!messages.is_between());
    }

    #[test]
    fn what_is_compressed_is_unpacked_for_reading_and_travels_as_it_came() {
        use std::io::Read as _;
        let mut zipped = Vec::new();
        flate2::bufread::GzEncoder::new(&b"some words"[..], flate2::Compression::default())
            .read_to_end(&mut zipped)
            .unwrap();
        let length = u32::try_from(zipped.len()).unwrap().to_be_bytes();
        let wire = [&[1], &length[..], &zipped].concat();
        let mut headers = HeaderMap::new();
        headers.insert("grpc-encoding", GZIP.parse().unwrap());
        let mut messages = Messages::after(&headers, true);
        let piece = messages.take(&mut wire.clone().into());
        assert_eq!(piece.bytes, wire);
        let Some(Found::Message(message)) = piece.found else {
            panic!("{piece:?}");
        };
        assert_eq!(message.text().unwrap(), "some words");
        assert_eq!(
            (message.length, message.compressed.as_deref()),
            (zipped.len(), Some(GZIP))
        );
    }

    #[test]
    fn what_is_compressed_in_an_unknown_way_is_not_read() {
        let read = |encoding: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(encoding) = encoding {
                headers.insert("grpc-encoding", encoding.parse().unwrap());
            }
            let mut messages = Messages::after(&headers, true);
            let piece = messages.take(&mut Bytes::from_static(b"\x01\0\0\0\x01x"));
            match piece.found {
                Some(Found::Message(message)) => message.text(),
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
