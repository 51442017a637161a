//! Whether the generated code serves every RPC, be it with a stub.

use tonic::transport::Channel;

use crate::checker::{Check, TrackCode};
use crate::course::Track;
use crate::guide::registry;
use crate::learner::work;
use crate::messages::Rpc;
use crate::probe::activity::Activity;
use crate::probe::call::{self, Script};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis};

/// The RPCs that every service has: those of the learner's that are still stubs, and the others.
pub fn stubs_and_written(check: &Check<'_>) -> (Vec<Rpc>, Vec<Rpc>) {
    let code = check.subject.code();
    registry::required().partition(|rpc| code.is_some_and(|code| is_stub(code, *rpc)))
}

/// Whether an RPC is served at all. A path that is not served is answered with UNIMPLEMENTED, and no
/// message; the stub, with one. Once the learner has written the RPC, it may answer as it likes: then
/// its own lesson says whether that is right.
pub async fn answers(check: &Check<'_>, rpc: Rpc, channel: Channel) -> CaseReport {
    let setting = check.setting;
    let plain = registry::method(rpc).plain_call(&setting.database);
    let script = Script {
        rpc,
        steps: plain.steps,
        expected: plain.expected,
        limits: plain.limits,
        patience: setting.patience,
        activity: Activity::default(),
    };
    let transcript = call::play(channel, &script).await;
    let unimplemented = transcript
        .status()
        .filter(|status| status.code == "UNIMPLEMENTED");
    let finding = match unimplemented {
        Some(status) if status.message.is_empty() => Some(
            Diagnosis::mistake(
                "not-registered",
                format!("The server does not know {}.", rpc.path()),
            )
            .hint("Compare the package, the service and the rpc in your .proto with the lessons'."),
        ),
        None if check.subject.code().is_some_and(|code| is_stub(code, rpc)) => {
            Some(Diagnosis::new(format!(
                "The stub of {rpc} must answer with UNIMPLEMENTED, but {}.",
                match transcript.status() {
                    Some(status) => format!("the call ended with {status}"),
                    None => "the call did not end".to_string(),
                }
            )))
        }
        _ => None,
    };
    let mark = transcript.events.len().checked_sub(1);
    CaseReport::of_call(
        rpc.name(),
        "Every rpc must be served.",
        Vec::new(),
        transcript,
    )
    .judged(finding.map(|diagnosis| Finding { diagnosis, mark }))
}

/// Whether an RPC of the learner's is still as it was handed out.
fn is_stub(code: &TrackCode, rpc: Rpc) -> bool {
    code.track == Track::StartHere
        && work::is_as_handed_out(&code.folder, "start_here/src/server.rs", &rpc.kebab_name())
}
