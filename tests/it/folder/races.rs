//! An editor that saves in the instant in which the lab changes the same file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::SERVER;
use testkit::{Lab, course};

/// How an editor saves.
#[derive(Debug, Clone, Copy)]
enum Save {
    /// It writes another file and renames it.
    Renamed,
    /// It empties the file and writes it again.
    InPlace,
}

fn save(lab: &Lab, text: &str, how: Save) {
    let path = lab.path(SERVER);
    match how {
        Save::Renamed => {
            let new = lab.path("start_here/src/.server.rs.new");
            fs::write(&new, text).unwrap();
            fs::rename(new, path).unwrap();
        }
        Save::InPlace => {
            let mut file = fs::File::create(path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
    }
}

/// The file with code of the learner's in a region.
fn with_code(text: &str, code: &str) -> String {
    let mut text = text.to_string();
    let place = course::place(&text, "list-features").unwrap();
    text.replace_range(place, &format!("        {code}\n"));
    text
}

/// What the file holds, and what the snapshots hold of it, besides new files that have not been moved to their places.
fn copies(lab: &Lab) -> Vec<String> {
    let mut folders: Vec<PathBuf> = fs::read_dir(lab.path(".routeguide-lab/snapshots"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.push(lab.path(""));
    let copy = |folder: &PathBuf| fs::read_to_string(folder.join(SERVER)).ok();
    folders.iter().filter_map(copy).collect()
}

fn changed(folder: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(folder).and_then(|about| about.modified()).ok()
}

/// Saves so often while a command changes the file, and asserts that each save is there afterwards, or in a snapshot.
fn no_save_is_lost(name: &str, tries: usize) {
    let lab = Lab::new(name);
    let original = lab.read(SERVER);
    let snapshots = lab.path(".routeguide-lab/snapshots");
    let seed: u64 = std::process::id().into();
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let commands: [&[&str]; 3] = [
        &["reset", "list-features"],
        &["solution", "list-features", "--write", "--force"],
        &["undo"],
    ];
    let (mut refused, mut before, mut after) = (0, 0, 0);
    for number in 0..tries {
        let words = commands[number % commands.len()];
        fs::write(
            lab.path(SERVER),
            with_code(&original, &format!("before({number});")),
        )
        .unwrap();
        if words == ["undo"] {
            lab.run(["reset", "list-features"]).exits(0);
        }
        let saved = with_code(&original, &format!("saved({number});"));
        let how = *random
            .choice(&[Save::Renamed, Save::Renamed, Save::InPlace])
            .unwrap();
        let unchanged = changed(&snapshots);
        let mut child = lab
            .command(words)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Most saves come soon after the lab has begun to write; sleeping would be too coarse.
        if random.u8(..4) > 0 {
            while changed(&snapshots) == unchanged && child.try_wait().unwrap().is_none() {}
        }
        let instant = Instant::now() + Duration::from_micros(random.u64(..15_000));
        while Instant::now() < instant && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        save(&lab, &saved, how);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let why = format!("seed {seed}, {number}: {words:?}, {how:?}: {said}");
        assert!(copies(&lab).contains(&saved), "a save is lost: {why}");
        match output.status.code() {
            Some(0) if lab.read(SERVER) == saved => after += 1,
            Some(0) => before += 1,
            Some(3) => {
                assert_eq!(lab.read(SERVER), saved, "{why}");
                refused += 1;
            }
            other => panic!("{other:?}: {why}"),
        }
    }
    println!("{before} before, {refused} in between, {after} after the change");
}

#[test]
fn a_save_in_the_instant_of_a_change_is_kept() {
    no_save_is_lost("races", 60);
}

#[test]
#[ignore = "takes a minute"]
fn of_many_saves_in_the_instant_of_a_change_none_is_lost() {
    no_save_is_lost("many-races", 402);
}
