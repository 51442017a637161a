//! The calls that are open, and the signals that tell them to end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

/// What the server tells a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum CallSignal {
    /// The call goes on.
    Continue,
    /// The call ends as soon as it has nothing to send.
    EndWhenIdle,
    /// The call ends now.
    EndNow,
}

/// Why a call does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The server is stopping.
    Stopping,
    /// As many calls are open as there may be.
    TooMany,
}

/// All open calls of a server.
#[derive(Debug)]
pub struct OpenCalls {
    /// How many calls may be open.
    most: usize,
    state: Mutex<State>,
    /// Notified when the last call of RouteGuide has ended.
    all_ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    refuses_new: bool,
    next_id: u64,
    open: HashMap<u64, Arc<Shared>>,
    /// How many of them are calls of RouteGuide.
    route_guide: usize,
}

/// What a call shares with the server.
#[derive(Debug)]
struct Shared {
    /// Whether it is a call of RouteGuide, and not of a service for tools: health, reflection.
    is_route_guide: bool,
    /// A [`CallSignal`].
    signal: AtomicU8,
    /// Wakes the call when a signal is sent.
    waker: AtomicWaker,
}

/// An open call. The call counts as open until this is dropped.
#[derive(Debug)]
pub struct OpenCall {
    calls: Arc<OpenCalls>,
    id: u64,
    shared: Arc<Shared>,
}

impl OpenCalls {
    /// No call yet, and at most so many at the same time.
    pub fn new(most: usize) -> OpenCalls {
        OpenCalls {
            most,
            state: Mutex::default(),
            all_ended: Notify::new(),
        }
    }

    /// Registers a new call.
    ///
    /// # Errors
    ///
    /// If the server is stopping, or too many calls are open.
    pub fn begin(self: &Arc<OpenCalls>, is_route_guide: bool) -> Result<OpenCall, Refusal> {
        let mut state = self.state();
        if state.refuses_new {
            return Err(Refusal::Stopping);
        }
        if state.open.len() >= self.most {
            return Err(Refusal::TooMany);
        }
        let id = state.next_id;
        state.next_id += 1;
        state.route_guide += usize::from(is_route_guide);
        let shared = Arc::new(Shared {
            is_route_guide,
            signal: AtomicU8::new(CallSignal::Continue as u8),
            waker: AtomicWaker::new(),
        });
        state.open.insert(id, Arc::clone(&shared));
        Ok(OpenCall {
            calls: Arc::clone(self),
            id,
            shared,
        })
    }

    /// Refuses new calls from now on, and tells those that are not of RouteGuide to end once they have nothing to
    /// send. Returns how many calls of RouteGuide are open.
    pub fn refuse_new(&self) -> usize {
        self.state().refuses_new = true;
        self.send(CallSignal::EndWhenIdle, |call| !call.is_route_guide);
        self.state().route_guide
    }

    /// Tells all calls to end now, and returns how many of them are calls of RouteGuide.
    pub fn end_all(&self) -> usize {
        // Counted among those that are told, since the first may have ended when the last one is told.
        let told = self.send(CallSignal::EndNow, |_| true);
        told.iter().filter(|call| call.is_route_guide).count()
    }

    /// Waits until no call of RouteGuide is open.
    pub async fn all_ended(&self) {
        loop {
            let notified = self.all_ended.notified();
            if self.state().route_guide == 0 {
                return;
            }
            notified.await;
        }
    }

    /// Sends a signal to some of the open calls, and returns those.
    fn send(&self, signal: CallSignal, to: impl Fn(&Shared) -> bool) -> Vec<Arc<Shared>> {
        // The lock is released first: a call that is woken may want it at once.
        let mut open: Vec<Arc<Shared>> = self.state().open.values().cloned().collect();
        open.retain(|call| to(call));
        for call in &open {
            call.signal.fetch_max(signal as u8, Ordering::AcqRel);
            call.waker.wake();
        }
        open
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic is done while the lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenCall {
    /// The strongest signal so far. This only reads a number.
    pub fn signal(&self) -> CallSignal {
        match self.shared.signal.load(Ordering::Acquire) {
            0 => CallSignal::Continue,
            1 => CallSignal::EndWhenIdle,
            _ => CallSignal::EndNow,
        }
    }

    /// Like [`signal`](OpenCall::signal), for a task that is about to wait: the next signal wakes it.
    pub fn signal_or_wake(&self, waker: &Waker) -> CallSignal {
        self.shared.waker.register(waker);
        self.signal()
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        let mut state = self.calls.state();
        state.open.remove(&self.id);
        if self.shared.is_route_guide {
            state.route_guide -= 1;
            if state.route_guide == 0 {
                self.calls.all_ended.notify_waiters();
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
        let calls = Arc::new(OpenCalls::new(2));
        let chat = calls.begin(true).unwrap();
        let health = calls.begin(false).unwrap();
        assert_eq!(calls.begin(true).err(), Some(Refusal::TooMany));
        assert_eq!(calls.refuse_new(), 1);
        assert_eq!(calls.begin(true).err(), Some(Refusal::Stopping));
        assert_eq!(
            (chat.signal(), health.signal()),
            (CallSignal::Continue, CallSignal::EndWhenIdle)
        );
        assert_eq!(calls.end_all(), 1);
        // A weaker signal does not replace a stronger one.
        calls.refuse_new();
        assert_eq!(
            (chat.signal(), health.signal()),
            (CallSignal::EndNow, CallSignal::EndNow)
        );
        assert!(calls.all_ended().now_or_never().is_none());
        drop(chat);
        assert!(calls.all_ended().now_or_never().is_some());
    }
}
