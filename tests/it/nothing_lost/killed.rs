//! A lab that is killed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{
    BUILD, LIB, NOTES, PROTO, SERVER, both, finished, manifest, notes, progress, snapshots,
    with_own_code,
};
use testkit::Lab;

/// What a random kill waits for before it counts its random time.
#[derive(Debug, Clone, Copy)]
enum From {
    /// The start of the lab.
    Start,
    /// The first sign that it writes: the folder for notes or for snapshots holds something new.
    Writing,
}

/// The names in the folders in which the lab writes first.
fn names(lab: &Lab) -> Vec<PathBuf> {
    let folders = [lab.path(NOTES), lab.path(NOTES).join("snapshots")];
    let entries = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let mut names: Vec<PathBuf> = entries
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    names.sort();
    names
}

/// Kills the lab after a time, unless it has ended before. Returns whether it was killed.
fn kill(lab: &Lab, mut child: Child, from: From, wait: Duration) -> bool {
    let folders = [lab.path(NOTES), lab.path(NOTES).join("snapshots")];
    let changed = || {
        folders
            .each_ref()
            .map(|folder| fs::metadata(folder).and_then(|f| f.modified()).ok())
    };
    let before = changed();
    while matches!(from, From::Writing) && changed() == before {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
    }
    // The random instant. Sleeping is too coarse for it.
    let instant = Instant::now() + wait;
    while Instant::now() < instant {
        std::hint::spin_loop();
    }
    if child.try_wait().unwrap().is_some() {
        return false;
    }
    child.kill().unwrap();
    // It may have ended in between.
    !child.wait().unwrap().success()
}

/// What snapshots hold of the two files.
fn copies<'a>(snapshots: impl Iterator<Item = &'a PathBuf> + Clone) -> [Vec<String>; 2] {
    [BUILD, LIB].map(|file| {
        let copy = |snapshot: &PathBuf| fs::read_to_string(snapshot.join(file)).ok();
        snapshots.clone().filter_map(copy).collect()
    })
}

