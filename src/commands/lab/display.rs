//! Where the lab is shown and typed at: a screen with keys, or lines.

use std::io::{self, IsTerminal as _};

use super::event::{AppEvent, EventSender};
use crate::draw::output;
use crate::lab::{Message, Model};
use crate::screen::keyboard::{Input, Keyboard};
use crate::screen::lab::plain::PlainView;
use crate::screen::lab::{self as view, DrawContext};
use crate::screen::terminal::{self, Terminal};
use crate::screen::{self, Canvas, Paint};
use crate::text::Printable;

/// What shows the model, and reads what the learner types.
pub struct Display {
    kind: Kind,
    keyboard: Keyboard,
    /// Whether the learner types at a terminal.
    at_terminal: bool,
}

enum Kind {
    Screen(Terminal),
    Lines(PlainView),
}

impl Display {
    /// Takes the terminal, unless it is for lines, and starts to read.
    ///
    /// # Errors
    ///
    /// If the system refuses the terminal or a thread.
    pub fn open(is_plain: bool, sender: &EventSender) -> io::Result<Display> {
        let keys = sender.clone();
        let send = move |input| {
            keys.send(match input {
                Input::Key(key) => AppEvent::Message(Message::Key(key)),
                Input::Line(line) => AppEvent::Line(line),
                Input::Resized => AppEvent::Resized,
                Input::End => AppEvent::InputEnded,
                Input::Gone => AppEvent::TerminalGone,
            })
        };
        let at_terminal = io::stdin().is_terminal();
        let (kind, keyboard) = match is_plain {
            true => (
                Kind::Lines(PlainView::default()),
                Keyboard::start_lines(send)?,
            ),
            false => (Kind::Screen(Terminal::take()?), Keyboard::start(send)?),
        };
        Ok(Display {
            kind,
            keyboard,
            at_terminal,
        })
    }

    /// Whether something on it moves while the lab works.
    pub fn is_animated(&self) -> bool {
        matches!(self.kind, Kind::Screen(_))
    }

    /// What a drawing depends on besides the model.
    pub fn context(&self, tick: usize) -> DrawContext<'static> {
        let ((columns, rows), paint) = match &self.kind {
            Kind::Screen(terminal) => (terminal.size(), terminal.paint()),
            Kind::Lines(_) => ((Canvas::stdout().width, usize::MAX), Paint::new(false)),
        };
        DrawContext {
            columns,
            rows,
            paint,
            program: screen::invocation(),
            tick,
        }
    }

    /// Shows the model.
    ///
    /// # Errors
    ///
    /// If nothing can be written any more.
    pub fn show(&mut self, model: &mut Model, tick: usize) -> io::Result<()> {
        let context = self.context(tick);
        match &mut self.kind {
            Kind::Screen(terminal) => {
                let frame = view::draw(model, &context);
                model.viewport = frame.viewport;
                terminal.show(frame.rows.iter().map(Printable::from).collect())
            }
            Kind::Lines(lines) => {
                let news = lines.news(model, &context);
                match news.is_empty() {
                    true => Ok(()),
                    false => output::try_print(&news),
                }
            }
        }
    }

    /// Shows everything anew.
    pub fn forget(&mut self) {
        match &mut self.kind {
            Kind::Screen(terminal) => terminal.forget(),
            Kind::Lines(lines) => lines.forget(),
        }
    }

    /// A command was typed.
    pub fn answer(&mut self) {
        if let Kind::Lines(lines) = &mut self.kind {
            lines.answer();
        }
    }

    /// Leaves the keys and the screen to another program.
    pub fn leave(&mut self) {
        self.keyboard.pause();
        if let Kind::Screen(terminal) = &mut self.kind {
            terminal.give_back();
        }
    }

    /// Takes them again.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be taken again.
    pub fn take(&mut self) -> io::Result<()> {
        if let Kind::Screen(terminal) = &mut self.kind {
            terminal.take_again()?;
        }
        self.keyboard.resume();
        Ok(())
    }

    /// The process was stopped and continues: another program may have used the terminal meanwhile.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be taken again.
    pub fn continued(&mut self) -> io::Result<()> {
        match &mut self.kind {
            Kind::Screen(terminal) => {
                terminal.give_back();
                terminal.take_again()
            }
            Kind::Lines(_) => Ok(()),
        }
    }

    /// Whether the learner's terminal has been closed.
    pub fn is_closed(&self) -> bool {
        self.at_terminal && terminal::is_closed()
    }
}
