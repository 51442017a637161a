//! Which chats a server ends: rightly, or by a rule that looks like it.

use super::BoundMemory;
use super::case::{LongChat, replies};
use crate::guide::mistake::mistakes;

mistakes! {
    /// A rule that is not the right one.
    pub enum WrongRule {
        /// No chat is too long.
        Missing = "memory-unlimited",
        /// A chat with as many notes as are allowed is ended.
        AtTheLimit = "limit-off-by-one",
        /// One note more is taken.
        OneMore = "limit-off-by-one",
        /// The notes of all chats that are open are added up.
        AllOpen = "limit-per-server",
        /// The notes of chats that have ended still count.
        AllEver = "not-given-back",
        /// What the server sends counts as well.
        Replies = "replies-counted",
        /// The limit is far higher.
        TooHigh = "limit-too-high",
        /// The limit is lower.
        TooLow = "limit-too-low",
    }
}

/// Whether a server of this rule ends each of the chats before its end, in their order.
pub fn refuses(rule: Option<WrongRule>, asked: &BoundMemory) -> Vec<bool> {
    let most = asked.most_notes;
    let longest = asked.chats.iter().map(|chat| chat.notes).max();
    let below = asked
        .chats
        .iter()
        .map(|chat| chat.notes)
        .filter(|notes| *notes < most);
    let below = below.max().unwrap_or_default();
    let mut ever = 0;
    let notes = |chat: &LongChat| chat.notes + chat.afterwards().len();
    let mut is_refused = |chat: &LongChat| match rule {
        None => chat.notes > most,
        Some(WrongRule::Missing) => false,
        Some(WrongRule::AtTheLimit) => notes(chat) >= most,
        Some(WrongRule::OneMore) => notes(chat) > most + 1,
        Some(WrongRule::AllOpen) => chat.notes + chat.beside > most,
        Some(WrongRule::AllEver) => {
            ever += chat.notes + chat.beside;
            ever > most
        }
        Some(WrongRule::Replies) => chat.notes + replies(&chat.notes()).len() > most,
        Some(WrongRule::TooHigh) => Some(chat.notes) == longest,
        Some(WrongRule::TooLow) => chat.notes >= below,
    };
    asked.chats.iter().map(&mut is_refused).collect()
}
