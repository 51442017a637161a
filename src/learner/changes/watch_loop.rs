//! The looking: when to compare the learner's files with what they were, and what to tell of it.

use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use notify::RecommendedWatcher;

use super::system::{OwnFile, watcher};
use super::wake::{Wake, WakeReceiver};
use super::{Fingerprint, Folder, Notice, PollingReason};

/// How long is waited for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// How long between two looks when events come anyway: these find what no event tells of.
    safety_net: Duration,
    /// How long between two looks where no events come.
    poll: Duration,
    /// A save comes as several events. They are over when none has come for so long…
    quiet: Duration,
    /// …or when this has passed: a file that is written without pause is looked at all the same.
    noisy: Duration,
    /// How long the event of the self-test may take. Where there are events, it takes less than 10 ms.
    pub(super) self_test: Duration,
}

/// The timing of every lab.
pub(super) const TIMING: Timing = Timing {
    safety_net: Duration::from_secs(2),
    poll: Duration::from_millis(250),
    quiet: Duration::from_millis(20),
    noisy: Duration::from_millis(200),
    self_test: Duration::from_secs(1),
};

/// The thread's own: what it has seen last, and what wakes it.
pub(super) struct WatchLoop {
    seen: KnownState,
    pokes: WakeReceiver,
    timing: Timing,
    /// Whether the files are looked at without waiting for events.
    polling: bool,
}

impl WatchLoop {
    /// Looks at the learner's files, which were last seen in the state `known`.
    pub(super) fn new(
        folder: Folder,
        known: Fingerprint,
        poked: Receiver<Wake>,
        timing: Timing,
    ) -> WatchLoop {
        WatchLoop {
            seen: KnownState { folder, known },
            pokes: WakeReceiver::new(poked),
            timing,
            polling: false,
        }
    }

    /// Starts to watch, and tests it. Where there is a watcher but no events, there is a reason, too.
    pub(super) fn begin(
        &mut self,
        pokes: Sender<Wake>,
        tell: &mut impl FnMut(Notice),
    ) -> (Option<RecommendedWatcher>, Option<PollingReason>) {
        match watcher(&self.seen.folder, pokes) {
            Ok(watcher) => (Some(watcher), self.test(tell).err()),
            Err(why) => (None, Some(why)),
        }
    }

    /// Makes a file of the lab's own, and waits for its event. Changes are told already meanwhile.
    ///
    /// # Errors
    ///
    /// [`PollingReason`] says why no event can be counted on.
    pub(super) fn test(&mut self, tell: &mut impl FnMut(Notice)) -> Result<(), PollingReason> {
        let _own = OwnFile::make(&self.seen.folder)?;
        let meanwhile = || {
            self.seen.compare(tell);
        };
        self.pokes
            .wait_for_own_file(self.timing.self_test, meanwhile)
    }

    /// Looks whenever it is worth it, until the lab has had enough; `why` says that no events are to be
    /// waited for. The watcher is kept as long: even where it missed something, it may tell of the next
    /// change sooner than the next look would.
    pub(super) fn on(
        &mut self,
        _watcher: Option<RecommendedWatcher>,
        why: Option<PollingReason>,
        tell: &mut impl FnMut(Notice),
    ) {
        if let Some(why) = why {
            self.poll(why, tell);
        }
        while !self.pokes.enough {
            match self.pokes.wait(self.pause()) {
                Some(Wake::Event) => self.settle(tell),
                Some(Wake::OwnFile | Wake::Stop) => {}
                None => {
                    if self.seen.compare(tell) && !self.polling {
                        self.wait_for_late_event(tell);
                    }
                }
            }
        }
    }

    /// How long until the next look, if nothing wakes it.
    fn pause(&self) -> Duration {
        if self.polling {
            self.timing.poll
        } else {
            self.timing.safety_net
        }
    }

    /// From now on, it does not wait for events.
    fn poll(&mut self, why: PollingReason, tell: &mut impl FnMut(Notice)) {
        self.polling = true;
        tell(Notice::Polling(why));
    }

    /// Waits until a save is over, and compares.
    fn settle(&mut self, tell: &mut impl FnMut(Notice)) {
        self.pokes
            .wait_for_quiet(self.timing.quiet, self.timing.noisy);
        self.seen.compare(tell);
    }

    /// After a change that no event told of. The save may have fallen right before the look, with its event
    /// still on its way; if none comes, none can be counted on.
    fn wait_for_late_event(&mut self, tell: &mut impl FnMut(Notice)) {
        match self.pokes.wait(self.timing.noisy) {
            // It may be the event of a later save as well.
            Some(Wake::Event) => self.settle(tell),
            Some(Wake::OwnFile | Wake::Stop) => {}
            None => self.poll(PollingReason::Missed, tell),
        }
    }
}

/// The state in which the files were seen last.
struct KnownState {
    folder: Folder,
    known: Fingerprint,
}

impl KnownState {
    /// Whether the files are in another state than when they were seen last, which is told.
    fn compare(&mut self, tell: &mut impl FnMut(Notice)) -> bool {
        let now = Fingerprint::of(&self.folder);
        if now == self.known {
            return false;
        }
        self.known = now;
        tell(Notice::Changed(now));
        true
    }
}

#[cfg(test)]
mod tests;