#[test]
fn a_lab_that_is_killed_at_any_instant_loses_nothing() {
    const KILLS: usize = 150;
    /// Only a hang lasts so long.
    const CEILING: Duration = Duration::from_secs(300);
    let words: [&[&str]; 6] = [
        &["check", "define-messages"],
        &["hint", "route-chat"],
        &["reset", "generate-code"],
        &["undo"],
        &["solution", "generate-code", "--write", "--force"],
        &["redo"],
    ];
    let lab = with_own_code("killed");
    let untouched = [PROTO, SERVER].map(|file| lab.read(file));
    // All that the two files ever hold, but for the number of the round behind it.
    let (mine, finished) = (both(&lab), finished(&lab));
    lab.run(["reset", "generate-code"]).exits(0);
    let texts = [mine, both(&lab), finished];

    // How long each takes, if nothing else is in its way.
    let mut lasts = BTreeMap::new();
    for words in words.into_iter().chain(words).chain(words) {
        let started = Instant::now();
        lab.run(words.iter().copied()).exits(0);
        let last = lasts.entry(words).or_insert(Duration::MAX);
        *last = started.elapsed().min(*last);
    }

    let seed: u64 = std::process::id().into();
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let started = Instant::now();
    let (mut kills, mut rounds, mut in_the_midst) = (0, 0, 0);
    let count = |record: &serde_json::Value, field: &str| record[field].as_u64().unwrap_or(0);
    let record = |lab: &Lab| {
        let attempts = count(&progress(lab, "define-messages"), "attempts");
        (attempts, count(&progress(lab, "route-chat"), "hints"))
    };
    let mut recorded = record(&lab);
    while kills < KILLS {
        assert!(started.elapsed() < CEILING, "{kills} kills only");
        rounds += 1;
        // Every other round begins with files that were never seen before.
        if rounds % 2 == 0 {
            for (index, file) in [BUILD, LIB].into_iter().enumerate() {
                let text = &texts[random.usize(..texts.len())][index];
                lab.write(file, &format!("{text}// round {rounds}\n"));
            }
        }
        let own = both(&lab);
        // The oldest snapshots may go; these may not, but for one that is brought back.
        let held = copies(snapshots(&lab).iter().rev().take(10));
        let was_passed = progress(&lab, "define-messages")["passed"].clone();
        let words = words[random.usize(..words.len())];
        let from = *random
            .choice(&[From::Start, From::Writing, From::Writing])
            .unwrap();
        // Most of what is written is written soon after the first sign of it.
        let share = match from {
            From::Start => random.f64(),
            From::Writing => random.f64().powi(3),
        };
        let wait = lasts[words].mul_f64(share);
        let child = lab
            .command(words.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let killed = kill(&lab, child, from, wait);
        kills += usize::from(killed);
        let why = || {
            format!("seed {seed}, round {rounds}: {words:?} killed: {killed}, {from:?} + {wait:?}")
        };

        // All that was recorded is there, and at most one more.
        let (attempts, hints) = record(&lab);
        assert!(
            attempts >= recorded.0 && attempts <= recorded.0 + 1,
            "{}",
            why()
        );
        assert!(hints >= recorded.1 && hints <= 3, "{}", why());
        recorded = (attempts, hints);
        assert!(
            was_passed != true || progress(&lab, "define-messages")["passed"] == true,
            "{}",
            why()
        );

        // Every file is one that was there before the lab began or one that it makes, whole; and what was
        // there before is there or in a snapshot.
        assert_eq!(
            [PROTO, SERVER].map(|file| lab.read(file)),
            untouched,
            "{}",
            why()
        );
        let kept = snapshots(&lab);
        let kept_copies = copies(kept.iter());
        let now = both(&lab);
        for (index, file) in [BUILD, LIB].into_iter().enumerate() {
            let text = &now[index];
            let is_whole = texts.iter().any(|texts| {
                let round = text.strip_prefix(&texts[index]);
                round.is_some_and(|end| {
                    let number = end
                        .strip_prefix("// round ")
                        .and_then(|end| end.strip_suffix('\n'));
                    end.is_empty() || number.is_some_and(|number| number.parse::<u32>().is_ok())
                })
            });
            assert!(is_whole, "{}: {file} is\n{text}", why());
            let mut held = held[index].iter().chain([&own[index]]);
            let is_kept = |held: &String| held == text || kept_copies[index].contains(held);
            assert!(held.all(is_kept), "{}: {file} is lost", why());
            in_the_midst += usize::from(index == 1 && (now[0] == own[0]) != (now[1] == own[1]));
        }
        // A snapshot is complete.
        for snapshot in &kept {
            for file in manifest(snapshot)["files"].as_array().unwrap() {
                let there = snapshot.join(file["path"].as_str().unwrap()).is_file();
                assert_eq!(
                    there,
                    file["there"] == true,
                    "{}: {}",
                    why(),
                    snapshot.display()
                );
            }
        }
        assert!(
            !notes(&lab).iter().any(|name| name.contains("unreadable")),
            "{}",
            why()
        );
    }
    println!(
        "{rounds} runs, {kills} killed, {in_the_midst} between two files, {:?}",
        started.elapsed()
    );

    // The next lab works as ever, and cleans up.
    lab.run(["check", "define-messages"]).exits(0);
    assert_eq!(
        count(&progress(&lab, "define-messages"), "attempts"),
        recorded.0 + 1
    );
    let [_, handed_out, finished] = &texts;
    lab.write(BUILD, &finished[0]);
    lab.run(["reset", "generate-code"]).exits(0);
    assert_eq!(lab.read(BUILD), handed_out[0]);
    lab.run(["undo"]).exits(0);
    assert_eq!(lab.read(BUILD), finished[0]);
    assert_eq!(
        notes(&lab),
        [".gitignore", "lock", "progress.json", "snapshots"]
    );
    assert!(snapshots(&lab).len() <= 50);
    assert!(
        names(&lab)
            .iter()
            .all(|path| !path.to_string_lossy().contains(".tmp"))
    );
}
