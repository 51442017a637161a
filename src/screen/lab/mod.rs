//! The view of the interactive lab: draws a [`Model`] as the rows of a terminal. The terminal itself is in
//! [`super::terminal`].

mod context;
mod finish;
mod help;
mod lessons;
pub mod notices;
mod page;
pub mod plain;
mod status;

pub use context::DrawContext;

use super::{fit, lesson};
use crate::lab::{Model, Viewport};

/// A drawn screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The rows of the terminal, none wider than it is.
    pub rows: Vec<String>,
    /// The visible part of the page.
    pub viewport: Viewport,
}

/// Draws the whole screen.
pub fn draw(model: &Model, context: &DrawContext<'_>) -> Frame {
    let head = folded(&[status::header(model, context)], context.columns, 1);
    let mut foot = status::lines(model, context);
    foot.extend(status::keys(model, context));
    // The foot takes at most a third of a low terminal; its last lines, the keys, are cut off first.
    let foot = folded(&foot, context.columns, (context.rows / 3).max(1));
    // The head, the foot, and the rules above and below the page.
    let around = head.len() + foot.len() + 2;
    let height = context.rows.saturating_sub(around);
    let page = page::draw(model, context);
    let lines = folded(&page.lines, context.columns, usize::MAX);
    let first = first_line(model, &page, lines.len(), height, context.columns);
    let last = (first + height).min(lines.len());
    let mut rows = head;
    rows.push(rule(page::title(model), "", context));
    rows.extend_from_slice(&lines[first..last]);
    rows.resize(rows.len() + height - (last - first), String::new());
    rows.push(rule("", &position(first, last, lines.len()), context));
    rows.extend(foot);
    rows.truncate(context.rows);
    Frame {
        rows,
        viewport: Viewport {
            height,
            lines: lines.len(),
            first,
        },
    }
}

/// The first visible line of the page: where the learner has scrolled to, or where the page asks to be shown from.
/// The last page is always full.
fn first_line(
    model: &Model,
    page: &page::Drawing,
    lines: usize,
    height: usize,
    columns: usize,
) -> usize {
    let most = lines.saturating_sub(height);
    let folded_until = |line: usize| folded(&page.lines[..line], columns, usize::MAX).len();
    let wanted = match page.focus {
        page::Focus::Scrolled => model.scroll,
        page::Focus::Around(line) => folded_until(line).saturating_sub(height / 2),
        page::Focus::From(line) => folded_until(line),
    };
    wanted.min(most)
}

/// What is printed when the lab has been left.
pub fn farewell(model: &Model, context: &DrawContext<'_>) -> String {
    let bar = lesson::course_bar(model.tally(), context.canvas());
    let program = context.program.trim_end_matches(" --");
    let again = context.paint.code(program);
    match model.is_done() {
        true => format!("{bar}\n"),
        false => format!("{bar}\nContinue any time with {again}\n"),
    }
}

/// Which part of the page is visible, if not all of it.
fn position(first: usize, last: usize, lines: usize) -> String {
    if first == 0 && last == lines || first == last {
        return String::new();
    }
    let arrows = match (first > 0, last < lines) {
        (true, true) => "↑↓",
        (true, false) => "↑",
        _ => "↓",
    };
    format!("{arrows} lines {} to {last} of {lines}", first + 1)
}

/// A horizontal line with a title at its left and one at its right.
fn rule(left: &str, right: &str, context: &DrawContext<'_>) -> String {
    let spaced = |title: &str| match title {
        "" => String::new(),
        title => format!(" {title} "),
    };
    let (left, right) = (spaced(left), spaced(right));
    let used = fit::width(&left) + fit::width(&right) + 4;
    let middle = "─".repeat(context.columns.saturating_sub(used));
    let line = fit::cut(&format!("──{left}{middle}{right}──"), context.columns);
    context.paint.faint(&line)
}

/// The lines, folded to the columns, and at most `most` of them.
fn folded(lines: &[String], columns: usize, most: usize) -> Vec<String> {
    let lines = lines.iter().flat_map(|line| fit::folded(line, columns));
    lines.take(most).collect()
}

#[cfg(test)]
mod tests;
