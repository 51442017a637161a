//! The loop of the watcher's thread: when to compare the learner's files with their known state.

use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use notify::RecommendedWatcher;

use super::system::{TestFile, watcher};
use super::wake::{Wake, WakeReceiver};
use super::{Fingerprint, Folder, Notice, PollingReason};

/// How long the watcher waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// Between two comparisons while events come: these find changes that no event reported.
    safety_net: Duration,
    /// Between two comparisons while polling.
    poll: Duration,
    /// A save causes several events. It is over when none has come for this long…
    quiet: Duration,
    /// …or when this has passed: a file that is written without pause is compared too.
    noisy: Duration,
    /// For the event of the self-test. Where events work, it takes less than 10 ms.
    pub(super) self_test: Duration,
}

/// The timing outside of tests.
pub(super) const TIMING: Timing = Timing {
    safety_net: Duration::from_secs(2),
    poll: Duration::from_millis(250),
    quiet: Duration::from_millis(20),
    noisy: Duration::from_millis(200),
    self_test: Duration::from_secs(1),
};

/// The state of the watcher's thread.
pub(super) struct WatchLoop {
    known: KnownState,
    wakes: WakeReceiver,
    timing: Timing,
    /// Whether the files are polled.
    polling: bool,
}

impl WatchLoop {
    /// A loop over the learner's files, whose last known state is `known`.
    pub(super) fn new(
        folder: Folder,
        known: Fingerprint,
        receiver: Receiver<Wake>,
        timing: Timing,
    ) -> WatchLoop {
        WatchLoop {
            known: KnownState {
                folder,
                fingerprint: known,
            },
            wakes: WakeReceiver::new(receiver),
            timing,
            polling: false,
        }
    }

    /// Starts the system's watcher and tests it. If no events come, there is a watcher and a reason to poll.
    pub(super) fn begin(
        &mut self,
        wake: Sender<Wake>,
        notify: &mut impl FnMut(Notice),
    ) -> (Option<RecommendedWatcher>, Option<PollingReason>) {
        match watcher(&self.known.folder, wake) {
            Ok(watcher) => {
                // Nothing has reported what changed before.
                self.known.compare(notify);
                (Some(watcher), self.test(notify).err())
            }
            Err(why) => (None, Some(why)),
        }
    }

    /// Creates the test file and waits for its event. Changes in the meantime are reported.
    ///
    /// # Errors
    ///
    /// [`PollingReason`] says why events cannot be relied on.
    pub(super) fn test(&mut self, notify: &mut impl FnMut(Notice)) -> Result<(), PollingReason> {
        let _test_file = TestFile::create(&self.known.folder)?;
        let meanwhile = || {
            self.known.compare(notify);
        };
        self.wakes
            .wait_for_test_file(self.timing.self_test, meanwhile)
    }

    /// Compares the files whenever a wake comes or the time is up, until the watcher is to stop. With `why`, the
    /// files are polled from the beginning. The system's watcher is kept all the time: even if it missed a change,
    /// it may report the next one sooner than polling finds it.
    pub(super) fn run(
        &mut self,
        _watcher: Option<RecommendedWatcher>,
        why: Option<PollingReason>,
        notify: &mut impl FnMut(Notice),
    ) {
        if let Some(why) = why {
            self.poll(why, notify);
        }
        while !self.wakes.stopped {
            match self.wakes.wait(self.pause()) {
                Some(Wake::Event) => self.settle(notify),
                Some(Wake::TestFile | Wake::Stop) => {}
                None => {
                    if self.known.compare(notify) && !self.polling {
                        self.wait_for_late_event(notify);
                    }
                }
            }
        }
    }

    /// How long until the next comparison, if no wake comes.
    fn pause(&self) -> Duration {
        if self.polling {
            self.timing.poll
        } else {
            self.timing.safety_net
        }
    }

    /// From now on, the files are polled.
    fn poll(&mut self, why: PollingReason, notify: &mut impl FnMut(Notice)) {
        self.polling = true;
        notify(Notice::Polling(why));
    }

    /// Waits until a save is over, and compares.
    fn settle(&mut self, notify: &mut impl FnMut(Notice)) {
        self.wakes
            .wait_for_quiet(self.timing.quiet, self.timing.noisy);
        self.known.compare(notify);
    }

    /// After a change that no event has reported. The save may have come right before the comparison, with its event
    /// still on its way. If no event comes, events cannot be relied on.
    fn wait_for_late_event(&mut self, notify: &mut impl FnMut(Notice)) {
        match self.wakes.wait(self.timing.noisy) {
            // It may be the event of a later save as well.
            Some(Wake::Event) => self.settle(notify),
            Some(Wake::TestFile | Wake::Stop) => {}
            None => self.poll(PollingReason::Missed, notify),
        }
    }
}

/// The last known state of the files.
struct KnownState {
    folder: Folder,
    fingerprint: Fingerprint,
}

impl KnownState {
    /// Whether the files have changed since the last comparison. If so, that is reported.
    fn compare(&mut self, notify: &mut impl FnMut(Notice)) -> bool {
        let now = Fingerprint::of(&self.folder);
        if now == self.fingerprint {
            return false;
        }
        self.fingerprint = now;
        notify(Notice::Changed(now));
        true
    }
}

#[cfg(test)]
mod tests;
