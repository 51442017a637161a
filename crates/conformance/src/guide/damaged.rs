//! A call in which the client's last message cannot be decoded: for a server, the call has failed, and is not complete.

use super::{Case as _, Method};
use crate::messages::Message;
use crate::probe::script::Step;
use crate::transcript::{EventKind, Transcript};
use crate::verdict::CaseReport;
use crate::verdict::diagnosis::{Diagnosis, Finding};
use crate::verdict::stream;

/// How many messages come before it.
const BEFORE: usize = 2;

/// The steps of such a call, made of a case; none where the client does not stream.
pub fn steps<M: Method>(case: &M::Case) -> Option<Vec<Step>> {
    let is_message = |step: &Step| matches!(step, Step::Send(_));
    let mut steps: Vec<Step> = case
        .steps()
        .into_iter()
        .filter(is_message)
        .take(BEFORE)
        .collect();
    steps.push(Step::SendDamaged);
    M::RPC.client_streams().then_some(steps)
}

/// Judges such a call: it must not end with OK.
pub fn judge<M: Method>(transcript: Transcript) -> CaseReport {
    let finding = swallowed::<M>(&transcript).or_else(|| never_ended(&transcript));
    let name = format!("{}-that-breaks-off", M::RPC.kebab_name());
    let why = "The last message of the client cannot be decoded. So the call fails in the middle.";
    CaseReport::of_call(&name, why, Vec::<Message>::new(), transcript).judged(finding)
}

fn swallowed<M: Method>(transcript: &Transcript) -> Option<Finding> {
    transcript.status().filter(|status| status.is_ok())?;
    let sent = transcript.sent().count() + 1;
    let diagnosis = Diagnosis::mistake(
        "swallows-error",
        format!(
            "Message {sent} of the client could not be decoded. The call had failed, but the server ended {} with OK, as if \
             the client had half-closed.",
            M::RPC
        ),
    )
    .hint("Only a half-close ends the client's messages well. After an error, end the call with that error.")
    .hint_in_rust(
        "Return the error: `message().await?` does that. `while let Ok(Some(…))` and `Err(_) => break` take an error for \
         the end of the stream.",
    );
    let mark = transcript.last();
    Some(Finding { diagnosis, mark })
}

fn never_ended(transcript: &Transcript) -> Option<Finding> {
    let waits =
        |what: &EventKind| matches!(what, EventKind::Stalled { .. } | EventKind::CutOff { .. });
    transcript.position(waits)?;
    stream::fault(transcript)
}
