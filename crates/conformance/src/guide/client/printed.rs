//! What came back in a call, beside what the client printed.

use super::ClientRun;
use crate::messages::{Message, Point};
use crate::transcript::Transcript;

/// How many of a client's last lines are quoted.
const QUOTED_LINES: usize = 12;

/// The values that came back in one call, and whether they were printed.
pub struct Printed {
    values: Vec<Value>,
    /// How many messages came.
    messages: usize,
}

/// One value that must have been printed.
pub struct Value {
    /// How many messages came before the one that brought it.
    pub before: usize,
    /// The event that brought it.
    pub at: usize,
    /// What it is called.
    pub name: &'static str,
    /// How it reads.
    pub text: String,
    /// How many messages had brought the same before.
    pub same_before: usize,
    /// Whether the client printed it.
    pub printed: bool,
    /// Whether the client could have known it without having received it.
    known: bool,
}

impl Printed {
    /// Looks for everything that came back in a call.
    pub fn of(run: &ClientRun, transcript: &Transcript) -> Printed {
        Printed::in_text(&run.output, run.mark.as_deref(), transcript)
    }

    /// Looks for everything that came back in a call in a text. `mark` is what was put before the text of every note.
    pub fn in_text(output: &str, mark: Option<&str>, transcript: &Transcript) -> Printed {
        let mut values: Vec<Value> = Vec::new();
        let mut places = Vec::new();
        let mut unnamed = Vec::new();
        for (n, message) in transcript.received().enumerate() {
            let Some(at) = transcript.nth_received(n) else {
                continue;
            };
            let mut value = |name, text: String, known| {
                if !text.is_empty() {
                    // Messages with the same text are printed one by one.
                    let same = values.iter().filter(|value| value.text == text).count();
                    let printed = is_in_often(&text, same + 1, output);
                    values.push(Value {
                        before: n,
                        same_before: same,
                        at,
                        name,
                        text,
                        printed,
                        known,
                    });
                }
            };
            match message {
                Message::Feature(feature) if feature.name.is_empty() => {
                    unnamed.push((n, at, feature.location.unwrap_or_default()));
                }
                Message::Feature(feature) => {
                    places.push(feature.location.unwrap_or_default());
                    value("The feature", feature.name.clone(), false);
                }
                Message::RouteNote(note) => {
                    let text = match mark {
                        Some(mark) => format!("{mark}: {}", note.message),
                        None => note.message.clone(),
                    };
                    value("The reply", text, false);
                }
                Message::RouteSummary(s) => {
                    value("point_count", s.point_count.to_string(), true);
                    value("feature_count", s.feature_count.to_string(), false);
                    value("distance", s.distance.to_string(), false);
                    value("elapsed_time", s.elapsed_time.to_string(), false);
                }
                Message::Point(_) | Message::Rectangle(_) => {}
            }
        }
        // Of a feature without a name there is only the place to look for, where the client prints places.
        let is_printed = |place: &Point| is_place_in(*place, output);
        if !places.is_empty() && places.iter().all(is_printed) {
            values.extend(unnamed.into_iter().map(|(before, at, place)| Value {
                before,
                same_before: 0,
                at,
                name: "The place of the feature without a name",
                text: place.to_string(),
                printed: is_printed(&place),
                known: false,
            }));
            values.sort_by_key(|value| value.at);
        }
        Printed {
            values,
            messages: transcript.received().count(),
        }
    }

    /// The first value that was not printed, of those that only the answer could tell if there is one.
    pub fn first_missing(&self) -> Option<&Value> {
        let missing = || self.values.iter().filter(|value| !value.printed);
        missing().find(|value| !value.known).or(missing().next())
    }

    /// Whether all that was not printed had come before with the same text, and had been printed then.
    pub fn lacks_repeats_alone(&self) -> bool {
        let mut missing = self.values.iter().filter(|value| !value.printed);
        missing.all(|value| value.same_before > 0)
    }

    /// Whether the values are the figures of one message.
    pub fn is_one_message(&self) -> bool {
        let mut places = self.values.iter().map(|value| value.at);
        let first = places.next();
        self.values.len() > 1 && places.all(|at| Some(at) == first)
    }

    /// Whether there was something to print, and nothing of it was. What the client knew anyway does
    /// not count.
    pub fn is_nothing(&self) -> bool {
        let mut news = self.values.iter().filter(|value| !value.known).peekable();
        news.peek().is_some() && news.all(|value| !value.printed)
    }

    /// Whether anything of it was printed, or reads like something that the client has printed.
    pub fn has_any(&self) -> bool {
        self.values.iter().any(|value| value.printed)
    }

    /// How many messages of a stream were printed, if they are the first and none of those after them was. A summary is no
    /// stream.
    pub fn only_the_first(&self) -> Option<usize> {
        let is_stream = !self.values.iter().any(|value| value.known);
        let end = self.values.iter().position(|value| !value.printed);
        let (first, rest) = self.values.split_at(end.unwrap_or(self.values.len()));
        let is_end = rest.iter().all(|value| !value.printed);
        let count = rest.first().map_or(self.messages, |next| next.before);
        (is_stream && is_end && !first.is_empty()).then_some(count)
    }

    /// Of how many messages something was printed.
    pub fn count(&self) -> usize {
        let printed = self.values.iter().filter(|value| value.printed);
        let mut messages: Vec<usize> = printed.map(|value| value.before).collect();
        messages.dedup();
        messages.len()
    }

    /// How the first value reads.
    pub fn first_text(&self) -> &str {
        self.values.first().map_or("", |value| &value.text)
    }
}

/// The last lines of what a client printed.
pub fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n")
}

