//! The list of lessons, as one JSON object, version 1, held by `list.schema.json`.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use crate::course::Component;
use crate::learner::lesson_status::{LessonProgress, LessonStatus};
use crate::text::sanitize_json;

/// The version of the format.
const VERSION: u32 = 1;

/// Lessons as JSON, on lines of its own for a reader, with a line end. `passed` is how many of the whole
/// course are.
///
/// # Errors
///
/// None that a list can cause; serde_json's signature has one.
pub fn render(passed: usize, lessons: &[LessonProgress<'_>]) -> serde_json::Result<String> {
    let list = List {
        version: VERSION,
        passed,
        lessons: lessons.iter().map(Entry::from).collect(),
    };
    Ok(sanitize_json(&serde_json::to_string_pretty(&list)?) + "\n")
}

/// The lessons of the course, with the learner's progress. Fields are added only with a new version.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        title = "The answer of routeguide-lab list --format json, version 1",
        deny_unknown_fields
    )
)]
struct List<'a> {
    /// The version of the format.
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    version: u32,
    /// How many lessons of the course are passed.
    passed: usize,
    /// All of them in order, or the one that was asked for.
    #[cfg_attr(test, schemars(length(min = 1)))]
    lessons: Vec<Entry<'a>>,
}

/// A lesson, and what the learner has done in it.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "lesson",
        deny_unknown_fields,
        extend(
            "if" = { "properties": { "state": { "const": LessonStatus::Passed } } },
            "else" = { "properties": { "passed_at": { "type": "null" } } },
        )
    )
)]
struct Entry<'a> {
    /// The id, which never changes.
    #[cfg_attr(test, schemars(regex(pattern = super::schemas::ID)))]
    lesson: &'a str,
    /// Its place in the course, counted from 1.
    #[cfg_attr(test, schemars(range(min = 1)))]
    number: usize,
    /// The title, for people.
    #[cfg_attr(test, schemars(length(min = 1)))]
    title: &'a str,
    /// What it is about.
    part: Component,
    /// How long it takes, in minutes.
    minutes: u32,
    /// How far the learner is.
    state: LessonStatus,
    /// How often the learner has checked code of their own.
    attempts: u32,
    /// How many hints have been shown.
    hints: usize,
    /// When it first passed, in UTC; null if it does not pass now.
    #[cfg_attr(test, schemars(regex(pattern = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")))]
    passed_at: Option<String>,
}

impl<'a> From<&LessonProgress<'a>> for Entry<'a> {
    fn from(progress: &LessonProgress<'a>) -> Entry<'a> {
        let lesson = progress.lesson;
        Entry {
            lesson: lesson.id(),
            number: lesson.number,
            title: &lesson.head.title,
            part: lesson.component(),
            minutes: lesson.head.minutes,
            state: progress.status,
            attempts: progress.record.attempts,
            hints: progress.record.hints,
            // If it passed once but fails now, the time is left out.
            passed_at: progress
                .record
                .passed_at
                .filter(|_| progress.record.passed)
                .and_then(date),
        }
    }
}

/// Seconds since 1970 as `2026-11-22T19:35:00Z`.
fn date(seconds: u64) -> Option<String> {
    let date = DateTime::from_timestamp(seconds.try_into().ok()?, 0)?;
    Some(date.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::schemas;
    use serde_json::json;
    use snapbox::file;

    #[test]
    fn the_schema_is_that_of_the_types() {
        schemas::is_fresh::<List<'_>>(file!["list.schema.json"]);
    }

    #[test]
    fn the_schema_refuses_lists_that_cannot_be() {
        let list = json!({"version": 1, "passed": 1, "lessons": [{
            "lesson": "define-messages", "number": 1, "title": "Define the messages", "part": "proto",
            "minutes": 12, "state": "passed", "attempts": 3, "hints": 1, "passed_at": date(0)
        }]});
        schemas::refuses(
            include_str!("list.schema.json"),
            &list.to_string(),
            &[
                ("/version", json!(2)),
                ("/passed", json!(-1)),
                ("/lessons", json!([])),
                // It has a time, so it has passed.
                ("/lessons/0/state", json!("open")),
                ("/lessons/0/passed_at", json!("yesterday")),
                ("/lessons/0/lesson", json!("Define messages")),
                ("/lessons/0/number", json!(0)),
                ("/lessons/0/title", json!("")),
                ("/lessons/0/part", json!("end")),
            ],
        );
    }

    #[test]
    fn times_are_written_as_rfc_3339_says() {
        assert_eq!(date(1_795_376_100).as_deref(), Some("2026-11-22T19:35:00Z"));
        assert_eq!(date(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(date(u64::MAX), None);
    }
}
