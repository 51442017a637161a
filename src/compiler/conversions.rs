//! Values that have to be converted or cloned: numbers, errors, and what is only borrowed.

use super::cause::Cause;
use super::types::{is, last_segment};
use crate::process::cargo::CompilerMessage;

/// A number of another type that is added to a field.
pub fn added(error: &CompilerMessage) -> Option<Cause> {
    let rest = error.message.strip_prefix("cannot add-assign `")?;
    let (found, expected) = rest.trim_end_matches('`').split_once("` to `")?;
    number(expected, found)
}

/// A number of another type. Fields of messages are `i32`; durations, lengths and distances are not.
pub fn number(expected: &str, found: &str) -> Option<Cause> {
    let is_whole = ["i64", "u32", "u64", "u128", "usize", "isize"].contains(&found);
    let is_float = ["f32", "f64"].contains(&found);
    if expected != "i32" || !(is_whole || is_float) {
        return None;
    }
    let (article, cast) = match is_float {
        true => ("an", ".round() as i32"),
        false if found.starts_with('i') => ("an", "as i32"),
        false => ("a", "as i32"),
    };
    Some(Cause::new(format!(
        "The field or variable is an `i32`, and this is {article} `{found}`: convert it with `{cast}`."
    )))
}

/// A message or an `Arc` that is moved out of what is only borrowed.
pub fn moved_out(error: &CompilerMessage) -> Option<Cause> {
    let label = error
        .labels()
        .find(|label| label.starts_with("move occurs because"))?;
    let (_, of_type) = label.split_once("has type `")?;
    let of_type = of_type.split('`').next()?;
    if is("Arc", of_type) {
        let code = error.primary().next()?.code()?;
        return Some(Cause::new(format!(
            "`{code}` is only borrowed here, so it cannot be given away: write `Arc::clone(&{code})`."
        )));
    }
    let message = last_segment(of_type);
    is_message(of_type).then(|| {
        Cause::new(format!(
            "The `{message}` is only borrowed here, so it cannot be given away: clone it."
        ))
    })
}

/// `?` on an error that is no status.
pub fn not_a_status(error: &CompilerMessage) -> Option<Cause> {
    error
        .message
        .starts_with("`?` couldn't convert the error to `Status`")
        .then(|| {
            Cause::new(
                "A call of the server ends with a `Status`, and this error is none: make one of it, for example with \
                 `.map_err(|error| Status::internal(error.to_string()))?`.",
            )
        })
}

/// Whether a type is a message of the .proto.
pub fn is_message(of_type: &str) -> bool {
    ["Feature", "Point", "Rectangle", "RouteNote", "RouteSummary"].contains(&last_segment(of_type))
}
