//! The solution of a lesson beside the learner's code.

use super::{Canvas, diff};
use crate::course::Lesson;
use crate::learner::solution::{LearnerCode, Piece};
use crate::text::sanitize;

/// Draws the solution, and the command that writes it into the learner's files.
pub fn draw(lesson: &Lesson, pieces: &[Piece], command: &str, canvas: Canvas) -> String {
    // What is copied from a terminal must not be folded.
    let whole = Canvas {
        width: usize::MAX,
        ..canvas
    };
    let mut text = places(lesson, pieces, whole);
    let is_there = |piece: &Piece| match &piece.own {
        LearnerCode::Code(own) => diff::is_same(own, piece.finished),
        LearnerCode::Nothing | LearnerCode::Unknown(_) => false,
    };
    if !pieces.iter().all(is_there) {
        text.push_str(&format!(
            "{}  writes it into your files; your code is kept\n",
            canvas.paint.code(command)
        ));
    }
    text
}

/// Draws the solution file by file: as the difference to the learner's code if there is any, and otherwise as it is.
pub fn places(lesson: &Lesson, pieces: &[Piece], canvas: Canvas) -> String {
    let paint = canvas.paint;
    if pieces.is_empty() {
        return format!(
            "{} has no code of its own; it only runs your code.\n",
            lesson.id()
        );
    }
    let mut text = String::new();
    for piece in pieces {
        let heading = format!("{}, lesson {}:", piece.file, lesson.id());
        text.push_str(&paint.strong(&heading));
        text.push('\n');
        match &piece.own {
            LearnerCode::Code(own) if diff::is_same(own, piece.finished) => {
                text.push_str("Your code is the same as the solution.\n\n");
            }
            LearnerCode::Code(own) => {
                let key = format!(
                    "{} your code, {} the solution",
                    paint.removed("-"),
                    paint.added("+")
                );
                text.push_str(&format!("{key}\n\n"));
                text.push_str(&diff::draw(own, piece.finished, canvas));
                text.push('\n');
            }
            LearnerCode::Nothing | LearnerCode::Unknown(_) => {
                if let LearnerCode::Unknown(error) = &piece.own {
                    let error = sanitize(&error.to_string());
                    text.push_str(
                        &paint.notice(&format!("Cannot compare it with your code: {error}")),
                    );
                    text.push('\n');
                }
                text.push('\n');
                for line in piece.finished.trim_matches('\n').lines() {
                    text.push_str(&paint.code(line));
                    text.push('\n');
                }
                text.push('\n');
            }
        }
        // To somebody who has written nothing yet, it would say too much.
        if let (Some(further), LearnerCode::Code(_)) = (piece.goes_further, &piece.own) {
            let heading = format!(
                "The code in completed/ goes further here ({}):",
                paint.added("+")
            );
            text.push_str(&format!(
                "{heading}\n\n{}\n",
                diff::draw(piece.finished, further, canvas)
            ));
        }
    }
    text
}
