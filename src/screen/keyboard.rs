//! The keyboard, read by a thread: key by key, or line by line.

use std::collections::VecDeque;
use std::io::{self, BufRead as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::terminal;
use crate::lab::Key;

/// How long the thread waits for a key before it checks whether it is to pause.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How long [`Keyboard::pause`] waits for the thread. It answers after [`POLL_INTERVAL`], unless half of an escape
/// sequence has come, for the rest of which crossterm waits.
const PAUSE_LIMIT: Duration = Duration::from_secs(5);

/// More characters at once than a person types.
const FEWEST_PASTED: usize = 4;

/// An input from the terminal.
#[derive(Debug)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// A line was typed.
    Line(String),
    /// There will be no more lines.
    End,
    /// The terminal has another size.
    Resized,
    /// The terminal is gone.
    Gone,
}

/// The thread that reads keys. It can be paused, so that another program gets them.
#[derive(Debug)]
pub struct Keyboard {
    state: Arc<SharedState>,
}

/// The state of the thread, which both sides change.
#[derive(Debug, Default)]
struct SharedState {
    state: Mutex<ReaderState>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum ReaderState {
    #[default]
    Reading,
    /// It has been told to pause, but may still be reading.
    Pausing,
    /// It reads nothing.
    Paused,
    /// The thread has ended.
    Ended,
}

impl SharedState {
    fn get(&self) -> MutexGuard<'_, ReaderState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: ReaderState) {
        *self.get() = state;
        self.changed.notify_all();
    }

