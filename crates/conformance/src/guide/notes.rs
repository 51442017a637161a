//! The notes of a chat, as a file holds them.

use serde::Deserialize;

use super::json_list::{self, ListError, Place};
use crate::messages::RouteNote;

/// One entry of the file: stricter than the message, whose every field may be absent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    location: Place,
    message: String,
}

/// Reads a JSON list of `{"location": {"latitude": 0, "longitude": 1}, "message": "…"}`, in degrees × 10⁷.
///
/// # Errors
///
/// What is wrong, in words; an entry that is malformed is named by its number.
pub fn from_json(text: &str) -> Result<Vec<RouteNote>, String> {
    let entries: Result<Vec<Entry>, ListError> = json_list::read(json_list::without_mark(text));
    let entries = entries.map_err(|error| match error.entry {
        Some(entry) => format!("entry {entry}: {}", error.problem),
        None => format!("not a list of notes: {}", error.problem),
    })?;
    let notes = entries.into_iter().map(|entry| RouteNote {
        location: Some(entry.location.into()),
        message: entry.message,
    });
    Ok(notes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_in_order_and_a_malformed_one_is_named() {
        let good = r#"{"location":{"latitude":1,"longitude":2},"message":"hi"}"#;
        let notes = from_json(&format!("\u{feff}[{good}]")).unwrap();
        assert_eq!(notes[0].to_string(), "\"hi\" at (1, 2)");
        assert_eq!(from_json("[]").unwrap(), []);
        for (bad, why) in [
            (
                r#"{"location":{"latitude":1,"longitude":2}}"#,
                "missing field `message`",
            ),
            (r#"{"message":"hi"}"#, "missing field `location`"),
            (
                r#"{"location":{"latitude":1},"message":"hi"}"#,
                "missing field `longitude`",
            ),
            (
                r#"{"location":{"latitude":1,"longitude":2},"text":"hi"}"#,
                "unknown field `text`",
            ),
            ("7", "invalid type"),
        ] {
            let error = from_json(&format!("[{good},{bad}]")).unwrap_err();
            assert!(
                error.starts_with("entry 2: ") && error.contains(why),
                "{error}"
            );
        }
        let error = from_json("{").unwrap_err();
        assert!(error.starts_with("not a list of notes: "), "{error}");
    }
}
