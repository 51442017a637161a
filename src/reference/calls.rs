//! The calls that are open, and the word to end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

/// What a call has been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Word {
    /// Nothing: it goes on.
    GoOn,
    /// To end as soon as it has nothing to send.
    EndWhenIdle,
    /// To end now.
    EndNow,
}

/// All open calls of a server.
#[derive(Debug, Default)]
pub struct Calls {
    state: Mutex<State>,
    /// Rung when the last call of RouteGuide has ended.
    none_open: Notify,
}

#[derive(Debug, Default)]
struct State {
    refusing: bool,
    next: u64,
    open: HashMap<u64, Arc<Shared>>,
    /// How many of them are calls of RouteGuide.
    guide: usize,
}

/// What a call shares with the server.
#[derive(Debug)]
struct Shared {
    /// Whether it is a call of RouteGuide, and not one of a tool's: health, reflection.
    is_guide: bool,
    /// A [`Word`].
    word: AtomicU8,
    /// Whom to wake when there is a word.
    waker: AtomicWaker,
}

/// An open call. It counts as open as long as this value lives.
#[derive(Debug)]
pub struct Open {
    calls: Arc<Calls>,
    id: u64,
    shared: Arc<Shared>,
}

impl Calls {
    /// Notes that a call begins. None does any more once the server has been asked to stop.
    pub fn begin(self: &Arc<Calls>, is_guide: bool) -> Option<Open> {
        let mut state = self.state();
        if state.refusing {
            return None;
        }
        let id = state.next;
        state.next += 1;
        state.guide += usize::from(is_guide);
        let shared = Arc::new(Shared {
            is_guide,
            word: AtomicU8::new(Word::GoOn as u8),
            waker: AtomicWaker::new(),
        });
        state.open.insert(id, Arc::clone(&shared));
        Some(Open {
            calls: Arc::clone(self),
            id,
            shared,
        })
    }

    /// From now on no call begins, and those that are not RouteGuide's end once they have nothing to send.
    /// Returns how many calls of RouteGuide are open.
    pub fn refuse(&self) -> usize {
        self.state().refusing = true;
        self.tell(Word::EndWhenIdle, |call| !call.is_guide);
        self.state().guide
    }

    /// Tells all calls to end now, and returns how many calls of RouteGuide that are.
    pub fn end(&self) -> usize {
        self.tell(Word::EndNow, |_| true);
        self.state().guide
    }

    /// Waits until no call of RouteGuide is open.
    pub async fn none_open(&self) {
        loop {
            let rung = self.none_open.notified();
            if self.state().guide == 0 {
                return;
            }
            rung.await;
        }
    }

    fn tell(&self, word: Word, to: impl Fn(&Shared) -> bool) {
        // Those that are woken may want the lock at once.
        let told: Vec<Arc<Shared>> = self.state().open.values().cloned().collect();
        for call in told.iter().filter(|call| to(call)) {
            call.word.fetch_max(word as u8, Ordering::AcqRel);
            call.waker.wake();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic is done while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// What the call has been told: one look at a number.
    pub fn word(&self) -> Word {
        match self.shared.word.load(Ordering::Acquire) {
            0 => Word::GoOn,
            1 => Word::EndWhenIdle,
            _ => Word::EndNow,
        }
    }

    /// Like [`word`](Open::word), for a call that would wait otherwise: whoever waits is woken when a word comes.
    pub fn word_or_wake(&self, waker: &Waker) -> Word {
        self.shared.waker.register(waker);
        self.word()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut state = self.calls.state();
        state.open.remove(&self.id);
        if self.shared.is_guide {
            state.guide -= 1;
            if state.guide == 0 {
                self.calls.none_open.notify_waiters();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn calls_count_as_open_until_they_are_dropped() {
        let calls = Arc::new(Calls::default());
        let chat = calls.begin(true).unwrap();
        let health = calls.begin(false).unwrap();
        assert_eq!(calls.refuse(), 1);
        assert!(calls.begin(true).is_none());
        assert_eq!(
            (chat.word(), health.word()),
            (Word::GoOn, Word::EndWhenIdle)
        );
        assert_eq!(calls.end(), 1);
        // A weaker word does not take back a stronger one.
        calls.refuse();
        assert_eq!((chat.word(), health.word()), (Word::EndNow, Word::EndNow));
        assert!(calls.none_open().now_or_never().is_none());
        drop(chat);
        assert!(calls.none_open().now_or_never().is_some());
    }
}
