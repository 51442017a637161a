//! The words of each mistake.

use super::timeout::Timeout;
use crate::messages::Rpc;
use crate::verdict::Diagnosis;

/// A call without a deadline.
pub fn no_deadline(rpc: Rpc) -> Diagnosis {
    Diagnosis::mistake(
        "no-deadline",
        format!("{rpc} was called without a deadline: there is no header grpc-timeout, so the server may take for ever."),
    )
    .hint("Set the deadline for each call. A limit that only the client knows does not stop the server's work.")
    .hint_in_rust("Make a `tonic::Request` of the message or the stream, and call its `set_timeout(…)`.")
}

/// A deadline that no server can read.
pub fn unreadable(rpc: Rpc, header: &str) -> Diagnosis {
    Diagnosis::mistake(
        "deadline-unreadable",
        format!("{rpc} was called with the header grpc-timeout: {header:?}, which is no deadline."),
    )
    .hint("It is at most eight digits and a unit, such as 2S or 2000m. Let your library write it.")
}

/// A deadline that the lab does not wait for.
pub fn too_long(rpc: Rpc, timeout: Timeout, most: u32) -> Diagnosis {
    Diagnosis::mistake(
        "deadline-too-long",
        format!("The deadline of {rpc} is {timeout} away, and may be at most {most} s."),
    )
    .hint("Choose what a person would wait for, such as 2 s: all of these calls take a moment.")
}

/// A client that does not even do its work when all goes well.
pub fn fails_when_well(how: &str) -> Diagnosis {
    Diagnosis::new(format!(
        "The server answered at once, and yet your client ended with {how}."
    ))
    .hint("Check the lessons about its calls first.")
}

/// A deadline that counts only until the server begins to answer.
pub fn until_first_message(rpc: Rpc, timeout: Timeout) -> Diagnosis {
    Diagnosis::mistake(
        "deadline-until-first-message",
        format!(
            "The server began to answer {rpc} and then stopped. Your client waits on, long past its deadline of {timeout}: it \
             counts only until the answer begins."
        ),
    )
    .hint("The deadline is for the whole call, up to its status. Limit the reading of the stream as well.")
    .hint_in_rust(
        "`set_timeout` ends the call in tonic only until the answer begins. Put the whole call, with the loop that reads, into \
         a future that is limited in time.",
    )
}

/// A client that only tells the server.
pub fn waits_past(rpc: Rpc, timeout: Timeout) -> Diagnosis {
    Diagnosis::mistake(
        "waits-past-deadline",
        format!("The deadline of {rpc} was {timeout}, and your client still waited long after it."),
    )
    .hint("A server that hangs cannot keep the deadline. The client must give up by itself.")
}

/// A limit for each message.
pub fn per_message(rpc: Rpc, timeout: Timeout) -> Diagnosis {
    Diagnosis::mistake(
        "deadline-per-message",
        format!(
            "Messages of {rpc} kept coming for longer than the deadline of {timeout}, and your client read all of them: each \
             message seems to begin the time anew."
        ),
    )
    .hint("A deadline is one point in time for the whole call. Begin to count before the call, and do not begin again.")
}

/// An end that is not told from others.
pub fn not_told(rpc: Rpc) -> Diagnosis {
    Diagnosis::mistake(
        "deadline-not-told",
        format!("Your client gave up {rpc} at its deadline, and does not say so: the word `deadline` is not in its output."),
    )
    .hint("Report it as DEADLINE_EXCEEDED. Who reads it can then tell a slow server from one that refuses or is gone.")
    .hint_in_rust(
        "Return `Status::deadline_exceeded(…)`. tonic itself ends such a call with the code Cancelled and the text `Timeout \
         expired`, if its own clock is first.",
    )
}

/// A deadline after which all seems well.
pub fn ignored(rpc: Rpc) -> Diagnosis {
    Diagnosis::mistake(
        "deadline-ignored",
        format!("Your client gave up {rpc} at its deadline, and ended with exit code 0, as if all had come."),
    )
    .hint("A call that was given up has failed: return an error.")
}

/// The server's own DEADLINE_EXCEEDED.
pub fn servers_not_told() -> Diagnosis {
    Diagnosis::mistake(
        "servers-deadline-not-told",
        "The server ended the call with DEADLINE_EXCEEDED, and your client does not say that a deadline has passed.",
    )
    .hint("The server counts as well, and may be first. Pass its status on.")
}

/// A deadline that is blamed for everything.
pub fn for_every_error(error: &str) -> Diagnosis {
    Diagnosis::mistake(
        "deadline-for-every-error",
        format!("The server ended the call at once with {error}, and your client speaks of a deadline."),
    )
    .hint("Only an end because of the time is DEADLINE_EXCEEDED. Pass any other status on as it came.")
}
