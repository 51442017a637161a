//! Text in columns and colours: what the terminal's screens and the reports have in common.

pub mod evidence;
pub mod fit;
pub mod output;
pub mod paint;
pub mod timeline;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};

pub use output::{print, print_error};
pub use paint::Paint;

/// The widest that text is set, for reading; and what a pipe gets.
const WIDEST: usize = 100;
const DEFAULT: usize = 80;

/// The widest that a timeline is drawn, whose lanes are looked at and not read.
pub const WIDEST_TIMELINE: usize = 160;

/// What the screen can show.
#[derive(Debug, Clone, Copy)]
pub struct Canvas {
    /// How many columns text may take.
    pub width: usize,
    /// How many columns a timeline may take.
    pub timeline: usize,
    /// With which colours, if any.
    pub paint: Paint,
}

impl Canvas {
    /// One on which text and timelines may take so many columns.
    pub fn new(width: usize, paint: Paint) -> Canvas {
        Canvas {
            width,
            timeline: width,
            paint,
        }
    }

    /// The part of a screen of so many columns that text may take, and timelines.
    pub fn of_columns(columns: usize, narrowest: usize, paint: Paint) -> Canvas {
        Canvas {
            width: columns.clamp(narrowest, WIDEST),
            timeline: columns.clamp(narrowest, WIDEST_TIMELINE),
            paint,
        }
    }

    /// Standard output: its width if it is a terminal, and colour if that is wanted.
    pub fn stdout() -> Canvas {
        Canvas::of(&console::Term::stdout(), io::stdout().is_terminal())
    }

    /// Standard error, in the same way.
    pub fn stderr() -> Canvas {
        Canvas::of(&console::Term::stderr(), io::stderr().is_terminal())
    }

    fn of(terminal: &console::Term, is_terminal: bool) -> Canvas {
        let width = terminal
            .size_checked()
            .map(|(_, columns)| usize::from(columns));
        let from_environment = || std::env::var("COLUMNS").ok()?.parse().ok();
        let columns = width.or_else(from_environment).unwrap_or(DEFAULT);
        Canvas::of_columns(columns, 40, Paint::new(coloured(is_terminal)))
    }

    /// Plain text of the default width, for reports that are read elsewhere.
    pub fn plain() -> Canvas {
        Canvas::new(DEFAULT, Paint::new(false))
    }
}

/// Whether to use colour on standard output, which may be a terminal.
pub(crate) fn coloured(terminal: bool) -> bool {
    let variable = |name: &str| std::env::var_os(name);
    wants_colour(terminal, variable) && (!terminal || has_escape_codes())
}

/// Colour is for terminals, unless `NO_COLOR` is set (see <https://no-color.org>).
fn wants_colour(terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_off = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    terminal && !is_off && variable("TERM").is_none_or(|term| term != "dumb")
}

/// Whether the terminal carries out escape codes. A console of Windows has to be told to, which this does; an old one
/// cannot, and would print them.
#[cfg(windows)]
pub(crate) fn has_escape_codes() -> bool {
    crossterm::ansi_support::supports_ansi()
}

/// Whether the terminal carries out escape codes. All terminals of Unix do but dumb ones.
#[cfg(not(windows))]
pub(crate) fn has_escape_codes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_narrow_enough_to_read_and_timelines_take_the_room_there_is() {
        let widths = |columns| {
            let canvas = Canvas::of_columns(columns, 40, Paint::new(false));
            (canvas.width, canvas.timeline)
        };
        assert_eq!(widths(80), (80, 80));
        assert_eq!(widths(140), (100, 140));
        assert_eq!(widths(1_000), (WIDEST, WIDEST_TIMELINE));
        assert_eq!(widths(1), (40, 40));
    }

    #[test]
    fn colour_is_for_terminals_and_can_be_switched_off() {
        let wants = |terminal, set: &[(&str, &str)]| {
            wants_colour(terminal, |name| {
                let (_, value) = set.iter().find(|(known, _)| *known == name)?;
                Some(value.into())
            })
        };
        assert!(wants(true, &[]) && wants(true, &[("TERM", "xterm"), ("NO_COLOR", "")]));
        assert!(!wants(false, &[]) && !wants(false, &[("TERM", "xterm")]));
        assert!(!wants(true, &[("NO_COLOR", "1")]) && !wants(true, &[("TERM", "dumb")]));
    }
}
