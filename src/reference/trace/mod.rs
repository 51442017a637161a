//! The calls as a list of lines to draw: an observer that writes down what happens, and hands it to whoever
//! draws. What nobody could follow is counted and left out, so a flood, or a terminal that is read slowly,
//! neither stops the calls nor fills the memory.

mod board;
mod budget;
pub mod entry;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::watched::messages::Wired;
use super::watched::observer::{Observer, Opening, Seen, Side, Witness};
use crate::messages::Rpc;
use board::Board;
use entry::{Entry, Event, Summary};

/// What is left out is told once nothing of it has moved for so long.
const QUIET: Duration = Duration::from_millis(250);

/// All calls that are drawn.
#[derive(Debug, Default)]
pub struct Trace {
    board: Mutex<Board>,
    changed: Condvar,
}

impl Trace {
    /// The next lines to draw. It waits until there are some; none are left once the trace is closed.
    pub fn next(&self) -> Option<Vec<Entry>> {
        let mut board = self.board();
        loop {
            let entries = board.take();
            if !entries.is_empty() {
                return Some(entries);
            }
            if board.is_closed() {
                return None;
            }
            board = match board.owes_words() {
                false => self
                    .changed
                    .wait(board)
                    .unwrap_or_else(PoisonError::into_inner),
                true => {
                    let waited = self.changed.wait_timeout(board, QUIET);
                    let (mut board, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                    if waited.timed_out() {
                        board.tell_what_is_left_out();
                    }
                    board
                }
            };
        }
    }

    /// No more will happen: what is left is drawn, and that was all.
    pub fn close(&self) {
        self.board().close();
        self.changed.notify_all();
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Arc<Trace> {
    fn opened(&self, opening: &Opening<'_>) -> Option<Box<dyn Witness>> {
        let rpc = Rpc::from_path(opening.path);
        let name = match rpc {
            Some(rpc) => rpc.name(),
            None => opening.path,
        };
        let event = Event::Opened {
            name: entry::clipped(name),
            peer: opening.peer,
            headers: entry::headers(opening.headers),
        };
        let call = self.board().open(Instant::now(), event);
        // Also where it is not drawn: that has to be told.
        self.changed.notify_all();
        let call = call?;
        Some(Box::new(Drawn {
            trace: Arc::clone(self),
            call,
            rpc,
            name: entry::clipped(name),
            summary: Summary::default(),
        }))
    }

    fn reads_messages(&self) -> bool {
        true
    }
}

/// A call that is drawn.
struct Drawn {
    trace: Arc<Trace>,
    call: u64,
    rpc: Option<Rpc>,
    name: String,
    summary: Summary,
}

impl Drawn {
    fn put(&self, at: Duration, event: Event) {
        let call = self.call;
        self.trace.board().put(Entry { call, at, event });
        self.trace.changed.notify_all();
    }

    /// A message in words, if there is room for it; otherwise it is only counted.
    fn said(&mut self, at: Duration, from: Side, words: impl FnOnce() -> String) {
        let mut board = self.trace.board();
        let owed_words = board.owes_words();
        let has_room = board.has_room(Instant::now(), self.call, from);
        let owes_words = board.owes_words();
        drop(board);
        if has_room {
            let words = entry::clipped(&words());
            self.put(at, Event::Said { from, words });
        } else if owes_words && !owed_words {
            // Whoever draws has to tell soon how many were left out.
            self.trace.changed.notify_all();
        }
    }

    fn close(&self, at: Duration, outcome: String, is_ok: bool) {
        let summary = Summary {
            name: self.name.clone(),
            outcome,
            is_ok,
            ..self.summary
        };
        self.put(at, Event::Closed(summary));
        self.trace.board().forget(self.call);
    }
}

impl Witness for Drawn {
    fn saw(&mut self, at: Duration, seen: &Seen<'_>) {
        match *seen {
            Seen::Message { from, message } => {
                match from {
                    Side::Client => self.summary.to_server += 1,
                    Side::Server => self.summary.to_client += 1,
                }
                let rpc = self.rpc;
                self.said(at, from, || words(rpc, from, message));
            }
            Seen::NoMessage { from, flag } => {
                let words = format!("bytes that begin no message (the first is {flag})");
                self.put(at, Event::Said { from, words });
            }
            Seen::HalfClosed => self.put(at, Event::HalfClosed),
            Seen::Headers(headers) => {
                let headers = entry::headers(headers);
                self.put(at, Event::Headers { headers });
            }
            Seen::Ended {
                status,
                trailers,
                at_once,
            } => {
                let (is_ok, outcome) = (status.is_ok(), status.code.to_string());
                let event = Event::Ended {
                    is_ok,
                    words: entry::clipped(&status.to_string()),
                    trailers: entry::headers(trailers),
                    at_once,
                };
                self.put(at, event);
                self.close(at, outcome, is_ok);
            }
            Seen::Gone(gone) => {
                let words = entry::clipped(&gone.words);
                self.put(at, Event::Gone { by: gone.by, words });
                self.close(at, "no status".to_string(), false);
            }
        }
    }
}

/// A message as people read it.
fn words(rpc: Option<Rpc>, from: Side, message: &Wired) -> String {
    let length = message.length;
    let zipped = match message.compressed.as_deref() {
        None => String::new(),
        Some("") => " (compressed)".to_string(),
        Some(method) => format!(" ({method})"),
    };
    let Some(rpc) = rpc else {
        let s = if length == 1 { "" } else { "s" };
        return format!("{length} byte{s}{zipped}");
    };
    let decoded = message.text().map_err(|flaw| flaw.to_string());
    let decoded = decoded.and_then(|text| match from {
        Side::Client => rpc.decode_request(&text),
        Side::Server => rpc.decode_response(&text),
    });
    match decoded {
        Ok(message) => format!("{message}{zipped}"),
        Err(problem) => format!("{length} bytes that do not decode: {problem}"),
    }
}
