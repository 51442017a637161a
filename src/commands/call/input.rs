//! Messages from standard input.
//!
//! It is read by a thread of its own, which no one waits for: a call can end while somebody still types.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use prost_reflect::{DynamicMessage, MethodDescriptor};
use tokio::sync::{mpsc, oneshot};

use crate::caller::json;
use crate::commands::{Exit, Problem};
use crate::screen;

/// The mark that some editors and shells on Windows write at the beginning of a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A line of standard input, or why there is none.
#[derive(Debug)]
pub struct Line {
    /// Its number, counted from 1.
    number: usize,
    bytes: io::Result<Vec<u8>>,
}

/// Whether somebody types the messages.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// The lines of standard input, as they come. After the last one, nothing comes.
pub fn lines() -> mpsc::Receiver<Line> {
    let (send, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        for number in 1.. {
            let mut line = Vec::new();
            let bytes = match input.read_until(b'\n', &mut line) {
                Ok(0) => return,
                Ok(_) => Ok(line),
                Err(error) => Err(error),
            };
            let is_last = bytes.is_err();
            if send.blocking_send(Line { number, bytes }).is_err() || is_last {
                return;
            }
        }
    });
    lines
}

/// The message of a line; none if the line is empty.
///
/// # Errors
///
/// If the line cannot be read, or is no message.
pub fn message(line: Line, method: &MethodDescriptor) -> Result<Option<DynamicMessage>, Problem> {
    let text = text(line.bytes)?;
    let text = match line.number {
        1 => text.trim_start_matches(BYTE_ORDER_MARK),
        _ => &text,
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    parsed(text.trim_end(), &format!("line {}", line.number), method).map(Some)
}

/// The message of an RPC that takes one: all of standard input, on any number of lines.
///
/// # Errors
///
/// If standard input cannot be read, or is no message.
pub async fn one_message(method: &MethodDescriptor) -> Result<DynamicMessage, Problem> {
    if is_terminal() {
        screen::print_error(&screen::call::how_to_type(method));
    }
    let (send, read) = oneshot::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        // If no one waits for it, the program ends.
        send.send(read.map(|_| bytes)).ok();
    });
    let bytes = read
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)));
    let text = text(bytes)?;
    let text = text.trim_start_matches(BYTE_ORDER_MARK).trim_end();
    if text.trim().is_empty() {
        let next = "An empty message is `{}`.";
        return Err(Problem::new(Exit::Usage, "standard input is empty", next));
    }
    parsed(text, "standard input", method)
}

fn text(bytes: io::Result<Vec<u8>>) -> Result<String, Problem> {
    let bytes = bytes.map_err(|error| {
        let what = format!("cannot read standard input: {error}");
        Problem::new(Exit::CouldNot, what, "")
    })?;
    String::from_utf8(bytes).map_err(|_| {
        Problem::new(
            Exit::Usage,
            "standard input is not UTF-8",
            "JSON is written in UTF-8. Save the file as UTF-8, without a special encoding of the shell.",
        )
    })
}

fn parsed(text: &str, name: &str, method: &MethodDescriptor) -> Result<DynamicMessage, Problem> {
    json::read(text, &method.input()).map_err(|error| {
        let next = screen::call::place(text, &error);
        Problem::new(Exit::Usage, format!("{name} {error}"), next)
    })
}
