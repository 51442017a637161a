//! Code as learners write it on the way, judged through the real binary.

mod builds;
mod client_variants;
mod clients;
mod handlers;
mod servers;
mod stages;
mod together;
mod variants;

use testkit::Run;
use variants::check;

/// The ids of the mistakes found in a lesson.
fn mistakes(run: &Run, lesson: &str) -> Vec<String> {
    let report = run.json();
    let lessons = report["lessons"].as_array().unwrap();
    let found = lessons
        .iter()
        .find(|entry| entry["lesson"] == lesson)
        .unwrap();
    let ids = found["diagnosis"]["mistakes"].as_array();
    ids.into_iter()
        .flatten()
        .map(|id| id.as_str().unwrap().to_string())
        .collect()
}

/// Checks a lesson with the programs of a variant, and asserts that this mistake is found.
#[track_caller]
fn finds(variant: &str, lesson: &str, mistake: &str) {
    let run = check(variant, &[lesson, "--format", "json", "--timeout", "3"]).exits(1);
    assert_eq!(
        mistakes(&run, lesson),
        [mistake],
        "{variant}: {}",
        run.stdout
    );
}
