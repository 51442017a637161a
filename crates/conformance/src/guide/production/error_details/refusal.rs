//! A status with details that are invented for the check.

use prost::Message as _;

use super::wire::{Any, BAD_REQUEST, BadRequest, FieldViolation, RpcStatus};
use crate::guide::synthetic::Invention;
use crate::probe::recorder::Details;

/// A type that no client knows.
const UNKNOWN_TYPE: &str = "type.googleapis.com/routeguide.Weather";

/// What a synthetic server says of a request that it refuses.
#[derive(Debug)]
pub struct Refusal {
    message: String,
    violations: Vec<FieldViolation>,
}

impl Refusal {
    /// Invents a refusal.
    pub fn invent(invention: &mut Invention) -> Refusal {
        // Their lengths, which come before them on the wire, are no letters, and so tell a text from bytes that are printed.
        let violation =
            |field: &str, description: &str, invention: &mut Invention| FieldViolation {
                field: invention.name(field).replace(' ', ""),
                description: invention.name(description),
            };
        Refusal {
            message: invention.name("Refused by harbour"),
            violations: vec![
                violation("anchorage", "Too windy", invention),
                violation("lighthouse", "Not painted", invention),
            ],
        }
    }

    /// The status of a call that is refused, with these details.
    pub fn status(&self, details: Details) -> tonic::Status {
        let code = tonic::Code::InvalidArgument;
        let any = match details {
            Details::None => return tonic::Status::new(code, &self.message),
            Details::BadRequest => Any {
                type_url: BAD_REQUEST.to_string(),
                value: BadRequest {
                    field_violations: self.violations.clone(),
                }
                .encode_to_vec(),
            },
            Details::UnknownType => Any {
                type_url: UNKNOWN_TYPE.to_string(),
                // Bytes that no message of another type would be read from.
                value: vec![0xff; 8],
            },
        };
        let status = RpcStatus {
            code: i32::from(code),
            message: self.message.clone(),
            details: vec![any],
        };
        tonic::Status::with_details(code, &self.message, status.encode_to_vec().into())
    }
}
