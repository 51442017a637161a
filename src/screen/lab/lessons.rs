//! The list of all lessons, one of which is pointed at.

use super::Stage;
use crate::course::Part;
use crate::screen::{fit, list};
use crate::text::on_one_line;
use crate::watch::State;

/// The lines of the list, and which of them is pointed at.
pub fn draw(state: &State, cursor: usize, stage: &Stage<'_>) -> (Vec<String>, usize) {
    let paint = stage.paint;
    let mut lines = Vec::new();
    let mut part: Option<Part> = None;
    let mut pointed = 0;
    for (index, lesson) in state.course.lessons().iter().enumerate() {
        if part != Some(lesson.part()) {
            part = Some(lesson.part());
            lines.push(format!("   {}", paint.strong(list::heading(lesson.part()))));
        }
        let record = state.progress.of(lesson.id());
        let (sign, words) = if record.passed {
            (paint.good("✓"), "passed")
        } else if record.skipped {
            (paint.notice("»"), "skipped")
        } else if index == state.lesson {
            (paint.notice("▶"), "here")
        } else {
            (" ".to_string(), "")
        };
        let title = fit::padded(&fit::cut(&on_one_line(&lesson.head.title), 34), 34);
        let title = if index == cursor {
            paint.strong(&title)
        } else {
            title
        };
        let point = if index == cursor {
            paint.strong("❯")
        } else {
            " ".to_string()
        };
        if index == cursor {
            pointed = lines.len();
        }
        let attempts = match record.attempts {
            0 => String::new(),
            1 => "1 check".to_string(),
            n => format!("{n} checks"),
        };
        let row = format!(
            " {point} {sign} {:>2} {title} {:>2} min  {words:<8}{attempts}",
            lesson.number, lesson.head.minutes
        );
        lines.push(row.trim_end().to_string());
    }
    (lines, pointed)
}
