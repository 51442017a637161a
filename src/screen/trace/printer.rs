//! Printing what happens while it happens.

use std::io;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::super::{Canvas, print};
use super::{draw, heading};
use crate::reference::trace::entry::Entry;

/// A thread of its own that prints: a terminal that is read slowly, or not at all, holds up nothing but it.
#[derive(Debug)]
pub struct Printer {
    /// Ends when everything is printed.
    done: Receiver<()>,
}

impl Printer {
    /// Prints what `next` gives, until it gives nothing more. `next` may block.
    ///
    /// # Errors
    ///
    /// If the system has no thread for it.
    pub fn start(
        mut next: impl FnMut() -> Option<Vec<Entry>> + Send + 'static,
    ) -> io::Result<Printer> {
        let (printing, done) = mpsc::channel::<()>();
        thread::Builder::new()
            .name("trace".to_string())
            .spawn(move || {
                print(&heading(Canvas::live()));
                while let Some(entries) = next() {
                    // A window may have another size by now.
                    let canvas = Canvas::live();
                    let text: String = entries.iter().map(|entry| draw(entry, canvas)).collect();
                    print(&text);
                }
                drop(printing);
            })?;
        Ok(Printer { done })
    }

    /// Waits until everything is printed, if somebody reads it, but no longer than this.
    pub fn finish(self, patience: Duration) {
        // Whether it is done or nobody reads: there is nothing more to do.
        self.done.recv_timeout(patience).ok();
    }
}
