//! Printing the trace while the calls go on.

use std::io;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::super::{Canvas, print};
use super::{draw, heading};
use crate::reference::trace::event::TraceEntry;

/// A thread that prints. A terminal that is read slowly, or not at all, delays only this thread.
#[derive(Debug)]
pub struct Printer {
    /// Disconnected when everything is printed.
    done: Receiver<()>,
}

impl Printer {
    /// Prints the entries that `next` returns, until it returns `None`. `next` may block.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread.
    pub fn start(
        mut next: impl FnMut() -> Option<Vec<TraceEntry>> + Send + 'static,
    ) -> io::Result<Printer> {
        let (printing, done) = mpsc::channel::<()>();
        thread::Builder::new()
            .name("trace".to_string())
            .spawn(move || {
                print(&heading(Canvas::stdout()));
                while let Some(entries) = next() {
                    // The window may have been resized.
                    let canvas = Canvas::stdout();
                    let text: String = entries.iter().map(|entry| draw(entry, canvas)).collect();
                    print(&text);
                }
                drop(printing);
            })?;
        Ok(Printer { done })
    }

    /// Waits until everything is printed, but no longer than this.
    pub fn finish(self, timeout: Duration) {
        // After a timeout, no program reads the output: there is nothing more to do.
        self.done.recv_timeout(timeout).ok();
    }
}
