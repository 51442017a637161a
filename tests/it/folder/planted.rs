//! Snapshots that no lab has made.

use std::fs;

use super::{Made, SERVER};

/// A course folder with a snapshot in which a file has another name, and what it would write there.
fn planted(path: &str) -> Made {
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    made.run(&["reset", "list-features", "--yes"]).exits(0);
    let manifest = made.snapshot().join("snapshot.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace(SERVER, path)).unwrap();
    let copy = made.snapshot().join(path);
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    fs::write(copy, "planted").unwrap();
    made
}

#[test]
fn a_snapshot_brings_back_only_files_that_the_lab_changes() {
    for path in [
        ".git/hooks/pre-commit",
        ".cargo/config.toml",
        "start_here/.cargo/config.toml",
        "start_here/src/bin/other.rs",
        "completed/.cargo/config.toml",
        "build.rs",
    ] {
        let made = planted(path);
        made.run(&["undo"])
            .exits(3)
            .complains("the snapshot names this file, and the lab never changes such a file")
            .complains("Nothing has been changed.");
        assert!(!made.path(path).exists(), "{path}");
        assert!(made.snapshot().is_dir());
    }
    // These are no snapshots at all.
    for path in ["../outside", "/outside", "start_here/../../outside"] {
        let made = Made::new();
        made.write_place("list-features", "        mine();\n");
        made.run(&["reset", "list-features", "--yes"]).exits(0);
        let manifest = made.snapshot().join("snapshot.json");
        let text = fs::read_to_string(&manifest).unwrap();
        fs::write(&manifest, text.replace(SERVER, path)).unwrap();
        made.run(&["undo"])
            .exits(0)
            .says("There is nothing to undo");
    }
}

#[cfg(unix)]
#[test]
fn a_snapshot_is_not_read_through_links() {
    use std::os::unix::fs::symlink;
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    made.run(&["reset", "list-features", "--yes"]).exits(0);
    let reset = made.read(SERVER);
    let (snapshot, secret) = (made.snapshot(), made.elsewhere.join("secret"));
    fs::write(&secret, "secret").unwrap();
    fs::remove_file(snapshot.join(SERVER)).unwrap();
    symlink(&secret, snapshot.join(SERVER)).unwrap();
    made.run(&["undo"]).exits(3).complains("leads out");
    assert_eq!(made.read(SERVER), reset);
    // Nor is a whole snapshot.
    fs::remove_file(snapshot.join(SERVER)).unwrap();
    fs::write(snapshot.join(SERVER), "planted").unwrap();
    fs::rename(&snapshot, made.elsewhere.join("snapshot")).unwrap();
    symlink(made.elsewhere.join("snapshot"), &snapshot).unwrap();
    made.run(&["undo"])
        .exits(0)
        .says("There is nothing to undo");
    made.write_place("list-features", "        mine();\n");
    made.run(&["reset", "list-features", "--yes"]).exits(0);
    assert!(made.elsewhere.join("snapshot").join(SERVER).is_file());
}

#[test]
fn numbers_of_any_size_are_no_trouble() {
    let made = Made::new();
    let handed_out = made.read(SERVER);
    for field in ["number", "made_at", "bytes", "brings_back"] {
        for number in [u64::MAX, u64::MAX - 1, i64::MAX as u64, 1 << 53, 0] {
            let snapshots = made.path(".routeguide-lab/snapshots");
            if snapshots.exists() {
                fs::remove_dir_all(&snapshots).unwrap();
            }
            fs::write(made.path(SERVER), &handed_out).unwrap();
            made.write_place("list-features", "        first();\n");
            made.run(&["reset", "list-features", "--yes"]).exits(0);
            let path = made.snapshot().join("snapshot.json");
            let mut manifest: serde_json::Value =
                serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            manifest[field] = number.into();
            fs::write(&path, manifest.to_string()).unwrap();
            for words in [
                &["undo"][..],
                &["reset", "route-chat", "--yes"],
                &["redo"],
                &["solution", "record-route", "--write", "--force"],
                &["undo"],
            ] {
                let run = made.run(words).exits(0);
                assert_eq!(run.stderr, "", "{field} {number}");
            }
            let folders = fs::read_dir(snapshots).unwrap();
            let copies = folders.map(|folder| folder.unwrap().path().join(SERVER));
            let mut all = copies.chain([made.path(SERVER)]);
            let holds_it = |text: String| text.contains("first()");
            let is_there = all.any(|file| fs::read_to_string(file).is_ok_and(holds_it));
            assert!(is_there, "{field} {number}");
        }
    }
}
