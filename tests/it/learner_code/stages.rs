//! Lessons that are checked side by side: what one does wrong is not said of another.

use super::{mistakes, variants};
use testkit::Run;

/// The lessons that a stage hosts.
const STAGED: [&str; 4] = [
    "generate-code",
    "list-features",
    "record-route",
    "route-chat",
];

/// Checks them all.
fn check(variant: &str) -> Run {
    let options = ["--format", "json", "--timeout", "3", "--seed", "7"];
    variants::check(variant, &[&options[..], &STAGED].concat()).exits(1)
}

fn outcomes(run: &Run) -> Vec<String> {
    let report = run.json();
    let outcome = |id: &&str| {
        let mut lessons = report["lessons"].as_array().unwrap().iter();
        let lesson = lessons.find(|lesson| lesson["lesson"] == **id).unwrap();
        lesson["outcome"].as_str().unwrap().to_string()
    };
    STAGED.iter().map(outcome).collect()
}

/// The mistake, and the words with which it is told, of a variant in which only lesson 5 is wrong.
fn wrong_route(variant: &str) -> (Vec<String>, String) {
    let run = check(variant);
    assert_eq!(
        outcomes(&run),
        ["pass", "pass", "fail", "pass"],
        "{variant}: {}",
        run.stdout
    );
    let report = run.json();
    let mut lessons = report["lessons"].as_array().unwrap().iter();
    let lesson = lessons.find(|lesson| lesson["lesson"] == "record-route");
    let message = &lesson.unwrap()["diagnosis"]["message"];
    (
        mistakes(&run, "record-route"),
        message.as_str().unwrap().to_string(),
    )
}

#[test]
fn a_server_that_breaks_down_in_a_route_that_lasts_a_second() {
    // In the one case of the lesson that all others do not wait for.
    let (ids, message) = wrong_route("record-exits-late");
    assert_eq!(ids, ["dies-between-calls"], "{message}");
    assert!(message.contains("exit code 3"), "{message}");
    let (ids, message) = wrong_route("record-panics-late");
    assert_eq!(ids, ["panics"], "{message}");
    assert!(message.contains("start_here/src/server.rs:"), "{message}");
    assert_eq!(wrong_route("record-hangs-late").0, ["hangs"]);
    // The cause is found from all cases together, those that last and those that do not.
    let (ids, _) = wrong_route("record-milliseconds");
    assert_eq!(ids, ["elapsed-milliseconds"]);
}

/// Calls that come one after the other are all answered rightly; only one that lasts, beside others, is not.
#[test]
fn counters_that_each_call_sets_back_for_all() {
    wrong_route("record-shared-counter");
}

#[test]
fn a_method_that_keeps_every_thread_busy_is_not_held_against_another() {
    for (method, variant) in [("record-route", "record-busy"), ("route-chat", "chat-busy")] {
        let run = check(variant);
        let expected = STAGED.map(|lesson| if lesson == method { "fail" } else { "pass" });
        assert_eq!(outcomes(&run), expected, "{}", run.stdout);
    }
}

#[test]
fn a_stage_that_does_not_begin_to_listen_is_told_once() {
    let run = check("no-stage");
    assert_eq!(
        outcomes(&run),
        ["fail", "skipped", "skipped", "skipped"],
        "{}",
        run.stdout
    );
    assert_eq!(mistakes(&run, "generate-code"), ["crashed-at-start"]);
}
