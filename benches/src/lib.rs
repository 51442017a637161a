//! What the benchmarks share: the lab, built; edits of the learner's code, the bare build of one, and medians.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be set up cannot be measured"
)]

use std::process::Command;
use std::time::{Duration, Instant};

use testkit::{Lab, checkout, run};

const SERVER: &str = "start_here/src/server.rs";
/// A line of `list_features`, behind which every edit is made.
const LINE: &str = "let rectangle = request.into_inner();";

/// Builds the program that is measured, as `cargo install` does, into the folder where
/// [`testkit::program`] looks for it. Cargo builds the programs of this package only.
pub fn build_the_lab() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--release", "--package", "routeguide-lab"])
        .current_dir(checkout());
    assert!(cargo.status().unwrap().success());
}

/// Edits of the learner's `server.rs`, each another one.
pub struct Edits<'a> {
    lab: &'a Lab,
    unedited: String,
    made: u32,
}

impl<'a> Edits<'a> {
    /// Edits of the code as it stands now, in which list-features is solved.
    pub fn of(lab: &'a Lab) -> Edits<'a> {
        Edits {
            lab,
            unedited: lab.read(SERVER),
            made: 0,
        }
    }

    /// Saves the next edit.
    pub fn save_next(&mut self) {
        self.made += 1;
        let edit = format!("{LINE}\n        let _edit = {};", self.made);
        self.lab.write(SERVER, &self.unedited.replace(LINE, &edit));
    }

    /// Saves the code without any edit.
    pub fn take_back(&self) {
        self.lab.write(SERVER, &self.unedited);
    }
}

/// How long the bare `cargo build` of the learner's crate takes.
pub fn build(lab: &Lab) -> Duration {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "-p", "start_here"])
        .current_dir(lab.path(""))
        .envs(lab.environment());
    let started = Instant::now();
    run(&mut cargo).exits(0);
    started.elapsed()
}

/// The middle one of these values, of which there is an odd number.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
