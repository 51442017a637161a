//! Watching the learner's files: with the system's events where they work, and by polling where they do not.
//!
//! An event only wakes the watcher. Whether something has changed is found by comparing fingerprints, so that it
//! does not matter how an editor saves: in place, by renaming a temporary file, or by deleting and creating.

mod system;
mod wake;
mod watch_loop;

use std::io;
use std::sync::mpsc::{self, Sender};
use std::thread;

use system::{TestFile, watcher};
use wake::{Wake, WakeReceiver};
use watch_loop::{TIMING, WatchLoop};

use super::{Fingerprint, Folder};

/// Why the lab polls the files instead of relying on events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PollingReason {
    /// The option `--poll` was given.
    #[error("as you asked with --poll")]
    Requested,
    /// The lab created a test file, and no event came, as on network drives.
    #[error(
        "because this drive does not report when a file changes, which is usual on network drives"
    )]
    NoEvent,
    /// A file had changed, and no event had come. This happens if the files are on another system, such as the
    /// host of a container.
    #[error(
        "because a file changed and this drive did not report it, which is usual in containers and on shared drives"
    )]
    Missed,
    /// The system cannot watch the folder: its error.
    #[error("because the system cannot watch this folder: {0}")]
    Refused(String),
}

/// What the watcher reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The files have changed.
    Changed(Fingerprint),
    /// From now on, the files are polled four times a second.
    Polling(PollingReason),
}

/// Watches the learner's files in a thread, until it is dropped.
#[derive(Debug)]
pub struct FileWatcher {
    wake: Sender<Wake>,
    thread: Option<thread::JoinHandle<()>>,
}

impl FileWatcher {
    /// Starts to watch the learner's files, whose last known state is `known`. With `poll`, the files are polled
    /// from the beginning. `notify` is called in the watcher's thread.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started. It is not an error if the system cannot watch: then the files are polled.
    pub fn start(
        folder: &Folder,
        known: Fingerprint,
        poll: bool,
        mut notify: impl FnMut(Notice) + Send + 'static,
    ) -> io::Result<FileWatcher> {
        let (wake, woken) = mpsc::channel();
        let folder = folder.clone();
        let for_events = wake.clone();
        let thread = thread::Builder::new()
            .name("file watcher".to_string())
            .spawn(move || {
                let mut watch_loop = WatchLoop::new(folder, known, woken, TIMING);
                let (watcher, why) = if poll {
                    (None, Some(PollingReason::Requested))
                } else {
                    watch_loop.begin(for_events, &mut notify)
                };
                watch_loop.run(watcher, why, &mut notify);
            })?;
        Ok(FileWatcher {
            wake,
            thread: Some(thread),
        })
    }
}

impl Drop for FileWatcher {
    fn drop(&mut self) {
        self.wake.send(Wake::Stop).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Tests whether the system reports changes in the learner's files, by creating and removing a test file there. It
/// takes a second at most.
///
/// # Errors
///
/// [`PollingReason`] says why not.
pub fn self_test(folder: &Folder) -> Result<(), PollingReason> {
    let (wake, woken) = mpsc::channel();
    // `wake` stays open: a closed channel would mean that the lab wants to stop.
    let _watcher = watcher(folder, wake.clone())?;
    let _test_file = TestFile::create(folder)?;
    WakeReceiver::new(woken).wait_for_test_file(TIMING.self_test, || {})
}

#[cfg(test)]
mod tests;
