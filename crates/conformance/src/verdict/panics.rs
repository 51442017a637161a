//! Panics, as a Rust program reports them on standard error.

use super::report::most_telling;
use super::stream::UNSET_FIELD;
use super::{Diagnosis, LessonReport, Outcome};
use crate::location::Location;
use crate::transcript::Status;

/// One panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    /// Where it happened; the file is named as the compiler knew it. In a library, it is the place in the author's code
    /// that called it, if there is a backtrace.
    pub location: Location,
    /// The places in the author's code that led there, the innermost first, if there is a backtrace.
    pub frames: Vec<Location>,
    /// Everything that was written about it, without the backtrace.
    pub words: String,
}

impl Panic {
    /// Whether it is about a message for a client that has gone. The lab's clients go away on purpose, too,
    /// and a panic of that kind is no cause of anything else.
    fn is_about_a_client_that_left(&self) -> bool {
        let words = ["SendError", "channel closed", "receiver dropped"];
        words.iter().any(|word| self.words.contains(word))
    }

    /// Whether it is what `unwrap` says of a value that is not there.
    pub fn is_of_unwrapping(&self) -> bool {
        self.words.contains("on a `None` value")
    }

    /// The same panic, with its places named from this folder if they are in it.
    #[must_use]
    pub fn relative_to(self, folder: &str) -> Panic {
        let relative = |location: Location| {
            let folder = folder.replace('\\', "/");
            let rest = location.file.strip_prefix(&folder);
            let rest = rest.and_then(|rest| rest.strip_prefix('/'));
            match rest {
                Some(rest) => Location::new(rest, location.line),
                None => location,
            }
        };
        Panic {
            location: relative(self.location),
            frames: self.frames.into_iter().map(relative).collect(),
            words: self.words,
        }
    }

    /// The same panic, at the innermost of its places that `is_own`, if there is one.
    #[must_use]
    pub fn at(self, is_own: impl Fn(&Location) -> bool) -> Panic {
        let own = std::iter::once(&self.location)
            .chain(&self.frames)
            .find(|place| is_own(place));
        Panic {
            location: own.unwrap_or(&self.location).clone(),
            ..self
        }
    }
}

/// Between the thread and the place, in the first line about a panic.
const PANICKED: &str = " panicked at ";

/// Whether a line is the first one about a panic.
pub fn begins_in(line: &str) -> bool {
    line.contains(PANICKED)
}

/// How many lines of a panic's message are quoted.
const MOST_LINES: usize = 8;

/// Finds the panics in what a program wrote, in their order. What was written about other things is left out.
pub fn find(stderr: &str) -> Vec<Panic> {
    let mut panics: Vec<Panic> = Vec::new();
    let mut left = 0;
    for line in stderr.lines() {
        if let Some((_, place)) = line.split_once(PANICKED) {
            panics.push(Panic {
                location: place_of(place.trim_end_matches(':')),
                frames: Vec::new(),
                words: line.to_string(),
            });
            left = MOST_LINES;
            continue;
        }
        let Some(panic) = panics.last_mut() else {
            continue;
        };
        if let Some(place) = line.trim_start().strip_prefix("at ").filter(|_| left == 0) {
            panic.frames.push(place_of(place));
        } else if line.starts_with("stack backtrace:")
            || line.starts_with("note: run with `RUST_BACKTRACE")
        {
            left = 0;
        } else if left > 0 {
            panic.words.push('\n');
            panic.words.push_str(line);
            left -= 1;
        }
    }
    for panic in &mut panics {
        panic.frames.retain(|frame| !is_a_librarys(frame));
        if is_a_librarys(&panic.location)
            && let Some(caller) = panic.frames.first()
        {
            panic.location = caller.clone();
        }
    }
    panics
}

/// `src/server.rs:55:9` as a place.
fn place_of(text: &str) -> Location {
    let mut parts = text.rsplitn(3, ':');
    let (_column, number, file) = (parts.next(), parts.next(), parts.next());
    let file = file.unwrap_or_default().replace('\\', "/");
    Location::new(
        file.strip_prefix("./").unwrap_or(&file),
        number.and_then(|n| n.parse().ok()).unwrap_or(0),
    )
}

