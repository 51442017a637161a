//! Progress on disk: whole, readable, and nobody's alone.

use std::fs;

use super::*;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("notes"));
    (folder, store)
}

#[test]
fn progress_survives() {
    let (_folder, store) = store();
    assert_eq!(store.load().unwrap().progress, Progress::default());
    store
        .update(|progress| {
            progress.note_attempt("a");
            progress.note_verdict("a", true)
        })
        .unwrap();
    store
        .update(|progress| progress.note_hints("b", 2))
        .unwrap();
    let progress = store.load().unwrap().progress;
    assert!(progress.passed("a") && !progress.passed("b"));
    assert_eq!((progress.of("a").attempts, progress.of("b").hints), (1, 2));
    assert!(progress.of("a").passed_at.is_some());
}

#[test]
fn an_unreadable_file_is_set_aside_and_kept() {
    let (_folder, store) = store();
    store.update(|_| {}).unwrap();
    for (text, name) in [
        ("{ broken", "progress.unreadable.json"),
        ("[]", "progress.unreadable-2.json"),
        ("", "progress.unreadable-3.json"),
        (
            r#"{"version": 1, "lessons": {"a": 7}}"#,
            "progress.unreadable-4.json",
        ),
    ] {
        fs::write(store.file(), text).unwrap();
        // To look at it changes nothing.
        assert_eq!(store.peek().unwrap(), None);
        assert_eq!(fs::read_to_string(store.file()).unwrap(), text);
        let loaded = store.load().unwrap();
        assert_eq!(loaded.progress, Progress::default());
        let aside = loaded.set_aside.unwrap();
        assert_eq!(aside.file_name().unwrap(), name);
        assert_eq!(fs::read_to_string(aside).unwrap(), text);
    }
}

#[test]
fn a_newer_file_is_left_alone() {
    let (_folder, store) = store();
    store.update(|_| {}).unwrap();
    let newer = r#"{"version": 2, "stars": []}"#;
    fs::write(store.file(), newer).unwrap();
    assert!(matches!(
        store.load(),
        Err(StoreError::Newer { version: 2, .. })
    ));
    assert!(
        store
            .update(|progress| progress.note_verdict("a", true))
            .is_err()
    );
    assert_eq!(fs::read_to_string(store.file()).unwrap(), newer);
}

#[test]
fn two_labs_at_once_lose_nothing() {
    let (_folder, store) = store();
    std::thread::scope(|scope| {
        for lab in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..10 {
                    store
                        .update(|progress| progress.note_verdict(&format!("{lab}-{n}"), true))
                        .unwrap();
                }
            });
        }
    });
    let progress = store.load().unwrap().progress;
    let passed = (0..4).flat_map(|lab| (0..10).map(move |n| format!("{lab}-{n}")));
    assert!(passed.into_iter().all(|lesson| progress.passed(&lesson)));
}

#[test]
fn what_a_lab_that_knows_more_has_noted_stays() {
    let (_folder, store) = store();
    store.update(|_| {}).unwrap();
    let text = r#"{"version": 1, "stars": [1, 2], "lessons": {"a": {"hints": 1, "best": {"ms": 3}}, "b": {}}}"#;
    fs::write(store.file(), text).unwrap();
    store
        .update(|progress| {
            progress.note_verdict("a", true);
            progress.note_skipped("b", true);
        })
        .unwrap();
    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(store.file()).unwrap()).unwrap();
    assert_eq!(written["stars"], serde_json::json!([1, 2]));
    assert_eq!(written["lessons"]["a"]["best"]["ms"], 3);
    assert_eq!(written["lessons"]["a"]["hints"], 1);
    assert_eq!(written["lessons"]["a"]["passed"], true);
    assert_eq!(written["lessons"]["b"]["skipped"], true);
}

#[test]
fn what_a_killed_lab_has_left_half_written_is_removed_by_the_next() {
    let (_folder, store) = store();
    store.update(|_| {}).unwrap();
    let notes = &store.folder;
    fs::write(notes.join(".tmpAbC123"), "{ \"vers").unwrap();
    fs::create_dir_all(notes.join("snapshots/.tmpXyZ/start_here")).unwrap();
    fs::write(notes.join(".gitignore"), "").unwrap();
    store.update(|progress| progress.note_attempt("a")).unwrap();
    let mut names: Vec<_> = fs::read_dir(notes)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, [".gitignore", "lock", "progress.json", "snapshots"]);
    assert_eq!(fs::read_dir(notes.join("snapshots")).unwrap().count(), 0);
    assert_eq!(fs::read_to_string(notes.join(".gitignore")).unwrap(), "*\n");
}
