//! What an HTTP/2 stream carries in gRPC: messages, each behind its flag and its length, and the status.
//!
//! The library can read that too, but tells what is wrong in words only, and a header that it does not
//! expect makes it panic. What a server may send here is anything.

use std::io::Read as _;

use bytes::Bytes;
use flate2::bufread::GzDecoder;
use http::HeaderMap;

use crate::transcript::ProtocolError;
use crate::transcript::Status;

/// Longer messages are not read. No client reads longer ones by default.
pub const LONGEST: u32 = 4 << 20;

/// The one compression that is read. Some servers use it without being asked, but never where a client does
/// not accept it.
pub const GZIP: &str = "gzip";

/// The flag and the length before each message.
pub const PREFIX: usize = 5;

/// The flag and the length before a message, if all of their bytes have come.
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
    Some(Status {
        details: text(trailers, "grpc-status-details-bin"),
        ..Status::new(tonic::Code::from_i32(code), message)
    })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
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
