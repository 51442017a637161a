//! The two outputs of a command. Nothing else in the lab writes to them but the screen of the interactive lab.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use super::coloured;
use crate::text::{Printable, escape_workflow_commands, printable};

/// Why the answer could not be written, if it could not.
static UNWRITTEN: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints the answer, on standard output. If that fails, [`unwritten`] returns why.
pub fn print(text: impl Into<Printable>) {
    if let Err(error) = try_print(text) {
        note_unwritten(error);
    }
}

/// Prints a part of the answer, on standard output.
///
/// # Errors
///
/// If it cannot be written.
pub fn try_print(text: impl Into<Printable>) -> io::Result<()> {
    write(io::stdout().lock(), &text.into())
}

/// Prints an error, a warning or a note, on standard error. If that cannot be written, there is no place left to say it.
pub fn print_error(text: &str) {
    let line = escape_workflow_commands(text) + "\n";
    write(io::stderr().lock(), &printable(&line)).ok();
}

/// Asks a question on standard error.
///
/// # Errors
///
/// If it cannot be written.
pub fn print_question(text: &str) -> io::Result<()> {
    let question = printable(&escape_workflow_commands(text));
    write(io::stderr().lock(), &question)
}

/// Takes note that the answer could not be written. A reader that has gone away, as `head` does, is no error.
pub fn note_unwritten(error: io::Error) {
    if error.kind() != io::ErrorKind::BrokenPipe {
        let mut first = UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }
}

/// Why the answer could not be written, if it could not.
pub fn unwritten() -> Option<io::Error> {
    UNWRITTEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
}

fn write(mut out: impl Write + IsTerminal, text: &Printable) -> io::Result<()> {
    match coloured(out.is_terminal()) {
        true => out.write_all(text.as_str().as_bytes())?,
        false => out.write_all(text.without_colours().as_str().as_bytes())?,
    }
    out.flush()
}
