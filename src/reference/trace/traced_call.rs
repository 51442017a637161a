//! The observer that records the events of a call.

use std::time::Duration;

use super::channel::Trace;
use super::event::{self, CallSummary, TraceEntry, TraceEvent};
use crate::messages::Rpc;
use crate::probe::message_scanner::WireMessage;
use crate::reference::observe::observer::{CallEvent, CallObserver, CallSide, CallStart, Observer};

impl Observer for Trace {
    fn call_started(&self, start: &CallStart<'_>) -> Option<Box<dyn CallObserver>> {
        let rpc = Rpc::from_path(start.path);
        let name = event::clipped(match rpc {
            Some(rpc) => rpc.name(),
            None => start.path,
        });
        let call = self.start_call(TraceEvent::Started {
            name: name.clone(),
            peer: start.peer,
            headers: event::headers(start.headers),
        })?;
        Some(Box::new(TracedCall {
            trace: self.clone(),
            call,
            rpc,
            summary: CallSummary {
                name,
                ..CallSummary::default()
            },
        }))
    }

    fn reads_messages(&self) -> bool {
        true
    }
}

/// A call that is drawn.
struct TracedCall {
    trace: Trace,
    /// Its number.
    call: u64,
    rpc: Option<Rpc>,
    /// What has been counted so far.
    summary: CallSummary,
}

impl TracedCall {
    fn push(&self, at: Duration, event: TraceEvent) {
        let call = self.call;
        self.trace.push(TraceEntry { call, at, event });
    }

    fn end(&mut self, at: Duration, outcome: String, is_ok: bool) {
        let summary = CallSummary {
            outcome,
            is_ok,
            ..std::mem::take(&mut self.summary)
        };
        self.push(at, TraceEvent::Closed(summary));
        self.trace.end_call(self.call);
    }
}

impl CallObserver for TracedCall {
    fn on_event(&mut self, at: Duration, event: &CallEvent<'_>) {
        match *event {
            CallEvent::Message { from, message } => {
                match from {
                    CallSide::Client => self.summary.to_server += 1,
                    CallSide::Server => self.summary.to_client += 1,
                }
                if self.trace.admit_message(self.call, from) {
                    let text = event::clipped(&message_text(self.rpc, from, message));
                    self.push(at, TraceEvent::Message { from, text });
                }
            }
            CallEvent::NotAMessage { from, flag } => {
                let text = format!("bytes that are not a message (the first is {flag})");
                self.push(at, TraceEvent::Message { from, text });
            }
            CallEvent::HalfClosed => self.push(at, TraceEvent::HalfClosed),
            CallEvent::Headers(headers) => {
                let headers = event::headers(headers);
                self.push(at, TraceEvent::Headers { headers });
            }
            CallEvent::Ended {
                status,
                trailers,
                trailers_only,
            } => {
                let (is_ok, outcome) = (status.is_ok(), status.code.to_string());
                let event = TraceEvent::Ended {
                    is_ok,
                    status: event::clipped(&status.to_string()),
                    trailers: event::headers(trailers),
                    trailers_only,
                };
                self.push(at, event);
                self.end(at, outcome, is_ok);
            }
            CallEvent::Terminated(termination) => {
                let event = TraceEvent::Terminated {
                    by: termination.by,
                    reason: event::clipped(&termination.reason),
                };
                self.push(at, event);
                self.end(at, "no status".to_string(), false);
            }
        }
    }
}

/// A message as people read it.
pub(super) fn message_text(rpc: Option<Rpc>, from: CallSide, message: &WireMessage) -> String {
    let length = message.length;
    let compression = match message.compressed.as_deref() {
        None => String::new(),
        Some("") => " (compressed)".to_string(),
        Some(method) => format!(" ({method})"),
    };
    let Some(rpc) = rpc else {
        let s = if length == 1 { "" } else { "s" };
        return format!("{length} byte{s}{compression}");
    };
    let decoded = message.payload().map_err(|error| error.to_string());
    let decoded = decoded.and_then(|payload| match from {
        CallSide::Client => rpc.decode_request(&payload),
        CallSide::Server => rpc.decode_response(&payload),
    });
    match decoded {
        Ok(message) => format!("{message}{compression}"),
        Err(error) => format!("{length} bytes that do not decode: {error}"),
    }
}
