//! A call, and the observers that are told what happens in it.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tonic::Code;

use super::deadline;
use super::observer::{CallEvent, CallObserver, CallSide, CallStart, Observer, Termination};
use crate::transcript::ProtocolError;

/// A call that is observed. Its request and its response share this.
#[derive(Clone)]
pub struct ObservedCall {
    /// The side that this program is on.
    here: CallSide,
    reads_messages: bool,
    /// How long the client waits for the end of the call, if it said so.
    timeout: Option<Duration>,
    state: Arc<Mutex<State>>,
}

struct State {
    started: Instant,
    observers: Vec<Box<dyn CallObserver>>,
    has_ended: bool,
}

impl ObservedCall {
    /// Tells the observers that a call starts.
    pub fn start(
        here: CallSide,
        observers: &[Arc<dyn Observer>],
        start: &CallStart<'_>,
    ) -> ObservedCall {
        let started = Instant::now();
        let of_this_call = observers
            .iter()
            .filter_map(|observer| observer.call_started(start));
        let state = State {
            started,
            observers: of_this_call.collect(),
            has_ended: false,
        };
        ObservedCall {
            here,
            reads_messages: observers.iter().any(|observer| observer.reads_messages()),
            timeout: deadline::timeout_of(start.headers),
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Whether an observer reads the content of messages.
    pub fn reads_messages(&self) -> bool {
        self.reads_messages
    }

    /// Tells the observers what has happened, unless the call has ended.
    pub fn report(&self, event: &CallEvent<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.has_ended {
            return;
        }
        state.has_ended = matches!(event, CallEvent::Ended { .. } | CallEvent::Terminated(_));
        let at = state.started.elapsed();
        for observer in &mut state.observers {
            observer.on_event(at, event);
        }
        if state.has_ended {
            state.observers.clear();
        }
    }

    /// The stream from one side failed.
    pub fn broke(&self, from: CallSide, error: &(dyn Error + 'static)) {
        let error = ProtocolError::of(error);
        let termination = match self.here {
            CallSide::Client => Termination {
                by: CallSide::Server,
                code: error.code(),
                reason: error.to_string(),
            },
            // Whatever failed, a server sees that the client has left.
            CallSide::Server => Termination {
                by: from,
                code: Code::Cancelled,
                reason: match error {
                    // A server that gives up a call, because it panicked for example, resets the stream in the same way.
                    ProtocolError::Reset(h2::Reason::CANCEL) if from == CallSide::Client => {
                        "cancelled".to_string()
                    }
                    ProtocolError::Reset(reason) => format!("reset the stream ({reason:?})"),
                    _ => "connection lost".to_string(),
                },
            },
        };
        self.report(&CallEvent::Terminated(&termination));
    }

    /// The call was dropped before its end.
    fn dropped(&self) {
        let elapsed = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.has_ended {
                return;
            }
            state.started.elapsed()
        };
        let termination = if std::thread::panicking() {
            Termination {
                by: self.here,
                code: Code::Internal,
                reason: "panicked".to_string(),
            }
        } else if self.timeout.is_some_and(|timeout| elapsed >= timeout) {
            Termination {
                by: CallSide::Client,
                code: Code::DeadlineExceeded,
                reason: "deadline exceeded".to_string(),
            }
        } else {
            Termination {
                by: CallSide::Client,
                code: Code::Cancelled,
                reason: match self.here {
                    CallSide::Client => "cancelled".to_string(),
                    // A server cannot tell the two apart here: hyper drops the call in both cases.
                    CallSide::Server => "cancelled, or disconnected".to_string(),
                },
            }
        };
        self.report(&CallEvent::Terminated(&termination));
    }
}

/// Held while a call is open. If it is dropped before the call has ended, the call is reported as terminated.
pub struct TerminateOnDrop(pub ObservedCall);

impl Drop for TerminateOnDrop {
    fn drop(&mut self) {
        self.0.dropped();
    }
}
