//! The words of each mistake of a server.

use super::FIELD;
use super::wire::{BAD_REQUEST, WrongEncoding};
use crate::transcript::Status;
use crate::verdict::Diagnosis;

/// Where the details belong.
const TRAILER: &str = "grpc-status-details-bin";

/// What to do in Rust, whatever is wrong.
const IN_RUST: &str = "`Status::with_error_details(…)` of `tonic_types::StatusExt` makes the status with its details: give it \
                       `ErrorDetails::with_bad_request_violation(\"message\", …)`.";

/// A status without details.
pub fn missing() -> Diagnosis {
    Diagnosis::mistake(
        "details-missing",
        format!("The status has no details: there is no trailer {TRAILER}."),
    )
    .hint(
        "Put a google.rpc.BadRequest with a violation of the field into the details of the status.",
    )
    .hint_in_rust(IN_RUST)
}

/// A status whose details hold nothing.
pub fn empty() -> Diagnosis {
    Diagnosis::mistake(
        "details-missing",
        format!("The trailer {TRAILER} holds a google.rpc.Status without any details."),
    )
    .hint("Put a google.rpc.BadRequest with a violation of the field into its `details`.")
    .hint_in_rust(IN_RUST)
}

/// A trailer that holds something else.
pub fn wrong_encoding(wrong: WrongEncoding) -> Diagnosis {
    let what = match wrong {
        WrongEncoding::NotBase64 => "is not base64, as the name's ending `-bin` promises",
        WrongEncoding::Twice => "is encoded in base64 twice",
        WrongEncoding::Json => "holds JSON, and not a google.rpc.Status as protobuf encodes it",
        WrongEncoding::BadRequestAlone => {
            "holds a google.rpc.BadRequest by itself, and not a google.rpc.Status around it"
        }
        WrongEncoding::AnyAlone => {
            "holds a google.protobuf.Any by itself, and not a google.rpc.Status around it"
        }
        WrongEncoding::Other => "holds bytes that are no google.rpc.Status",
    };
    let hint = match wrong {
        WrongEncoding::Twice => {
            "Your library encodes a binary header by itself: give it the bytes of the message."
        }
        _ => {
            "It is base64 of a google.rpc.Status. That has the code, the message and a list of google.protobuf.Any, and one of \
             these holds the BadRequest."
        }
    };
    Diagnosis::mistake(
        "details-wrong-encoding",
        format!("The trailer {TRAILER} {what}."),
    )
    .hint(hint)
    .hint_in_rust(IN_RUST)
}

/// Details that are of no type.
pub fn without_type() -> Diagnosis {
    Diagnosis::mistake(
        "details-without-type",
        "The details have no type URL: no client can know what is in them.",
    )
    .hint(format!("Set the type URL of the Any: {BAD_REQUEST}"))
    .hint_in_rust(IN_RUST)
}

/// Details whose type is written in another way, or is another one.
pub fn wrong_type(type_url: &str, is_meant: bool) -> Diagnosis {
    let message = match is_meant {
        true => {
            format!("The type URL of the details is {type_url:?}, and must be {BAD_REQUEST:?}.")
        }
        false => format!(
            "The details are of the type {type_url:?}, and there is no google.rpc.BadRequest among them."
        ),
    };
    let hint = match is_meant {
        true => {
            "A type URL has a host before the type's name. Let your library pack the message into an Any: it writes the URL."
        }
        false => "What is wrong with a field of a request is said by a google.rpc.BadRequest.",
    };
    Diagnosis::mistake("details-wrong-type", message)
        .hint(hint)
        .hint_in_rust(IN_RUST)
}

/// Bytes that are not of the type that they are said to be.
pub fn no_bad_request() -> Diagnosis {
    Diagnosis::mistake(
        "details-wrong-encoding",
        "The details are said to be a google.rpc.BadRequest, and their bytes cannot be read as one.",
    )
    .hint("The value of the Any is the BadRequest as protobuf encodes it.")
    .hint_in_rust(IN_RUST)
}

/// A BadRequest that names no field.
pub fn no_violation() -> Diagnosis {
    Diagnosis::mistake(
        "violation-of-other-field",
        "The BadRequest in the details holds no field violation.",
    )
    .hint(format!("Add one whose field is `{FIELD}`."))
    .hint_in_rust(IN_RUST)
}

/// A BadRequest that names other fields.
pub fn other_field(field: &str) -> Diagnosis {
    Diagnosis::mistake(
        "violation-of-other-field",
        format!("The details blame the field {field:?}, and what is too long is `{FIELD}`."),
    )
    .hint("The field of a violation is its name in the .proto. A program looks for just that name.")
}

/// A violation without words.
pub fn no_description() -> Diagnosis {
    Diagnosis::mistake(
        "description-empty",
        format!("The violation of the field `{FIELD}` has no description."),
    )
    .hint("Say what is wrong with it, and what is allowed, such as: 1001 characters, at most 1000 are allowed.")
}

/// Details that have another code.
pub fn other_code(code: i32, status: &Status) -> Diagnosis {
    let code = tonic::Code::from_i32(code);
    Diagnosis::mistake(
        "details-differ-from-status",
        format!(
            "The call ends with {}, and the google.rpc.Status in its details has the code {}.",
            status.code,
            Status::new(code, String::new()).code
        ),
    )
    .hint("The details repeat the status: their code is the same, as a number.")
    .hint_in_rust(IN_RUST)
}

/// Details that have another message.
pub fn other_message(message: &str, status: &Status) -> Diagnosis {
    Diagnosis::mistake(
        "details-differ-from-status",
        format!(
            "The message of the status is {:?}, and the google.rpc.Status in its details has the message {message:?}.",
            status.message
        ),
    )
    .hint("The details repeat the status: their message is the same. Some libraries fail where it is not.")
    .hint_in_rust(IN_RUST)
}

/// Details of a call that is right.
pub fn on_ok() -> Diagnosis {
    Diagnosis::mistake(
        "details-on-ok",
        format!("A chat that ends with OK has the trailer {TRAILER} as well."),
    )
    .hint("Details belong to the status of a call that is refused. Where nothing is wrong, send none.")
}
