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

/// The widest that a timeline is drawn that is watched, and not read.
pub const WIDEST_LIVE: usize = 120;

/// What the screen can show.
#[derive(Debug, Clone, Copy)]
pub struct Canvas {
    /// How many columns text may take.
    pub width: usize,
    /// With which colours, if any.
    pub paint: Paint,
}

impl Canvas {
    /// Standard output: its width if it is a terminal, and colour if that is wanted.
    pub fn stdout() -> Canvas {
        Canvas::stdout_up_to(WIDEST)
    }

    /// Standard error, in the same way.
    pub fn stderr() -> Canvas {
        Canvas::of(&console::Term::stderr(), io::stderr().is_terminal(), WIDEST)
    }

    /// As [`Canvas::stdout`], for what needs more room than text that is read.
    pub fn live() -> Canvas {
        Canvas::stdout_up_to(WIDEST_LIVE)
    }

    fn stdout_up_to(widest: usize) -> Canvas {
        Canvas::of(&console::Term::stdout(), io::stdout().is_terminal(), widest)
    }

    fn of(terminal: &console::Term, is_terminal: bool, widest: usize) -> Canvas {
        let width = terminal
            .size_checked()
            .map(|(_, columns)| usize::from(columns));
        let from_environment = || std::env::var("COLUMNS").ok()?.parse().ok();
        Canvas {
            width: width
                .or_else(from_environment)
                .unwrap_or(DEFAULT)
                .clamp(40, widest),
            paint: Paint::new(coloured(is_terminal)),
        }
    }

    /// Plain text of the default width, for reports that are read elsewhere.
    pub fn plain() -> Canvas {
        Canvas {
            width: DEFAULT,
            paint: Paint::new(false),
        }
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
