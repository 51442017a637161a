//! Noticing that the learner's files have changed: from the system's events where they come, and by
//! looking again and again where they do not.
//!
//! Events only say that it is worth a look. What has changed is found by comparing fingerprints, so that no
//! editor's way of saving matters: writing in place, writing beside and renaming, deleting and creating.

mod system;
mod wake;
mod watch_loop;

use std::fmt;
use std::io;
use std::sync::mpsc::{self, Sender};
use std::thread;

use system::{OwnFile, watcher};
use wake::{Wake, WakeReceiver};
use watch_loop::{TIMING, WatchLoop};

use super::{Fingerprint, Folder};

/// Why the lab looks again and again, instead of being told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollingReason {
    /// It was asked to.
    Requested,
    /// The lab changed a file of its own, and no event came, as on network drives.
    NoEvent,
    /// A file had changed, and no event had come. So it is where the files lie on another system: behind
    /// a container, or on a drive of the host's.
    Missed,
    /// The system refuses to watch; its words.
    Refused(String),
}

impl fmt::Display for PollingReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PollingReason::Requested => f.write_str("as you asked with --poll"),
            PollingReason::NoEvent => {
                f.write_str("since this drive does not tell when a file changes, as network drives do not")
            }
            PollingReason::Missed => f.write_str(
                "since a file changed and this drive did not tell, as is so with containers and shared drives",
            ),
            PollingReason::Refused(words) => write!(f, "since the system refuses to watch it: {words}"),
        }
    }
}

/// What the watching tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The files are in another state.
    Changed(Fingerprint),
    /// From now on, they are looked at four times a second.
    Polling(PollingReason),
}

/// The watching, until it is dropped.
#[derive(Debug)]
pub struct FileWatcher {
    pokes: Sender<Wake>,
    thread: Option<thread::JoinHandle<()>>,
}

impl FileWatcher {
    /// Begins to watch the learner's files, which were last seen in the state `known`. `poll` says that no
    /// events are to be waited for. Every notice goes to `tell`, from a thread of its own.
    ///
    /// # Errors
    ///
    /// If the system gives no thread. That it does not watch is no error: then the files are looked at.
    pub fn start(
        folder: &Folder,
        known: Fingerprint,
        poll: bool,
        mut tell: impl FnMut(Notice) + Send + 'static,
    ) -> io::Result<FileWatcher> {
        let (pokes, poked) = mpsc::channel();
        let folder = folder.clone();
        let for_events = pokes.clone();
        let thread = thread::Builder::new()
            .name("watching".to_string())
            .spawn(move || {
                let mut look = WatchLoop::new(folder, known, poked, TIMING);
                let (watcher, why) = if poll {
                    (None, Some(PollingReason::Requested))
                } else {
                    look.begin(for_events, &mut tell)
                };
                look.on(watcher, why, &mut tell);
            })?;
        Ok(FileWatcher {
            pokes,
            thread: Some(thread),
        })
    }
}

impl Drop for FileWatcher {
    fn drop(&mut self) {
        self.pokes.send(Wake::Stop).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Whether the system tells of changes in the learner's files: a file of the lab's own is made there, and
/// taken away again. It takes a second at most.
///
/// # Errors
///
/// [`PollingReason`] says why not.
pub fn self_test(folder: &Folder) -> Result<(), PollingReason> {
    let (pokes, poked) = mpsc::channel();
    // A watcher that ends is silent; the end of the channel would be taken for the lab's.
    let _watcher = watcher(folder, pokes.clone())?;
    let _own = OwnFile::make(folder)?;
    WakeReceiver::new(poked).wait_for_own_file(TIMING.self_test, || {})
}

#[cfg(test)]
mod tests;
