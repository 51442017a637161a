//! The events that wait to be drawn, and the number of those that are omitted.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::event::{TraceEntry, TraceEvent};
use super::rate_limit::RateLimit;
use crate::reference::observe::observer::CallSide;

/// When this many entries wait, messages and new calls are omitted. Headers and ends of calls that are drawn
/// already still join the queue.
const MAX_WAITING: usize = 2_000;
/// The most entries that are handed over at once.
const MAX_TAKEN: usize = 200;

/// Messages of one side of a call: those at the beginning, and then as many as eyes can follow.
const ONE_SIDE: RateLimit = RateLimit::new(16, Duration::from_millis(50));
/// Messages of all calls.
const ALL_MESSAGES: RateLimit = RateLimit::new(400, Duration::from_millis(15));
/// New calls.
const NEW_CALLS: RateLimit = RateLimit::new(200, Duration::from_millis(50));

/// The entries, in the order in which they are drawn.
#[derive(Debug)]
pub struct TraceQueue {
    waiting: VecDeque<TraceEntry>,
    /// The calls that are drawn and have not ended.
    drawn: BTreeMap<u64, DrawnCall>,
    /// How many calls there have been.
    calls: u64,
    /// How many calls were omitted since omitted calls were last reported.
    omitted_calls: u64,
    /// How many drawn calls have omitted messages that are not reported yet.
    calls_to_report: usize,
    all_messages: RateLimit,
    new_calls: RateLimit,
    closed: bool,
}

/// A call that is drawn.
#[derive(Debug)]
struct DrawnCall {
    client: DrawnSide,
    server: DrawnSide,
}

/// The messages of one side of a call.
#[derive(Debug)]
struct DrawnSide {
    limit: RateLimit,
    /// Whether no message has come yet. The first one is always drawn: it may be the only answer.
    is_new: bool,
    /// How many messages were omitted since omitted messages were last reported.
    omitted: u64,
}

impl DrawnSide {
    const NEW: DrawnSide = DrawnSide {
        limit: ONE_SIDE,
        is_new: true,
        omitted: 0,
    };
}

impl DrawnCall {
    fn has_omitted(&self) -> bool {
        self.client.omitted + self.server.omitted > 0
    }
}

impl Default for TraceQueue {
    fn default() -> TraceQueue {
        TraceQueue {
            waiting: VecDeque::new(),
            drawn: BTreeMap::new(),
            calls: 0,
            omitted_calls: 0,
            calls_to_report: 0,
            all_messages: ALL_MESSAGES,
            new_calls: NEW_CALLS,
            closed: false,
        }
    }
}

impl TraceQueue {
    /// A call starts. Returns its number, or `None` if the call is omitted.
    pub fn start_call(&mut self, now: Instant, event: TraceEvent) -> Option<u64> {
        self.calls += 1;
        if self.waiting.len() >= MAX_WAITING || !self.new_calls.take(now) {
            self.omitted_calls += 1;
            return None;
        }
        self.report_omitted_calls();
        let call = self.calls;
        let sides = DrawnCall {
            client: DrawnSide::NEW,
            server: DrawnSide::NEW,
        };
        self.drawn.insert(call, sides);
        self.push(TraceEntry {
            call,
            at: Duration::ZERO,
            event,
        });
        Some(call)
    }

    /// Whether one more message of a call is drawn. If not, it is counted as omitted.
    pub fn admit_message(&mut self, now: Instant, call: u64, from: CallSide) -> bool {
        let Some(drawn) = self.drawn.get_mut(&call) else {
            return false;
        };
        let had_omitted = drawn.has_omitted();
        let side = match from {
            CallSide::Client => &mut drawn.client,
            CallSide::Server => &mut drawn.server,
        };
        let is_first = std::mem::take(&mut side.is_new);
        let can_wait = self.waiting.len() < MAX_WAITING;
        if is_first || can_wait && side.limit.take(now) && self.all_messages.take(now) {
            return true;
        }
        side.omitted += 1;
        self.calls_to_report += usize::from(!had_omitted);
        false
    }

    /// Adds an entry, behind a report of what was omitted of its call before it.
    pub fn push(&mut self, entry: TraceEntry) {
        self.report_omitted_messages(entry.call, entry.at);
        self.waiting.push_back(entry);
    }

    /// A call has ended.
    pub fn end_call(&mut self, call: u64) {
        self.drawn.remove(&call);
    }

    /// Takes the next entries: a screenful or a few.
    pub fn take(&mut self) -> Vec<TraceEntry> {
        let count = self.waiting.len().min(MAX_TAKEN);
        self.waiting.drain(..count).collect()
    }

    /// Whether something was omitted and is not reported yet.
    pub fn has_omitted(&self) -> bool {
        self.calls_to_report > 0 || self.omitted_calls > 0
    }

    /// Reports everything that was omitted.
    pub fn report_omitted(&mut self) {
        let calls: Vec<u64> = self.drawn.keys().copied().collect();
        for call in calls {
            self.report_omitted_messages(call, Duration::ZERO);
        }
        self.report_omitted_calls();
    }

    fn report_omitted_messages(&mut self, call: u64, at: Duration) {
        let Some(drawn) = self.drawn.get_mut(&call) else {
            return;
        };
        if drawn.has_omitted() {
            self.calls_to_report -= 1;
            let client = std::mem::take(&mut drawn.client.omitted);
            let server = std::mem::take(&mut drawn.server.omitted);
            let event = TraceEvent::OmittedMessages { client, server };
            self.waiting.push_back(TraceEntry { call, at, event });
        }
    }

    fn report_omitted_calls(&mut self) {
        let calls = std::mem::take(&mut self.omitted_calls);
        if calls > 0 {
            self.waiting.push_back(TraceEntry {
                call: 0,
                at: Duration::ZERO,
                event: TraceEvent::OmittedCalls { calls },
            });
        }
    }

    /// Nothing follows.
    pub fn close(&mut self) {
        self.report_omitted();
        self.closed = true;
    }

    /// Whether nothing follows.
    pub fn is_closed(&self) -> bool {
        self.closed
    }
}
