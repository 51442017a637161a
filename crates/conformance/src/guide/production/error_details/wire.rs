//! The messages of `google/rpc/status.proto`, `google/rpc/error_details.proto` and `google/protobuf/any.proto`, as far as they are
//! needed, and how a status carries them.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost::Message;

/// The type URL of [`BadRequest`].
pub const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";

/// `google.rpc.Status`: what the trailer `grpc-status-details-bin` holds.
#[derive(Clone, PartialEq, Message)]
pub struct RpcStatus {
    /// The code, the same as `grpc-status`.
    #[prost(int32, tag = "1")]
    pub code: i32,
    /// The message, the same as `grpc-message`.
    #[prost(string, tag = "2")]
    pub message: String,
    /// The details.
    #[prost(message, repeated, tag = "3")]
    pub details: Vec<Any>,
}

/// `google.protobuf.Any`: a message, and of which type it is.
#[derive(Clone, PartialEq, Message)]
pub struct Any {
    /// The type's full name behind `type.googleapis.com/`.
    #[prost(string, tag = "1")]
    pub type_url: String,
    /// The message.
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
}

/// `google.rpc.BadRequest`.
#[derive(Clone, PartialEq, Message)]
pub struct BadRequest {
    /// What is wrong with which field.
    #[prost(message, repeated, tag = "1")]
    pub field_violations: Vec<FieldViolation>,
}

/// What is wrong with a field.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct FieldViolation {
    /// The field's path.
    #[prost(string, tag = "1")]
    pub field: String,
    /// What is wrong with it, for people.
    #[prost(string, tag = "2")]
    pub description: String,
}

/// Base64 as binary headers have it: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a trailer holds no `google.rpc.Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongEncoding {
    /// It is not base64.
    NotBase64,
    /// It is base64 of base64.
    Twice,
    /// It is JSON.
    Json,
    /// It is a BadRequest that is in nothing else.
    BadRequestAlone,
    /// It is an Any that is in nothing else.
    AnyAlone,
    /// It is something else.
    Other,
}

/// Reads what a trailer holds.
///
/// # Errors
///
/// If it is no status.
pub fn read(trailer: &str) -> Result<RpcStatus, WrongEncoding> {
    let is_json = |bytes: &[u8]| matches!(bytes.first(), Some(b'{' | b'['));
    let Ok(bytes) = BASE64.decode(trailer.trim()) else {
        return Err(match is_json(trailer.as_bytes()) {
            true => WrongEncoding::Json,
            false => WrongEncoding::NotBase64,
        });
    };
    if let Ok(status) = RpcStatus::decode(bytes.as_slice()) {
        return Ok(status);
    }
    let is_violation = |found: BadRequest| !found.field_violations.is_empty();
    Err(if is_json(&bytes) {
        WrongEncoding::Json
    } else if BASE64
        .decode(&bytes)
        .is_ok_and(|bytes| RpcStatus::decode(bytes.as_slice()).is_ok())
    {
        WrongEncoding::Twice
    } else if Any::decode(bytes.as_slice()).is_ok_and(|any| any.type_url.contains("google.rpc.")) {
        WrongEncoding::AnyAlone
    } else if BadRequest::decode(bytes.as_slice()).is_ok_and(is_violation) {
        WrongEncoding::BadRequestAlone
    } else {
        WrongEncoding::Other
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(message: &impl Message) -> String {
        BASE64.encode(message.encode_to_vec())
    }

    #[test]
    fn what_a_trailer_holds_instead_of_a_status_is_known() {
        let bad_request = BadRequest {
            field_violations: vec![FieldViolation {
                field: "message".to_string(),
                description: "too long".to_string(),
            }],
        };
        let any = Any {
            type_url: BAD_REQUEST.to_string(),
            value: bad_request.encode_to_vec(),
        };
        let status = RpcStatus {
            code: 3,
            message: "message: too long".to_string(),
            details: vec![any.clone()],
        };
        let right = encoded(&status);
        assert_eq!(read(&right), Ok(status.clone()));
        assert_eq!(read(right.trim_end_matches('=')), Ok(status));
        let rows = [
            ("message: too long".to_string(), WrongEncoding::NotBase64),
            (BASE64.encode(&right), WrongEncoding::Twice),
            (BASE64.encode("{\"field\": 1}"), WrongEncoding::Json),
            ("{\"field\": 1}".to_string(), WrongEncoding::Json),
            (encoded(&bad_request), WrongEncoding::BadRequestAlone),
            (encoded(&any), WrongEncoding::AnyAlone),
            (BASE64.encode("message: too long"), WrongEncoding::Other),
        ];
        for (trailer, wrong) in rows {
            assert_eq!(read(&trailer), Err(wrong), "{trailer}");
        }
    }
}
