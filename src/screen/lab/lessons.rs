//! The list of lessons, with a cursor.

use super::DrawContext;
use crate::lab::Model;
use crate::learner::lesson_status::lesson_progress;
use crate::screen::list::{self, Line};
use crate::screen::{Canvas, fit};

/// The lines of the list, and the index of the selected one.
pub fn draw(model: &Model, cursor: usize, context: &DrawContext<'_>) -> (Vec<String>, usize) {
    let paint = context.paint;
    let margin = 2;
    let width = context.columns.saturating_sub(margin);
    let canvas = Canvas::new(width.min(context.canvas().width), paint);
    let mut lines = Vec::new();
    let mut selected = 0;
    let mut lesson = 0;
    for line in list::table(&lesson_progress(&model.course, &model.progress), canvas) {
        let is_selected = matches!(line, Line::Lesson(_)) && lesson == cursor;
        lesson += usize::from(matches!(line, Line::Lesson(_)));
        if is_selected {
            selected = lines.len();
        }
        let sign = if is_selected {
            paint.strong("❯")
        } else {
            String::new()
        };
        lines.push(format!("{}{}", fit::padded(&sign, margin), line.text()));
    }
    (lines, selected)
}
