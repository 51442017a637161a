//! How long a learner waits from saving `server.rs` to the verdict, beside the bare `cargo build` of the
//! same edit, in one run. `cargo bench -p benches --bench edit_to_verdict` prints it.
//!
//! The aim is a check of at most 1.5 times the build and 0.4 seconds.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be set up cannot be measured"
)]

use std::time::{Duration, Instant};

use benches::{Edits, build, median};
use testkit::Lab;

/// How often each of the two is timed, in turn.
const ROUNDS: usize = 7;

fn main() {
    benches::build_the_lab();
    let lab = Lab::new("bench-edit");
    lab.solve_up_to("list-features");
    measure(&lab, "list-features");
    lab.solve("record-route");
    lab.solve("route-chat");
    measure(&lab, "route-chat");
}

/// Times edits of the code of a lesson, which is the current one.
fn measure(lab: &Lab, lesson: &str) {
    let mut edits = Edits::of(lab);
    let check = || {
        // By name: what a check takes along by itself, without moving on when it passes.
        let words = [
            "generate-code",
            "list-features",
            "record-route",
            "route-chat",
        ];
        let until = words.iter().position(|word| *word == lesson).unwrap();
        let started = Instant::now();
        lab.run(["check"].iter().chain(&words[..=until])).exits(0);
        started.elapsed()
    };
    build(lab);
    let (mut builds, mut checks, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        edits.save_next();
        let built = build(lab);
        edits.save_next();
        let checked = check();
        let beyond = checked.saturating_sub(Duration::from_millis(400));
        ratios.push(beyond.as_secs_f64() / built.as_secs_f64());
        builds.push(built.as_secs_f64());
        checks.push(checked.as_secs_f64());
    }
    edits.take_back();
    println!(
        "{lesson}: bare build {:.2} s, check {:.2} s, (check - 0.4 s) / build = {:.2} (aim: 1.5)",
        median(builds),
        median(checks),
        median(ratios),
    );
}
