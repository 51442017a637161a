//! Cases that have been played, each with its case beside it: what an RPC's calls mean together.

use super::Case;
use crate::probe::script::Step;
use crate::transcript::Transcript;
use crate::verdict::stream::{self, UNSET_FIELD};
use crate::verdict::{CaseReport, Diagnosis, Outcome};

/// A case, and the report on it.
#[derive(Debug, Clone)]
pub struct Played<C> {
    /// What was played.
    pub case: C,
    /// The report, from this case alone.
    pub report: CaseReport,
    /// Calls that were made for its sake before it, to leave something behind.
    pub before: Vec<Transcript>,
    /// Whether it was played without waiting for replies, to see what comes and not when. Such a call
    /// tells about messages, and proves nothing when it is right.
    pub blind: bool,
    /// Whether it was wrong beside other calls, and is right when it is made alone.
    pub passes_alone: bool,
}

impl<C: Case> Played<C> {
    /// Whether a message of the request leaves a field unset, so that the server may refuse it.
    pub fn leaves_a_field_unset(&self) -> bool {
        self.case.leaves_a_field_unset()
    }

    fn failed(&self) -> bool {
        self.report.outcome == Outcome::Fail
    }

    /// Whether the call did not end with OK but with something else.
    fn ended_badly(&self) -> bool {
        self.report.status.is_some() && !self.report.ended_ok()
    }
}

/// The reports of those cases that say something.
pub fn reports<C>(played: Vec<Played<C>>) -> Vec<CaseReport> {
    let says_something =
        |played: &Played<C>| !played.blind || played.report.outcome != Outcome::Pass;
    let kept = played.into_iter().filter(says_something);
    kept.map(|played| played.report).collect()
}

/// Writes the cause into every failed case that it explains, before what was found in the case itself:
/// that is the evidence. `ambiguous` tells how many mistakes would have led to just this case; of one
/// that the cause does not explain, nothing.
pub fn explain<C: Case>(
    played: &mut [Played<C>],
    cause: &Diagnosis,
    ambiguous: impl Fn(&Played<C>) -> Option<usize>,
) {
    for played in played.iter_mut().filter(|played| played.failed()) {
        let Some(ambiguous) = ambiguous(played) else {
            continue;
        };
        played.report.ambiguous = ambiguous;
        let found = played.report.diagnosis.take();
        let ends = !stream::never_ended(&played.report.transcript);
        let cause = match ends || cause.mistakes.contains(&stream::NEVER_ENDS) {
            true => cause.clone(),
            false => Diagnosis {
                mistakes: [&cause.mistakes[..], &[stream::NEVER_ENDS]].concat(),
                ..cause.clone()
            }
            .also("The call does not end after the client has half-closed."),
        };
        let (evidence, contrast) =
            found.map_or((None, None), |found| (Some(found.message), found.contrast));
        played.report.diagnosis = Some(Diagnosis {
            evidence,
            contrast,
            ..cause
        });
    }
}

/// A server that ends its calls with an error after the data does so too where there is no data.
pub fn name_bad_statuses<C: Case>(played: &mut [Played<C>]) {
    let after_data = |played: &Played<C>| {
        let diagnosis = played.report.diagnosis.as_ref();
        diagnosis.is_some_and(|diagnosis| diagnosis.mistakes == [stream::WRONG_STATUS])
    };
    if !played.iter().any(after_data) {
        return;
    }
    let diagnoses = played
        .iter_mut()
        .filter_map(|one| one.report.diagnosis.as_mut());
    for diagnosis in diagnoses {
        if diagnosis.mistakes == [stream::ERROR_BEFORE_DATA] {
            diagnosis.mistakes = vec![stream::WRONG_STATUS];
        }
    }
}

/// What a Rust program does about a field that may be unset.
const UNWRAP: &str = "In Rust: `unwrap_or_default()`";

/// How much later a case about an unset field is shown than others: a server that is wrong in calls with
/// all fields set has greater worries.
const LATER: usize = 1_000;

/// Says what an unset field means, if calls come out wrong just where there is one: places that are compared
/// as "perhaps a point", for example.
pub fn explain_unset_fields<C: Case>(played: &mut [Played<C>], field: &str) {
    let wrong = |unset: bool| {
        let failed = |one: &&Played<C>| one.failed() && one.leaves_a_field_unset() == unset;
        played.iter().filter(failed).count()
    };
    if wrong(false) > 0 || wrong(true) == 0 {
        return;
    }
    let diagnoses = played
        .iter_mut()
        .filter_map(|one| one.report.diagnosis.as_mut());
    for diagnosis in diagnoses.filter(|diagnosis| diagnosis.mistakes.is_empty()) {
        let hint = format!(
            "Only calls that leave {field} unset are not right. Unset, it reads as its default, Point(0, 0), and \
             is the same as that."
        );
        diagnosis.hint_in_rust = Some(format!("{hint} {UNWRAP} before you compare."));
        diagnosis.hint = Some(hint);
    }
}

