//! Noticing that this process stood still: it was stopped, or the computer slept. A wait that ended then says nothing
//! about what was waited for.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How often the watch looks at the clocks.
const TICK: Duration = Duration::from_millis(100);

/// How much later than it should a look must come for a standstill. A busy machine delays a thread by less.
const LONGEST_DELAY: Duration = Duration::from_secs(1);

/// Watches whether this process stands still, in a thread, until it is dropped.
#[derive(Debug)]
pub struct StandstillWatch {
    clocks: Arc<Mutex<Clocks>>,
    /// Closed when the watch is dropped, which ends the thread.
    _stop: Sender<()>,
}

/// The last look at the clocks.
#[derive(Debug)]
struct Clocks {
    instant: Instant,
    /// Goes on while the computer sleeps, where the other clock does not.
    time: SystemTime,
    stood_still: bool,
}

impl Clocks {
    fn new() -> Clocks {
        Clocks {
            instant: Instant::now(),
            time: SystemTime::now(),
            stood_still: false,
        }
    }

    fn look(&mut self) {
        let now = Clocks::new();
        let longest = TICK + LONGEST_DELAY;
        let by_time = now.time.duration_since(self.time).unwrap_or_default();
        let passed = now.instant.duration_since(self.instant).max(by_time);
        *self = Clocks {
            stood_still: self.stood_still || passed > longest,
            ..now
        };
    }
}

impl StandstillWatch {
    /// Begins to watch.
    ///
    /// # Errors
    ///
    /// If the system refuses a thread.
    pub fn start() -> io::Result<StandstillWatch> {
        let clocks = Arc::new(Mutex::new(Clocks::new()));
        let (stop, stopped) = mpsc::channel::<()>();
        let watched = Arc::clone(&clocks);
        thread::Builder::new()
            .name("standstill".to_string())
            .spawn(move || {
                while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    lock(&watched).look();
                }
            })?;
        Ok(StandstillWatch {
            clocks,
            _stop: stop,
        })
    }

    /// Whether the process has stood still since the watch began, or right before this call.
    pub fn stood_still(&self) -> bool {
        let mut clocks = lock(&self.clocks);
        clocks.look();
        clocks.stood_still
    }
}

fn lock(clocks: &Mutex<Clocks>) -> MutexGuard<'_, Clocks> {
    clocks.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_comes_late_by_either_clock_is_a_standstill() {
        let hour = Duration::from_secs(3_600);
        let mut clocks = Clocks::new();
        clocks.look();
        assert!(!clocks.stood_still);
        // A clock that is put back is none.
        clocks.time += hour;
        clocks.look();
        assert!(!clocks.stood_still);
        clocks.time -= hour;
        clocks.look();
        assert!(clocks.stood_still);
        clocks.look();
        assert!(clocks.stood_still, "it is not forgotten");
    }
}
