//! Every way of saving is noticed, with events and without.

use std::fs;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use super::*;

/// A learner's folder. It is gone when the first of the two is.
pub(super) fn lab() -> (tempfile::TempDir, Folder) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("start_here/src")).unwrap();
    fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
    fs::write(root.path().join("start_here/src/server.rs"), "one").unwrap();
    let folder = Folder::find(root.path()).unwrap();
    (root, folder)
}

/// Starts to watch; what is told can be waited for.
fn watch(folder: &Folder, poll: bool) -> (FileWatcher, Receiver<Notice>) {
    let (sender, notices) = mpsc::channel();
    let tell = move |notice| sender.send(notice).unwrap_or_default();
    let known = Fingerprint::of(folder);
    let watching = FileWatcher::start(folder, known, poll, tell).unwrap();
    (watching, notices)
}

/// Waits for the state that the files are in now; those on the way there are passed over.
#[track_caller]
fn expect(folder: &Folder, notices: &Receiver<Notice>) {
    let now = Fingerprint::of(folder);
    loop {
        let notice = notices.recv_timeout(Duration::from_secs(60)).unwrap();
        if notice == Notice::Changed(now) {
            return;
        }
        assert!(matches!(notice, Notice::Changed(_)), "{notice:?}");
    }
}

/// Saves as editors do.
fn saves(folder: &Folder) -> Vec<Box<dyn Fn() + '_>> {
    let server = folder.file("start_here/src/server.rs");
    let beside = folder.file("start_here/src/server.rs~");
    let (a, b, c, d) = (server.clone(), server.clone(), server.clone(), server);
    vec![
        Box::new(move || fs::write(&a, "written in place").unwrap()),
        Box::new(move || {
            fs::write(&beside, "beside and renamed").unwrap();
            fs::rename(&beside, &b).unwrap();
        }),
        Box::new(move || {
            fs::remove_file(&c).unwrap();
            fs::write(&c, "deleted and created").unwrap();
        }),
        Box::new(move || {
            let file = fs::File::options().write(true).open(&d).unwrap();
            file.set_modified(std::time::SystemTime::now() + Duration::from_secs(5))
                .unwrap();
        }),
        Box::new(move || {
            fs::create_dir_all(folder.file("start_here/src/deep/er")).unwrap();
            fs::write(folder.file("start_here/src/deep/er/new.rs"), "new").unwrap();
        }),
    ]
}

#[test]
fn every_way_of_saving_is_noticed_and_reading_is_not() {
    for poll in [false, true] {
        let (_root, folder) = lab();
        let (watching, notices) = watch(&folder, poll);
        if poll {
            let first = notices.recv_timeout(Duration::from_secs(60)).unwrap();
            assert_eq!(first, Notice::Polling(PollingReason::Requested));
        }
        for save in saves(&folder) {
            save();
            expect(&folder, &notices);
        }
        drop(watching);
        assert!(notices.try_recv().is_err());
    }
}

#[test]
fn the_self_test_leaves_nothing_behind() {
    let (root, folder) = lab();
    assert_eq!(self_test(&folder), Ok(()));
    let (watching, notices) = watch(&folder, false);
    fs::write(folder.file("start_here/src/server.rs"), "two").unwrap();
    expect(&folder, &notices);
    drop(watching);
    let left = fs::read_dir(root.path().join("start_here")).unwrap();
    assert_eq!(left.count(), 2);
}

#[test]
fn a_folder_that_is_gone_is_looked_at_and_not_watched() {
    let (root, folder) = lab();
    fs::remove_dir_all(root.path().join("start_here")).unwrap();
    assert!(matches!(self_test(&folder), Err(PollingReason::Refused(_))));
    let (_watching, notices) = watch(&folder, false);
    let first = notices.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(matches!(first, Notice::Polling(PollingReason::Refused(_))));
    // It comes back, as when another branch is checked out.
    fs::create_dir_all(root.path().join("start_here/src")).unwrap();
    fs::write(root.path().join("start_here/src/server.rs"), "back").unwrap();
    expect(&folder, &notices);
}
