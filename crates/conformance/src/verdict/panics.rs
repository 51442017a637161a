//! Panics, as a Rust program reports them on standard error.

use super::report::most_telling;
use super::stream::UNSET_FIELD;
use super::{Diagnosis, LessonReport, Outcome};
use crate::location::Location;
use crate::transcript::Status;

/// One panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    /// Where it happened; the file is named as the compiler knew it.
    pub location: Location,
    /// Everything that was written about it.
    pub words: String,
}

impl Panic {
    /// Whether it is about a message for a client that has gone. The lab's clients go away on purpose, too,
    /// and a panic of that kind is no cause of anything else.
    fn is_about_a_client_that_left(&self) -> bool {
        let words = ["SendError", "channel closed", "receiver dropped"];
        words.iter().any(|word| self.words.contains(word))
    }
}

/// How many lines of a panic's message are quoted.
const MOST_LINES: usize = 8;

/// Finds the panics in what a program wrote, in their order. A backtrace is left out, and so is what was
/// written about other things.
pub fn find(stderr: &str) -> Vec<Panic> {
    let mut panics: Vec<Panic> = Vec::new();
    let mut left = 0;
    for line in stderr.lines() {
        if let Some((_, place)) = line.split_once(" panicked at ") {
            // `src/server.rs:55:9:`
            let mut parts = place.trim_end_matches(':').rsplitn(3, ':');
            let (_column, number, file) = (parts.next(), parts.next(), parts.next());
            panics.push(Panic {
                location: Location::new(
                    file.unwrap_or_default().replace('\\', "/"),
                    number.and_then(|n| n.parse().ok()).unwrap_or(0),
                ),
                words: line.to_string(),
            });
            left = MOST_LINES;
        } else if line.starts_with("stack backtrace:")
            || line.starts_with("note: run with `RUST_BACKTRACE")
        {
            left = 0;
        } else if let Some(panic) = panics.last_mut()
            && left > 0
        {
            panic.words.push('\n');
            panic.words.push_str(line);
            left -= 1;
        }
    }
    panics
}

/// What may come of a task that has panicked, where the call itself goes on without it.
const CONSEQUENCES: [&str; 3] = ["closes-after-reply", "hangs", "never-ends"];

/// A call that broke off because its handler panicked is told so. `own` are panics in the lesson's own code:
/// they are told also if a task panicked, and the call came to an end without it.
pub fn explain(report: LessonReport, panics: &[Panic], own: bool) -> LessonReport {
    if report.outcome != Outcome::Fail {
        return report;
    }
    let broke_off = report.cases.iter().any(|case| {
        case.outcome == Outcome::Fail && case.status.as_ref().is_some_and(Status::broke_off)
    });
    let mut places: Vec<&Panic> = Vec::new();
    for panic in panics {
        let counts = broke_off || (own && !panic.is_about_a_client_that_left());
        if counts && !places.iter().any(|other| other.location == panic.location) {
            places.push(panic);
        }
    }
    let Some(first) = places.first() else {
        return report;
    };
    let at: Vec<String> = places
        .iter()
        .map(|panic| panic.location.to_string())
        .collect();
    let at = at.join(" and at ");
    let found = report.diagnosis.clone();
    let ids = found.as_ref().map_or(&[][..], |found| &found.mistakes);
    let is_unset = ids == [UNSET_FIELD];
    // The call that is shown came to an end of its own: what is wrong in it is not that another one broke off.
    let shown_came_to_an_end = most_telling(&report.cases).is_some_and(|case| {
        case.status
            .as_ref()
            .is_some_and(|status| !status.broke_off())
    });
    let of_another_call = broke_off && shown_came_to_an_end;
    let is_consequence = match of_another_call {
        true => !ids.is_empty() && ids.iter().all(|id| CONSEQUENCES.contains(id)),
        false => ids.iter().all(|id| CONSEQUENCES.contains(id)),
    };
    // Whether a call with unset fields is among those that failed, which then has been told.
    let has_unset = report.cases.iter().any(|case| {
        let mut found = case.diagnosis.iter().flat_map(|found| &found.mistakes);
        found.any(|id| *id == UNSET_FIELD)
    });
    let mut is_first_cause = true;
    let diagnosis = match found {
        Some(found) if is_unset => Diagnosis {
            message: format!("{} Your code panicked at {at}.", found.message),
            ..found
        },
        Some(found) if (!broke_off || of_another_call) && !is_consequence => {
            is_first_cause = false;
            let introduction = match of_another_call {
                // What that call was has just been said.
                true if has_unset => "There,",
                true => "Another thing: in another call,",
                false => "Another thing:",
            };
            Diagnosis {
                message: format!(
                    "{} {introduction} your code panicked at {at}.",
                    found.message
                ),
                mistakes: [&found.mistakes[..], &["panics"]].concat(),
                ..found
            }
        }
        _ if broke_off => Diagnosis::mistake("panics", format!("Your handler panicked at {at}."))
            .hint("A panic ends the call without a status. Return an `Err(Status::…)` instead."),
        _ => Diagnosis::mistake("panics", format!("Your code panicked at {at}.")).hint(
            "A task that panics is gone, and the call goes on without it: its stream just ends.",
        ),
    };
    let diagnosis = diagnosis.quoting(first.words.trim_end());
    let diagnosis = match places.as_slice() {
        [only] if is_first_cause || diagnosis.location.is_none() && !of_another_call => {
            diagnosis.at(only.location.clone())
        }
        _ => diagnosis,
    };
    LessonReport {
        diagnosis: Some(diagnosis),
        ..report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_told_apart() {
        let stderr = "starting\n\
            \nthread 'tokio-rt-worker' (7) panicked at start_here/src/server.rs:55:9:\nno corner\n\
            \nthread 'main' panicked at C:\\a\\b.rs:1:2:\nmore\nlines\n";
        let panics = find(stderr);
        assert_eq!(panics.len(), 2);
        assert_eq!(
            panics[0].location,
            Location::new("start_here/src/server.rs", 55)
        );
        assert!(
            panics[0].words.ends_with("no corner\n"),
            "{:?}",
            panics[0].words
        );
        assert_eq!(panics[1].location, Location::new("C:/a/b.rs", 1));
        assert!(find("all is well").is_empty());
    }
}
