//! Judging a client and a server that talked to each other, both the learner's.

use super::ClientRun;
use crate::guide::cases::ClientCalls;
use crate::guide::{Database, registry};
use crate::verdict::CaseReport;

impl ClientRun {
    /// Judges the client as in [`ClientRun::judge_calls`], and the server's answers to it by the
    /// contract.
    pub fn judge_together(&self, expect: &ClientCalls, database: &Database) -> Vec<CaseReport> {
        let mut cases = self.judge_calls(expect, database);
        for call in &self.recording.calls {
            let name = format!("{} answered", call.rpc);
            let why = "What your server answered to your client.";
            let method = registry::method(call.rpc);
            cases.push(method.judge_answer(&name, why, database, call));
        }
        cases
    }
}
