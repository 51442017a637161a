//! What stands on an HTTP/2 stream in gRPC: messages, each behind its flag and its length, and the status.
//!
//! The library can read that too, but tells what is wrong in words only, and a header that it does not
//! expect makes it panic. What a server may send here is anything.

use std::io::Read as _;

use bytes::{Buf, Bytes, BytesMut};
use flate2::bufread::GzDecoder;
use http::HeaderMap;

use crate::transcript::ProtocolError;
use crate::transcript::Status;

/// Longer messages are not read. No client reads longer ones unless it is told to.
pub const LONGEST: u32 = 4 << 20;

/// The one compression that is read. Some servers use it without being asked, but never where a client does
/// not accept it.
pub const GZIP: &str = "gzip";

/// The flag and the length before each message.
pub const PREFIX: usize = 5;

/// The bytes of a stream that make no whole message yet.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: BytesMut,
    /// The compression that the headers announce.
    encoding: Option<String>,
}

impl Frames {
    /// The stream that these headers begin.
    pub fn after(headers: &HeaderMap) -> Frames {
        Frames {
            bytes: BytesMut::new(),
            encoding: encoding(headers),
        }
    }

    /// Takes in more of the stream.
    pub fn put(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }

    /// The next message, if all of it has come.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn next(&mut self) -> Result<Option<Bytes>, ProtocolError> {
        let Some((flag, length)) = self.prefix() else {
            return Ok(None);
        };
        let is_gzip = self.encoding.as_deref() == Some(GZIP);
        match flag {
            0 => {}
            1 if is_gzip => {}
            1 => return Err(ProtocolError::Compressed(self.encoding.clone())),
            flag => return Err(ProtocolError::BadFlag(flag)),
        }
        if length > LONGEST {
            return Err(ProtocolError::TooLong(length));
        }
        let end = PREFIX + length as usize;
        if self.bytes.len() < end {
            return Ok(None);
        }
        self.bytes.advance(PREFIX);
        let message = self.bytes.split_to(end - PREFIX).freeze();
        Ok(Some(if flag == 1 {
            unzipped(&message)?
        } else {
            message
        }))
    }

    fn prefix(&self) -> Option<(u8, u32)> {
        prefix(&self.bytes)
    }

    /// How much of the next message has come, if it has begun.
    pub fn begun(&self) -> Option<String> {
        let came = self.bytes.len();
        match self.prefix() {
            _ if came == 0 => None,
            None => Some(format!("{came} of the {PREFIX} bytes before its text")),
            Some((_, length)) => Some(format!("{} of its {length} bytes", came - PREFIX)),
        }
    }
}

/// The flag and the length that stand before a message, if all of them have come.
pub fn prefix(bytes: &[u8]) -> Option<(u8, u32)> {
    let (flag, rest) = bytes.split_first()?;
    let length = rest.first_chunk::<4>()?;
    Some((*flag, u32::from_be_bytes(*length)))
}

/// A message that was compressed, up to the length that any message may have.
///
/// # Errors
///
/// If it is not gzip, or longer than that.
pub fn unzipped(bytes: &[u8]) -> Result<Bytes, ProtocolError> {
    let mut message = Vec::new();
    let mut rest = GzDecoder::new(bytes).take(u64::from(LONGEST) + 1);
    rest.read_to_end(&mut message)
        .map_err(|_| ProtocolError::BadGzip)?;
    match u32::try_from(message.len()) {
        Ok(length) if length <= LONGEST => Ok(message.into()),
        _ => Err(ProtocolError::Inflated),
    }
}

/// The flaw of headers that begin no gRPC answer.
pub fn flaw_of_headers(status: http::StatusCode, headers: &HeaderMap) -> Option<ProtocolError> {
    if status != http::StatusCode::OK {
        return Some(ProtocolError::HttpStatus(status.as_u16()));
    }
    let kind = text(headers, http::header::CONTENT_TYPE.as_str());
    (!is_grpc(headers)).then_some(ProtocolError::ContentType(kind))
}

/// Whether the content-type of a request or an answer is gRPC's.
pub fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = text(headers, http::header::CONTENT_TYPE.as_str());
    kind.is_some_and(|kind| {
        let kind = kind.to_ascii_lowercase();
        let rest = kind.strip_prefix("application/grpc");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']))
    })
}

/// The compression that headers announce for the messages behind them, if any.
pub fn encoding(headers: &HeaderMap) -> Option<String> {
    text(headers, "grpc-encoding").filter(|encoding| encoding != "identity")
}

