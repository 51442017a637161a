//! Which notes a server refuses: rightly, or by a rule that looks like it.

use super::MOST_CHARACTERS;
use crate::guide::mistake::mistakes;
use crate::messages::RouteNote;

mistakes! {
    /// A rule that is not the right one.
    pub enum WrongRule {
        /// No note is too long.
        Missing = "limit-missing",
        /// A note of 1,000 characters is refused.
        AtTheLimit = "limit-off-by-one",
        /// A note of 1,001 characters is taken.
        OneMore = "limit-off-by-one",
        /// Bytes are counted.
        Bytes = "bytes-for-characters",
        /// Units of UTF-16 are counted, as strings do in Java, C# and JavaScript.
        Utf16 = "utf16-for-characters",
        /// Only the first note of a chat is looked at.
        FirstOnly = "first-note-only",
        /// The first note of a chat is not looked at.
        NotTheFirst = "first-note-unchecked",
        /// The characters of all notes of a chat are added up.
        AllTogether = "limit-for-all-notes",
        /// The limit is far higher.
        TooHigh = "limit-too-high",
        /// The limit is far lower.
        TooLow = "limit-too-low",
    }
}

/// A limit that is not nearly the right one, as far as the cases can tell.
const FAR_HIGHER: usize = 10 * MOST_CHARACTERS;
const FAR_LOWER: usize = MOST_CHARACTERS / 3;

/// Whether a chat of these notes is ended before its end: rightly, or by a wrong rule.
pub fn refuses(rule: Option<WrongRule>, notes: &[RouteNote]) -> bool {
    let characters = |note: &RouteNote| note.message.chars().count();
    let is_too_long = |note: &RouteNote| characters(note) > MOST_CHARACTERS;
    let any = |is_refused: &dyn Fn(&RouteNote) -> bool| notes.iter().any(is_refused);
    match rule {
        None => any(&is_too_long),
        Some(WrongRule::Missing) => false,
        Some(WrongRule::AtTheLimit) => any(&|note| characters(note) >= MOST_CHARACTERS),
        Some(WrongRule::OneMore) => any(&|note| characters(note) > MOST_CHARACTERS + 1),
        Some(WrongRule::Bytes) => any(&|note| note.message.len() > MOST_CHARACTERS),
        Some(WrongRule::Utf16) => {
            any(&|note| note.message.encode_utf16().count() > MOST_CHARACTERS)
        }
        Some(WrongRule::FirstOnly) => notes.first().is_some_and(is_too_long),
        Some(WrongRule::NotTheFirst) => notes.iter().skip(1).any(is_too_long),
        Some(WrongRule::AllTogether) => {
            notes.iter().map(characters).sum::<usize>() > MOST_CHARACTERS
        }
        Some(WrongRule::TooHigh) => any(&|note| characters(note) > FAR_HIGHER),
        Some(WrongRule::TooLow) => any(&|note| characters(note) > FAR_LOWER),
    }
}