/// Whether a place is in the standard library or in a crate that cargo has got.
fn is_a_librarys(place: &Location) -> bool {
    let libraries = [
        "/rustc/",
        "/.cargo/registry/",
        "/.cargo/git/",
        "/rustlib/src/",
        "vendor/",
    ];
    let file = &place.file;
    libraries
        .iter()
        .any(|library| file.contains(library) || file.starts_with(library))
}

/// What may come of a task that has panicked, where the call itself goes on without it.
const CONSEQUENCES: [&str; 3] = ["closes-after-reply", "hangs", "never-ends"];

/// What to write in place of what has panicked in a handler, in Rust.
pub fn instead(panic: &Panic) -> &'static str {
    match panic.is_of_unwrapping() {
        true => {
            "A message field that is left unset is `None`, and reads as its default: write `unwrap_or_default()`. For \
             what has no default, return an `Err(Status::…)`: a panic ends the call without a status."
        }
        false => "A panic ends the call without a status. Return an `Err(Status::…)` instead.",
    }
}

/// A call that broke off because its handler panicked is told so, before everything else that was found. `own` are panics
/// in the lesson's own code: they are told also if a task panicked, and the call came to an end without it.
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
    // The call that is shown came to an end of its own: what is wrong in it is not that another one broke off.
    let shown_came_to_an_end = most_telling(&report.cases).is_some_and(|case| {
        case.status
            .as_ref()
            .is_some_and(|status| !status.broke_off())
    });
    let of_another_call = broke_off && shown_came_to_an_end;
    let is_consequence = |found: &Diagnosis| {
        let consequences = found.mistakes.iter().all(|id| CONSEQUENCES.contains(id));
        let is_a_status = !found.mistakes.is_empty() || broke_off;
        consequences && is_a_status && !(of_another_call && found.mistakes.is_empty())
    };
    let panicked = match (broke_off, of_another_call) {
        (true, false) => Diagnosis::mistake("panics", format!("Your handler panicked at {at}."))
            .hint("A panic ends the call without a status. Return an error status instead.")
            .hint_in_rust(instead(first)),
        (true, true) => Diagnosis::mistake(
            "panics",
            format!("In another call, your code panicked at {at}."),
        )
        .hint("A panic ends the call without a status. Return an error status instead.")
        .hint_in_rust(instead(first)),
        (false, _) => Diagnosis::mistake("panics", format!("Your code panicked at {at}.")).hint(
            "A task that panics is gone, and the call goes on without it: its stream just ends.",
        ),
    };
    let panicked = panicked
        .quoting(first.words.trim_end())
        .at(first.location.clone());
    let diagnosis = match report.diagnosis.clone() {
        Some(found) if found.mistakes == [UNSET_FIELD] => Diagnosis {
            message: format!("{} Your code panicked at {at}.", found.message),
            quoted: panicked.quoted,
            location: panicked.location,
            ..found
        },
        // What else was found may come of the panic, and may not.
        Some(found) if !is_consequence(&found) => Diagnosis {
            mistakes: [&panicked.mistakes[..], &found.mistakes[..]].concat(),
            also: [vec![found.message], found.also].concat(),
            evidence: found.evidence,
            contrast: found.contrast,
            hint: panicked.hint.clone().or(found.hint),
            ..panicked
        },
        _ => panicked,
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

    #[test]
    fn a_panic_in_a_library_is_the_callers() {
        let stderr = "\nthread 'w' (1) panicked at /rustc/5/library/core/src/num/mod.rs:39:5:\nattempt to multiply with overflow\n\
            stack backtrace:\n   0: __rustc::rust_begin_unwind\n             at /rustc/5/library/std/src/panicking.rs:6:5\n\
            \x20  1: routeguide::features::distance\n             at /tmp/course/start_here/src/features.rs:20:3\n\
            \x20  2: routeguide::server::record\n             at ./start_here/src/server.rs:94:25\n\
            note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.\n";
        let panics = find(stderr);
        let [panic] = &panics[..] else {
            panic!("{panics:?}")
        };
        let panic = panic.clone().relative_to("/tmp/course");
        assert_eq!(
            panic.location,
            Location::new("start_here/src/features.rs", 20)
        );
        assert!(
            panic.words.ends_with("attempt to multiply with overflow"),
            "{panic:?}"
        );
        let own = panic.at(|place| place.file.ends_with("server.rs"));
        assert_eq!(own.location, Location::new("start_here/src/server.rs", 94));
    }
}
