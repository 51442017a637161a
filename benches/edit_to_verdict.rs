//! How long a learner waits from saving `server.rs` to the verdict, beside the bare `cargo build` of the
//! same edit, in one run. `cargo bench --bench edit_to_verdict` prints it.
//!
//! The aim is a check of at most 1.5 times the build and 0.4 seconds.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be set up cannot be measured"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use support::{Lab, run};

/// How often each of the two is timed, in turn.
const ROUNDS: usize = 7;

fn main() {
    let lab = Lab::new("bench-edit");
    lab.solve_up_to("list-features");
    measure(&lab, "list-features");
    lab.solve("record-route");
    lab.solve("route-chat");
    measure(&lab, "route-chat");
}

/// Times edits of the code of a lesson, which is the current one.
fn measure(lab: &Lab, lesson: &str) {
    let file = "start_here/src/server.rs";
    let unedited = lab.read(file);
    let line = "let rectangle = request.into_inner();";
    let mut edits = 0;
    let mut edit = || {
        edits += 1;
        lab.write(
            file,
            &unedited.replace(line, &format!("{line}\n        let _edit = {edits};")),
        );
    };
    let build = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "-p", "start_here"])
            .current_dir(lab.path(""))
            .envs(lab.environment());
        let started = Instant::now();
        run(&mut cargo).exits(0);
        started.elapsed()
    };
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
    build();
    let (mut builds, mut checks, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        edit();
        let built = build();
        edit();
        let checked = check();
        let beyond = checked.saturating_sub(Duration::from_millis(400));
        ratios.push(beyond.as_secs_f64() / built.as_secs_f64());
        builds.push(built.as_secs_f64());
        checks.push(checked.as_secs_f64());
    }
    lab.write(file, &unedited);
    println!(
        "{lesson}: bare build {:.2} s, check {:.2} s, (check - 0.4 s) / build = {:.2} (aim: 1.5)",
        median(&mut builds),
        median(&mut checks),
        median(&mut ratios),
    );
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
