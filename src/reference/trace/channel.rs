//! The way from the calls to the thread that draws them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::event::{TraceEntry, TraceEvent};
use super::queue::TraceQueue;
use crate::reference::observe::observer::CallSide;

/// Omitted events are reported once nothing has happened for this long.
const QUIET: Duration = Duration::from_millis(250);

/// The events of all calls. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Trace(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<TraceQueue>,
    changed: Condvar,
}

impl Trace {
    /// Waits for the next events to draw. `None` once the trace is closed and everything is drawn.
    pub fn next(&self) -> Option<Vec<TraceEntry>> {
        let mut queue = self.queue();
        loop {
            let entries = queue.take();
            if !entries.is_empty() {
                return Some(entries);
            }
            if queue.is_closed() {
                return None;
            }
            let changed = &self.0.changed;
            queue = if queue.has_omitted() {
                let waited = changed.wait_timeout(queue, QUIET);
                let (mut queue, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                if waited.timed_out() {
                    queue.report_omitted();
                }
                queue
            } else {
                changed.wait(queue).unwrap_or_else(PoisonError::into_inner)
            };
        }
    }

    /// Nothing more will happen: `next` returns what is left, and then `None`.
    pub fn close(&self) {
        self.queue().close();
        self.0.changed.notify_all();
    }

    /// A call starts. Returns its number, or `None` if the call is omitted.
    pub(super) fn start_call(&self, event: TraceEvent) -> Option<u64> {
        let call = self.queue().start_call(Instant::now(), event);
        // Also if the call is omitted, which has to be reported.
        self.0.changed.notify_all();
        call
    }

    /// Whether one more message of a call is drawn. If not, it is counted as omitted.
    pub(super) fn admit_message(&self, call: u64, from: CallSide) -> bool {
        let mut queue = self.queue();
        let had_omitted = queue.has_omitted();
        let is_admitted = queue.admit_message(Instant::now(), call, from);
        let has_omitted = queue.has_omitted();
        drop(queue);
        if has_omitted && !had_omitted {
            // From now on, the thread that draws waits for QUIET only.
            self.0.changed.notify_all();
        }
        is_admitted
    }

    /// Adds an event of a call.
    pub(super) fn push(&self, entry: TraceEntry) {
        self.queue().push(entry);
        self.0.changed.notify_all();
    }

    /// A call has ended.
    pub(super) fn end_call(&self, call: u64) {
        self.queue().end_call(call);
    }

    fn queue(&self) -> MutexGuard<'_, TraceQueue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
