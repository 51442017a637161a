//! Everything that is drawn for people. Each module makes text; [`print()`] and [`tell`] put it on the
//! screen.

pub mod ago;
pub mod ask;
pub mod building;
pub mod check;
pub mod diff;
pub mod doctor;
pub mod evidence;
pub mod fit;
pub mod hosting;
pub mod keyboard;
pub mod lab;
pub mod lesson;
pub mod list;
pub mod making;
pub mod markdown;
pub mod paint;
pub mod rewritten;
pub mod solution;
pub mod target;
pub mod terminal;
pub mod timeline;
pub mod trace;

use std::io::{self, IsTerminal as _, Write as _};

pub use paint::Paint;

use crate::text::inert;

/// The widest that text is set, for reading; and what a pipe gets.
const WIDEST: usize = 100;
const DEFAULT: usize = 80;

/// The widest that a timeline is drawn that is watched, and not read.
const WIDEST_LIVE: usize = 120;

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

    /// As [`Canvas::stdout`], for what needs more room than text that is read.
    pub fn live() -> Canvas {
        Canvas::stdout_up_to(WIDEST_LIVE)
    }

    fn stdout_up_to(widest: usize) -> Canvas {
        let terminal = console::Term::stdout();
        let width = terminal
            .size_checked()
            .map(|(_, columns)| usize::from(columns));
        let told = || std::env::var("COLUMNS").ok()?.parse().ok();
        Canvas {
            width: width.or_else(told).unwrap_or(DEFAULT).clamp(40, widest),
            paint: Paint::new(coloured(io::stdout().is_terminal())),
        }
    }
}

impl Canvas {
    /// What reports in plain text are drawn on.
    pub fn plain() -> Canvas {
        Canvas {
            width: DEFAULT,
            paint: Paint::new(false),
        }
    }
}

/// Colour is for terminals, unless `NO_COLOR` is set (see <https://no-color.org>).
fn coloured(terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Prints the answer, on standard output. A reader that has gone away, as `head` does, is no error.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .ok();
}

/// Prints a remark, on standard error.
pub fn print_error(text: &str) {
    let mut err = io::stderr().lock();
    writeln!(err, "{}", inert(text)).ok();
}

/// How the learner called this program, as it is to be typed: `cargo run --` or `routeguide-lab`.
pub fn invocation() -> &'static str {
    // Cargo sets this for the programs that it runs.
    if std::env::var_os("CARGO_MANIFEST_DIR").is_some() {
        "cargo run --"
    } else {
        "routeguide-lab"
    }
}
