//! Waiting for what other processes do, and whether those that the lab has started are gone.

use std::time::{Duration, Instant};

/// How long anything may take before it counts as never.
const NEVER: Duration = Duration::from_secs(60);

/// How long between two looks. Whoever looks without a pause takes the processor from what he waits for.
pub const PAUSE: Duration = Duration::from_millis(5);

/// Whether a process runs. One that is dead and waits for its parent to notice does not.
#[cfg(unix)]
fn alive(id: i32) -> bool {
    let output = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", &id.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8(output.stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// Waits for something to be done.
#[track_caller]
pub fn wait_until(what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < NEVER, "{what}");
        std::thread::sleep(PAUSE);
    }
}

/// Asserts that processes end, or have ended.
#[cfg(unix)]
#[track_caller]
pub fn assert_gone(ids: &[i32]) {
    for id in ids {
        wait_until(&format!("process {id} is left running"), || !alive(*id));
    }
}
