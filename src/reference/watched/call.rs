//! One call, and whoever is told what happens in it.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;
use tonic::Code;

use super::observer::{Gone, Opening, Seen, Side, Witness};
use super::{Watch, deadline};
use crate::transcript::ProtocolError;

/// A call that is watched. Its request, its answer and its headers share this.
#[derive(Clone)]
pub struct Call {
    /// On which side this program is.
    here: Side,
    reads_messages: bool,
    /// How long the client waits, if it said so.
    deadline: Option<Duration>,
    state: Arc<Mutex<State>>,
}

struct State {
    started: Instant,
    witnesses: Vec<Box<dyn Witness>>,
    over: bool,
}

impl Call {
    /// Tells all observers that a call begins.
    pub fn open(watch: &Watch, opening: &Opening<'_>) -> Call {
        let started = Instant::now();
        let all = watch.observers.iter();
        let witnesses = all.clone().filter_map(|observer| observer.opened(opening));
        let state = State {
            started,
            witnesses: witnesses.collect(),
            over: false,
        };
        Call {
            here: watch.here,
            reads_messages: all.clone().any(|observer| observer.reads_messages()),
            deadline: deadline::of(opening.headers),
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Whether somebody wants to know what stands in the messages.
    pub fn reads_messages(&self) -> bool {
        self.reads_messages
    }

    /// Tells what has happened, unless the call is over.
    pub fn saw(&self, seen: &Seen<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.over {
            return;
        }
        state.over = matches!(seen, Seen::Ended { .. } | Seen::Gone(_));
        let at = state.started.elapsed();
        for witness in &mut state.witnesses {
            witness.saw(at, seen);
        }
        if state.over {
            state.witnesses.clear();
        }
    }

    /// The stream from one side broke off.
    pub fn broke(&self, from: Side, error: &(dyn Error + 'static)) {
        let flaw = ProtocolError::of(error);
        let gone = match self.here {
            Side::Client => Gone {
                by: Side::Server,
                code: flaw.code(),
                words: flaw.to_string(),
            },
            // Whatever broke here, the client is not there any more.
            Side::Server => Gone {
                by: from,
                code: Code::Cancelled,
                words: match flaw {
                    ProtocolError::Reset(h2::Reason::CANCEL) => "cancelled".to_string(),
                    ProtocolError::Reset(reason) => format!("reset the stream ({reason:?})"),
                    _ => "the connection is gone".to_string(),
                },
            },
        };
        self.saw(&Seen::Gone(&gone));
    }

    /// The call was let go before its end.
    fn dropped(&self) {
        let elapsed = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.over {
                return;
            }
            state.started.elapsed()
        };
        let gone = if std::thread::panicking() {
            Gone {
                by: self.here,
                code: Code::Internal,
                words: "panicked".to_string(),
            }
        } else if self.deadline.is_some_and(|deadline| elapsed >= deadline) {
            Gone {
                by: Side::Client,
                code: Code::DeadlineExceeded,
                words: "the deadline has passed".to_string(),
            }
        } else {
            Gone {
                by: Side::Client,
                code: Code::Cancelled,
                words: match self.here {
                    Side::Client => "cancelled".to_string(),
                    // HTTP/2 does not tell the two apart for us.
                    Side::Server => "cancelled, or gone".to_string(),
                },
            }
        };
        self.saw(&Seen::Gone(&gone));
    }
}

/// Held for as long as a call is under way: where it is dropped before the call has ended, the call is gone.
pub struct UnderWay(pub Call);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dropped();
    }
}

/// No headers, for where none came.
pub fn none() -> HeaderMap {
    HeaderMap::new()
}
