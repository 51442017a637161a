//! Seeing to it that cargo builds what stands in the learner's files.
//!
//! Cargo takes a file for unchanged if it is not newer than the last build. But a file that was moved into
//! its place, copied with its time, or brought back from a backup is another one and may be older: cargo would
//! say that all is built, and the lab would judge the program of before. So the lab remembers what stood in
//! the files when it looked last, and a file that holds something else and is not new gets the time of now.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::fingerprint::{self, File};
use super::{Folder, StateLock, StoreError, file};

/// A file that is younger than this has just been saved, and cargo sees that.
const JUST_SAVED: Duration = Duration::from_secs(2);

/// What stood in the files.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// By path from the learner's crate: what stood in the file, as a number.
    files: BTreeMap<String, Option<u64>>,
}

/// Gives each file of the learner's that holds something else than when this was called last, and whose time
/// does not show it, the time of now. What stands in the files is never changed.
///
/// # Errors
///
/// [`StoreError`] if the time of a file cannot be set, or the state_dir cannot be written. Then nobody can be sure
/// that cargo builds what stands there.
pub fn touch_changed_files(folder: &Folder) -> Result<(), StoreError> {
    let state_dir = folder.state_dir();
    let path = state_dir.join("seen.json");
    // Notes that are not there or make no sense are as good as none: then every file may be another one.
    let before: Seen = fs::read(&path)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let mut now = Seen::default();
    for file in fingerprint::files(folder) {
        let content = file.content();
        let name = name(folder, &file);
        let is_known = content.is_some() && before.files.get(&name) == Some(&content);
        now.files.insert(name, content);
        if !is_known && !is_new(&file) {
            touch(&file).map_err(StoreError::at(&file.path))?;
        }
    }
    if now != before {
        let lock = StateLock::take(&state_dir)?;
        let text = serde_json::to_vec(&now).map_err(|error| StoreError::at(&path)(error.into()))?;
        file::write(&path, &text, None, lock.state_dir()).map_err(StoreError::at(&path))?;
    }
    Ok(())
}

/// A path, as it is written down.
fn name(folder: &Folder, file: &File) -> String {
    let root: PathBuf = folder.start_here();
    let path = file.path.strip_prefix(root).unwrap_or(&file.path);
    path.to_string_lossy().into_owned()
}

fn is_new(file: &File) -> bool {
    let age = file
        .changed
        .map(|changed| SystemTime::now().duration_since(changed));
    match age {
        Some(Ok(age)) => age < JUST_SAVED,
        // A time that is still to come stays newer than every build.
        Some(Err(_)) => true,
        None => false,
    }
}

fn touch(file: &File) -> io::Result<()> {
    fs::File::options()
        .append(true)
        .open(&file.path)?
        .set_modified(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_other_but_not_newer_becomes_newer_once() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("start_here/src")).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        let folder = Folder::find(root.path()).unwrap();
        let server = folder.file("start_here/src/server.rs");
        let hour_ago = SystemTime::now() - Duration::from_secs(3_600);
        let write = |text: &str| {
            fs::write(&server, text).unwrap();
            let file = fs::File::options().append(true).open(&server).unwrap();
            file.set_modified(hour_ago).unwrap();
        };
        let is_old = || fs::metadata(&server).unwrap().modified().unwrap() == hour_ago;
        write("one");
        touch_changed_files(&folder).unwrap();
        assert!(!is_old(), "never seen before");
        write("one");
        touch_changed_files(&folder).unwrap();
        assert!(is_old(), "the same as before");
        write("two");
        touch_changed_files(&folder).unwrap();
        assert!(!is_old(), "something else");
        assert_eq!(fs::read_to_string(&server).unwrap(), "two");
        // Notes that make no sense are none.
        write("two");
        fs::write(folder.state_dir().join("seen.json"), "{").unwrap();
        touch_changed_files(&folder).unwrap();
        assert!(!is_old());
    }
}
