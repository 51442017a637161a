//! Making sure that cargo builds what is in the learner's files.
//!
//! Cargo takes a file for unchanged if it is not newer than the last build. But a file that was moved to its
//! place, copied with its modification time or restored from a backup has another content and may be older:
//! cargo would report that everything is built, and the lab would judge the previous program. So the lab stores
//! a hash of each file when it builds, and sets the modification time of a file to now if its content differs
//! from the stored hash and its time does not show that.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::fingerprint::{self, SourceFile};
use super::{Folder, StateLock, StoreError, file};

/// A file that is younger than this has just been saved, and cargo sees that.
const JUST_SAVED: Duration = Duration::from_secs(2);

/// The version of `seen.json` that this lab writes. Another hash needs another version.
const VERSION: u32 = 2;

/// The version of a `seen.json` without a version.
const FIRST_VERSION: u32 = 1;

/// The file `seen.json`: the contents that the learner's files had at the last build.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SeenFiles {
    #[serde(default = "first_version")]
    version: u32,
    /// The hash of each file's content, by path from the learner's crate.
    files: BTreeMap<String, Option<u64>>,
}

fn first_version() -> u32 {
    FIRST_VERSION
}

impl SeenFiles {
    /// No file has been seen yet.
    fn new() -> SeenFiles {
        SeenFiles {
            version: VERSION,
            files: BTreeMap::new(),
        }
    }

    /// Whether a file had the same content, whose hash is now `content`.
    fn has_same_content(&self, name: &str, file: &SourceFile, content: Option<u64>) -> bool {
        let Some(seen @ Some(_)) = self.files.get(name) else {
            return false;
        };
        match self.version {
            VERSION => *seen == content,
            FIRST_VERSION => *seen == file.content_hash_before_versions(),
            // A newer lab may use another hash.
            _ => false,
        }
    }
}

/// Sets the modification time of each file to now whose content differs from that at the last call, unless its
/// time shows that already. Contents are never changed.
///
/// # Errors
///
/// [`StoreError`] if the modification time of a file cannot be set, or `seen.json` cannot be written. Then cargo
/// may not build what is in the files.
pub fn touch_changed_files(folder: &Folder) -> Result<(), StoreError> {
    let state_dir = folder.state_dir();
    let path = state_dir.join("seen.json");
    // Without a readable seen.json, every file may have changed.
    let before: SeenFiles = fs::read(&path)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_else(SeenFiles::new);
    let mut now = SeenFiles::new();
    for file in fingerprint::files(folder) {
        let content = file.content_hash();
        let name = name(folder, &file);
        let is_known = before.has_same_content(&name, &file, content);
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

/// The path of a file as `seen.json` names it.
fn name(folder: &Folder, file: &SourceFile) -> String {
    let root: PathBuf = folder.start_here();
    let path = file.path.strip_prefix(root).unwrap_or(&file.path);
    path.to_string_lossy().into_owned()
}

fn is_new(file: &SourceFile) -> bool {
    let age = file
        .changed
        .map(|changed| SystemTime::now().duration_since(changed));
    match age {
        Some(Ok(age)) => age < JUST_SAVED,
        // A time in the future is newer than every build.
        Some(Err(_)) => true,
        None => false,
    }
}

fn touch(file: &SourceFile) -> io::Result<()> {
    fs::File::options()
        .append(true)
        .open(&file.path)?
        .set_modified(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lab folder with one source file, whose modification time the tests put back by an hour.
    struct OldFile {
        _root: tempfile::TempDir,
        folder: Folder,
        server: PathBuf,
        hour_ago: SystemTime,
    }

    impl OldFile {
        fn new() -> OldFile {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("start_here/src")).unwrap();
            fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
            let folder = Folder::find(root.path()).unwrap();
            OldFile {
                server: folder.file("start_here/src/server.rs"),
                _root: root,
                folder,
                hour_ago: SystemTime::now() - Duration::from_secs(3_600),
            }
        }

        fn write(&self, text: &str) {
            fs::write(&self.server, text).unwrap();
            let file = fs::File::options().append(true).open(&self.server).unwrap();
            file.set_modified(self.hour_ago).unwrap();
        }

        fn is_touched(&self) -> bool {
            touch_changed_files(&self.folder).unwrap();
            fs::metadata(&self.server).unwrap().modified().unwrap() != self.hour_ago
        }

        fn seen(&self) -> PathBuf {
            self.folder.state_dir().join("seen.json")
        }
    }

    #[test]
    fn a_file_with_another_content_that_is_not_newer_is_touched_once() {
        let file = OldFile::new();
        file.write("one");
        assert!(file.is_touched(), "never seen before");
        file.write("one");
        assert!(!file.is_touched(), "the same as before");
        file.write("two");
        assert!(file.is_touched(), "another content");
        assert_eq!(fs::read_to_string(&file.server).unwrap(), "two");
        // A file that cannot be parsed counts as none.
        file.write("two");
        fs::write(file.seen(), "{").unwrap();
        assert!(file.is_touched());
    }

    #[test]
    fn hashes_of_an_older_lab_are_compared_as_it_wrote_them() {
        let file = OldFile::new();
        file.write("one");
        let source = fingerprint::files(&file.folder)
            .find(|source| source.path == file.server)
            .unwrap();
        let old = source.content_hash_before_versions().unwrap();
        assert_ne!(Some(old), source.content_hash());
        fs::create_dir_all(file.folder.state_dir()).unwrap();
        let stored = |fields: &str, hash: u64| {
            let name = name(&file.folder, &source).replace('\\', "\\\\");
            fs::write(
                file.seen(),
                format!(r#"{{{fields} "files": {{"{name}": {hash}}}}}"#),
            )
            .unwrap();
        };
        stored("", old);
        assert!(!file.is_touched(), "unchanged since the older lab");
        let upgraded = fs::read_to_string(file.seen()).unwrap();
        assert!(upgraded.contains(r#""version":2"#), "{upgraded}");
        assert!(!file.is_touched(), "unchanged since the upgrade");

        file.write("two");
        stored("", old);
        assert!(file.is_touched(), "changed since the older lab");
        // The values of one version mean nothing in another.
        file.write("one");
        stored(r#""version": 2,"#, old);
        assert!(file.is_touched());
        file.write("one");
        stored(r#""version": 3,"#, source.content_hash().unwrap());
        assert!(file.is_touched());
    }
}
