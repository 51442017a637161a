//! The looking: when to compare the learner's files with what they were, and what to tell of it.

use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use notify::RecommendedWatcher;

use super::poke::{Poke, Pokes};
use super::system::{OwnFile, watcher};
use super::{Fingerprint, Folder, Notice, Polling};

/// How long is waited for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
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

/// The pace of every lab.
pub(super) const PACE: Pace = Pace {
    safety_net: Duration::from_secs(2),
    poll: Duration::from_millis(250),
    quiet: Duration::from_millis(20),
    noisy: Duration::from_millis(200),
    self_test: Duration::from_secs(1),
};

/// The thread's own: what it has seen last, and what wakes it.
pub(super) struct Look {
    seen: Seen,
    pokes: Pokes,
    pace: Pace,
    /// Whether the files are looked at without waiting for events.
    polling: bool,
}

impl Look {
    /// Looks at the learner's files, which were last seen in the state `known`.
    pub(super) fn new(
        folder: Folder,
        known: Fingerprint,
        poked: Receiver<Poke>,
        pace: Pace,
    ) -> Look {
        Look {
            seen: Seen { folder, known },
            pokes: Pokes::new(poked),
            pace,
            polling: false,
        }
    }

    /// Starts to watch, and tests it. Where there is a watcher but no events, there is a reason, too.
    pub(super) fn begin(
        &mut self,
        pokes: Sender<Poke>,
        tell: &mut impl FnMut(Notice),
    ) -> (Option<RecommendedWatcher>, Option<Polling>) {
        match watcher(&self.seen.folder, pokes) {
            Ok(watcher) => (Some(watcher), self.test(tell).err()),
            Err(why) => (None, Some(why)),
        }
    }

    /// Makes a file of the lab's own, and waits for its event. Changes are told already meanwhile.
    ///
    /// # Errors
    ///
    /// [`Polling`] says why no event can be counted on.
    pub(super) fn test(&mut self, tell: &mut impl FnMut(Notice)) -> Result<(), Polling> {
        let _own = OwnFile::make(&self.seen.folder)?;
        let meanwhile = || {
            self.seen.compare(tell);
        };
        self.pokes.wait_for_own_file(self.pace.self_test, meanwhile)
    }

    /// Looks whenever it is worth it, until the lab has had enough; `why` says that no events are to be
    /// waited for. The watcher is kept as long: even where it missed something, it may tell of the next
    /// change sooner than the next look would.
    pub(super) fn on(
        &mut self,
        _watcher: Option<RecommendedWatcher>,
        why: Option<Polling>,
        tell: &mut impl FnMut(Notice),
    ) {
        if let Some(why) = why {
            self.poll(why, tell);
        }
        while !self.pokes.enough {
            match self.pokes.wait(self.pause()) {
                Some(Poke::Event) => self.settle(tell),
                Some(Poke::OwnFile | Poke::Enough) => {}
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
            self.pace.poll
        } else {
            self.pace.safety_net
        }
    }

    /// From now on, it does not wait for events.
    fn poll(&mut self, why: Polling, tell: &mut impl FnMut(Notice)) {
        self.polling = true;
        tell(Notice::Polling(why));
    }

    /// Waits until a save is over, and compares.
    fn settle(&mut self, tell: &mut impl FnMut(Notice)) {
        self.pokes.wait_for_quiet(self.pace.quiet, self.pace.noisy);
        self.seen.compare(tell);
    }

    /// After a change that no event told of. The save may have fallen right before the look, with its event
    /// still on its way; if none comes, none can be counted on.
    fn wait_for_late_event(&mut self, tell: &mut impl FnMut(Notice)) {
        match self.pokes.wait(self.pace.noisy) {
            // It may be the event of a later save as well.
            Some(Poke::Event) => self.settle(tell),
            Some(Poke::OwnFile | Poke::Enough) => {}
            None => self.poll(Polling::Missed, tell),
        }
    }
}

/// The state in which the files were seen last.
struct Seen {
    folder: Folder,
    known: Fingerprint,
}

impl Seen {
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
