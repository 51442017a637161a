//! The words of each mistake of a client.

use crate::verdict::Diagnosis;

/// How to read details in Rust.
const IN_RUST: &str = "`status.get_error_details()` of `tonic_types::StatusExt` decodes them, and `bad_request()` of that is an \
                       Option: it holds the `field_violations`.";

/// A client that does not even do its work when all goes well.
pub fn fails_when_well(how: &str) -> Diagnosis {
    Diagnosis::new(format!(
        "The server took the notes and answered, and yet your client did not end well: {how}."
    ))
    .hint("Check the lessons about its calls first.")
}

/// A client that does not see the end.
pub fn hangs(wait: &str) -> Diagnosis {
    Diagnosis::new(format!(
        "The server ended the chat with an error, and your client did not go on: {wait}."
    ))
    .hint("The call is over: stop reading.")
}

/// A client that says nothing of the error.
pub fn not_told(error: &str) -> Diagnosis {
    Diagnosis::mistake(
        "status-not-told",
        format!("The server refused the chat with {error}, and your client says nothing of it."),
    )
    .hint("Print the status, and what its details say of the fields.")
    .hint_in_rust(IN_RUST)
}

/// A client that prints the status alone.
pub fn only_the_status(error: &str) -> Diagnosis {
    Diagnosis::mistake(
        "details-not-printed",
        format!(
            "The server refused the chat with {error}, and says in detail which fields are wrong. Your client prints the \
             status and nothing of its details."
        ),
    )
    .hint("Decode the details of the status, and print the field and the description of each violation.")
    .hint_in_rust(IN_RUST)
}

/// A client that prints bytes.
pub fn not_decoded() -> Diagnosis {
    Diagnosis::mistake(
        "details-not-decoded",
        "Your client prints the details as the bytes that came, and does not decode them.",
    )
    .hint("They are a google.rpc.Status: decode it, and unpack the google.rpc.BadRequest in it.")
    .hint_in_rust(IN_RUST)
}

/// A client that prints a part of the details.
pub fn partly_printed(missing: &str) -> Diagnosis {
    Diagnosis::mistake(
        "details-partly-printed",
        format!("The details hold {missing:?}, and your client does not print it."),
    )
    .hint("There may be several violations. Print the field and the description of each.")
    .hint_in_rust(IN_RUST)
}

/// A client that needs details.
pub fn fails_without(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "fails-without-details",
        format!("The server refuses the chat with a status that has no details, and your client {how}."),
    )
    .hint("Few servers send details. Where there are none, print the status alone.")
    .hint_in_rust("`bad_request()` is an Option, and None where there are no such details. Use `if let`, and not `unwrap()`.")
}

/// A client that needs details which it knows.
pub fn fails_on_unknown(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "fails-on-unknown-details",
        format!("The details of a status are of a type that your client does not know, and it {how}."),
    )
    .hint("Pass over details whose type URL is another one: a server may add new ones at any time.")
    .hint_in_rust("`get_error_details()` passes over what it does not know. `bad_request()` is None then: use `if let`.")
}
