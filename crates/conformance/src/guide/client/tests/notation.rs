//! Places in other units: both sides of a sentence are written in one notation.

use super::*;

fn message(run: &ClientRun) -> String {
    let cases = run.judge_calls(&wanted(), &places());
    let found = cases.into_iter().find_map(|case| case.diagnosis).unwrap();
    format!("{} {}", found.message, found.hint.unwrap_or_default())
}

#[test]
fn notes_are_written_as_they_travel() {
    let mut run = right();
    run.recording.calls[2] = chat(&[note(0, "a"), note(10_000_000, "b")]);
    let said = message(&run);
    assert!(
        said.contains("must be \"b\" at (1, 0), but you sent \"b\" at (10000000, 0)."),
        "{said}"
    );
    assert!(said.contains("go into its point as they are"), "{said}");
    run.recording.calls[2] = chat(&[note(0, "a"), note(2, "b")]);
    let said = message(&run);
    assert!(said.ends_with("but you sent \"b\" at (2, 0). "), "{said}");
}

#[test]
fn rectangles_and_points_are_written_in_one_unit() {
    let north = 420_000_000;
    let mut run = right();
    // One corner is scaled, and the other is not.
    run.recording.calls[0] = rectangle(Some(point(40, -75)), Some(point(north, -73)));
    let said = message(&run);
    assert!(
        said.contains("lo (40, -75), hi (42, -73); you asked for"),
        "{said}"
    );
    assert!(said.contains("lo (40, -75), hi (420000000, -73)"), "{said}");
}
