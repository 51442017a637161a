//! Clients that send everything before they read, against a server that does not read before its replies are out.

use crate::guide::client::ClientRun;
use crate::guide::client::printed::Printed;
use crate::guide::registry;
use crate::transcript::{EventKind, Transcript};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;

/// A call that stands still because neither side reads: the server has more to send than fits into the window of a client
/// that does not read, and the client has more to send, too. A client that has read and printed a reply is another case.
pub(super) fn reads_after_sending(run: &ClientRun, call: &Transcript) -> Option<Finding> {
    let is_end = |what: &EventKind| {
        use EventKind::{Ended, HalfClosed};
        matches!(what, HalfClosed | Ended { .. })
    };
    let method = registry::method(call.rpc);
    let (sent, came) = (call.sent().count(), call.received().count());
    let stands_still = run.ending.is_timed_out() && call.position(is_end).is_none();
    let is_full = came > 0 && came < method.burst();
    if !stands_still || !is_full || !Printed::of(run, call).is_nothing() {
        return None;
    }
    let noun = method.request_noun();
    let message = format!(
        "You read no reply before you have sent every {noun}: after {sent} {noun}{}, neither side moved any more. The \
         server's replies to the first fill the window, and it does not read on before they are out.",
        plural(sent)
    );
    Some(Finding {
        diagnosis: Diagnosis::mistake("reads-after-sending", message)
            .hint("Read the replies while you send: send from a stream or a task beside the loop that reads."),
        mark: call.last(),
    })
}
