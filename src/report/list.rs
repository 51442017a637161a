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

#[derive(Serialize)]
struct List<'a> {
    version: u32,
    passed: usize,
    lessons: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    lesson: &'a str,
    number: usize,
    title: &'a str,
    part: Component,
    minutes: u32,
    state: LessonStatus,
    attempts: u32,
    hints: usize,
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

    #[test]
    fn times_are_written_as_rfc_3339_says() {
        assert_eq!(date(1_795_376_100).as_deref(), Some("2026-11-22T19:35:00Z"));
        assert_eq!(date(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(date(u64::MAX), None);
    }
}
