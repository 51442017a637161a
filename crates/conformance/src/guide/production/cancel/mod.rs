//! The lesson `cancel`: a client that needs only the first messages of a stream leaves the call after them. That is no error,
//! and the client goes on.
//!
//! In the first run, the server sends just as many messages as the client needs, and then nothing. So a client that waits
//! for one more waits for ever, and no clock has to tell whether it reads on.

mod judge;
mod messages;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{OfClient, PlannedRun, SeenRun};
use crate::messages::Rpc;
use crate::probe::recorder::{FaultInjection, When};
use crate::verdict::CaseReport;

/// What the lesson asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// After how many features the client leaves the call: no more than the synthetic server has. One of them has no name.
    pub messages: usize,
}

/// The piece of the learner's client that is run.
const PIECE: &str = "first-features";

/// The piece that asks for one feature in place of four: the learner's function is told how many.
const ONE: &str = "first-feature";

/// How the server behaves in the first runs: in the order of their judgement.
fn faults(messages: usize) -> [FaultInjection; 3] {
    [
        FaultInjection::Stalls(Rpc::ListFeatures, messages),
        FaultInjection::NoMessages,
        FaultInjection::Fails(Rpc::ListFeatures, When::After(1)),
    ]
}

/// How it behaves in one more, which tells for what a client waits that has not left the call: it goes on for a while.
const GOES_ON: FaultInjection = FaultInjection::Drips(Rpc::ListFeatures, Duration::from_secs(2));

impl OfClient for Cancel {
    fn next(&self, seen: &[SeenRun]) -> Vec<PlannedRun> {
        let plan = |piece: &str, fault| PlannedRun {
            piece: piece.to_string(),
            fault,
            extra: Duration::ZERO,
        };
        let first = faults(self.messages);
        let Some(one) = seen.first() else {
            return first.map(|fault| plan(PIECE, fault)).to_vec();
        };
        let mut further = Vec::new();
        if seen.len() == first.len() && one.run.ending.is_timed_out() {
            further.push(plan(PIECE, GOES_ON));
        }
        // Any other client has no such function.
        if seen.len() == first.len() && one.run.is_course_client {
            further.push(plan(ONE, FaultInjection::None));
        }
        further
    }

    fn judge(&self, seen: &[SeenRun]) -> Vec<CaseReport> {
        judge::judge(self.messages, seen)
    }
}
