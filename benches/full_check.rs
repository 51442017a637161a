//! How long a full check of a right server takes: all three RPCs, written and drawn cases, over loopback.
//! `cargo bench -p benches --bench full_check` prints it.
//!
//! The aim is at most 1.6 seconds, of which the one route that lets whole seconds pass takes a good one,
//! and everything else at most 0.4.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be set up cannot be measured"
)]

use std::time::{Duration, Instant};

use benches::median;
use serde_json::Value;
use testkit::guide::Guide;
use testkit::outside::check;

/// How many checks are timed.
const ROUNDS: usize = 15;

fn main() {
    benches::build_the_lab();
    let addr = Guide::default().serve().to_string();
    let mut whole = Vec::new();
    let mut rest = Vec::new();
    for seed in 0..ROUNDS {
        let seed = seed.to_string();
        let started = Instant::now();
        let run = check(&["--addr", &addr, "--seed", &seed, "--format", "json"]).exits(0);
        let took = started.elapsed();
        whole.push(took.as_secs_f64());
        rest.push((took - paced(&run.json())).as_secs_f64());
    }
    println!(
        "full check of a right server, median of {ROUNDS}: {:.2} s (aim 1.6), of which all but the paced \
         route: {:.2} s (aim 0.4)",
        median(whole),
        median(rest)
    );
}

/// How long the paced route took, by its transcript.
fn paced(report: &Value) -> Duration {
    let lessons = report["lessons"].as_array().unwrap();
    let cases = lessons
        .iter()
        .flat_map(|lesson| lesson["cases"].as_array().unwrap());
    let mut paced = cases.filter(|case| case["case"] == "taking-time");
    let transcript = paced.next().unwrap()["transcript"].as_array().unwrap();
    let millis = transcript.last().unwrap()["at_ms"].as_f64().unwrap();
    Duration::from_secs_f64(millis / 1000.0)
}
