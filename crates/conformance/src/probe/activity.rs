//! What the calls to one server share: when it was last heard of, and how many more of them may be made again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// How many calls are made again in all. A server behind a proxy that starts again needs a few; one that refuses
/// everything shall not keep the learner waiting.
const MOST_REPEATED: u32 = 60;

/// What all calls of one player share. A server that answers one call at a time keeps others waiting, and is not silent.
#[derive(Debug, Clone, Default)]
pub struct Activity(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    last: Mutex<Option<Instant>>,
    repeated: AtomicU32,
}

impl Activity {
    /// Notes that something has come.
    pub fn note(&self) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// When something came last; none if nothing has.
    pub fn last(&self) -> Option<Instant> {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more call may be made again.
    pub fn may_repeat(&self) -> bool {
        self.0.repeated.fetch_add(1, Ordering::Relaxed) < MOST_REPEATED
    }
}
