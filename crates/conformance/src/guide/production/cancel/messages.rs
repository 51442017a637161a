//! The words of each mistake.

use crate::verdict::Diagnosis;

const DROP: &str = "In tonic, the call is cancelled when its stream is dropped: return from the function, or `drop(stream)`.";

/// A client that waits for one message more than it needs.
pub fn one_too_many(messages: usize) -> Diagnosis {
    Diagnosis::mistake(
        "reads-one-too-many",
        format!("After {messages} features your client waits for one more, and leaves the call only when that comes."),
    )
    .hint("Look at the count after each feature, before you wait for the next. A server may take hours to send another.")
}

/// A client that reads everything.
pub fn reads_to_the_end(messages: usize) -> Diagnosis {
    Diagnosis::mistake(
        "reads-to-the-end",
        format!("Your client has its {messages} features, and reads on until the stream ends."),
    )
    .hint("Cancel the call once you have enough: the server then stops working on it.")
    .hint_in_rust(DROP)
}

/// A client that waits, whatever comes.
pub fn waits(messages: usize) -> Diagnosis {
    Diagnosis::mistake(
        "hangs",
        format!(
            "Your client has its {messages} features, and neither leaves the call nor goes on."
        ),
    )
    .hint("Cancel the call once you have enough, and go on.")
    .hint_in_rust(DROP)
}

/// A client that ends with the call.
pub fn exits() -> Diagnosis {
    Diagnosis::mistake(
        "exits-the-process",
        "Your client ends after the stream, and makes no further call: the connection is gone, and not just the one call.",
    )
    .hint("To cancel ends one call. Return what you have: the program goes on, on the same connection.")
}

/// A client to which its own cancelling is an error.
pub fn is_error(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "cancel-is-error",
        format!("Your client leaves the call, and ends with {how}, as if that were an error."),
    )
    .hint("Your client has all that it wanted. Return the features, and no error.")
}

/// A client that shows the status of a call that it has left.
pub fn shows_status() -> Diagnosis {
    Diagnosis::mistake(
        "cancel-is-error",
        "Your client leaves the call, and shows the status CANCELLED as if something had gone wrong.",
    )
    .hint("Who cancels a call knows it: do not wait for its status, or pass over it.")
}

/// A client that leaves the call open.
pub fn left_open() -> Diagnosis {
    Diagnosis::mistake(
        "left-open",
        "Your client makes its next call and has its answer while the stream is still open: the server goes on working on \
         what is not read.",
    )
    .hint("Cancel the call as soon as you have enough, not when the program ends.")
    .hint_in_rust(DROP)
}

/// A feature that is not shown.
pub fn not_printed(name: &str, messages: usize) -> Diagnosis {
    Diagnosis::mistake(
        "prints-wrong",
        format!(
            "{name:?} is among the first {messages} features, and your client did not print it."
        ),
    )
    .hint("Take all of the first features, in the order in which they come. One without a name counts as well.")
}

/// A client to which a short stream is an error.
pub fn fewer_is_error(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "fewer-is-error",
        format!("The stream ended with OK before there were as many features, and your client ended with {how}."),
    )
    .hint("If there are fewer, return those that came.")
}

/// A client that does not see the end.
pub fn hangs_at_the_end(wait: &str) -> Diagnosis {
    Diagnosis::mistake(
        "hangs",
        format!("The stream ended with OK before there were as many features, and your client did not go on: {wait}."),
    )
    .hint("The loop ends when there are enough, or when the stream ends.")
}

/// A client that takes an error for the end.
pub fn ignores_error(error: &str) -> Diagnosis {
    Diagnosis::mistake(
        "ignores-error",
        format!("The server ended the call with {error}, and your client goes on as if it had ended with OK."),
    )
    .hint("Only what your client itself cancels is no error. Pass the server's status on.")
    .hint_in_rust("Only what your client itself cancels is no error. Pass the server's status on with `?`.")
}

/// A function of the learner's that does not do what it is told.
pub fn count_ignored() -> Diagnosis {
    let message = "`first_features` was asked for one feature, and returned more.";
    Diagnosis::mistake("count-ignored", message)
        .hint("Leave the call after as many features as the function is asked for.")
        .hint_in_rust("Compare with `count`, and not with a number of your own.")
}
