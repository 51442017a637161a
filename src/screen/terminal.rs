//! The terminal of the interactive lab: the alternate screen in raw mode. It is restored on every way out, also after
//! a panic.

use std::io::{self, IsTerminal as _, Write as _};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::{Print, ResetColor};
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap,
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{execute, queue};

use super::coloured;
use super::paint::Paint;
use crate::draw::has_escape_codes;
use crate::text::Printable;

/// The most columns and the most rows that the lab uses.
const LARGEST: usize = 1_000;

/// Whether the lab has the terminal.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, which is restored when this is dropped.
#[derive(Debug)]
pub struct Terminal {
    /// The rows that it shows; empty if they are not known.
    shown: Vec<Printable>,
}

/// Whether the lab can be interactive: input and output are a terminal.
pub fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether the terminal can do nothing but show one line after another, as old consoles of Windows.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb") || !has_escape_codes()
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// If the terminal refuses; then it is restored.
    pub fn take() -> io::Result<Terminal> {
        give_back_after_panic();
        let mut terminal = Terminal { shown: Vec::new() };
        terminal.take_again()?;
        Ok(terminal)
    }

    /// Takes the terminal again, after [`Terminal::give_back`].
    ///
    /// # Errors
    ///
    /// As [`Terminal::take`].
    pub fn take_again(&mut self) -> io::Result<()> {
        self.shown.clear();
        TAKEN.store(true, Ordering::SeqCst);
        let taken = terminal::enable_raw_mode().and_then(|()| {
            execute!(
                io::stdout(),
                EnterAlternateScreen,
                DisableLineWrap,
                // So that pasted text arrives as one event and not as keys.
                EnableBracketedPaste,
                Hide,
                Clear(ClearType::All)
            )
        });
        if taken.is_err() {
            give_back();
        }
        taken
    }

    /// Restores the terminal for another program, such as an editor.
    pub fn give_back(&mut self) {
        give_back();
    }

    /// Columns and rows. A terminal that does not know its size, such as a serial line, reports 0. Of one that is
    /// larger than any real one, a part is used.
    pub fn size(&self) -> (usize, usize) {
        let (columns, rows) = terminal::size()
            .ok()
            .filter(|(columns, rows)| *columns > 0 && *rows > 0)
            .unwrap_or((80, 24));
        let used = |size: u16| usize::from(size).min(LARGEST);
        (used(columns), used(rows))
    }

    /// The colours to use on it.
    pub fn paint(&self) -> Paint {
        Paint::new(coloured(true))
    }

    /// Makes the next [`Terminal::show`] draw all rows.
    pub fn forget(&mut self) {
        self.shown.clear();
    }

    /// Shows these rows. Only those that have changed are written.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    pub fn show(&mut self, rows: Vec<Printable>) -> io::Result<()> {
        let mut out = io::stdout().lock();
        queue!(out, BeginSynchronizedUpdate)?;
        if self.shown.len() != rows.len() {
            queue!(out, Clear(ClearType::All))?;
            self.shown = vec![Printable::default(); rows.len()];
        }
        for (number, (row, shown)) in (0..).zip(rows.iter().zip(&self.shown)) {
            if row != shown {
                let line = Clear(ClearType::CurrentLine);
                queue!(out, MoveTo(0, number), line, Print(row))?;
            }
        }
        queue!(out, EndSynchronizedUpdate)?;
        self.shown = rows;
        out.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Restores the terminal, if the lab has it. Errors are ignored: a terminal that is gone needs no restoring.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        if coloured(true) {
            queue!(out, ResetColor).ok();
        }
        execute!(
            out,
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            EnableLineWrap,
            Show,
            LeaveAlternateScreen
        )
        .ok();
        terminal::disable_raw_mode().ok();
    }
}

/// Restores the settings of the terminal, if the lab has it, and writes nothing to it: for a terminal that takes no text.
pub fn restore_settings() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        terminal::disable_raw_mode().ok();
    }
}

/// Whether the terminal has been closed, as far as the system tells. crossterm takes no notice of it.
#[cfg(unix)]
pub fn is_closed() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdin = rustix::stdio::stdin();
    let mut terminal = [PollFd::new(&stdin, PollFlags::empty())];
    let at_once = Timespec::default();
    // If a signal comes in between, the next look will tell.
    poll(&mut terminal, Some(&at_once)).is_ok()
        && terminal[0]
            .revents()
            .intersects(PollFlags::HUP | PollFlags::ERR)
}

/// Whether the terminal has been closed. Windows ends the programs of a console that is closed.
#[cfg(not(unix))]
pub fn is_closed() -> bool {
    false
}

/// Restores the terminal before the message of a panic is printed. The panic of another thread or task is not printed
/// over the screen, but reported by the code that waits for it.
fn give_back_after_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let is_main = std::thread::current().name() == Some("main");
            if is_main {
                give_back();
            }
            if is_main || !TAKEN.load(Ordering::SeqCst) {
                print(panic);
            }
        }));
    });
}
