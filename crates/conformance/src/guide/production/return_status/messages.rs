//! The words of each mistake.

use super::rule::WrongRule;
use super::{CODE, FIELD};
use crate::transcript::Status;
use crate::verdict::Diagnosis;
use crate::verdict::stream::plural;

/// A rule that decides wrongly which notes are too long.
pub fn rule(wrong: WrongRule) -> Diagnosis {
    use crate::guide::mistake::Mistake as _;
    let (message, hint) = match wrong {
        WrongRule::Missing => (
            "A note of 1,001 characters is taken like any other, and the chat goes on.",
            "Look at the length of each note before you answer it. Above 1,000 characters, end the call with a status.",
        ),
        WrongRule::AtTheLimit => (
            "A note of exactly 1,000 characters is refused, and it may have that many.",
            "The limit itself is allowed: refuse what is more than 1,000, with `>` and not `>=`.",
        ),
        WrongRule::OneMore => (
            "A note of 1,001 characters is taken, and one of 1,002 is refused.",
            "Refuse what is more than 1,000 characters.",
        ),
        WrongRule::Bytes => (
            "You count bytes: a note of 1,000 characters of two bytes each is refused.",
            "Count the characters of the text, not its bytes: in UTF-8, one character takes one to four bytes.",
        ),
        WrongRule::Utf16 => (
            "You count units of UTF-16: a note of 1,000 characters is refused where each takes two of them.",
            "Count code points. The length of a string in Java, C# and JavaScript counts a character such as 😀 twice.",
        ),
        WrongRule::FirstOnly => (
            "Only the first note of a chat is looked at: a later one of 1,001 characters is taken.",
            "Look at the length of every note: inside the loop, before you answer it.",
        ),
        WrongRule::NotTheFirst => (
            "The first note of a chat is not looked at: it may have 1,001 characters, and a later one may not.",
            "Look at the length of every note: inside the loop, before anything else.",
        ),
        WrongRule::AllTogether => (
            "You add up the characters of all notes of a chat: four notes of 300 are refused.",
            "The limit is for each note by itself.",
        ),
        WrongRule::TooHigh => (
            "A note of 1,002 characters is taken, and only a far longer one is refused.",
            "The limit is 1,000 characters for each note.",
        ),
        WrongRule::TooLow => (
            "A note of 500 characters is refused, and a note may have 1,000.",
            "The limit is 1,000 characters for each note.",
        ),
    };
    let diagnosis = Diagnosis::mistake(wrong.id(), message).hint(hint);
    match wrong {
        WrongRule::Bytes => diagnosis.hint_in_rust(
            "Count the characters of the text, not its bytes: `note.message.chars().count()`. `len()` counts bytes, and in \
             UTF-8 one character takes one to four of them.",
        ),
        WrongRule::Missing => diagnosis.hint_in_rust(
            "In the loop, before the replies: if `note.message.chars().count()` is more than 1,000, end the stream with \
             `Err(Status::invalid_argument(…))?`.",
        ),
        _ => diagnosis,
    }
}

/// A chat that is ended with another code.
pub fn wrong_code(status: &Status) -> Diagnosis {
    Diagnosis::mistake(
        "wrong-code",
        format!("A note that is too long ends the chat with {status}; the code must be {CODE}."),
    )
    .hint(
        "INVALID_ARGUMENT says that the request itself is wrong, and that it is of no use to send it again. UNKNOWN and \
         INTERNAL say that the server has a fault.",
    )
    .hint_in_rust(
        "`Status::invalid_argument(…)` says that the request itself is wrong, and that it is of no use to send it again. \
         `unknown` and `internal` say that the server has a fault.",
    )
}

/// A chat whose status does not say which field is wrong.
pub fn field_not_named(status: &Status) -> Diagnosis {
    Diagnosis::mistake(
        "field-not-named",
        format!(
            "The status does not say which field is wrong: its message is {:?}, without the word `{FIELD}`.",
            status.message
        ),
    )
    .hint("Name the field and the limit, such as: message: 1001 characters, at most 1000 are allowed.")
}

/// A chat that ends with OK, or goes on, and says in a note what is wrong.
pub fn ok_for_error(said: Option<&str>) -> Diagnosis {
    let message = match said {
        None => {
            "A note that is too long ends the chat with OK, as if all had been well.".to_string()
        }
        Some(said) => {
            format!(
                "After a note that is too long, a note comes whose text is {said:?}, and the chat ends with OK."
            )
        }
    };
    Diagnosis::mistake("ok-for-error", message).hint(
        "A client looks at the code of the status. An error that is only a text, or the end of a stream, is taken for an \
         answer.",
    )
}

/// A note that is cut.
pub fn cut(characters: usize) -> Diagnosis {
    Diagnosis::mistake(
        "note-cut",
        format!("A note that is too long is taken, and comes back with its first {characters} characters."),
    )
    .hint("Who has sent it would never know. Refuse it: end the call with a status.")
}

/// A note that is left out.
pub fn dropped() -> Diagnosis {
    Diagnosis::mistake(
        "note-dropped",
        "A note that is too long is passed over in silence, and the chat goes on.",
    )
    .hint("Who has sent it would never know. Refuse it: end the call with a status.")
}

/// A status that comes only after the half-close.
pub fn late() -> Diagnosis {
    Diagnosis::mistake(
        "status-after-half-close",
        "The chat ends with the right status, but only once the client has half-closed.",
    )
    .hint("End the call at once: a client may go on talking for hours. Do not read on after a note that is too long.")
}

/// Replies to the note that is refused.
pub fn answered(count: usize) -> Diagnosis {
    let (replies, come) = match count {
        1 => ("reply", "comes"),
        _ => ("replies", "come"),
    };
    Diagnosis::mistake(
        "refused-note-answered",
        format!("{count} {replies} to the note that is too long {come} before the status."),
    )
    .hint("A note that is refused is not answered: look at its length before you look for earlier notes.")
}

/// Replies that are due to the notes before it, and do not come.
pub fn due_replies_lost(missing: usize, due: usize) -> Diagnosis {
    Diagnosis::mistake(
        "due-replies-lost",
        format!(
            "The chat ends with the right status, but {missing} of the {due} repl{} to the notes before did not come.",
            if due == 1 { "y" } else { "ies" }
        ),
    )
    .hint("The notes before the long one were right: send the replies to them first, and then the status.")
}

/// A note that is refused by ending more than the call.
pub fn broke_off(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "breaks-off",
        format!("A note that is too long makes the call break off, without a status: {how}."),
    )
    .hint("End the call with a status, and let the connection live: other calls use it.")
}

/// Another chat that ends, too.
pub fn ends_others(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "ends-other-calls",
        format!("Another chat was open while a note was refused, and it ended as well: {how}."),
    )
    .hint("The status ends one call. All others go on, also those on the same connection.")
}

/// A chat that is right, and is ended all the same, for no reason that is known.
pub fn refused_without_reason(status: &str, taken: usize) -> Diagnosis {
    Diagnosis::new(format!(
        "A chat without a note that is too long ended with {status}, after {taken} note{}.",
        plural(taken)
    ))
    .hint("Refuse only a note whose text has more than 1,000 characters.")
}

/// A chat whose replies are not those of RouteChat.
pub fn other_replies() -> Diagnosis {
    Diagnosis::new("The replies in this chat are not those that RouteChat promises.")
        .hint("Check the lesson `route-chat` first.")
}
