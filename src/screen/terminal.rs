//! The terminal as the interactive lab uses it: a screen of its own, keys without Return. Whatever happens,
//! it is given back as it was.

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

/// Whether the terminal is the lab's at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, as long as it is the lab's.
#[derive(Debug)]
pub struct Terminal {
    /// What it shows, row by row; empty if that is not known.
    shown: Vec<String>,
}

/// Whether the lab can be interactive: both ends are terminals, and it is one that can do more than print.
pub fn is_interactive() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// If it does not do as it is told; then it is as it was.
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
                // A text that is pasted comes in one piece then, and not as so many keys.
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

    /// Lets others have the terminal, an editor for example.
    pub fn give_back(&mut self) {
        give_back();
    }

    /// Columns and rows. A terminal that does not know its size, such as a serial line, says that it has none.
    pub fn size(&self) -> (usize, usize) {
        let (columns, rows) = terminal::size()
            .ok()
            .filter(|(columns, rows)| *columns > 0 && *rows > 0)
            .unwrap_or((80, 24));
        (usize::from(columns), usize::from(rows))
    }

    /// The colours it may be given.
    pub fn paint(&self) -> Paint {
        Paint::new(coloured(true))
    }

    /// Forgets what is shown, so that everything is drawn anew.
    pub fn forget(&mut self) {
        self.shown.clear();
    }

    /// Shows these rows. Only those that differ from what is there are written.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    pub fn show(&mut self, rows: &[String]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        queue!(out, BeginSynchronizedUpdate)?;
        if self.shown.len() != rows.len() {
            queue!(out, Clear(ClearType::All))?;
            self.shown = vec![String::new(); rows.len()];
        }
        for (number, (row, shown)) in (0..).zip(rows.iter().zip(&self.shown)) {
            if row != shown {
                let line = Clear(ClearType::CurrentLine);
                queue!(out, MoveTo(0, number), line, Print(row))?;
            }
        }
        queue!(out, EndSynchronizedUpdate)?;
        self.shown = rows.to_vec();
        out.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, once. A terminal that is gone needs nothing any more.
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

/// Sees to it that the words of a panic are readable. One in another thread is told by whoever waits for
/// that: printed here, it would only disturb the screen.
fn give_back_after_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            let is_main = std::thread::current().name() == Some("main");
            if is_main {
                give_back();
            }
            if is_main || !TAKEN.load(Ordering::SeqCst) {
                print(what);
            }
        }));
    });
}
