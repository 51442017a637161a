//! The interactive lab, as rows of a terminal. Everything here makes text of a [`State`]; the terminal itself
//! is in [`super::terminal`].

mod finish;
mod help;
mod lessons;
mod page;
mod status;
pub mod words;

use super::{Canvas, Paint, fit};
use crate::lab::{Page, Room, State};

/// The widest that a page is set, for reading.
const WIDEST: usize = 100;
/// The narrowest that texts are made for. On less, their lines are folded.
const NARROWEST: usize = 40;

/// What the terminal is, and how the learner called the lab.
#[derive(Debug, Clone, Copy)]
pub struct Stage<'a> {
    /// Columns of the terminal.
    pub columns: usize,
    /// Its rows.
    pub rows: usize,
    /// With colours, or without.
    pub paint: Paint,
    /// The words that run this program from a shell.
    pub program: &'a str,
    /// A number that grows while something is going on, so that one can see it move.
    pub tick: usize,
}

/// A drawn screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Every row of the terminal, none wider than it is.
    pub rows: Vec<String>,
    /// What the page had room for.
    pub room: Room,
}

impl Stage<'_> {
    fn canvas(&self) -> Canvas {
        Canvas {
            width: self.columns.clamp(NARROWEST, WIDEST),
            paint: self.paint,
        }
    }
}

/// Draws the whole screen.
pub fn draw(state: &State, stage: &Stage<'_>) -> Frame {
    let head = folded(&[status::header(state, stage)], stage.columns, 1);
    let mut foot = status::messages(state, stage);
    foot.extend(status::keys(state, stage));
    // The page keeps the greater part, also on a low terminal: there, the keys go first.
    let foot = folded(&foot, stage.columns, (stage.rows / 3).max(1));
    // Head, foot, and a rule above and below the page.
    let around = head.len() + foot.len() + 2;
    let height = stage.rows.saturating_sub(around);
    let page = page::draw(state, stage);
    let lines = folded(&page.lines, stage.columns, usize::MAX);
    let first = first_line(state, &page, lines.len(), height, stage.columns);
    let last = (first + height).min(lines.len());
    let mut rows = head;
    rows.push(rule(page::title(state), "", stage));
    rows.extend_from_slice(&lines[first..last]);
    rows.resize(rows.len() + height - (last - first), String::new());
    rows.push(rule("", &position(first, last, lines.len()), stage));
    rows.extend(foot);
    rows.truncate(stage.rows);
    Frame {
        rows,
        room: Room {
            height,
            lines: lines.len(),
            first,
        },
    }
}

/// The first line of the page that is shown: as far down as the learner has scrolled, but not beyond the
/// end; or where the page wants to be looked at.
fn first_line(
    state: &State,
    page: &page::Drawn,
    lines: usize,
    height: usize,
    columns: usize,
) -> usize {
    let most = lines.saturating_sub(height);
    let until = |line: usize| folded(&page.lines[..line], columns, usize::MAX).len();
    let wanted = match page.look_at {
        page::LookAt::Nothing => state.scroll,
        page::LookAt::Around(line) => until(line).saturating_sub(height / 2),
        page::LookAt::From(line) => until(line),
    };
    wanted.min(most)
}

/// What is said when the lab is left.
pub fn goodbye(state: &State, stage: &Stage<'_>) -> String {
    let bar =
        super::lesson::course_bar(state.passed(), state.course.lessons().len(), stage.canvas());
    let program = stage.program.trim_end_matches(" --");
    let again = stage.paint.code(program);
    match state.is_done() {
        true => format!("{bar}\n"),
        false => format!("{bar}\nGo on whenever you like with {again}\n"),
    }
}

/// Which part of the page is seen, if not all of it.
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

/// A line across, with a word at its left and one at its right.
fn rule(left: &str, right: &str, stage: &Stage<'_>) -> String {
    let worded = |word: &str| match word {
        "" => String::new(),
        word => format!(" {word} "),
    };
    let (left, right) = (worded(left), worded(right));
    let used = fit::width(&left) + fit::width(&right) + 4;
    let middle = "─".repeat(stage.columns.saturating_sub(used));
    let line = fit::cut(&format!("──{left}{middle}{right}──"), stage.columns);
    stage.paint.faint(&line)
}

/// Lines that fit the columns, at most so many.
fn folded(lines: &[String], columns: usize, most: usize) -> Vec<String> {
    let lines = lines.iter().flat_map(|line| fit::folded(line, columns));
    lines.take(most).collect()
}

/// Whether a page is a text that is scrolled, and not a list to choose from.
fn is_list(page: Page) -> bool {
    matches!(page, Page::List { .. })
}

#[cfg(test)]
mod tests;
