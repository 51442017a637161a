//! The list of all lessons, one of which is pointed at.

use super::Stage;
use crate::lab::State;
use crate::learner::lesson_status::lesson_progress;
use crate::screen::list::{self, Line};
use crate::screen::{Canvas, fit};

/// The lines of the list, and which of them is pointed at.
pub fn draw(state: &State, cursor: usize, stage: &Stage<'_>) -> (Vec<String>, usize) {
    let paint = stage.paint;
    let margin = 2;
    let canvas = Canvas {
        width: stage
            .columns
            .saturating_sub(margin)
            .min(stage.canvas().width),
        paint,
    };
    let mut lines = Vec::new();
    let mut pointed = 0;
    let mut lesson = 0;
    for line in list::table(&lesson_progress(&state.course, &state.progress), canvas) {
        let is_pointed = matches!(line, Line::Lesson(_)) && lesson == cursor;
        lesson += usize::from(matches!(line, Line::Lesson(_)));
        if is_pointed {
            pointed = lines.len();
        }
        let sign = if is_pointed {
            paint.strong("❯")
        } else {
            String::new()
        };
        lines.push(format!("{}{}", fit::padded(&sign, margin), line.text()));
    }
    (lines, pointed)
}
