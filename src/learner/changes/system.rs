//! The system's watcher of the learner's files, and the file that tests it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::wake::Wake;
use super::{Folder, PollingReason};
use crate::disk::WriteRoot;
use crate::learner::fingerprint::{self, is_part};

/// A watcher of the learner's crate that sends wakes.
pub(super) fn watcher(
    folder: &Folder,
    wake: Sender<Wake>,
) -> Result<RecommendedWatcher, PollingReason> {
    let refused = |error: notify::Error| PollingReason::Refused(error.to_string());
    let handler = move |event: notify::Result<notify::Event>| {
        // After an error, such as lost events, the files may have changed too.
        let sent = match event {
            Ok(event) if event.paths.iter().any(|path| is_test_file(path)) => Wake::TestFile,
            Ok(event) if !is_change(&event) => return,
            _ => Wake::Event,
        };
        // The receiver is gone when the lab is about to end.
        wake.send(sent).ok();
    };
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(handler, config).map_err(refused)?;
    watcher
        .watch(&folder.start_here(), RecursiveMode::Recursive)
        .map_err(refused)?;
    // The watcher follows no links by itself. What cannot be watched is seen by comparing.
    for linked in fingerprint::linked_folders(folder) {
        watcher.watch(&linked, RecursiveMode::Recursive).ok();
    }
    Ok(watcher)
}

/// Whether an event may be a save. Reading a file is not, and the lab itself reads all of them.
fn is_change(event: &notify::Event) -> bool {
    let writes = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    };
    // An event without a path means that others were missed.
    writes && (event.paths.is_empty() || event.paths.iter().any(|path| is_part(path)))
}

/// The prefix of the test file's name. The file is hidden, so that it is not part of the crate.
const TEST_FILE: &str = ".routeguide-lab-watch-";

fn is_test_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(TEST_FILE))
}

/// A file in the learner's crate that tests the watcher. It is removed when the value is dropped.
pub(super) struct TestFile(PathBuf);

impl TestFile {
    pub(super) fn create(folder: &Folder) -> Result<TestFile, PollingReason> {
        TestFile::create_in(folder).map_err(|error| PollingReason::Refused(error.to_string()))
    }

    fn create_in(folder: &Folder) -> io::Result<TestFile> {
        // Each lab in this folder creates its own.
        let name = format!("{TEST_FILE}{}", std::process::id());
        let root = WriteRoot::new(folder.root())?;
        let path = root.inside(&folder.start_here())?.join(name);
        // A killed lab may have had the same process id.
        fs::remove_file(&path).ok();
        let mut file = fs::File::create_new(&path)?;
        // From here on, it is removed, also if the disk is full.
        let test_file = TestFile(path);
        file.write_all(
            b"The lab tests with this file whether the system reports changes. You can delete it.\n",
        )?;
        Ok(test_file)
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}
