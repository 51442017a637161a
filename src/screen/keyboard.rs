//! The keys that are pressed, read in a thread of its own.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::lab::Key;

/// How long the thread waits for a key before it looks whether it is to rest.
const LOOK_UP: Duration = Duration::from_millis(50);

/// What comes from the terminal.
#[derive(Debug)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// The terminal has another size.
    Resized,
    /// The terminal is gone; the system's words.
    Gone(io::Error),
}

/// The reading of keys. It can be interrupted, so that another program gets them.
#[derive(Debug)]
pub struct Keyboard {
    mode: Arc<Switch>,
}

/// What the thread is to do, and what it does.
#[derive(Debug, Default)]
struct Switch {
    mode: Mutex<Mode>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Reading,
    /// It is to rest, but may still be reading.
    Stopping,
    /// It reads nothing.
    Resting,
    /// The thread has ended.
    Ended,
}

impl Switch {
    fn mode(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, mode: Mode) {
        *self.mode() = mode;
        self.changed.notify_all();
    }

    fn wait_while(&self, condition: impl Fn(Mode) -> bool) {
        let mode = self.mode();
        drop(
            self.changed
                .wait_while(mode, |mode| condition(*mode))
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

impl Keyboard {
    /// Begins to read. Everything goes to `tell`, which says whether to go on.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn start(mut tell: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<Keyboard> {
        let mode = Arc::new(Switch::default());
        let switch = Arc::clone(&mode);
        thread::Builder::new()
            .name("keys".to_string())
            .spawn(move || {
                loop {
                    if *switch.mode() == Mode::Stopping {
                        switch.set(Mode::Resting);
                    }
                    switch.wait_while(|mode| mode == Mode::Resting);
                    let go_on = match next() {
                        Ok(Some(input)) => tell(input),
                        Ok(None) => true,
                        Err(error) => {
                            tell(Input::Gone(error));
                            false
                        }
                    };
                    if !go_on {
                        // Nobody waits for a thread that is gone.
                        switch.set(Mode::Ended);
                        return;
                    }
                }
            })?;
        Ok(Keyboard { mode })
    }

    /// Leaves the keys to others. When this returns, nothing is read any more.
    pub fn rest(&self) {
        if *self.mode.mode() == Mode::Reading {
            self.mode.set(Mode::Stopping);
        }
        self.mode.wait_while(|mode| mode == Mode::Stopping);
    }

    /// Reads again.
    pub fn go_on(&self) {
        if *self.mode.mode() != Mode::Ended {
            self.mode.set(Mode::Reading);
        }
    }
}

fn next() -> io::Result<Option<Input>> {
    if !event::poll(LOOK_UP)? {
        return Ok(None);
    }
    Ok(match event::read()? {
        event::Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(named(key))),
        event::Event::Paste(_) => Some(Input::Key(Key::Pasted)),
        event::Event::Resize(..) => Some(Input::Resized),
        _ => None,
    })
}

fn named(key: KeyEvent) -> Key {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if control => Key::Interrupt,
        KeyCode::Char('z') if control => Key::Suspend,
        KeyCode::Char('l') if control => Key::Redraw,
        KeyCode::Char(_) if control || key.modifiers.contains(KeyModifiers::ALT) => Key::Other,
        KeyCode::Char(letter) => Key::Char(letter),
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_control_are_no_letters() {
        let key = |code, modifiers| named(KeyEvent::new(code, modifiers));
        let c = KeyCode::Char('c');
        assert_eq!(key(c, KeyModifiers::NONE), Key::Char('c'));
        assert_eq!(key(c, KeyModifiers::CONTROL), Key::Interrupt);
        assert_eq!(key(c, KeyModifiers::ALT), Key::Other);
        let question = KeyCode::Char('?');
        assert_eq!(key(question, KeyModifiers::SHIFT), Key::Char('?'));
    }
}
