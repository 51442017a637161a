//! What wakes the thread that looks, and waiting for it.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::PollingReason;

/// What wakes the thread that looks.
pub(super) enum Wake {
    /// An event of the learner's files.
    Event,
    /// The event of the self-test.
    OwnFile,
    /// The lab has no more interest.
    Stop,
}

/// What comes to wake a thread.
pub(super) struct WakeReceiver {
    poked: Receiver<Wake>,
    /// Whether the lab has no more interest.
    pub(super) enough: bool,
}

impl WakeReceiver {
    /// Those that come through this channel.
    pub(super) fn new(poked: Receiver<Wake>) -> WakeReceiver {
        WakeReceiver {
            poked,
            enough: false,
        }
    }

    /// What comes within a time. That the lab has had enough is noted, whoever waits.
    pub(super) fn wait(&mut self, time: Duration) -> Option<Wake> {
        let poke = match self.poked.recv_timeout(time) {
            Ok(poke) => Some(poke),
            Err(RecvTimeoutError::Disconnected) => Some(Wake::Stop),
            Err(RecvTimeoutError::Timeout) => None,
        };
        self.enough |= matches!(poke, Some(Wake::Stop));
        poke
    }

    /// Waits until nothing has come for the time `quiet`, but no longer than `noisy`.
    pub(super) fn wait_for_quiet(&mut self, quiet: Duration, noisy: Duration) {
        let began = Instant::now();
        while began.elapsed() < noisy && !self.enough && self.wait(quiet).is_some() {}
    }

    /// Waits for the event of the lab's own file, or until the lab has had enough. Whatever else comes is
    /// answered by `meanwhile`.
    ///
    /// # Errors
    ///
    /// [`PollingReason::NoEvent`] if it does not come within the time.
    pub(super) fn wait_for_own_file(
        &mut self,
        time: Duration,
        mut meanwhile: impl FnMut(),
    ) -> Result<(), PollingReason> {
        let deadline = Instant::now() + time;
        while !self.enough {
            match self.wait(deadline.saturating_duration_since(Instant::now())) {
                Some(Wake::OwnFile) => break,
                Some(_) => meanwhile(),
                None => return Err(PollingReason::NoEvent),
            }
        }
        Ok(())
    }
}
