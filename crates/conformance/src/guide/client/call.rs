//! Judging one call of a client: from how it broke off to what was printed of it.

use super::headers::waits_for_headers;
use super::{ClientRun, Ending};
use crate::guide::cases::ClientCalls;
use crate::guide::{Database, registry};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;

impl ClientRun {
    /// The first thing that is not right in a call. How it broke off comes before what is missing in
    /// it, since the one is the cause of the other.
    pub(super) fn finding(
        &self,
        expect: &ClientCalls,
        database: &Database,
        transcript: &Transcript,
    ) -> Option<Finding> {
        let finding = unreadable(transcript)
            .or_else(|| waits_for_headers(transcript))
            .or_else(|| self.ended_badly(transcript))
            .or_else(|| nothing_sent(transcript))
            .or_else(|| self.left_open(expect, transcript))
            .or_else(|| expect.judge_sent(database, transcript))
            .or_else(|| self.left_early(transcript))
            .or_else(|| self.printed(transcript))?;
        // A call that is complete stays right, whatever happened after it.
        Some(self.panicked(transcript).unwrap_or(finding))
    }

    /// A client that panicked: whatever is missing, that is why.
    fn panicked(&self, transcript: &Transcript) -> Option<Finding> {
        let diagnosis = self.panic()?;
        let mark = transcript.last();
        Some(Finding { diagnosis, mark })
    }

    /// A call that the client did not half-close.
    fn left_open(&self, expect: &ClientCalls, transcript: &Transcript) -> Option<Finding> {
        half_close(transcript).is_none().then(|| Finding {
            diagnosis: self.why_left_open(expect, transcript),
            mark: transcript.last(),
        })
    }

    fn why_left_open(&self, expect: &ClientCalls, transcript: &Transcript) -> Diagnosis {
        let sent = transcript.sent().count();
        let messages = format!("{sent} message{}", plural(sent));
        let of_the_rpc = || match self.ending {
            Ending::TimedOut(_) => expect.why_left_open(transcript),
            _ => None,
        };
        if let Some(diagnosis) = of_the_rpc() {
            return self.ending.with_more_time(diagnosis);
        }
        match &self.ending {
            Ending::Failure(how) => Diagnosis::new(format!(
                "Your client ended with {how} after it had sent {messages}, before it half-closed."
            ))
            .quoting(&self.stderr),
            Ending::Success => Diagnosis::mistake(
                "exits-early",
                format!(
                    "Your client left the call after it had sent {messages}, before it half-closed."
                ),
            )
            .quoting(&self.stderr),
            Ending::TimedOut(wait) => {
                let rpc = transcript.rpc;
                let noun = registry::method(rpc).request_noun();
                let diagnosis = match sent {
                    0 => Diagnosis::mistake(
                        "sends-nothing",
                        format!(
                            "Your client called {rpc} and sent nothing: {wait}, and the server still waits for the \
                             first {noun}."
                        ),
                    ),
                    _ => Diagnosis::mistake(
                        "never-half-closes",
                        format!(
                            "Your client sent {messages} and never closed its side: {wait}, and the server still waits."
                        ),
                    )
                    .hint(
                        "Half-close the call when you have sent everything: end the stream of your messages.",
                    )
                    .hint_in_rust(
                        "The half-close comes when the stream that you send ends. One that is made of a channel ends \
                         only when every sender is dropped: `drop(sender)` after the last message, and do not keep a \
                         clone.",
                    ),
                };
                self.ending.with_more_time(diagnosis)
            }
        }
    }

    /// A call that the server ended with an error: the recording server by itself only one that was
    /// cut off; the learner's own, whatever it says.
    fn ended_badly(&self, transcript: &Transcript) -> Option<Finding> {
        let status = transcript.status().filter(|status| !status.is_ok())?;
        let refused = transcript.sent().next().is_none() && status.code == "UNIMPLEMENTED";
        let diagnosis = if refused && status.message.contains("compressed") {
            let message = format!(
                "Your client compresses its messages, which the lab's server cannot read: it ended the \
                 call with {status}."
            );
            Diagnosis::new(message).hint("Switch the compression off for as long as you check.")
        } else {
            let message = format!("The server ended the call with {status}; it must end with OK.");
            Diagnosis::new(message).quoting(&self.stderr)
        };
        Some(Finding {
            diagnosis,
            mark: transcript.last(),
        })
    }
}

/// A message that the client should not have sent at all.
fn unreadable(transcript: &Transcript) -> Option<Finding> {
    let (mark, diagnosis) = transcript
        .events
        .iter()
        .enumerate()
        .find_map(|(index, event)| {
            let diagnosis = match &event.what {
                EventKind::Undecodable { problem, .. } => Diagnosis::new(format!(
                    "A message of your client's does not decode as the contract's type: {problem}."
                )),
                EventKind::CutOff { .. } => Diagnosis::mistake(
                    "floods",
                    format!(
                        "Your client sent more than {} messages in one call, and was cut off.",
                        transcript.sent().count()
                    ),
                ),
                _ => return None,
            };
            Some((index, diagnosis))
        })?;
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}

/// A call that was half-closed before anything had been sent in it.
fn nothing_sent(transcript: &Transcript) -> Option<Finding> {
    let mark = half_close(transcript).filter(|_| transcript.sent().next().is_none())?;
    let message = format!(
        "Your client half-closed {} before it had sent anything: after that, nothing can be sent any more.",
        transcript.rpc
    );
    Some(Finding {
        diagnosis: Diagnosis::mistake("half-closes-first", message)
            .hint("Half-close after the last message, not before the first."),
        mark: Some(mark),
    })
}

/// Where the client half-closed.
fn half_close(transcript: &Transcript) -> Option<usize> {
    transcript.position(|what| matches!(what, EventKind::HalfClosed))
}
