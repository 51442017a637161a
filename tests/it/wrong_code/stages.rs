//! Lessons that are checked side by side: what one does wrong is not said of another.

use super::{SERVER, mistakes};
use crate::support::{Lab, Run};

/// The lessons that a stage hosts.
const STAGED: [&str; 4] = [
    "generate-code",
    "list-features",
    "record-route",
    "route-chat",
];

/// Checks them all.
fn check(lab: &Lab) -> Run {
    let words = ["check", "--format", "json", "--timeout", "3", "--seed", "7"];
    lab.run(words.iter().chain(&STAGED)).exits(1)
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

/// The mistake, and the words with which it is told, of a lesson 5 that does this at the end of its route.
fn at_the_end_of_the_route(lab: &Lab, code: &str) -> (Vec<String>, String) {
    lab.edit(SERVER, |text| {
        text.replace(
            "        Ok(Response::new(summary))\n",
            &format!("        {code}\n        Ok(Response::new(summary))\n"),
        )
    });
    let run = check(lab);
    lab.solve("record-route");
    assert_eq!(
        outcomes(&run),
        ["pass", "pass", "fail", "pass"],
        "{}",
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
    let lab = Lab::new("wrong-stages");
    lab.solve_up_to("route-chat");
    // In the one case of the lesson that all others do not wait for.
    let exit = "if summary.elapsed_time > 0 { std::process::exit(3); }";
    let (ids, message) = at_the_end_of_the_route(&lab, exit);
    assert_eq!(ids, ["dies-between-calls"]);
    assert!(message.contains("exit code 3"), "{message}");
    let panic = "assert!(summary.elapsed_time < 1, \"too slow\");";
    let (ids, message) = at_the_end_of_the_route(&lab, panic);
    assert_eq!(ids, ["panics"]);
    assert!(message.contains("start_here/src/server.rs:"), "{message}");
    let hang = "if summary.elapsed_time > 0 { std::future::pending::<()>().await; }";
    assert_eq!(at_the_end_of_the_route(&lab, hang).0, ["hangs"]);
    // The cause is found from all cases together, those that last and those that do not.
    let late = "summary.elapsed_time *= 1000;";
    let (ids, _) = at_the_end_of_the_route(&lab, late);
    assert_eq!(ids, ["elapsed-milliseconds"]);
}

/// Calls that come one after the other are all answered rightly; only one that lasts, beside others, is not.
#[test]
fn counters_that_each_call_sets_back_for_all() {
    let lab = Lab::new("wrong-shared-counter");
    lab.solve_up_to("route-chat");
    lab.edit(SERVER, |text| {
        text.replace(
            "        let mut summary = RouteSummary::default();\n",
            "        static POINTS: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0);\n        \
             POINTS.store(0, std::sync::atomic::Ordering::SeqCst);\n        \
             let mut summary = RouteSummary::default();\n",
        )
        .replace(
            "summary.point_count += 1;",
            "POINTS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);",
        )
        .replace(
            "        Ok(Response::new(summary))\n",
            "        summary.point_count = POINTS.load(std::sync::atomic::Ordering::SeqCst);\n        \
             Ok(Response::new(summary))\n",
        )
    });
    let run = check(&lab);
    assert_eq!(
        outcomes(&run),
        ["pass", "pass", "fail", "pass"],
        "{}",
        run.stdout
    );
}

/// As a beginner's loop does that forgets the end of the stream; but asleep, so that other tests go on.
#[test]
fn a_method_that_keeps_every_thread_busy_is_not_held_against_another() {
    let lab = Lab::new("wrong-busy");
    lab.solve_up_to("route-chat");
    for (method, code) in [
        (
            "record-route",
            "        let _ = request.into_inner();\n        loop {\n            std::thread::park();\n        }\n",
        ),
        (
            "route-chat",
            "        println!(\"{:?}\", request.metadata());\n        loop {\n            std::thread::park();\n        }\n",
        ),
    ] {
        lab.write_place(SERVER, method, code);
        let run = check(&lab);
        let expected = STAGED.map(|lesson| if lesson == method { "fail" } else { "pass" });
        assert_eq!(outcomes(&run), expected, "{}", run.stdout);
        lab.solve(method);
    }
}

#[test]
fn a_stage_that_does_not_begin_to_listen_is_told_once() {
    let lab = Lab::new("wrong-no-stage");
    lab.solve_up_to("route-chat");
    lab.edit("start_here/src/bin/stage.rs", |text| {
        text.replace(
            "    let service = RouteGuideService::new(Features::load()?);\n",
            "    let service = RouteGuideService::new(Features::load()?);\n    \
             assert!(addr.is_empty(), \"no stage today\");\n",
        )
    });
    let run = check(&lab);
    assert_eq!(
        outcomes(&run),
        ["fail", "skipped", "skipped", "skipped"],
        "{}",
        run.stdout
    );
    assert_eq!(mistakes(&run, "generate-code"), ["crashed-at-start"]);
}
