//! What is said of each mistake in RouteChat.

use super::limit::{Kind, Limit};
use super::model::ChatMistake::{self, *};
use crate::guide::cause::{Cause, MistakeText};
use crate::guide::mistake::Mistake as _;
use crate::verdict::Diagnosis;

/// A server that remembers only so much, or sends only so much of a text: one of these limits. None if there is none.
pub fn limited(limits: &[Limit]) -> Option<Diagnosis> {
    let kind = limits.first()?.kind;
    let sentences: Vec<String> = limits.iter().map(limit).collect();
    let message = match sentences.as_slice() {
        [one] => one.clone(),
        several => format!(
            "One of these, which look the same here: {}",
            several.join(" Or: ")
        ),
    };
    Some(match kind {
        Kind::Text | Kind::TextBytes => Diagnosis::mistake("text-cut", message)
            .hint("Send each note as it came: a text has no greatest length."),
        _ => Diagnosis::mistake("history-limited", message)
            .hint("Keep every note of the call: a chat has no greatest length."),
    })
}

fn limit(limit: &Limit) -> String {
    let (least, most) = (limit.size.start(), limit.size.end());
    let size = match least == most {
        true => least.to_string(),
        false => format!("{least} (or more, but no more than {most})"),
    };
    let one = *most == 1;
    let notes = |of: &str| match one {
        true => format!("{of} note"),
        false => format!("{of} {size} notes"),
    };
    let places = |of: &str| match one {
        true => format!("{of} place"),
        false => format!("{of} {size} places"),
    };
    let (are, were, they) = match one {
        true => ("is", "was", "it"),
        false => ("are", "were", "they"),
    };
    match limit.kind {
        Kind::AtOnePlace if one => "Only the last earlier note of a place comes.".to_string(),
        Kind::AtOnePlace => format!("Only the last {size} earlier notes of a place come."),
        Kind::FirstAtOnePlace => {
            format!("Only the {} of a place {are} remembered.", notes("first"))
        }
        Kind::InAll => format!(
            "Only the {} of a chat {are} remembered, wherever {they} {were} left.",
            notes("last")
        ),
        Kind::FirstInAll => format!("Only the {} of a chat {are} remembered.", notes("first")),
        Kind::Places => format!("Only the notes of the {} are remembered.", places("last")),
        Kind::PlacesLeftLast if one => {
            "Only the notes of the place that was left last are remembered.".to_string()
        }
        Kind::PlacesLeftLast => {
            format!("Only the notes of the {size} places that were left last are remembered.")
        }
        Kind::FirstPlaces => format!("Only the notes of the {} are remembered.", places("first")),
        Kind::Text if one => "Texts come back cut after 1 character.".to_string(),
        Kind::Text => format!("Texts come back cut after {size} characters."),
        Kind::TextBytes if one => "Texts come back cut after 1 byte.".to_string(),
        Kind::TextBytes => format!("Texts come back cut after {size} bytes."),
    }
}

/// A server that takes different places for the same one.
pub fn places_mixed_up() -> Diagnosis {
    Diagnosis::mistake(
        "places-mixed-up",
        "You take different places for the same one, so notes come that were left at another place.",
    )
    .hint("Two places are the same if both coordinates are equal: compare these, and nothing that is computed from them.")
}