/// How many numbers may be printed for one of them to count as an answer. The longest answers hold some thousands; a
/// figure is one of a million.
pub const MOST_NUMBERS: usize = 50_000;

/// Whether so many numbers were printed that any number is among them.
pub fn has_every_number(output: &str) -> bool {
    let mut numbers = numbers(output).filter(|number| !number.is_empty());
    numbers.nth(MOST_NUMBERS).is_some()
}

/// Whether a text is in the output; a number must not be a part of a longer one, nor one of all numbers.
fn is_in(text: &str, output: &str) -> bool {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        if has_every_number(output) {
            return false;
        }
        return numbers(output).any(|number| number == text)
            || numbers(&ungrouped(output)).any(|number| number == text);
    }
    spellings(text).iter().any(|text| output.contains(text))
}

/// Whether a text is in the output so many times. A number need not be, since it has other meanings.
fn is_in_often(text: &str, times: usize, output: &str) -> bool {
    if times < 2 || text.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_in(text, output);
    }
    let count = |spelling: &String| output.matches(spelling.as_str()).count();
    spellings(text).iter().map(count).max() >= Some(times)
}

/// Whether both coordinates of a place are in the output: in degrees, perhaps rounded, or as they travel.
fn is_place_in(place: Point, output: &str) -> bool {
    const ROUNDED: f64 = 0.001;
    let is_in = |coordinate: i32| {
        let whole = f64::from(coordinate).abs();
        let degrees = whole / 1e7;
        let numbers = output.split(|c: char| !c.is_ascii_digit() && c != '.');
        let mut numbers = numbers.filter_map(|number| number.trim_matches('.').parse::<f64>().ok());
        numbers.any(|number| (number - degrees).abs() <= ROUNDED || (number - whole).abs() < 1.0)
    };
    is_in(place.latitude) && is_in(place.longitude)
}

fn numbers(output: &str) -> impl Iterator<Item = &str> {
    output.split(|c: char| !c.is_ascii_digit())
}

/// The output without what groups the digits of a long number: `123,456`, `123.456`, `123 456`.
fn ungrouped(output: &str) -> String {
    let chars: Vec<char> = output.chars().collect();
    let digit = |index: Option<usize>| {
        index
            .and_then(|index| chars.get(index))
            .is_some_and(char::is_ascii_digit)
    };
    let groups = |index: usize| {
        matches!(
            chars[index],
            ',' | '.' | '\'' | '’' | '_' | ' ' | '\u{a0}' | '\u{202f}'
        ) && digit(index.checked_sub(1))
            && (1..=3).all(|offset| digit(Some(index + offset)))
            && !digit(Some(index + 4))
    };
    (0..chars.len())
        .filter(|index| !groups(*index))
        .map(|index| chars[index])
        .collect()
}

/// The ways in which languages print a text: as it is; as in Rust's `{:?}` and in JSON; and in
/// protobuf's text format, where what is not ASCII becomes its bytes in octal.
fn spellings(text: &str) -> Vec<String> {
    let quoted = text.escape_debug().to_string();
    let json: String = text
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let octal: String = text
        .bytes()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(byte).to_string()
            } else {
                format!("\\{byte:03o}")
            }
        })
        .collect();
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut spellings = vec![text.to_string(), quoted, escaped(text)];
    for spelling in [json, octal] {
        spellings.extend([spelling.replace('"', "\\\""), spelling]);
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn among_all_numbers_none_counts() {
        let count = |numbers: usize| (0..numbers).map(|n| format!("{n}\n")).collect::<String>();
        assert!(is_in("123", &count(10_000)));
        assert!(!is_in("123", &count(60_000)));
    }

    #[test]
    fn equal_texts_are_printed_one_by_one() {
        let once = "Orchard 5 at 40.7, -74.1";
        assert!(is_in_often("Orchard 5", 1, once) && !is_in_often("Orchard 5", 2, once));
        assert!(is_in_often("Orchard 5", 2, "Orchard 5\nOrchard 5\n"));
    }

    #[test]
    fn a_place_is_known_in_every_notation() {
        let place = Point {
            latitude: 405_753_714,
            longitude: -742_938_873,
        };
        for printed in [
            "40.5753714, -74.2938873",
            "latitude: 405753714 longitude: -742938873",
            "at 40.575 / 74.294 W",
            "(40.5754,-74.2939).",
        ] {
            assert!(is_place_in(place, printed), "{printed}");
        }
        assert!(!is_place_in(place, "40.5753714, 73.2938873"));
    }

    #[test]
    fn a_number_stands_alone() {
        assert!(is_in("10", "points: 10, metres: 5"));
        assert!(!is_in("10", "metres: 1040"));
        assert!(is_in("123456", "123,456 m") && is_in("123456", "123 456 m"));
        assert!(is_in("123456", "123.456 km") && is_in("123456", "123456.0"));
        assert!(is_in("10", "10, 200") && is_in("10", "10 200"));
        assert!(!is_in("123456", "0.123,4567") && !is_in("123456", "123456789"));
    }

    #[test]
    fn a_text_is_known_in_every_spelling() {
        assert!(is_in("A b", "x A b y") && !is_in("A b", "A  b"));
        let text = "the \"old\" Café";
        for printed in [
            "name: \"the \\\"old\\\" Caf\\303\\251\"",
            "{\"name\": \"the \\\"old\\\" Caf\\u00e9\"}",
            "Feature { name: \"the \\\"old\\\" Café\" }",
            "the \"old\" Café",
        ] {
            assert!(is_in(text, printed), "{printed}");
        }
        assert!(!is_in(text, "the old Cafe"));
    }
}
