//! How much is kept, and what happens where nothing can be.

use std::fs;

use super::{BUILD, LIB, NOTES, SERVER, both, snapshots, with_own_code};
use testkit::Lab;

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
        let run = lab.run(["reset", "generate-code"]).exits(0);
        // The last copy of work does not go without a word.
        let is_said = run.stdout.contains(
            "The copy from before `reset generate-code` has been removed: the lab keeps 50 copies",
        );
        assert_eq!(is_said, n >= 50, "{n}: {}", run.stdout);
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

#[test]
fn pictures_in_start_here_do_not_push_out_code() {
    let lab = Lab::new("pictures");
    for number in 0..70 {
        fs::write(
            lab.path(&format!("start_here/{number:02}.png")),
            vec![0; 1 << 20],
        )
        .unwrap();
    }
    let lessons = ["list-features", "record-route"];
    for lesson in lessons {
        lab.write_place(SERVER, lesson, &format!("        mine(\"{lesson}\");\n"));
    }
    for lesson in lessons {
        let run = lab.run(["reset", lesson]).exits(0);
        assert!(!run.stdout.contains("removed"), "{}", run.stdout);
    }
    for _ in 0..3 {
        lab.run(["undo"]).exits(0);
    }
    let code = lab.read(SERVER);
    assert!(
        lessons
            .iter()
            .all(|lesson| code.contains(&format!("mine(\"{lesson}\")")))
    );
    // Pictures have a limit of their own.
    let folders = snapshots(&lab);
    let pictures = folders
        .iter()
        .filter(|folder| folder.join("start_here/00.png").exists());
    assert_eq!(pictures.count(), 1);
}
