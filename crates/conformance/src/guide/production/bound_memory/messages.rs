//! The words of each mistake.

use super::rule::WrongRule;
use super::{CODE, Chats};
use crate::transcript::Status;
use crate::verdict::Diagnosis;

/// A number with a comma between its thousands.
fn grouped(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}

/// A rule that decides wrongly which chats are too long.
pub fn rule(wrong: WrongRule, most: usize) -> Diagnosis {
    use crate::guide::mistake::Mistake as _;
    let (limit, more) = (grouped(most), grouped(most + 1));
    let (message, hint) = match wrong {
        WrongRule::Missing => (
            format!("A chat of {more} notes is taken, and so is a far longer one: the server remembers all that a client sends."),
            format!("Count the notes of the call. After {limit} of them, end it with {CODE}."),
        ),
        WrongRule::AtTheLimit => (
            format!("A chat of exactly {limit} notes is ended, and it may have that many."),
            "The limit itself is allowed: it is the next note that ends the chat.".to_string(),
        ),
        WrongRule::OneMore => (
            format!("A chat of {more} notes is taken, and one more ends it."),
            format!("Look at the number of notes before you take another: with {limit}, the next ends the chat."),
        ),
        WrongRule::AllOpen => (
            format!("The limit is for all open chats together: a chat of fewer than {limit} notes is ended while another one is open."),
            "The limit is for each call. Count in a variable of the call, and not in one of the service.".to_string(),
        ),
        WrongRule::AllEver => (
            "A short chat is ended because of chats that have ended before it: their notes still count.".to_string(),
            "What a call has used is given back when it ends. Count in a variable of the call, and not in one of the service."
                .to_string(),
        ),
        WrongRule::Replies => (
            "A chat with few notes and many replies is ended: what the server sends seems to count as well.".to_string(),
            "Count each note once, when it comes. A reply is not remembered a second time.".to_string(),
        ),
        WrongRule::TooHigh => (
            format!("A chat of {more} notes is taken, and only a far longer one is ended."),
            format!("The limit is {limit} notes for each chat."),
        ),
        WrongRule::TooLow => (
            format!("A chat of {} notes is ended, and it may have {limit}.", grouped(most - 1)),
            format!("The limit is {limit} notes for each chat."),
        ),
    };
    let diagnosis = Diagnosis::mistake(wrong.id(), message).hint(hint);
    match wrong {
        WrongRule::Missing => diagnosis.hint_in_rust(format!(
            "Count the notes in a variable inside the stream. Before the replies: if there are {limit} already, end the stream \
             with `Err(Status::resource_exhausted(…))?`.",
        )),
        _ => diagnosis,
    }
}

/// A chat that is ended with another code.
pub fn wrong_code(status: &Status) -> Diagnosis {
    Diagnosis::mistake(
        "wrong-code",
        format!("A chat with too many notes ends with {status}; the code must be {CODE}."),
    )
    .hint(
        "RESOURCE_EXHAUSTED says that the client has used up what it may use. INVALID_ARGUMENT would say that this note is \
         wrong, and UNAVAILABLE that the same chat may succeed soon.",
    )
}

/// A chat that ends with OK, or goes on, and says in a note what is wrong.
pub fn ok_for_error(said: Option<&str>) -> Diagnosis {
    let message = match said {
        None => "A chat with too many notes ends with OK, as if all had been well.".to_string(),
        Some(said) => format!(
            "A chat with too many notes gets a note whose text is {said:?}, and ends with OK."
        ),
    };
    Diagnosis::mistake("ok-for-error", message).hint(
        "A client looks at the code of the status. An error that is only a text, or the end of a stream, is taken for an answer.",
    )
}

/// Notes that are forgotten, and not refused.
pub fn forgotten() -> Diagnosis {
    Diagnosis::mistake(
        "notes-forgotten",
        "A chat with too many notes goes on to its end with OK, and some of its notes do not come back: they are forgotten in \
         silence.",
    )
    .hint("Who has left them would never know. End the call with a status.")
}

/// A status that comes only after the half-close.
pub fn late() -> Diagnosis {
    Diagnosis::mistake(
        "status-after-half-close",
        "A chat with too many notes ends with the right status, but only once the client has half-closed.",
    )
    .hint("End the call at once: a client that never half-closes could go on sending for ever.")
}

/// Replies to the note that is too much.
pub fn answered(count: usize) -> Diagnosis {
    let replies = if count == 1 {
        "reply comes"
    } else {
        "replies come"
    };
    Diagnosis::mistake(
        "refused-note-answered",
        format!("{count} {replies} to the note that is one too many, before the status."),
    )
    .hint("A note that is refused is not answered: look at the number of notes before you look for earlier ones.")
}

/// Replies that are due to the notes before, and do not come.
pub fn due_replies_lost(missing: usize, due: usize) -> Diagnosis {
    Diagnosis::mistake(
        "due-replies-lost",
        format!("The chat ends with the right status, but {missing} of the {due} replies to the notes before did not come."),
    )
    .hint("The notes before were right: send the replies to them first, and then the status.")
}

/// A chat that is ended by ending more than the call.
pub fn broke_off(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "breaks-off",
        format!("A chat with too many notes breaks off, without a status: {how}."),
    )
    .hint("End the call with a status, and let the connection live: other calls use it.")
}

/// Another chat that ends, too.
pub fn ends_others(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "ends-other-calls",
        format!("Another chat was open while one had too many notes, and it ended as well: {how}."),
    )
    .hint("The status ends one call. All others go on, also those on the same connection.")
}

/// A burst that makes the server close the connection, perhaps with words that say why.
pub fn burst_refused(burst: Chats, is_calmed: bool) -> Diagnosis {
    let why = match is_calmed {
        true => ": its HTTP/2 library treats so many small frames as an attack",
        false => "",
    };
    Diagnosis::mistake(
        "burst-refused",
        format!(
            "{} chats of {} notes each, most of them small, which come at once, make the server close the connection{why}.",
            burst.chats,
            grouped(burst.notes)
        ),
    )
    .hint(
        "Raise the window of the connection where the server is built: with a small one, an HTTP/2 library may treat so \
         many small frames as an attack.",
    )
    .hint_in_rust(
        "Call `.initial_connection_window_size(64 << 20)` in `serve`, between `Server::builder()` and `add_service`: with the \
         usual window, the HTTP/2 library treats so many small frames as an attack.",
    )
}

/// A chat that is right, and is ended all the same, for no reason that is known.
pub fn refused_without_reason(status: &str, notes: usize) -> Diagnosis {
    Diagnosis::new(format!(
        "A chat of {} notes ended with {status}.",
        grouped(notes)
    ))
    .hint("End only a chat that has too many notes.")
}

/// A chat whose replies are not those of RouteChat.
pub fn other_replies() -> Diagnosis {
    Diagnosis::new("The replies in this chat are not those that RouteChat promises.")
        .hint("Check the lesson `route-chat` first.")
}
