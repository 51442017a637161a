//! Back and forth, and what a killed lab leaves to do.

use std::fs;

use super::*;
use crate::course::{Course, Lesson, files};
use crate::learner::file::Content;
use crate::learner::reset::{self, Scope};
use crate::learner::rewrite::Rewrite;

const BUILD: &str = "start_here/build.rs";
const LIB: &str = "start_here/src/lib.rs";

/// A lab in which generate-code, which has a place in two files, is done.
struct Lab {
    _root: tempfile::TempDir,
    folder: Folder,
    store: Store,
    lesson: Lesson,
}

impl Lab {
    fn new() -> Lab {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("start_here/src")).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        let folder = Folder::find(root.path()).unwrap();
        let course = Course::embedded().unwrap();
        let lab = Lab {
            store: Store::new(folder.state_dir()),
            lesson: course.find("generate-code").unwrap().clone(),
            folder,
            _root: root,
        };
        for file in [BUILD, LIB] {
            lab.write(file, files::finished(file).unwrap());
        }
        lab.pass();
        lab
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.file(file), text).unwrap();
    }

    fn texts(&self) -> [String; 2] {
        [BUILD, LIB].map(|file| fs::read_to_string(self.folder.file(file)).unwrap())
    }

    fn pass(&self) {
        self.store
            .update(|progress| progress.note_verdict("generate-code", true))
            .unwrap();
    }

    fn passed(&self) -> bool {
        self.store.load().unwrap().progress.passed("generate-code")
    }

    fn reset(&self) {
        let done = reset::reset(&self.folder, &self.store, &self.lesson, Scope::Places).unwrap();
        assert!(matches!(done, Rewrite::Done(_)), "{done:?}");
    }

    fn undo(&self) -> Undo {
        undo(&self.folder, &self.store).unwrap()
    }

    #[track_caller]
    fn redone(&self) -> Undone {
        match redo(&self.folder, &self.store).unwrap() {
            Undo::Done(done) => done,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn undone(&self) -> Undone {
        match self.undo() {
            Undo::Done(done) => done,
            other => panic!("{other:?}"),
        }
    }

    fn snapshots(&self) -> Vec<Snapshot> {
        snapshot::all(&self.store.lock().unwrap()).unwrap()
    }

    /// What an `undo` that is killed leaves: the snapshot of what is there, and the first so many files of
    /// the last snapshot written.
    fn killed_undo(&self, written: usize) {
        let transaction = Transaction::take(&self.folder, &self.store).unwrap();
        let last = snapshot::all(&transaction.lock).unwrap().pop().unwrap();
        let (before, wanted) = sides(&transaction, &last).unwrap();
        let purpose = Purpose {
            what: last.purpose().what.clone(),
            side: SnapshotSide::After,
            brings_back: Some(last.number()),
            origin: Some(last.origin()),
        };
        snapshot::make(&transaction.lock, &self.folder, purpose, &before).unwrap();
        for (file, content) in wanted.into_iter().take(written) {
            fs::write(self.folder.file(&file), content.unwrap().bytes).unwrap();
        }
    }
}

#[test]
fn undo_brings_back_and_redo_does_it_again() {
    let lab = Lab::new();
    assert!(matches!(lab.undo(), Undo::Nothing { opposite: None }));
    let mine = lab.texts();
    lab.reset();
    let reset = lab.texts();
    assert_ne!(mine, reset);
    assert!(!lab.passed());
    for _ in 0..3 {
        let done = lab.undone();
        assert_eq!(done.purpose.side, SnapshotSide::Before);
        assert_eq!(done.back, [BUILD, LIB]);
        assert_eq!(done.lessons, ["generate-code", "health-and-reflection"]);
        assert_eq!(lab.texts(), mine);
        // What was passed with that code is to be checked again.
        assert!(!lab.passed());
        lab.pass();
        let Undo::Nothing {
            opposite: Some(redo),
        } = lab.undo()
        else {
            panic!("something else was undone");
        };
        assert_eq!(redo.side, SnapshotSide::After);
        let done = lab.redone();
        assert_eq!(done.purpose.side, SnapshotSide::After);
        assert_eq!(lab.texts(), reset);
        assert!(!lab.passed());
    }
    assert_eq!(lab.snapshots().len(), 1, "each one brought back is used up");
}

#[test]
fn undo_goes_back_change_by_change_and_redo_comes_forward() {
    let lab = Lab::new();
    let mut texts = vec![lab.texts()];
    for number in 0..3 {
        lab.reset();
        texts.push(lab.texts());
        lab.write(LIB, &format!("{}// mine {number}\n", texts[0][1]));
        texts.push(lab.texts());
    }
    // The last reset changed what was written after the one before it, and so on.
    for number in [4, 2, 0] {
        let done = lab.undone();
        assert_eq!(lab.texts(), texts[number]);
        assert_eq!(done.next.is_some(), number > 0);
    }
    assert!(matches!(lab.undo(), Undo::Nothing { opposite: Some(_) }));
    for number in [2, 4, 6] {
        let done = lab.redone();
        assert_eq!(lab.texts(), texts[number], "{number}");
        assert_eq!(done.next.is_some(), number < 6);
    }
    assert_eq!(lab.snapshots().len(), 3);
}

#[test]
fn what_was_undone_before_a_new_change_is_not_redone() {
    let lab = Lab::new();
    let mine = lab.texts();
    lab.reset();
    lab.undone();
    lab.reset();
    assert!(matches!(
        redo(&lab.folder, &lab.store).unwrap(),
        Undo::Nothing { opposite: Some(_) }
    ));
    lab.undone();
    assert_eq!(lab.texts(), mine);
    lab.redone();
    assert!(matches!(
        redo(&lab.folder, &lab.store).unwrap(),
        Undo::Nothing { .. }
    ));
    // Nothing of it is gone.
    assert_eq!(lab.snapshots().len(), 2);
}

#[test]
fn what_was_written_since_comes_back_with_redo() {
    let lab = Lab::new();
    let mine = lab.texts();
    lab.reset();
    lab.write(LIB, "// an hour of work\r\n");
    fs::remove_file(lab.folder.file(BUILD)).unwrap();
    lab.undone();
    assert_eq!(lab.texts(), mine);
    let done = lab.redone();
    assert_eq!(
        (done.back, done.gone),
        (vec![LIB.into()], vec![BUILD.into()])
    );
    assert!(!lab.folder.file(BUILD).exists());
    let lib = fs::read(lab.folder.file(LIB)).unwrap();
    assert_eq!(lib, b"// an hour of work\r\n");
    lab.undone();
    assert_eq!(lab.texts(), mine);
}

#[test]
fn files_that_the_reset_did_not_touch_are_not_touched_by_undo() {
    let lab = Lab::new();
    let other = "start_here/src/mine.rs";
    lab.write(other, "before");
    lab.reset();
    lab.write(other, "after");
    lab.undone();
    let now = fs::read_to_string(lab.folder.file(other)).unwrap();
    assert_eq!(now, "after");
}

#[test]
fn an_undo_that_was_killed_is_taken_up() {
    for written in [0, 1] {
        let lab = Lab::new();
        let mine = lab.texts();
        lab.reset();
        let reset = lab.texts();
        lab.killed_undo(written);
        assert_eq!(lab.undone().purpose.side, SnapshotSide::Before, "{written}");
        assert_eq!(lab.texts(), mine, "{written}");
        assert_eq!(lab.snapshots().len(), 1);
        lab.redone();
        assert_eq!(lab.texts(), reset, "{written}");
    }
}

#[test]
fn an_undo_that_was_killed_at_its_very_end_was_done() {
    let lab = Lab::new();
    let mine = lab.texts();
    lab.reset();
    let reset = lab.texts();
    lab.killed_undo(2);
    assert_eq!(lab.texts(), mine);
    assert!(matches!(lab.undo(), Undo::Nothing { opposite: Some(_) }));
    assert_eq!(lab.redone().purpose.side, SnapshotSide::After);
    assert_eq!(lab.texts(), reset);
    assert_eq!(lab.snapshots().len(), 1);
}

#[test]
fn redo_after_a_killed_undo_brings_back_what_was_there() {
    for written in 0..=2 {
        let lab = Lab::new();
        let mine = lab.texts();
        lab.reset();
        let reset = lab.texts();
        lab.killed_undo(written);
        match redo(&lab.folder, &lab.store).unwrap() {
            Undo::AlreadySo { .. } => assert_eq!(written, 0),
            Undo::Done(done) => assert_eq!(done.purpose.side, SnapshotSide::After),
            other => panic!("{other:?}"),
        }
        assert_eq!(lab.texts(), reset, "{written}");
        // Step by step, everything is still there.
        while lab.texts() != mine {
            lab.undone();
        }
    }
}

#[test]
fn what_was_written_after_a_killed_undo_is_kept_too() {
    let lab = Lab::new();
    let mine = lab.texts();
    lab.reset();
    lab.killed_undo(1);
    lab.write(LIB, "// new work");
    let done = lab.undone();
    assert_eq!(lab.texts(), mine);
    assert_eq!(fs::read(done.kept.join(LIB)).unwrap(), b"// new work");
    lab.redone();
    assert_eq!(lab.texts()[1], "// new work");
}

#[test]
fn a_reset_that_was_killed_before_it_wrote_leaves_nothing_to_undo() {
    let lab = Lab::new();
    lab.reset();
    let kept = lab.snapshots().pop().unwrap();
    let texts = lab.texts();
    let names = [BUILD.to_string(), LIB.to_string()];
    snapshot::keep(&lab.folder, "reset something", &names).unwrap();
    let Undo::AlreadySo { purpose, older } = lab.undo() else {
        panic!("something was undone");
    };
    assert_eq!(purpose.what, "reset something");
    assert_eq!(older.as_ref(), Some(kept.purpose()));
    assert_eq!(lab.texts(), texts);
    assert_eq!(lab.undone().purpose.what, "reset generate-code");
}

#[test]
fn what_cannot_be_written_changes_nothing() {
    let lab = Lab::new();
    let mine = lab.texts();
    let transaction = Transaction::take(&lab.folder, &lab.store).unwrap();
    // Its folder is a file.
    let impossible = "start_here/build.rs/new.rs".to_string();
    let names = [LIB.to_string()];
    let mut before = snapshot::now(&lab.folder, &names).unwrap();
    before.push((impossible.clone(), None));
    let new = |file: &str| Change {
        file: file.to_string(),
        new: Some(Content {
            bytes: b"new".to_vec(),
            permissions: None,
        }),
    };
    let purpose = Purpose {
        what: "reset a".to_string(),
        side: SnapshotSide::Before,
        brings_back: None,
        origin: None,
    };
    let note = |progress: &mut crate::learner::Progress| progress.note_reset("generate-code");
    let changes = [new(LIB), new(&impossible)];
    let error = transaction
        .change(purpose.clone(), &before, &changes, note)
        .unwrap_err();
    let ChangeError::Unwritable { file, kept, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!((file, kept), (impossible, None));
    assert_eq!(lab.texts(), mine);
    assert!(
        lab.store
            .load_in(&transaction.lock)
            .unwrap()
            .progress
            .passed("generate-code")
    );
    assert!(snapshot::all(&transaction.lock).unwrap().is_empty());

    // Nor does what an editor has saved in the meantime.
    let names = [LIB.to_string(), BUILD.to_string()];
    let before = snapshot::now(&lab.folder, &names).unwrap();
    lab.write(BUILD, "saved just now");
    let changes = [new(LIB), new(BUILD)];
    let error = transaction
        .change(purpose, &before, &changes, note)
        .unwrap_err();
    assert!(matches!(error, ChangeError::Meanwhile { file } if file == BUILD));
    assert_eq!(lab.texts(), ["saved just now".to_string(), mine[1].clone()]);
    assert!(snapshot::all(&transaction.lock).unwrap().is_empty());
}

#[test]
fn the_lessons_whose_code_changes_are_named() {
    let server = "start_here/src/server.rs";
    let finished = files::finished(server).unwrap();
    let stub = exercise::of("record-route", server).next().unwrap().stub;
    let before = vec![(
        server.to_string(),
        rewrite::text(finished.to_string(), None),
    )];
    let to = |text: String| {
        [Change {
            file: server.to_string(),
            new: rewrite::text(text, None),
        }]
    };
    let one = region::replace(finished, "record-route", stub).unwrap();
    assert_eq!(lessons_of(&before, &to(one)), ["record-route"]);
    let outside = format!("use std::fmt;\n{finished}");
    let mut all: Vec<&str> = exercise::in_file(server)
        .map(|exercise| exercise.lesson)
        .collect();
    // A lesson may have several regions in a file.
    all.dedup();
    assert_eq!(lessons_of(&before, &to(outside)), all);
    let gone = [Change {
        file: server.to_string(),
        new: None,
    }];
    assert_eq!(lessons_of(&before, &gone), all);
}
