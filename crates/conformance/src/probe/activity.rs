//! When a server was last heard of, in whatever call. A server that answers one call at a time keeps others waiting, and
//! is not silent.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What all calls of one player share.
#[derive(Debug, Clone, Default)]
pub struct Activity(Arc<Mutex<Option<Instant>>>);

impl Activity {
    /// Notes that something has come.
    pub fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// When something came last; none if nothing has.
    pub fn last(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