/// The status that headers or trailers hold; none if they hold none.
pub fn status(trailers: &HeaderMap) -> Option<Status> {
    let value = text(trailers, "grpc-status")?;
    let code = value.parse().ok().filter(|code| (0..=16).contains(code));
    let Some(code) = code else {
        return Some(Status::flawed(ProtocolError::BadStatus(value)));
    };
    let message = trailers.get("grpc-message").map_or(String::new(), |bytes| {
        let decoded = percent_encoding::percent_decode(bytes.as_bytes());
        decoded.decode_utf8_lossy().into_owned()
    });
    Some(Status::new(tonic::Code::from_i32(code), message))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use flate2::bufread::GzEncoder;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn messages_are_found_however_they_are_cut_up() {
        let mut frames = Frames::default();
        let stream = b"\0\0\0\0\x02ab\0\0\0\0\0\0\0\0\0\x01c";
        let mut found = Vec::new();
        for byte in stream {
            frames.put(&[*byte]);
            found.extend(frames.next().unwrap());
        }
        assert_eq!(found, [&b"ab"[..], b"", b"c"]);
        assert_eq!(frames.begun(), None);
        frames.put(&[0, 0]);
        assert_eq!(frames.begun().unwrap(), "2 of the 5 bytes before its text");
        frames.put(&[0, 0, 9, 1]);
        assert_eq!(frames.begun().unwrap(), "1 of its 9 bytes");
    }

    #[test]
    fn what_is_no_message_is_named_before_it_is_read() {
        let with = |encoding: &str, stream: &[u8]| {
            let mut frames = Frames::after(&headers(&[("grpc-encoding", encoding)]));
            frames.put(stream);
            frames.next().unwrap_err()
        };
        let flaw = |stream: &[u8]| with("zstd", stream);
        assert_eq!(flaw(&[0, 0xc0, 0, 0, 0]), ProtocolError::TooLong(3 << 30));
        assert_eq!(flaw(b"<html>"), ProtocolError::BadFlag(b'<'));
        assert_eq!(
            flaw(&[1, 0, 0, 0, 0]),
            ProtocolError::Compressed(Some("zstd".into()))
        );
    }

    #[test]
    fn what_is_compressed_is_read_as_far_as_any_message_may_go() {
        let zipped = |message: &[u8]| {
            let mut zipped = GzEncoder::new(message, flate2::Compression::default());
            let mut bytes = Vec::new();
            zipped.read_to_end(&mut bytes).unwrap();
            let length = u32::try_from(bytes.len()).unwrap();
            [&[1], &length.to_be_bytes()[..], &bytes].concat()
        };
        let read = |stream: &[u8]| {
            let mut frames = Frames::after(&headers(&[("grpc-encoding", GZIP)]));
            frames.put(stream);
            frames.next()
        };
        assert_eq!(read(&zipped(b"some")), Ok(Some(Bytes::from("some"))));
        // A thousandth of it travels.
        assert_eq!(
            read(&zipped(&vec![0; 64 << 20])),
            Err(ProtocolError::Inflated)
        );
        assert_eq!(
            read(&[1, 0, 0, 0, 2, 0x1f, 0x8b]),
            Err(ProtocolError::BadGzip)
        );
    }

    #[test]
    fn a_status_is_a_number_and_its_message_is_decoded() {
        let of = |pairs: &[(&'static str, &str)]| status(&headers(pairs));
        assert_eq!(of(&[("grpc-message", "lost")]), None);
        assert_eq!(of(&[("grpc-status", "0")]), Some(Status::ok()));
        let told = [
            ("grpc-status", "5"),
            ("grpc-message", "100%25 %E2%82%AC %FF%"),
        ];
        let told = of(&told).unwrap();
        assert_eq!(told.to_string(), "NOT_FOUND: 100% € \u{fffd}%");
        for bad in ["OK", "17", "-1", ""] {
            let status = of(&[("grpc-status", bad)]).unwrap();
            assert_eq!(status.flaw, Some(ProtocolError::BadStatus(bad.into())));
        }
    }

    #[test]
    fn headers_that_begin_no_answer_are_told() {
        let flaw = |code: u16, kind: &str| {
            let code = http::StatusCode::from_u16(code).unwrap();
            flaw_of_headers(code, &headers(&[("content-type", kind)]))
        };
        for kind in [
            "application/grpc",
            "application/grpc+proto",
            "application/grpc;charset=utf-8",
        ] {
            assert_eq!(flaw(200, kind), None);
        }
        assert_eq!(
            flaw(502, "application/grpc"),
            Some(ProtocolError::HttpStatus(502))
        );
        for kind in ["text/html", "application/grpc-web", "application/json"] {
            assert_eq!(
                flaw(200, kind),
                Some(ProtocolError::ContentType(Some(kind.into())))
            );
        }
    }
}