/// Names the mistake of a server that is right as long as it has one call at a time.
pub fn name_shared_state<C: Case>(played: &mut [Played<C>]) {
    let is_wrong_beside_others = |one: &Played<C>| {
        let found = one.report.diagnosis.as_ref();
        one.passes_alone
            && found.is_some_and(|found| {
                let waits = found.mistakes.iter().all(|id| WAITING.contains(id));
                found.mistakes.is_empty() || waits
            })
    };
    let is_of_others = |one: &Played<C>| is_wrong_beside_others(one) || one.case.comes_last();
    if !played.iter().all(|one| !one.failed() || is_of_others(one)) {
        return;
    }
    for one in played
        .iter_mut()
        .filter(|one| one.failed() && is_wrong_beside_others(one))
    {
        if let Some(found) = one.report.diagnosis.take() {
            one.report.diagnosis = Some(Diagnosis {
                contrast: found.contrast,
                ..Diagnosis::mistake(
                    SHARED_STATE,
                    format!(
                        "While other calls are open, this one is not right; it is when it is made alone. {}",
                        found.message
                    ),
                )
                .hint(
                    "Calls run side by side: keep what belongs to one call in variables of the method, hold no lock \
                     while you wait, and refuse no call because of another.",
                )
            });
        }
    }
}

/// The id of a server whose calls disturb each other.
const SHARED_STATE: &str = "state-leaks";

/// What a call may be said to do that waits for others.
const WAITING: [&str; 3] = ["hangs", stream::WRONG_STATUS, stream::ERROR_BEFORE_DATA];

/// How long a call is that a client wants to make.
#[derive(Debug, Clone, Copy)]
struct Length {
    /// How many messages the client sends, if it can.
    messages: usize,
    /// How many bytes the longest of them had.
    longest: usize,
}

impl Length {
    fn of<C: Case>(played: &Played<C>) -> Length {
        let mut length = Length {
            messages: 0,
            longest: 0,
        };
        for step in played.case.steps() {
            let messages = match step {
                Step::Send(message) | Step::SendPadded(message) => vec![message],
                Step::SendAll(messages) => messages,
                _ => Vec::new(),
            };
            length.messages += messages.len();
            let longest = messages.iter().map(|message| message.encode().len()).max();
            length.longest = length.longest.max(longest.unwrap_or(0));
        }
        length
    }
}

/// Says of a server that ends only long calls with an error that shorter ones are right: those of fewer messages or those of
/// shorter ones, whichever the calls show.
pub fn name_limits<C: Case>(played: &mut [Played<C>]) {
    let is_refused = |one: &Played<C>| {
        let diagnosis = one.report.diagnosis.as_ref();
        let ids = diagnosis.map_or(&[][..], |diagnosis| &diagnosis.mistakes);
        one.case.is_long()
            && [&[stream::WRONG_STATUS][..], &[stream::ERROR_BEFORE_DATA]].contains(&ids)
    };
    if !played.iter().any(Played::failed)
        || !played.iter().all(|one| !one.failed() || is_refused(one))
    {
        return;
    }
    let lengths = |failed: bool| {
        let those = played.iter().filter(move |one| one.failed() == failed);
        those.map(Length::of)
    };
    let is_above = |number: fn(Length) -> usize| {
        let right = lengths(false).map(number).max();
        lengths(true).map(number).all(|wrong| Some(wrong) > right)
    };
    let (id, those, hint) = match (
        is_above(|length| length.messages),
        is_above(|length| length.longest),
    ) {
        (true, false) => (
            LIMITED,
            "Calls of fewer messages",
            "Nothing in the contract limits how many messages a call has.",
        ),
        (false, true) => (
            MESSAGE_LIMITED,
            "Calls with shorter messages",
            "No message here is too long: look at what you count, and at the limit.",
        ),
        (true, true) => (
            LIMITED,
            "Calls of fewer and shorter messages",
            "No call here is too long: look at what you count, and at the limit.",
        ),
        (false, false) => return,
    };
    for found in played
        .iter_mut()
        .filter_map(|one| one.report.diagnosis.as_mut())
    {
        found.message.push_str(&format!(" {those} are right."));
        found.hint = Some(hint.to_string());
        found.mistakes.insert(0, id);
    }
}

/// The id of a server that ends a call with an error because it has many messages.
const LIMITED: &str = "call-limited";

/// The id of a server that ends a call with an error because a message is long.
const MESSAGE_LIMITED: &str = "message-limited";

/// Names the mistake of a server whose calls go wrong just where a message field is unset.
pub fn name_unset_fields<C: Case>(played: &mut [Played<C>], field: &str, hint: &str) {
    let bad_otherwise = |played: &Played<C>| !played.leaves_a_field_unset() && played.ended_badly();
    let good_otherwise =
        |played: &Played<C>| !played.leaves_a_field_unset() && !played.ended_badly();
    if played.iter().any(bad_otherwise) || !played.iter().any(good_otherwise) {
        return;
    }
    let others_pass = !played
        .iter()
        .any(|one| one.failed() && !one.leaves_a_field_unset());
    let about_the_others = match others_pass {
        true => "; calls with all fields set are right",
        false => "",
    };
    for played in played.iter_mut() {
        if !(played.failed() && played.leaves_a_field_unset() && played.ended_badly()) {
            continue;
        }
        let status = played.report.status.as_ref();
        let how = match status {
            Some(status) if status.broke_off() => "broke off".to_string(),
            Some(status) => format!("ended with {status}"),
            None => continue,
        };
        played.report.ambiguous = LATER;
        played.report.diagnosis = Some(
            Diagnosis::mistake(
                UNSET_FIELD,
                format!("This request leaves {field} unset, and the call {how}{about_the_others}."),
            )
            .hint(hint)
            .hint_in_rust(format!("{hint} {UNWRAP}.")),
        );
    }
}
