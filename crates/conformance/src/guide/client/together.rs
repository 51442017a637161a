//! Judging a client and a server that talked to each other, both the learner's.

use super::ClientRun;
use crate::guide::cases::ClientCalls;
use crate::guide::{Database, registry};
use crate::transcript::{Event, EventKind, Transcript};
use crate::verdict::CaseReport;

/// A call without the time in which the client sent nothing: that says nothing about the server.
fn without_waits(call: &Transcript) -> Transcript {
    let is_wait = |event: &Event| matches!(event.what, EventKind::Stalled { .. });
    let is_last = |index: usize| Some(index) == call.last();
    let events = call.events.iter().enumerate();
    let events = events.filter(|(index, event)| is_last(*index) || !is_wait(event));
    Transcript {
        rpc: call.rpc,
        events: events.map(|(_, event)| event.clone()).collect(),
    }
}

impl ClientRun {
    /// Judges the client as in [`ClientRun::judge_calls`], and the server's answers to it by the
    /// contract.
    pub fn judge_together(&self, expect: &ClientCalls, database: &Database) -> Vec<CaseReport> {
        let mut cases = self.judge_calls(expect, database);
        for call in &self.recording.calls {
            let name = format!("{} answered", call.rpc);
            let why = "What your server answered to your client.";
            let method = registry::method(call.rpc);
            cases.push(method.judge_answer(&name, why, database, &without_waits(call)));
        }
        cases
    }
}
