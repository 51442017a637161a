use std::path::PathBuf;

use super::*;
use crate::learner::scaffold::fresh;
use crate::learner::undo::Undo;

/// A course folder, as this lab makes it.
fn made() -> (tempfile::TempDir, Folder, Store) {
    let root = tempfile::tempdir().unwrap();
    fresh::make(root.path(), &workspace::all().unwrap()).unwrap();
    let folder = Folder::find(root.path()).unwrap();
    let store = Store::new(folder.state_dir());
    (root, folder, store)
}

fn upgraded(folder: &Folder, store: &Store) -> Upgraded {
    upgrade(folder, store, workspace::all().unwrap()).unwrap()
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(path).unwrap()
}

/// Makes the folder one of an older lab's, which wrote one file more.
fn grow_old(folder: &Folder, extra: &str) {
    let manifest = folder.file(workspace::MANIFEST_PATH);
    let text = read(manifest.clone())
        .replace(
            &format!("\nversion = \"{VERSION}\""),
            "\nversion = \"0.0.1\"",
        )
        .replace("files = [", &format!("files = [\n  \"{extra}\","));
    fs::write(manifest, text).unwrap();
    fs::write(folder.file(extra), "old").unwrap();
}

#[test]
fn an_upgrade_keeps_what_it_replaces_and_a_lesson_that_has_moved() {
    let (_root, folder, store) = made();
    let lesson = "lessons/04-list-features/lesson.md";
    fs::write(folder.file(lesson), "mine").unwrap();
    fs::write(folder.file("start_here/src/server.rs"), "my server").unwrap();
    fs::rename(
        folder.file("lessons/05-record-route"),
        folder.file("lessons/04-record-route"),
    )
    .unwrap();
    fs::create_dir(folder.file("lessons/my-route-chat")).unwrap();
    fs::write(folder.file("lessons/my-route-chat/plan.md"), "Mondays").unwrap();

    let done = upgraded(&folder, &store);
    assert_eq!(done.renumbered, ["04-record-route"]);
    assert_eq!(done.left, [""; 0]);
    let kept = done.kept.unwrap();
    assert_eq!(read(kept.join(lesson)), "mine");
    assert_eq!(read(kept.join("start_here/src/server.rs")), "my server");
    assert!(kept.join("lessons/04-record-route/hints.md").is_file());
    assert!(!folder.file("lessons/04-record-route").exists());
    assert_eq!(read(folder.file("start_here/src/server.rs")), "my server");
    assert_eq!(
        read(folder.file("lessons/my-route-chat/plan.md")),
        "Mondays"
    );
    assert!(read(folder.file(lesson)).starts_with("# "));

    let again = upgraded(&folder, &store);
    assert!(again.is_nothing() && again.kept.is_none());

    // Back and forth, and no empty folder is left that would pass for a lesson.
    let Undo::Done(_) = undo::undo(&folder, &store).unwrap() else {
        panic!("nothing undone")
    };
    assert_eq!(read(folder.file(lesson)), "mine");
    assert!(folder.file("lessons/04-record-route/hints.md").is_file());
    assert!(!folder.file("lessons/05-record-route").exists());
}

#[test]
fn what_could_not_be_kept_stays_where_it_is() {
    let (_root, folder, store) = made();
    let old = folder.file("lessons/03-route-chat");
    fs::create_dir_all(old.join("stubs/empty")).unwrap();
    fs::write(old.join("lesson.md"), "old").unwrap();
    #[cfg(target_os = "linux")]
    let odd = {
        use std::os::unix::ffi::OsStrExt as _;
        let odd = old.join(std::ffi::OsStr::from_bytes(b"caf\xe9.md"));
        fs::write(&odd, "a name that is no text").unwrap();
        odd
    };
    let done = upgraded(&folder, &store);
    assert_eq!(done.renumbered, ["03-route-chat"]);
    assert!(!old.join("lesson.md").exists() && !old.join("stubs").exists());
    #[cfg(target_os = "linux")]
    {
        assert_eq!(done.left, ["03-route-chat"]);
        assert_eq!(read(odd), "a name that is no text");
    }
    #[cfg(not(target_os = "linux"))]
    assert!(!old.exists());
}

#[test]
fn files_that_an_older_lab_wrote_go_and_others_beside_them_stay() {
    let (_root, folder, store) = made();
    grow_old(&folder, "completed/src/bin/old.rs");
    fs::write(folder.file("completed/src/bin/mine.rs"), "mine").unwrap();
    let done = upgraded(&folder, &store);
    assert_eq!(done.from, "0.0.1");
    assert_eq!(done.dropped, ["completed/src/bin/old.rs"]);
    let kept = done.kept.unwrap();
    assert_eq!(read(kept.join("completed/src/bin/old.rs")), "old");
    assert!(!folder.file("completed/src/bin/old.rs").exists());
    assert_eq!(read(folder.file("completed/src/bin/mine.rs")), "mine");
}

#[test]
fn what_the_learners_manifest_lacks_is_known_and_not_written() {
    let (_root, folder, store) = made();
    let manifest = folder.file(LEARNERS_MANIFEST);
    let mine = read(manifest.clone()).replace("tokio-stream.workspace = true\n", "");
    fs::write(&manifest, &mine).unwrap();
    let done = upgraded(&folder, &store);
    assert_eq!(done.missing.len(), 1);
    assert_eq!(done.missing[0].line, "tokio-stream = { workspace = true }");
    assert_eq!(read(manifest), mine);
}

#[test]
fn a_file_of_the_learners_that_comes_back_takes_the_pass_with_it() {
    let (_root, folder, store) = made();
    store
        .update(|progress| {
            progress.note_verdict("list-features", true);
            progress.note_verdict("define-messages", true);
        })
        .map(drop)
        .unwrap();
    fs::remove_file(folder.file("start_here/src/server.rs")).unwrap();
    let done = upgraded(&folder, &store);
    assert!(done.lessons.contains(&"list-features".to_string()));
    let progress = store.load().unwrap().progress;
    assert!(!progress.passed("list-features") && progress.passed("define-messages"));
}

#[test]
fn a_newer_labs_folder_is_left_alone() {
    let (_root, folder, store) = made();
    grow_old(&folder, "completed/src/bin/new.rs");
    let manifest = folder.file(workspace::MANIFEST_PATH);
    let newer = read(manifest.clone()).replace("\"0.0.1\"", "\"99.0.0\"");
    fs::write(&manifest, &newer).unwrap();
    let refused = upgrade(&folder, &store, workspace::all().unwrap()).unwrap_err();
    assert!(
        matches!(&refused, UpgradeError::Newer(version) if version == "99.0.0"),
        "{refused:?}"
    );
    assert_eq!(read(manifest), newer);
    assert!(folder.file("completed/src/bin/new.rs").exists());
}