    /// Waits until reading is wanted again.
    fn wait_to_resume(&self) {
        let paused = |state: &mut ReaderState| *state == ReaderState::Paused;
        let resumed = self.changed.wait_while(self.get(), paused);
        drop(resumed.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until nothing is read any more.
    fn wait_for_pause(&self) {
        let pausing = |state: &mut ReaderState| *state == ReaderState::Pausing;
        let waited = self
            .changed
            .wait_timeout_while(self.get(), PAUSE_LIMIT, pausing);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Keyboard {
    /// Starts a thread that reads keys. Every input goes to `send`, which returns whether to go on reading.
    ///
    /// # Errors
    ///
    /// If the system refuses a thread.
    pub fn start(send: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<Keyboard> {
        let mut keys = Keys::default();
        Keyboard::read(move || keys.next(), send)
    }

    /// Starts a thread that reads lines from standard input.
    ///
    /// # Errors
    ///
    /// If the system refuses a thread.
    pub fn start_lines(send: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<Keyboard> {
        let mut lines = Lines::default();
        Keyboard::read(move || lines.next(), send)
    }

    fn read(
        mut next: impl FnMut() -> io::Result<Option<Input>> + Send + 'static,
        mut send: impl FnMut(Input) -> bool + Send + 'static,
    ) -> io::Result<Keyboard> {
        let state = Arc::new(SharedState::default());
        let shared = Arc::clone(&state);
        thread::Builder::new()
            .name("keys".to_string())
            .spawn(move || {
                loop {
                    if *shared.get() == ReaderState::Pausing {
                        shared.set(ReaderState::Paused);
                    }
                    shared.wait_to_resume();
                    let go_on = match next() {
                        Ok(Some(Input::End)) => {
                            send(Input::End);
                            false
                        }
                        Ok(Some(input)) => send(input),
                        Ok(None) => true,
                        Err(_) => {
                            send(Input::Gone);
                            false
                        }
                    };
                    if !go_on {
                        // So that `pause` does not wait for a thread that has ended.
                        shared.set(ReaderState::Ended);
                        return;
                    }
                }
            })?;
        Ok(Keyboard { state })
    }

    /// Leaves the keys to another program. When this returns, the thread has stopped reading.
    pub fn pause(&self) {
        if *self.state.get() == ReaderState::Reading {
            self.state.set(ReaderState::Pausing);
        }
        self.state.wait_for_pause();
    }

    /// Reads keys again.
    pub fn resume(&self) {
        if *self.state.get() != ReaderState::Ended {
            self.state.set(ReaderState::Reading);
        }
    }
}

/// The keys of a terminal.
#[derive(Debug, Default)]
struct Keys {
    /// What has been read and not been returned.
    read: VecDeque<Input>,
}

impl Keys {
    /// The next input, if one comes soon.
    fn next(&mut self) -> io::Result<Option<Input>> {
        if self.read.is_empty() {
            self.read.extend(read_keys()?);
        }
        Ok(self.read.pop_front())
    }
}

/// The next inputs, if some come soon.
fn read_keys() -> io::Result<Vec<Input>> {
    if terminal::is_closed() {
        let error = io::ErrorKind::UnexpectedEof;
        return Err(io::Error::new(error, "it has been closed"));
    }
    if !event::poll(POLL_INTERVAL)? {
        return Ok(Vec::new());
    }
    let mut inputs: Vec<Input> = input(event::read()?).into_iter().collect();
    // A console of Windows sends pasted text as keys, all at once.
    while cfg!(windows) && event::poll(Duration::ZERO)? {
        inputs.extend(input(event::read()?));
    }
    Ok(match cfg!(windows) && is_pasted(&inputs) {
        true => vec![Input::Key(Key::Pasted)],
        false => inputs,
    })
}

/// What an event means for the lab.
fn input(event: event::Event) -> Option<Input> {
    match event {
        event::Event::Key(key) if key.kind != KeyEventKind::Release => {
            Some(Input::Key(lab_key(key)))
        }
        event::Event::Paste(_) => Some(Input::Key(Key::Pasted)),
        event::Event::Resize(..) => Some(Input::Resized),
        _ => None,
    }
}

/// Whether inputs that came at once are pasted text: several characters that are not all the same, as those of a key that
/// is held down.
fn is_pasted(inputs: &[Input]) -> bool {
    let is_text = |input: &&Input| matches!(input, Input::Key(Key::Char(_) | Key::Enter));
    let key = |input: &Input| match input {
        Input::Key(key) => Some(*key),
        _ => None,
    };
    let mut typed = inputs.iter().filter(is_text).map(key);
    let first = typed.next();
    let others: Vec<Option<Key>> = typed.collect();
    others.len() + 1 >= FEWEST_PASTED && others.iter().any(|other| Some(*other) != first)
}

/// The most bytes of a typed line that are read.
const LONGEST_LINE: usize = 1_000;

/// The lines of standard input.
#[derive(Debug, Default)]
struct Lines {
    /// What has been read and not been returned.
    read: Vec<u8>,
    ended: bool,
}

impl Lines {
    /// The next line, or the end, if one comes soon.
    fn next(&mut self) -> io::Result<Option<Input>> {
        if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.read.drain(..=end).collect();
            return Ok(Some(Input::Line(text(&line))));
        }
        if self.ended {
            let rest = std::mem::take(&mut self.read);
            return Ok(Some(match rest.is_empty() {
                true => Input::End,
                false => Input::Line(text(&rest)),
            }));
        }
        if !can_read()? {
            return Ok(None);
        }
        let mut stdin = io::stdin().lock();
        let chunk = stdin.fill_buf()?;
        self.ended = chunk.is_empty();
        // The rest of a line that is too long is left out.
        let room = LONGEST_LINE.saturating_sub(self.read.len());
        let is_line = chunk.contains(&b'\n');
        let taken = if is_line {
            chunk.len()
        } else {
            chunk.len().min(room)
        };
        self.read.extend_from_slice(&chunk[..taken]);
        let used = chunk.len();
        stdin.consume(used);
        Ok(None)
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim().to_string()
}

/// Waits a moment for standard input to have something to read, or to end.
#[cfg(unix)]
fn can_read() -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdin = rustix::stdio::stdin();
    let mut input = [PollFd::new(&stdin, PollFlags::IN)];
    let wait = Timespec::try_from(POLL_INTERVAL).unwrap_or_default();
    match poll(&mut input, Some(&wait)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Windows cannot wait for all kinds of input: there, reading itself waits.
#[cfg(not(unix))]
fn can_read() -> io::Result<bool> {
    Ok(true)
}

fn lab_key(key: KeyEvent) -> Key {
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
    fn text_that_comes_at_once_is_pasted_and_a_key_held_down_is_not() {
        let keys = |text: &str| -> Vec<Input> {
            let key = |letter| match letter {
                '\n' => Key::Enter,
                letter => Key::Char(letter),
            };
            text.chars().map(|letter| Input::Key(key(letter))).collect()
        };
        assert!(is_pasted(&keys("cargo run\n")) && is_pasted(&keys("q\ny\n")));
        assert!(!is_pasted(&keys("jjjjjjjj")) && !is_pasted(&keys("xy")) && !is_pasted(&[]));
        let arrows = [Key::Down, Key::Up, Key::Down, Key::Up, Key::Down].map(Input::Key);
        assert!(!is_pasted(&arrows));
    }

    #[test]
    fn a_letter_with_control_or_alt_is_not_that_letter() {
        let key = |code, modifiers| lab_key(KeyEvent::new(code, modifiers));
        let c = KeyCode::Char('c');
        assert_eq!(key(c, KeyModifiers::NONE), Key::Char('c'));
        assert_eq!(key(c, KeyModifiers::CONTROL), Key::Interrupt);
        assert_eq!(key(c, KeyModifiers::ALT), Key::Other);
        let question = KeyCode::Char('?');
        assert_eq!(key(question, KeyModifiers::SHIFT), Key::Char('?'));
    }
}
