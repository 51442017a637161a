//! What wakes the watcher's thread, and waiting for it.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::PollingReason;

/// What wakes the watcher's thread.
pub(super) enum Wake {
    /// An event for the learner's files.
    Event,
    /// An event for the file of the self-test.
    TestFile,
    /// The watcher is to stop.
    Stop,
}

/// The receiving end of the wake channel.
pub(super) struct WakeReceiver {
    receiver: Receiver<Wake>,
    /// Whether the watcher is to stop.
    pub(super) stopped: bool,
}

impl WakeReceiver {
    /// Receives from this channel.
    pub(super) fn new(receiver: Receiver<Wake>) -> WakeReceiver {
        WakeReceiver {
            receiver,
            stopped: false,
        }
    }

    /// The first wake within `time`, if there is one. A request to stop, or a closed channel, is remembered.
    pub(super) fn wait(&mut self, time: Duration) -> Option<Wake> {
        let wake = match self.receiver.recv_timeout(time) {
            Ok(wake) => Some(wake),
            Err(RecvTimeoutError::Disconnected) => Some(Wake::Stop),
            Err(RecvTimeoutError::Timeout) => None,
        };
        self.stopped |= matches!(wake, Some(Wake::Stop));
        wake
    }

    /// Waits until nothing has come for the time `quiet`, but no longer than `noisy`.
    pub(super) fn wait_for_quiet(&mut self, quiet: Duration, noisy: Duration) {
        let began = Instant::now();
        while began.elapsed() < noisy && !self.stopped && self.wait(quiet).is_some() {}
    }

    /// Waits for the event of the test file, or until the watcher is to stop. `meanwhile` is called for every other
    /// wake.
    ///
    /// # Errors
    ///
    /// [`PollingReason::NoEvent`] if it does not come within the time.
    pub(super) fn wait_for_test_file(
        &mut self,
        time: Duration,
        mut meanwhile: impl FnMut(),
    ) -> Result<(), PollingReason> {
        let deadline = Instant::now() + time;
        while !self.stopped {
            match self.wait(deadline.saturating_duration_since(Instant::now())) {
                Some(Wake::TestFile) => break,
                Some(_) => meanwhile(),
                None => return Err(PollingReason::NoEvent),
            }
        }
        Ok(())
    }
}
