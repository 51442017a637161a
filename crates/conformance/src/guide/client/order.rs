//! The order of the calls: each begins when the one before has ended.

use crate::messages::Rpc;
use crate::probe::recorder::Recording;
use crate::verdict::Diagnosis;

/// What is wrong with the order of the calls that were made.
pub(super) fn wrong(recording: &Recording, rpcs: &[Rpc]) -> Option<Diagnosis> {
    let first = |rpc: &Rpc| recording.calls.iter().position(|call| call.rpc == *rpc);
    let mut called: Vec<Rpc> = rpcs
        .iter()
        .copied()
        .filter(|rpc| first(rpc).is_some())
        .collect();
    called.sort_by_key(first);
    // Two calls that are open at the same time have no order.
    if let Some((earlier, later)) = side_by_side(recording, rpcs) {
        let message = format!(
            "{later} began before {earlier} had ended. The calls must come one after the other: {}.",
            names(rpcs)
        );
        let diagnosis = Diagnosis::mistake("calls-at-once", message);
        return Some(diagnosis.hint("Wait until a call has ended before you begin the next."));
    }
    let wanted: Vec<Rpc> = rpcs
        .iter()
        .copied()
        .filter(|rpc| called.contains(rpc))
        .collect();
    (called != wanted).then(|| {
        let message = format!(
            "The calls came in the order {}, but it must be {}.",
            names(&called),
            names(rpcs)
        );
        Diagnosis::mistake("wrong-order", message)
    })
}

/// A right order of some of the calls proves nothing about those that were not made.
pub(super) fn unproven(recording: &Recording, rpcs: &[Rpc]) -> Option<Diagnosis> {
    let is_missing = |rpc: &Rpc| !recording.calls.iter().any(|call| call.rpc == *rpc);
    let missing: Vec<Rpc> = rpcs.iter().copied().filter(is_missing).collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!(
        "Your client never called {}, so the order of the calls is not proven.",
        names(&missing)
    );
    Some(Diagnosis::mistake("rpc-never-called", message))
}

/// Two calls of different RPCs of which the second began before the first had ended.
fn side_by_side(recording: &Recording, rpcs: &[Rpc]) -> Option<(Rpc, Rpc)> {
    let calls = &recording.calls;
    let counts = |index: &usize| rpcs.contains(&calls[*index].rpc);
    (0..calls.len()).filter(counts).find_map(|later| {
        let is_open = |earlier: &usize| {
            calls[*earlier].rpc != calls[later].rpc && recording.began_during(later, *earlier)
        };
        let earlier = (0..later).filter(counts).find(is_open)?;
        Some((calls[earlier].rpc, calls[later].rpc))
    })
}

fn names(rpcs: &[Rpc]) -> String {
    let names: Vec<&str> = rpcs.iter().map(|rpc| rpc.name()).collect();
    names.join(", ")
}
