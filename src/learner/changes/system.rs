//! The system's part: a watcher of the learner's files, and a file of the lab's own to test it with.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::wake::Wake;
use super::{Folder, PollingReason};
use crate::learner::fingerprint::is_part;

/// A watcher of the learner's crate that pokes.
pub(super) fn watcher(
    folder: &Folder,
    pokes: Sender<Wake>,
) -> Result<RecommendedWatcher, PollingReason> {
    let refused = |error: notify::Error| PollingReason::Refused(error.to_string());
    let handler = move |event: notify::Result<notify::Event>| {
        // An error, such as events that were lost, is worth a look too.
        let poke = match event {
            Ok(event) if event.paths.iter().any(|path| is_own(path)) => Wake::OwnFile,
            Ok(event) if !is_change(&event) => return,
            _ => Wake::Event,
        };
        // Nobody listens any more when the lab is about to end.
        pokes.send(poke).ok();
    };
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(handler, config).map_err(refused)?;
    watcher
        .watch(&folder.start_here(), RecursiveMode::Recursive)
        .map_err(refused)?;
    Ok(watcher)
}

/// Whether an event may tell of a save. Reading a file is none, and the lab itself reads all of them.
fn is_change(event: &notify::Event) -> bool {
    let writes = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    };
    // Events without a path say that something was missed.
    writes && (event.paths.is_empty() || event.paths.iter().any(|path| is_part(path)))
}

/// What the name of the lab's own file begins with. It is hidden, so that it is no part of the crate.
const OWN: &str = ".routeguide-lab-watch-";

fn is_own(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(OWN))
}

/// A file of the lab's own in the learner's crate. It is gone when the value is.
pub(super) struct OwnFile(PathBuf);

impl OwnFile {
    pub(super) fn make(folder: &Folder) -> Result<OwnFile, PollingReason> {
        // Two labs on one folder make one each.
        let name = format!("{OWN}{}", std::process::id());
        let path = folder.start_here().join(name);
        fs::write(
            &path,
            "Whether the system tells of changes here. You may delete this file.\n",
        )
        .map_err(|error| PollingReason::Refused(error.to_string()))?;
        Ok(OwnFile(path))
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}
