//! How long a learner waits from saving `server.rs` to the verdict on the lesson at hand on the screen of the
//! interactive lab, beside the bare `cargo build` of the same edit, in one run; how long until the lessons
//! before it have passed, too, and all is recorded; and how long a key waits for its answer meanwhile.
//! `cargo bench -p benches --bench save_to_verdict` prints it.
//!
//! The aim is a verdict after at most 1.3 times the build and 0.35 seconds, and a key's answer within 100 ms.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be set up cannot be measured"
)]

/// How often each is timed, in turn.
#[cfg(unix)]
const ROUNDS: usize = 9;

#[cfg(unix)]
fn main() {
    benches::build_the_lab();
    measure("bench-save-4", "list-features");
    measure("bench-save-6", "route-chat");
    measure("bench-save-7", "start-server");
}

/// It drives the lab through a pseudo-terminal, of which this system has none.
#[cfg(not(unix))]
fn main() {}

/// Times edits of the code of a lesson, which is the current one.
#[cfg(unix)]
fn measure(name: &str, lesson: &str) {
    use std::time::{Duration, Instant};

    use benches::{Edits, build, median};
    use testkit::terminal::Terminal;
    use testkit::{Lab, course};

    let lab = Lab::new(name);
    lab.solve_up_to(lesson);
    let written = course::written();
    let before = written.iter().position(|id| *id == lesson).unwrap() - 1;
    // What stands on the screen when the lesson has passed, and when all has.
    let passes = format!("✓ Lesson {} passes", before + 2);
    let recorded = "✓ Passed.";
    let mut edits = Edits::of(&lab);
    build(&lab);
    let (mut builds, mut verdicts, mut ratios) = (vec![], vec![], vec![]);
    let (mut wholes, mut keys) = (vec![], vec![]);
    for round in 0..=ROUNDS {
        edits.save_next();
        let built = build(&lab);
        // A lab of its own for each round, at the same lesson: one that is open would check the edit for the
        // bare build, too.
        lab.note_passed_up_to(written[before]);
        let mut terminal = Terminal::open(&lab);
        terminal.sees(recorded);
        let started = Instant::now();
        edits.save_next();
        terminal.sees("Checking");
        let pressed = Instant::now();
        terminal.press_and_see("?", "go to the next lesson");
        let answered = pressed.elapsed();
        terminal.press("?");
        terminal.wait(&passes, |screen| {
            screen.contains(&passes) || screen.contains(recorded)
        });
        let verdict = started.elapsed();
        terminal.sees(recorded);
        let whole = started.elapsed();
        terminal.press("q");
        terminal.ends();
        // The first round warms caches.
        if round > 0 {
            let beyond = verdict.saturating_sub(Duration::from_millis(350));
            ratios.push(beyond.as_secs_f64() / built.as_secs_f64());
            builds.push(built.as_secs_f64());
            verdicts.push(verdict.as_secs_f64());
            wholes.push(whole.as_secs_f64());
            keys.push(answered.as_secs_f64() * 1e3);
        }
    }
    let slowest = keys.iter().copied().fold(0.0, f64::max);
    println!(
        "{lesson}: bare build {:.2} s, save to verdict {:.2} s, (verdict - 0.35 s) / build = {:.2} (aim: 1.3); \
         all recorded after {:.2} s; a key while it builds: {:.0} ms, at most {slowest:.0} ms (aim: 100 ms)",
        median(builds),
        median(verdicts),
        median(ratios),
        median(wholes),
        median(keys),
    );
}
