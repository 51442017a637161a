//! Saves with any times, builds by anybody and checks, in any order: no verdict is about other code than what is in
//! the file.

use super::*;

/// Plays so many random steps.
fn play(name: &str, seed: u64, steps: usize) {
    let code = Code::new(name);
    let server = code.lab.path(SERVER);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut is_right = true;
    let mut kept: Vec<(bool, SystemTime)> = vec![(true, time(&server)), (false, long_ago())];
    let mut played = format!("seed {seed}:");
    for _ in 0..steps {
        match random.u8(0..10) {
            0 => {
                is_right = !is_right;
                fs::write(&server, code.text(is_right)).unwrap();
                played += " save";
            }
            1 | 2 => {
                let old = time(&server);
                is_right = !is_right;
                fs::write(&server, code.text(is_right)).unwrap();
                set_time(&server, old);
                played += " save-keeping-time";
            }
            3 => {
                kept.push((is_right, time(&server)));
                played += " back-up";
            }
            4 | 5 => {
                let (was_right, old) = kept[random.usize(..kept.len())];
                is_right = was_right;
                let beside = code.lab.path("backup.rs");
                fs::write(&beside, code.text(is_right)).unwrap();
                set_time(&beside, old);
                fs::rename(&beside, &server).unwrap();
                played += " restore";
            }
            6 | 7 => {
                code.builds(&["build", "-p", "routeguide-lab", "--bin", "stage"]);
                played += " build";
            }
            _ => {
                played += if is_right {
                    " check-right"
                } else {
                    " check-wrong"
                };
                code.is_judged(is_right, &played);
            }
        }
    }
    code.is_judged(is_right, &played);
}

#[test]
fn no_order_of_saves_and_builds_gives_a_false_verdict() {
    play("random-order", fastrand::u64(..), 24);
}

#[test]
#[ignore = "takes minutes"]
fn no_order_of_many_saves_and_builds_gives_a_false_verdict() {
    for round in 0..4 {
        play("random-order-long", 1_000 + round, 80);
    }
}
