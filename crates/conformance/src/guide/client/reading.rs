//! Judging what a client makes of the answer: whether it reads it to the end, and prints it.

use super::printed::{MOST_NUMBERS, Printed, has_every_number, last_lines};
use super::{ClientRun, Ending};
use crate::messages::Rpc;
use crate::transcript::Transcript;
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::stream::plural;

impl ClientRun {
    /// A call that was half-closed, but did not come to its end.
    pub(super) fn left_early(&self, transcript: &Transcript) -> Option<Finding> {
        if transcript.status().is_some() {
            return None;
        }
        let came = transcript.received().count();
        let messages = format!("{came} message{}", plural(came));
        let diagnosis = match &self.ending {
            Ending::TimedOut(_) => Diagnosis::mistake(
                "hangs",
                format!(
                    "The call had not ended when your client was stopped: {messages} had come from the \
                     server, and then nothing moved any more."
                ),
            ),
            Ending::Failure(how) => Diagnosis::mistake(
                "exits-early",
                format!(
                    "Your client ended with {how} after {messages} from the server, before the call's end."
                ),
            ),
            Ending::Success => {
                let printed = Printed::of(self, transcript);
                // How much had come by then is a matter of time, so it is not told.
                match printed.only_the_first() {
                    _ if came == 0 || printed.is_nothing() => never_reads(transcript.rpc),
                    Some(1) => leaves_after_first(transcript.rpc, printed.first_text()),
                    Some(count) => leaves_after(count, transcript.rpc),
                    None => Diagnosis::mistake(
                        "exits-early",
                        format!(
                            "Your client left the call after {messages} from the server, before its end."
                        ),
                    )
                    .hint(READ_ON)
                    .hint_in_rust(READ_ON_IN_RUST),
                }
            }
        };
        let diagnosis = self.ending.with_more_time(diagnosis);
        Some(Finding {
            diagnosis: diagnosis.quoting(&self.stderr),
            mark: transcript.last(),
        })
    }

    /// Whether all that came was printed, on both outputs together.
    fn prints_on_stderr(&self, transcript: &Transcript) -> bool {
        Printed::in_text(&self.said, self.mark.as_deref(), transcript)
            .first_missing()
            .is_none()
    }

    /// What the server sent must have been printed.
    pub(super) fn printed(&self, transcript: &Transcript) -> Option<Finding> {
        let rpc = transcript.rpc;
        let printed = Printed::of(self, transcript);
        let first = printed.first_missing()?;
        let (name, text) = (first.name, &first.text);
        let diagnosis = match &self.ending {
            Ending::Failure(how) => Diagnosis::new(format!(
                "Your client ended with {how} before it had printed the answer to {rpc}. {name} was {text:?}."
            ))
            .quoting(&self.stderr),
            // Its output may never have left it: that it hangs is said of its end.
            Ending::TimedOut(_) => return None,
            Ending::Success => {
                let came = transcript.received().count();
                let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
                if is_number && has_every_number(&self.output) {
                    prints_every_number(rpc, name, text)
                } else if first.same_before > 0 && printed.lacks_repeats_alone() {
                    prints_once(rpc, text, first.same_before)
                } else if let Some(count) = printed.only_the_first() {
                    match count {
                        1 => stops_after_first(came, rpc, printed.first_text()),
                        _ => stops_after(count, came, rpc),
                    }
                } else if first.same_before > 0 && !self.output.is_empty() {
                    prints_once(rpc, text, first.same_before)
                } else if self.is_course_client && self.prints_on_stderr(transcript) {
                    prints_on_stderr(rpc, name, text)
                } else if printed.is_nothing()
                    && !printed.has_any()
                    && (self.output.trim().is_empty() || printed.is_one_message())
                {
                    prints_nothing(rpc, name, text)
                } else {
                    Diagnosis::mistake(
                        "prints-wrong",
                        format!(
                            "{name} in the answer to {rpc} was {text:?}, but your client did not print that."
                        ),
                    )
                    .quoting(last_lines(&self.output))
                }
            }
        };
        Some(Finding {
            diagnosis,
            mark: Some(first.at),
        })
    }
}

