//! How much is kept, and what happens where nothing can be.

use std::fs;

use super::{BUILD, LIB, NOTES, both, snapshots, with_own_code};

#[test]
fn snapshots_are_bounded_and_others_are_left_alone() {
    let lab = with_own_code("snapshots-bounded");
    let older = lab
        .path(NOTES)
        .join("snapshots/1763840000-reset-generate-code/start_here");
    fs::create_dir_all(&older).unwrap();
    fs::write(older.join("build.rs"), "of an older lab").unwrap();
    lab.run(["undo"]).exits(0).says("There is nothing to undo");
    for n in 0..55 {
        lab.write_place(BUILD, "generate-code", &format!("    mine({n});\n"));
        lab.run(["reset", "generate-code"]).exits(0);
    }
    assert_eq!(snapshots(&lab).len(), 51);
    assert!(older.join("build.rs").is_file());
    lab.run(["undo"]).exits(0);
    assert!(lab.read(BUILD).contains("mine(54)"));
}

#[test]
fn what_cannot_be_kept_is_not_changed() {
    let lab = with_own_code("cannot-keep");
    let mine = both(&lab);
    let words = [
        &["reset", "generate-code"][..],
        &["solution", "generate-code", "--write", "--force"],
        &["undo"],
    ];
    // A file where a folder is needed: not even root can write there.
    fs::create_dir(lab.path(NOTES)).unwrap();
    fs::write(lab.path(NOTES).join("snapshots"), "").unwrap();
    for words in words {
        lab.run(words.iter().copied())
            .exits(3)
            .complains("snapshots")
            .complains("Nothing has been changed.");
        assert_eq!(both(&lab), mine);
    }
    fs::remove_dir_all(lab.path(NOTES)).unwrap();
    fs::write(lab.path(NOTES), "").unwrap();
    for words in words {
        lab.run(words.iter().copied()).exits(3).complains(NOTES);
        assert_eq!(both(&lab), mine);
    }
    fs::remove_file(lab.path(NOTES)).unwrap();

    // One of the two files cannot be written: the other is not, either.
    fs::remove_file(lab.path(LIB)).unwrap();
    fs::create_dir(lab.path(LIB)).unwrap();
    for words in [words[0], &["reset", "generate-code", "--whole-file"]] {
        lab.run(words.iter().copied())
            .exits(3)
            .complains("lib.rs")
            .complains("Nothing has been changed.");
        assert_eq!(lab.read(BUILD), mine[0]);
    }
    assert!(snapshots(&lab).is_empty());
}
