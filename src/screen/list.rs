//! The lessons as a list, with what is known about each.

use super::{Canvas, lesson::course_bar};
use crate::course::{Course, Part};
use crate::learner::Progress;

/// Draws all lessons; the first that has not passed is marked as the next.
pub fn draw(course: &Course, progress: &Progress, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let lessons = course.lessons();
    let passed = lessons
        .iter()
        .filter(|lesson| progress.passed(lesson.id()))
        .count();
    let next = lessons
        .iter()
        .find(|lesson| !progress.passed(lesson.id()))
        .map(|l| l.number);
    let mut text = format!("{}\n", course_bar(passed, lessons.len(), canvas));
    let mut part = None;
    for lesson in lessons {
        if part != Some(lesson.part()) {
            part = Some(lesson.part());
            text.push_str(&format!("\n{}\n", paint.strong(heading(lesson.part()))));
        }
        let record = progress.of(lesson.id());
        let (sign, state) = if record.passed {
            (paint.good("✓"), "passed")
        } else if next == Some(lesson.number) {
            (paint.notice("▶"), "next")
        } else {
            (" ".to_string(), "")
        };
        let attempts = match record.attempts {
            0 => String::new(),
            1 => "1 check".to_string(),
            n => format!("{n} checks"),
        };
        let row = format!(
            "{sign} {:>2} {:<20}{:<34}{:>2} min  {state:<6}  {attempts}",
            lesson.number,
            lesson.id(),
            console::truncate_str(&lesson.head.title, 33, "…"),
            lesson.head.minutes,
        );
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// What a part of the course is called.
pub fn heading(part: Part) -> &'static str {
    match part {
        Part::Proto => "The contract",
        Part::Server => "The server",
        Part::Client => "The client",
    }
}
