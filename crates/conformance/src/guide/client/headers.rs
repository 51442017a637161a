//! Clients that wait for the server's headers before they send.

use crate::guide::registry;
use crate::transcript::{EventKind, Transcript};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;

/// A client that sent nothing more until it got the headers, which the recorder had held back until there was a reply
/// to send, and that went on once it had them. Only a call whose headers were held back goes on after a stall.
pub(super) fn waits_for_headers(transcript: &Transcript) -> Option<Finding> {
    let stalled = transcript.position(|what| matches!(what, EventKind::Stalled { .. }))?;
    let is_sent = |what: &EventKind| matches!(what, EventKind::Sent { .. });
    let (before, after) = transcript.events.split_at(stalled);
    let goes_on = |what: &EventKind| is_sent(what) || *what == EventKind::HalfClosed;
    if !after.iter().any(|event| goes_on(&event.what)) {
        return None;
    }
    let noun = registry::method(transcript.rpc).request_noun();
    let next = match before.iter().filter(|event| is_sent(&event.what)).count() {
        0 => format!("the first {noun}"),
        sent => format!("{noun} {}", sent + 1),
    };
    let message = format!(
        "You wait for the answer before you send {next}; a server may begin to answer only with its first reply."
    );
    Some(Finding {
        diagnosis: Diagnosis::mistake("waits-for-headers", message)
            .hint("Send from a stream or a task beside the call."),
        mark: Some(stalled),
    })
}
