//! The whole course, lesson by lesson, as a learner goes through it.

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::course::Lesson;
use testkit::{Lab, course, run};

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
fn third_party(lab: &Lab) -> BTreeSet<String> {
    let ours = [
        "start_here-",
        "completed-",
        "routeguide-lab-",
        "conformance-",
        "testkit-",
        "benches-",
    ];
    std::fs::read_dir(lab.build_folder().join("debug/.fingerprint"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !ours.iter().any(|own| name.starts_with(own)))
        .collect()
}

/// The way through the course. Each lesson fails before its solution is written, and passes with it, and so do
/// those before it that share its build; the compiler has nothing to warn of. At the end all pass again.
#[test]
fn each_lesson_passes_with_its_solution_and_not_before() {
    let lab = Lab::new("walk-through");
    let compiled_before = third_party(&lab);
    let mut messages = BTreeSet::new();
    let mut step = |lesson: &Lesson| {
        let id = lesson.id.as_str();
        let before = lab.run(["check", id, "--format", "json"]);
        let (outcome, message) = verdict(&before.json(), id);
        assert_eq!(
            (before.code, outcome.as_str()),
            (Some(1), "fail"),
            "{id}: {message}"
        );
        // An optional lesson may begin where another one did: then its mistake is another.
        let before = before.json();
        let mistakes = before["lessons"][0]["diagnosis"]["mistakes"].to_string();
        let is_new = messages.insert((lesson.is_optional, message.clone(), mistakes));
        assert!(is_new, "{id} fails like another: {message}");

        lab.solve(id);
        // An optional lesson is nobody's current one before it has been tried.
        let words: &[&str] = if lesson.is_optional {
            &["check", id]
        } else {
            &["check"]
        };
        let passed = lab.run(words).exits(0).says(&format!("✓ {id}"));
        assert!(
            !passed.stdout.contains("printed warnings"),
            "{id}: {}",
            passed.stdout
        );
        passed
    };

    let written = |lesson: &&Lesson| !lesson.solution.is_empty();
    for lesson in course::codelab().filter(written) {
        step(lesson).says(&course::passed(lesson.number));
    }

    // What a later part leaves out is said.
    lab.run(["check", "run-client"])
        .exits(0)
        .says("Lessons 1 to 11 were not checked this time");

    // The last lesson of the codelab asks for nothing new, and the optional ones are not waited for.
    let codelab = course::codelab().count();
    lab.run(["check"])
        .exits(0)
        .says(&course::passed(codelab))
        .says("The course is done.");
    for lesson in course::LESSONS.iter().filter(|lesson| lesson.is_optional) {
        step(lesson).says("The course is done.");
    }
    let all = lab
        .run(["check", "--all", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(all["outcome"], "pass");
    let lessons = all["lessons"].as_array().unwrap();
    assert_eq!(lessons.len(), course::LESSONS.len());

    // A learner also builds the crate by itself, as the lessons show.
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo
        .args(["build", "-p", "start_here"])
        .current_dir(lab.path(""))
        .envs(lab.environment());
    run(&mut cargo).exits(0);

    let compiled_after = third_party(&lab);
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
    for Lesson { id: lesson, .. } in course::codelab() {
        let (outcome, message) = verdict(&report, lesson);
        assert_eq!(outcome, "fail", "{lesson}");
        assert!(
            !message.is_empty() && messages.insert(message.clone()),
            "{lesson}: {message}"
        );
    }
    // Nothing was tried, so nothing is counted as tried.
    lab.run(["list"]).exits(0).says(&course::passed(0));
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
    run.says("✗ record-route        passed before, fails now")
        .says("This is a regression")
        .says("`point_count` is 0, but for this route of 3 points it must be 3.");
    // The course goes back to it, and forward again when it is mended.
    lab.run(["next"]).exits(0).says("Lesson 5:");
    lab.solve("record-route");
    lab.run(["check"]).exits(0).says(&course::passed(6));
}

#[test]
fn the_finished_track_passes() {
    let lab = Lab::new("finished");
    let run = lab.run(["check", "--all", "--track", "completed"]).exits(0);
    let lessons = course::LESSONS.len();
    assert_eq!(run.stdout.matches('✓').count(), lessons, "{}", run.stdout);
    // Whoever checks the finished track has not learnt anything yet.
    lab.run(["list"]).exits(0).says(&course::passed(0));
    let report = lab
        .run(["check", "--all", "--track", "completed", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(
        (report["version"].as_i64(), report["target"].as_str()),
        (Some(1), Some("completed"))
    );
    // Each case that a lesson wants to show has a call to be shown.
    for lesson in report["lessons"].as_array().unwrap() {
        let id = lesson["lesson"].as_str().unwrap();
        let Some(shows) = &course::lesson(id).shows else {
            continue;
        };
        let cases = lesson["cases"].as_array().unwrap();
        let shown = cases.iter().find(|case| case["case"] == **shows);
        let shown = shown.unwrap_or_else(|| panic!("{id} has no case {shows}"));
        assert!(
            !shown["transcript"].as_array().unwrap().is_empty(),
            "{id}: {shows}"
        );
    }
}
