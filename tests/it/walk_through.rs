//! The whole course, lesson by lesson, as a learner goes through it.

use std::collections::BTreeSet;

use crate::support::{Lab, WRITTEN, build_folder, run};
use serde_json::Value;

/// What a check of one lesson says about it: outcome, and message where there is one.
fn verdict(report: &Value, lesson: &str) -> (String, String) {
    let lessons = report["lessons"].as_array().unwrap();
    let found = lessons
        .iter()
        .find(|entry| entry["lesson"] == lesson)
        .unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    (
        text(&found["outcome"]),
        text(&found["diagnosis"]["message"]),
    )
}

/// What cargo has compiled of others' crates, by fingerprint.
fn third_party() -> BTreeSet<String> {
    let ours = ["start_here-", "completed-", "routeguide-lab-"];
    std::fs::read_dir(build_folder().join("debug/.fingerprint"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !ours.iter().any(|own| name.starts_with(own)))
        .collect()
}

#[test]
fn each_lesson_passes_when_it_is_written_and_the_next_does_not() {
    let lab = Lab::new("walk-through");
    let compiled_before = third_party();
    let mut messages = BTreeSet::new();

    for (index, lesson) in WRITTEN.iter().enumerate() {
        let before = lab.run(["check", lesson, "--format", "json"]);
        let (outcome, message) = verdict(&before.json(), lesson);
        assert_eq!(
            (before.code, outcome.as_str()),
            (Some(1), "fail"),
            "{lesson}: {message}"
        );
        assert!(
            messages.insert(message.clone()),
            "{lesson} fails like another: {message}"
        );

        lab.solve(lesson);
        let passed = lab.run(["check"]).exits(0);
        assert!(
            passed.stdout.contains(&format!("✓ {lesson}")),
            "{}",
            passed.stdout
        );
        assert!(
            passed
                .stdout
                .contains(&format!("{} of 13 lessons passed", index + 1)),
            "{}",
            passed.stdout
        );
        assert!(
            !passed.stdout.contains("something to remark"),
            "{lesson}: {}",
            passed.stdout
        );
    }

    // What a later part leaves out is said.
    lab.run(["check", "run-client"])
        .exits(0)
        .says("Lessons 1 to 11 were not checked this time");

    // The last lesson asks for nothing new.
    lab.run(["check"])
        .exits(0)
        .says("13 of 13 lessons passed")
        .says("The course is done.");
    let all = lab
        .run(["check", "--all", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(all["outcome"], "pass");
    assert_eq!(all["lessons"].as_array().unwrap().len(), 13);

    // A learner also builds the crate by itself, as the lessons show.
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo
        .args(["build", "-p", "start_here"])
        .current_dir(lab.path(""))
        .envs(lab.environment());
    run(&mut cargo).exits(0);

    let compiled_after = third_party();
    let again: Vec<_> = compiled_after.difference(&compiled_before).collect();
    assert!(
        again.is_empty(),
        "third-party crates were compiled again: {again:?}"
    );
}

#[test]
fn an_untouched_course_fails_every_lesson_each_in_its_own_way() {
    let lab = Lab::new("untouched");
    let run = lab.run(["check", "--all", "--format", "json"]).exits(1);
    let report = run.json();
    let mut messages = BTreeSet::new();
    for lesson in WRITTEN.iter().chain(&["try-it-out"]) {
        let (outcome, message) = verdict(&report, lesson);
        assert_eq!(outcome, "fail", "{lesson}");
        assert!(
            !message.is_empty() && messages.insert(message.clone()),
            "{lesson}: {message}"
        );
    }
    // Nothing was tried, so nothing is counted as tried.
    lab.run(["list"]).exits(0).says("0 of 13 lessons passed");
    assert!(!lab.run(["list"]).stdout.contains("1 check"));
}

#[test]
fn what_breaks_later_is_called_a_regression() {
    let lab = Lab::new("regression");
    lab.solve_up_to("record-route");
    lab.note_passed_up_to("list-features");
    lab.run(["check"]).exits(0);
    lab.solve("route-chat");
    lab.edit("start_here/src/server.rs", |text| {
        text.replace("summary.point_count += 1;", "")
    });
    let run = lab.run(["check"]).exits(1);
    assert!(run.stdout.contains("✓ route-chat"), "{}", run.stdout);
    run.says("✗ record-route        passed before, and does not any more")
        .says("This is a regression")
        .says("`point_count` is 0, but for this route of 3 points it must be 3.");
    // The course goes back to it, and forward again when it is mended.
    lab.run(["next"]).exits(0).says("Lesson 5:");
    lab.solve("record-route");
    lab.run(["check"]).exits(0).says("6 of 13 lessons passed");
}

#[test]
fn the_finished_track_passes() {
    let lab = Lab::new("finished");
    let run = lab.run(["check", "--all", "--track", "completed"]).exits(0);
    assert_eq!(run.stdout.matches('✓').count(), 13, "{}", run.stdout);
    // Whoever checks the finished track has not learnt anything yet.
    lab.run(["list"]).exits(0).says("0 of 13 lessons passed");
    let report = lab
        .run(["check", "--all", "--track", "completed", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(
        (report["version"].as_i64(), report["target"].as_str()),
        (Some(1), Some("completed"))
    );
}
