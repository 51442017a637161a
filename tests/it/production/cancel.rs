//! A client that leaves a stream after its first messages.

use super::clients::check;
use super::{assert_named, python_clients};

const LESSON: &str = "cancel";

#[test]
fn a_right_client_passes() {
    let run = check(LESSON, "right");
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

#[test]
fn every_mistake() {
    let rows = vec![
        (
            "reads-one-too-many",
            "reads-one-too-many",
            "waits for one more",
        ),
        (
            "reads-to-the-end",
            "reads-to-the-end",
            "reads on until the stream ends",
        ),
        (
            "exits-the-process",
            "exits-the-process",
            "makes no further call",
        ),
        (
            "cancel-is-error",
            "cancel-is-error",
            "as if that were an error",
        ),
        ("shows-status", "cancel-is-error", "CANCELLED"),
        ("left-open", "left-open", "still open"),
        ("hangs", "hangs", "neither leaves the call nor goes on"),
        ("leaves-early", "prints-wrong", "did not print it"),
        ("prints-wrong", "prints-wrong", "did not print it"),
        (
            "fewer-is-error",
            "fewer-is-error",
            "before there were as many",
        ),
        (
            "ignores-error",
            "ignores-error",
            "as if it had ended with OK",
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
            ("takes-four", None),
            ("takes-four-of-all", Some("reads-to-the-end")),
            ("leaves-with-the-program", Some("exits-the-process")),
            ("awaits-the-status", Some("cancel-is-error")),
        ],
    );
}

/// How many features it takes is told to the learner's function.
#[test]
fn a_number_of_ones_own_is_not_what_was_asked_for() {
    let lab = testkit::Lab::new("cancel-count");
    lab.solve_up_to("try-it-out");
    lab.solve(LESSON);
    lab.edit("start_here/src/client.rs", |text| {
        text.replace("< count {", "< count.max(4) {")
    });
    lab.run(["check", LESSON])
        .exits(1)
        .says("was asked for one feature, and returned more");
}
