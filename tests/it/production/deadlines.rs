//! A client that gives up each call at its deadline.

use testkit::Lab;

use super::clients::check;
use super::{assert_named, python_clients};

const LESSON: &str = "deadlines";

/// A client that says nothing of errors says nothing of the server's deadline either.
const NOT_TOLD: &str = "deadline-not-told servers-deadline-not-told";

#[test]
fn right_clients_pass() {
    testkit::parallel(vec!["right", "goes-on"], |way| {
        let run = check(LESSON, way);
        assert_eq!(run.code, Some(0), "{way}: {}{}", run.stdout, run.stderr);
    });
}

#[test]
fn every_mistake() {
    let rows = vec![
        ("no-deadline", "no-deadline", "without a deadline"),
        ("deadline-too-long", "deadline-too-long", "60 s away"),
        (
            "deadline-unreadable",
            "deadline-unreadable",
            "which is no deadline",
        ),
        (
            "until-first-message",
            "deadline-until-first-message",
            "counts only until the answer begins",
        ),
        ("per-message", "deadline-per-message", "kept coming"),
        (
            "waits-past-deadline",
            "waits-past-deadline",
            "still waited long after it",
        ),
        ("deadline-not-told", "deadline-not-told", "does not say so"),
        ("ignores-errors", NOT_TOLD, "does not say so"),
        (
            "deadline-for-every-error",
            "deadline-for-every-error",
            "speaks of a deadline",
        ),
        (
            "servers-deadline-not-told",
            "servers-deadline-not-told",
            "with DEADLINE_EXCEEDED",
        ),
    ];
    testkit::parallel(rows, |(way, id, words)| {
        assert_named(LESSON, &check(LESSON, way), id, words);
    });
}

#[test]
fn in_python() {
    python_clients(
        LESSON,
        vec![
            ("with-deadlines", None),
            ("right", Some("no-deadline")),
            ("hides-the-deadline", Some(NOT_TOLD)),
            ("blames-the-deadline", Some("deadline-for-every-error")),
        ],
    );
}

/// Only the learner's own client is held to its exit code.
#[test]
fn a_client_of_the_course_that_gives_up_and_ends_well() {
    let lab = Lab::new("deadline-ignored");
    let lessons = testkit::course::LESSONS.iter();
    for lesson in lessons.filter(|lesson| !lesson.solution.is_empty()) {
        lab.solve(&lesson.id);
    }
    lab.edit("start_here/src/bin/stage.rs", |text| {
        text.replacen(
            "Err(error) => {",
            "Err(error) if error.to_string().contains(\"Deadline\") => {\n            \
             eprintln!(\"the deadline has passed\");\n            ExitCode::SUCCESS\n        }\n        \
             Err(error) => {",
            1,
        )
    });
    let run = lab.run(["check", LESSON, "--format", "json"]);
    assert_named(LESSON, &run, "deadline-ignored", "ended with exit code 0");
}
