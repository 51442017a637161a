//! Reports for the tests of the formats, with text in them that somebody else has chosen.

use std::time::Duration;

use crate::location::Location;
use crate::messages::{Feature, Message, Point, Rpc};
use crate::transcript::{Event, EventKind, Status, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, CheckReport, Diagnosis, LessonReport, Outcome};

pub use testkit::runner::{HOSTILE, commands};

/// A lesson that failed, with the words wherever words of others can stand.
pub fn failing(words: &str) -> CheckReport {
    let at = Duration::from_micros(1500);
    let feature = Feature {
        name: words.to_string(),
        location: Some(Point::default()),
    };
    let status = Status {
        code: "UNKNOWN",
        message: words.to_string(),
        flaw: None,
        details: None,
    };
    let whats = [
        EventKind::HalfClosed,
        EventKind::Received {
            message: Message::Feature(feature),
        },
        EventKind::Undecodable {
            bytes: 7,
            problem: words.to_string(),
        },
        EventKind::Ended { status },
    ];
    let diagnosis = Diagnosis::mistake("no-filter", format!("{words} came."))
        .contrast("not this feature", words)
        .quoting(words)
        .hint("Filter them.")
        .at(Location::new(words, 7));
    let transcript = Transcript {
        rpc: Rpc::ListFeatures,
        events: whats.map(|what| Event { at, what }).to_vec(),
    };
    let case = CaseReport::of_call("one-point", "One point.", vec![], transcript);
    let case = case.judged(Some(Finding {
        diagnosis: diagnosis.clone(),
        mark: Some(1),
    }));
    let lesson = LessonReport {
        lesson: "list-features".to_string(),
        title: "Answer with a stream".to_string(),
        outcome: Outcome::Fail,
        begun: true,
        revises: Vec::new(),
        duration: at,
        diagnosis: Some(diagnosis),
        cases: vec![case],
    };
    CheckReport {
        seed: 7,
        duration: at,
        target: words.to_string(),
        lessons: vec![lesson],
        warnings: vec![],
        notes: vec![Diagnosis::mistake("will-not-die", format!("Note {words}"))],
    }
}