/// The words for a mistake.
pub fn message(mistake: ChatMistake) -> MistakeText {
    const BOTH: &str = "Compare both coordinates exactly.";
    match mistake {
        EchoesNewNote => MistakeText::with_remedy(
            "You send the new note back too, as tonic's own RouteGuide does. In this course, replies are earlier \
             notes only.",
            "Reply first, and remember the note afterwards.",
        ),
        PureEcho => MistakeText::with_remedy(
            "Each note comes straight back to its sender.",
            "Reply with the earlier notes at its place instead.",
        ),
        RepliesToAll => MistakeText::with_remedy(
            "You reply with the notes of every place.",
            "Filter by location: only notes at exactly the same point come back.",
        ),
        RepliesLastOnly => MistakeText::with_remedy(
            "You reply with the newest of the earlier notes only.",
            "Send *all* earlier notes at this place.",
        ),
        RepliesFirstOnly => MistakeText::with_remedy(
            "You reply with the oldest of the earlier notes only.",
            "Send *all* earlier notes at this place.",
        ),
        NewestFirst => MistakeText::with_remedy(
            "The newest of the earlier notes comes first.",
            "Send them in the order in which they came: oldest first.",
        ),
        LatitudeOnly => {
            MistakeText::with_remedy("You compare only the latitudes of two places.", BOTH)
        }
        LongitudeOnly => {
            MistakeText::with_remedy("You compare only the longitudes of two places.", BOTH)
        }
        WithinTenMillionth
        | WithinMillionth
        | WithinHundredThousandth
        | WithinTenThousandth
        | WithinThousandth
        | WithinHundredth
        | WithinTenth
        | NearbyDegrees
        | NearbySingle => MistakeText::with_remedy(
            "You take places that are near each other for the same place.",
            BOTH,
        ),
        AxesUnordered => MistakeText::with_remedy(
            "You take (a, b) and (b, a) for the same place.",
            "Compare latitude with latitude, and longitude with longitude.",
        ),
        JoinedKey => MistakeText::with_remedy(
            "You join the digits of latitude and longitude to a key, and then (1, 23) and (12, 3) are the \
             same place.",
            "Compare both coordinates exactly, or put a separator between them.",
        ),
        SumKey => MistakeText::with_remedy(
            "You add latitude and longitude to a key, and then (1, 4) and (2, 3) are the same place.",
            BOTH,
        ),
        OriginIsUnset => MistakeText::with_remedy(
            "You do not remember notes at Point(0, 0).",
            "It is a place like any other: do not take it for \"no location\".",
        ),
        SendsNewForOld => MistakeText::with_remedy(
            "The number of replies is right, but each of them is the new note.",
            "You send `new` where `earlier` belongs.",
        ),
        MergesEqualTexts => MistakeText::with_remedy(
            "Two notes with the same text at a place are one to you.",
            "Keep every note: a list, and not a set.",
        ),
        SkipsEmptyText => MistakeText::with_remedy(
            "You do not remember notes without a text.",
            "Keep every note, also an empty one.",
        ),
        Overwrites => MistakeText::with_remedy(
            "You keep one note for a place, and each new one overwrites it.",
            "Keep a list of notes for each place.",
        ),
        EachTwice | AllTwice => MistakeText::with_remedy(
            "Every earlier note comes twice: it is stored twice, or sent twice.",
            "Store each note once, and send it once in reply to each later note of its place.",
        ),
        LocationSwapped => MistakeText::with_remedy(
            "In the replies, latitude and longitude have changed places.",
            "Send each note exactly as it came.",
        ),
        TextForPlace | TextAndPlace => MistakeText::with_remedy(
            "You look notes up by their text, but it is the place that they have in common.",
            "Use the location as the key, and nothing else.",
        ),
        NeverStores => MistakeText::with_remedy(
            "No replies come at all, as if no note were remembered.",
            "Send every earlier note of the place, and then store the new one.",
        ),
        SharedHistory => MistakeText::with_remedy(
            "Notes of other calls come too. Each call starts with an empty history here; the Java, C++, Node \
             and C# examples share it.",
            "Keep the notes in a variable of the method, not in the service.",
        ),
    }
}

/// What is said of a cause: where two mistakes are the way of a public example, that is named.
pub fn diagnosis(cause: &Cause<ChatMistake>) -> Diagnosis {
    let diagnosis = cause.diagnosis(message);
    let made = |mistake: ChatMistake| cause.certain.contains(&mistake);
    if cause.certain.len() == 2 && made(EchoesNewNote) && made(SharedHistory) {
        return Diagnosis {
            message: "All calls share one history, and the new note comes back too, as in the RouteGuide that gRPC \
                      has as an example for Go. In this course each call starts with an empty history, and \
                      replies are earlier notes only."
                .to_string(),
            ..diagnosis
        };
    }
    let same = [Overwrites.id(), RepliesLastOnly.id()];
    if cause.certain.is_empty() && cause.ids().iter().all(|id| same.contains(id)) {
        return Diagnosis {
            message: "Of the earlier notes at a place only the newest comes: either you keep only that one, \
                      or you send only that one."
                .to_string(),
            hint: Some("Keep all notes of a place in a list, and send *all* of them.".to_string()),
            ..diagnosis
        };
    }
    diagnosis
}

/// A cause, of a server that sends its replies only at the end besides.
pub fn at_the_end_too(cause: Diagnosis) -> Diagnosis {
    Diagnosis {
        mistakes: [&["replies-at-end"], &cause.mistakes[..]].concat(),
        message: "The replies come only after the client has half-closed, and not while it is still talking."
            .to_string(),
        also: [vec![cause.message], cause.also].concat(),
        ..cause
    }
}
