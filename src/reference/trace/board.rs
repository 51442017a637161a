//! What is to be drawn and is not drawn yet, and what is left out.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::budget::Budget;
use super::entry::{Entry, Event};
use crate::reference::watched::observer::Side;

/// With so many lines that are not drawn yet, only the frame of a call that is drawn already joins them:
/// messages and new calls are counted instead.
const MOST_WAITING: usize = 2_000;
/// As many lines as are handed over at once.
const MOST_AT_ONCE: usize = 200;

/// Messages of one side of a call: its beginning, and then what eyes can follow.
const OF_A_SIDE: Budget = Budget::new(16, Duration::from_millis(50));
/// Messages of all calls.
const OF_ALL: Budget = Budget::new(400, Duration::from_millis(15));
/// Calls.
const CALLS: Budget = Budget::new(200, Duration::from_millis(50));

/// The lines, in the order in which they are drawn.
#[derive(Debug)]
pub struct Board {
    waiting: VecDeque<Entry>,
    /// The calls that are drawn and not over.
    open: BTreeMap<u64, Open>,
    /// How many calls there have been.
    calls: u64,
    /// How many of them are not drawn, and this has not been told.
    unseen: u64,
    /// How many open calls have messages that are not drawn, and this has not been told.
    owing: usize,
    of_all: Budget,
    new_calls: Budget,
    closed: bool,
}

/// A call that is drawn.
#[derive(Debug)]
struct Open {
    client: Stream,
    server: Stream,
}

/// The messages of one side.
#[derive(Debug)]
struct Stream {
    budget: Budget,
    /// Whether none has come yet. The first is drawn whatever else goes on: it may be the only answer.
    is_new: bool,
    /// How many are not drawn, and this has not been told.
    left_out: u64,
}

impl Stream {
    const NEW: Stream = Stream {
        budget: OF_A_SIDE,
        is_new: true,
        left_out: 0,
    };
}

impl Open {
    fn owes_words(&self) -> bool {
        self.client.left_out + self.server.left_out > 0
    }
}

impl Default for Board {
    fn default() -> Board {
        Board {
            waiting: VecDeque::new(),
            open: BTreeMap::new(),
            calls: 0,
            unseen: 0,
            owing: 0,
            of_all: OF_ALL,
            new_calls: CALLS,
            closed: false,
        }
    }
}

impl Board {
    /// A call begins. Its number, if it is drawn.
    pub fn open(&mut self, now: Instant, event: Event) -> Option<u64> {
        self.calls += 1;
        if self.waiting.len() >= MOST_WAITING || !self.new_calls.spend(now) {
            self.unseen += 1;
            return None;
        }
        self.tell_unseen();
        let call = self.calls;
        let open = Open {
            client: Stream::NEW,
            server: Stream::NEW,
        };
        self.open.insert(call, open);
        self.put(Entry {
            call,
            at: Duration::ZERO,
            event,
        });
        Some(call)
    }

    /// Whether one more message of a call can be drawn. If not, it is counted.
    pub fn has_room(&mut self, now: Instant, call: u64, from: Side) -> bool {
        let Some(open) = self.open.get_mut(&call) else {
            return false;
        };
        let owed_words = open.owes_words();
        let stream = match from {
            Side::Client => &mut open.client,
            Side::Server => &mut open.server,
        };
        let is_first = std::mem::take(&mut stream.is_new);
        let can_wait = self.waiting.len() < MOST_WAITING;
        if is_first || can_wait && stream.budget.spend(now) && self.of_all.spend(now) {
            return true;
        }
        stream.left_out += 1;
        self.owing += usize::from(!owed_words);
        false
    }

    /// Something to draw; before it stands what was left out of its call.
    pub fn put(&mut self, entry: Entry) {
        self.tell_left_out(entry.call, entry.at);
        self.waiting.push_back(entry);
    }

    /// Nothing more will come of a call.
    pub fn forget(&mut self, call: u64) {
        self.open.remove(&call);
    }

    /// The next lines, a screenful or a few.
    pub fn take(&mut self) -> Vec<Entry> {
        let count = self.waiting.len().min(MOST_AT_ONCE);
        self.waiting.drain(..count).collect()
    }

    /// Whether something was left out, and this has not been told.
    pub fn owes_words(&self) -> bool {
        self.owing > 0 || self.unseen > 0
    }

    /// Tells of everything that was left out.
    pub fn tell_what_is_left_out(&mut self) {
        let calls: Vec<u64> = self.open.keys().copied().collect();
        for call in calls {
            self.tell_left_out(call, Duration::ZERO);
        }
        self.tell_unseen();
    }

    fn tell_left_out(&mut self, call: u64, at: Duration) {
        let Some(open) = self.open.get_mut(&call) else {
            return;
        };
        if open.owes_words() {
            self.owing -= 1;
            let client = std::mem::take(&mut open.client.left_out);
            let server = std::mem::take(&mut open.server.left_out);
            let event = Event::LeftOut { client, server };
            self.waiting.push_back(Entry { call, at, event });
        }
    }

    fn tell_unseen(&mut self) {
        let calls = std::mem::take(&mut self.unseen);
        if calls > 0 {
            self.waiting.push_back(Entry {
                call: 0,
                at: Duration::ZERO,
                event: Event::Unseen { calls },
            });
        }
    }

    /// Nothing more will come at all.
    pub fn close(&mut self) {
        self.tell_what_is_left_out();
        self.closed = true;
    }

    /// Whether nothing more will come.
    pub fn is_closed(&self) -> bool {
        self.closed
    }
}
