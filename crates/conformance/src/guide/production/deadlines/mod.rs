//! The lesson `deadlines`: a client sets a deadline for each call, tells the server (`grpc-timeout`), gives up by itself when it has
//! passed, wherever the call stands, and tells this end from others.
//!
//! Whether a client gives up is seen by what it does, and not by when: the server never goes on, or goes on for far longer than
//! the deadline that the client itself has sent.

mod judge;
mod messages;
#[cfg(test)]
mod tests;
mod timeout;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::timeout::Timeout;
use super::{OfClient, PlannedRun, SeenRun};
use crate::guide::registry;
use crate::messages::Rpc;
use crate::probe::recorder::{FaultInjection, When};
use crate::verdict::CaseReport;

/// What the lesson asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// How many seconds a deadline may be away. The lab waits for it.
    pub most_seconds: u32,
}

/// The RPC by which is seen what else a client does.
const FIRST: Rpc = Rpc::ListFeatures;

/// How long a server goes on after the deadline has passed.
const PAST_THE_DEADLINE: Duration = Duration::from_secs(4);

/// After how many of its messages a server stops in the middle of a call.
fn middle(rpc: Rpc) -> usize {
    usize::from(rpc.server_streams())
}

impl OfClient for Deadlines {
    fn next(&self, seen: &[SeenRun]) -> Vec<PlannedRun> {
        let plan = |rpc: Rpc, fault, extra| PlannedRun {
            piece: rpc.kebab_name(),
            fault,
            extra,
        };
        if seen.is_empty() {
            let plain = |rpc| plan(rpc, FaultInjection::None, Duration::ZERO);
            return registry::required().map(plain).collect();
        }
        let is_plain = |seen: &SeenRun| seen.planned.fault == FaultInjection::None;
        let all_plain = seen.iter().all(is_plain);
        let Some(longest) = judge::longest(self, seen).filter(|_| all_plain) else {
            return Vec::new();
        };
        let stalls =
            registry::required().map(|rpc| (rpc, FaultInjection::Stalls(rpc, middle(rpc))));
        let others = [
            FaultInjection::NeverAnswers(FIRST),
            FaultInjection::Drips(FIRST, longest + PAST_THE_DEADLINE),
            FaultInjection::EndsWith(FIRST, tonic::Code::DeadlineExceeded),
            FaultInjection::Fails(FIRST, When::AtOnce),
        ];
        stalls
            .chain(others.map(|fault| (FIRST, fault)))
            .map(|(rpc, fault)| plan(rpc, fault, longest))
            .collect()
    }

    fn judge(&self, seen: &[SeenRun]) -> Vec<CaseReport> {
        judge::judge(self, seen)
    }
}
