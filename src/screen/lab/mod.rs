//! The view of the interactive lab: draws a [`Model`] as the rows of a terminal. The terminal itself is in
//! [`super::terminal`].

mod context;
mod finish;
mod glossary;
mod help;
mod lessons;
pub mod notices;
mod page;
mod passed;
pub mod plain;
mod server;
mod status;

pub use context::DrawContext;

use super::{fit, lesson};
use crate::lab::{Model, Page, Viewport};

/// A drawn screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The rows of the terminal, none wider than it is.
    pub rows: Vec<String>,
    /// The visible part of the page.
    pub viewport: Viewport,
}

/// From so many columns on, the text and the verdict stand side by side.
const SIDE_BY_SIDE: usize = 120;

/// How wide the text is at most, beside the verdict: its widest lines of code fit.
const WIDEST_TEXT: usize = 82;

/// What is between them.
const BETWEEN: &str = " │ ";

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
    let is_one_of_two = matches!(model.page, Page::Text | Page::Verdict);
    let (title, page, viewport) = match context.columns >= SIDE_BY_SIDE && is_one_of_two {
        true => text_and_verdict(model, height, context),
        false => one_page(model, height, context),
    };
    let Viewport { first, lines, .. } = viewport;
    let mut rows = head;
    rows.push(title);
    rows.extend(page);
    let last = (first + height).min(lines);
    rows.push(rule("", &position(first, last, lines), context));
    rows.extend(foot);
    rows.truncate(context.rows);
    Frame { rows, viewport }
}

/// The page with its title: so many rows of it.
fn one_page(
    model: &Model,
    height: usize,
    context: &DrawContext<'_>,
) -> (String, Vec<String>, Viewport) {
    let page = page::draw(model, context);
    let lines = folded(&page.lines, context.columns, usize::MAX);
    let first = first_line(model, &page, lines.len(), height, context.columns);
    let title = rule(page::title(model.page), "", context);
    let (rows, viewport) = visible(&lines, first, height);
    (title, rows, viewport)
}

/// The text of the lesson and the verdict side by side with their titles: so many rows of them. The viewport is that of
/// the page, which the keys scroll.
fn text_and_verdict(
    model: &Model,
    height: usize,
    context: &DrawContext<'_>,
) -> (String, Vec<String>, Viewport) {
    // Pictures and code in the text need more room than the verdict.
    let both = context.columns - fit::width(BETWEEN);
    let width = (both * 3 / 5).min(WIDEST_TEXT);
    let part = |columns| DrawContext {
        columns,
        ..*context
    };
    let (left, right) = (part(width), part(both - width));
    let side = |page: Page, place: usize| {
        let part = match page {
            Page::Text => &left,
            _ => &right,
        };
        let drawing = page::draw_page(model, page, part);
        let lines = folded(&drawing.lines, part.columns, usize::MAX);
        let first = place.min(lines.len().saturating_sub(height));
        visible(&lines, first, height)
    };
    let (text, text_viewport) = side(Page::Text, model.text_place());
    let (verdict, verdict_viewport) = side(Page::Verdict, model.verdict_place());
    let rows = text.iter().zip(&verdict).map(|(left, right)| {
        let row = format!(
            "{}{}{right}",
            fit::padded(left, width),
            context.paint.faint(BETWEEN)
        );
        row.trim_end().to_string()
    });
    let title = |page| match model.page == page {
        true => format!("▸ {}", page::title(page)),
        false => page::title(page).to_string(),
    };
    let titles = [
        rule(&title(Page::Text), "", &left),
        rule(&title(Page::Verdict), "", &right),
    ];
    let viewport = match model.page {
        Page::Verdict => verdict_viewport,
        _ => text_viewport,
    };
    let between = context.paint.faint("─┬─");
    (titles.join(&between), rows.collect(), viewport)
}

/// So many rows of a page, from a line on.
fn visible(lines: &[String], first: usize, height: usize) -> (Vec<String>, Viewport) {
    let last = (first + height).min(lines.len());
    let mut rows = lines[first..last].to_vec();
    rows.resize(height, String::new());
    let viewport = Viewport {
        height,
        lines: lines.len(),
        first,
    };
    (rows, viewport)
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