/// So much was printed that it proves nothing.
fn prints_every_number(rpc: Rpc, name: &str, text: &str) -> Diagnosis {
    Diagnosis::mistake(
        "prints-every-number",
        format!(
            "Your client printed more than {MOST_NUMBERS} numbers, which does not show that it received {text}, {name} in \
             the answer to {rpc}."
        ),
    )
    .hint("Print what came back, and nothing that did not.")
}

/// Several messages had the same text, and it was not printed for each.
fn prints_once(rpc: Rpc, text: &str, printed: usize) -> Diagnosis {
    let came = printed + 1;
    let times = match printed {
        1 => "once".to_string(),
        times => format!("{times} times"),
    };
    Diagnosis::mistake(
        "prints-once",
        format!(
            "{text:?} came {came} times in the answer to {rpc}, at different places, but your client printed it only {times}."
        ),
    )
    .hint("Print each message that comes: two features may have the same name.")
}

/// What came was printed, but where it does not count.
fn prints_on_stderr(rpc: Rpc, name: &str, text: &str) -> Diagnosis {
    Diagnosis::mistake(
        "prints-on-stderr",
        format!(
            "Your client printed the answer to {rpc} on standard error. {name} {text:?} must be on standard output."
        ),
    )
    .hint("Print what you receive on standard output; standard error is for what went wrong.")
}

/// Nothing was printed of an answer, of which this would have been the first.
pub(super) fn prints_nothing(rpc: Rpc, name: &str, text: &str) -> Diagnosis {
    Diagnosis::mistake(
        "prints-nothing",
        format!(
            "Your client called {rpc}, but printed nothing of what came back. {name} was {text:?}."
        ),
    )
}

/// A call that was left before its end, with nothing to show that any of the answer was read.
fn never_reads(rpc: Rpc) -> Diagnosis {
    Diagnosis::mistake(
        "never-reads",
        format!(
            "Your client left {rpc} before the end of the answer, and printed nothing of what had come."
        ),
    )
    .hint("After you have sent, read what comes back, until the stream ends.")
}

/// What to do about a client that does not read to the end, in Rust.
const READ_ON_IN_RUST: &str =
    "Read in a loop, until the stream gives `None`: with `while let`, and not with `if let`.";

/// The same in any language.
const READ_ON: &str = "Read in a loop, until the stream ends.";

fn stops_after(count: usize, came: usize, rpc: Rpc) -> Diagnosis {
    let message = format!(
        "Your client printed the first {count} of the {came} messages in the answer to {rpc}, and none after them."
    );
    Diagnosis::mistake("exits-early", message)
        .hint(READ_ON)
        .hint_in_rust(READ_ON_IN_RUST)
}

fn leaves_after(count: usize, rpc: Rpc) -> Diagnosis {
    let message = format!(
        "Your client printed the first {count} messages in the answer to {rpc}, and left the call before its end."
    );
    Diagnosis::mistake("exits-early", message)
        .hint(READ_ON)
        .hint_in_rust(READ_ON_IN_RUST)
}

fn stops_after_first(came: usize, rpc: Rpc, first: &str) -> Diagnosis {
    let message = format!(
        "The answer to {rpc} had {came} messages, but your client printed only the first, {first:?}."
    );
    Diagnosis::mistake("stops-after-first", message)
        .hint(READ_ON)
        .hint_in_rust(READ_ON_IN_RUST)
}

fn leaves_after_first(rpc: Rpc, first: &str) -> Diagnosis {
    let message = format!(
        "Your client printed only the first message in the answer to {rpc}, {first:?}, and left the call before its end."
    );
    Diagnosis::mistake("stops-after-first", message)
        .hint(READ_ON)
        .hint_in_rust(READ_ON_IN_RUST)
}
