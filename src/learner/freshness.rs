//! Making sure that cargo builds what is in the learner's files.
//!
//! Cargo takes a file for unchanged if it is not newer than the last build. But a file that was moved to its
//! place, copied with its modification time or restored from a backup has another content and may be older:
//! cargo would report that everything is built, and the lab would judge the previous program. So the lab stores
//! a hash of each file when it builds, and sets the modification time of a file to now if its content differs
//! from the stored hash and its time does not show that.
//!
//! Cargo runs build.rs again when a file changes that build.rs names. If it does not name the folder of the .proto any
//! more, build.rs counts as changed with each change of a .proto.

use std::collections::BTreeMap;
#[cfg(any(windows, test))]
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::fingerprint::{self, SourceFile};
use super::{Folder, StateLock, StoreError};
use crate::disk::{WriteRoot, regular};

/// A file that is younger than this has just been saved, and cargo sees that.
const JUST_SAVED: Duration = Duration::from_secs(2);

/// The version of `seen.json` that this lab writes. Another hash needs another version.
const VERSION: u32 = 2;

/// The build script, as `seen.json` names it.
const BUILD_SCRIPT: &str = "build.rs";

/// The first of these files that is there: when it changes, cargo builds the whole crate anew.
const REBUILD_ALL: [&str; 2] = [BUILD_SCRIPT, "src/lib.rs"];

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
/// [`StoreError`] if a source file is no regular file, the modification time of a file cannot be set, or `seen.json`
/// cannot be written. Then cargo may not build what is in the files.
pub fn touch_changed_files(folder: &Folder) -> Result<(), StoreError> {
    let state_dir = folder.state_dir();
    let path = state_dir.join("seen.json");
    // Without a readable seen.json, every file may have changed.
    let before: SeenFiles = regular::read(&path)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_else(SeenFiles::new);
    let mut now = SeenFiles::new();
    let mut proto_has_changed = false;
    let mut script = None;
    let mut refused = Vec::new();
    let root = WriteRoot::new(folder.root()).map_err(StoreError::at(folder.root()))?;
    let touch_inside = |path: &Path| root.inside(path).and_then(|path| touch(&path));
    for file in fingerprint::files(folder) {
        if let Err(error) = refuse_what_cargo_waits_for(&file) {
            return Err(StoreError::at(&file.path)(error));
        }
        let content = file.content_hash();
        let name = name(folder, &file);
        let is_known = before.has_same_content(&name, &file, content);
        if !is_known {
            proto_has_changed |= has_extension(&file, "proto");
            // What cannot be read, cargo cannot read either.
            if (content.is_some() || file.is_too_long())
                && !is_new(&file)
                && let Err(error) = touch_inside(&file.path)
            {
                refused.push((file.path.clone(), error));
            }
        }
        if name == BUILD_SCRIPT {
            script = Some(file);
        }
        now.files.insert(name, content);
    }
    if let Some(script) = script.filter(|_| proto_has_changed)
        && !names_the_proto(&script)
    {
        touch_inside(&script.path).map_err(StoreError::at(&script.path))?;
    }
    // A file may be another user's, or outside the course folder. With the right one touched instead, all is built anew.
    if let Some((path, error)) = refused.into_iter().next() {
        let mut all = REBUILD_ALL
            .iter()
            .map(|file| folder.start_here().join(file));
        let is_rebuilt = all
            .find(|file| file.is_file())
            .is_some_and(|file| touch_inside(&file).is_ok());
        if !is_rebuilt {
            return Err(StoreError::at(&path)(error));
        }
    }
    if now != before {
        let lock = StateLock::take(&state_dir)?;
        let text = serde_json::to_vec(&now).map_err(|error| StoreError::at(&path)(error.into()))?;
        let written = lock.writer().write(&path, &text, None);
        written.map_err(StoreError::at(&path))?;
    }
    Ok(())
}

/// Refuses a source file that is a pipe or a device: the compiler would wait for it.
fn refuse_what_cargo_waits_for(file: &SourceFile) -> io::Result<()> {
    match ["rs", "proto", "toml"]
        .iter()
        .any(|extension| has_extension(file, extension))
    {
        true => file.is_regular(),
        false => Ok(()),
    }
}

/// Whether a build script tells cargo to run it again when the .proto changes. One that tells cargo nothing at all is
/// run again after every change.
fn names_the_proto(script: &SourceFile) -> bool {
    let text = regular::read_to_string(&script.path).unwrap_or_default();
    let lines = || {
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
    };
    let mut tells = lines().filter(|line| line.contains("rerun-if-")).peekable();
    tells.peek().is_none() || tells.any(|line| line.contains("proto"))
}

fn has_extension(file: &SourceFile, extension: &str) -> bool {
    file.path
        .extension()
        .is_some_and(|other| other == extension)
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

/// Sets the modification time of a file to now, by its path: opening it to write needs a right that the lab does not need.
#[cfg(unix)]
fn touch(path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, utimensat};
    let time = |tv_nsec| Timespec { tv_sec: 0, tv_nsec };
    let times = Timestamps {
        last_access: time(UTIME_OMIT),
        last_modification: time(UTIME_NOW),
    };
    Ok(utimensat(CWD, path, &times, AtFlags::empty())?)
}

/// Sets the modification time of a file to now. Nothing but its attributes is opened to write.
#[cfg(windows)]
fn touch(path: &Path) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt as _;
    /// <https://learn.microsoft.com/windows/win32/fileio/file-access-rights-constants>
    const FILE_WRITE_ATTRIBUTES: u32 = 0x100;
    fs::OpenOptions::new()
        .access_mode(FILE_WRITE_ATTRIBUTES)
        .open(path)?
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
    fn a_build_script_that_does_not_name_the_proto_changes_with_it() {
        let file = OldFile::new();
        let script = file.folder.file("start_here/build.rs");
        let proto = file.folder.file("start_here/proto/a.proto");
        fs::create_dir_all(proto.parent().unwrap()).unwrap();
        let is_touched = |rerun: &str, before: &str, after: &str| {
            fs::write(&script, format!("fn main() {{ {rerun} }}")).unwrap();
            fs::write(&proto, before).unwrap();
            touch_changed_files(&file.folder).unwrap();
            let opened = fs::File::options().append(true).open(&script).unwrap();
            opened.set_modified(file.hour_ago).unwrap();
            fs::write(&proto, after).unwrap();
            touch_changed_files(&file.folder).unwrap();
            fs::metadata(&script).unwrap().modified().unwrap() != file.hour_ago
        };
        let own = r#"println!("cargo::rerun-if-changed=build.rs");"#;
        assert!(is_touched(own, "one", "two"));
        assert!(!is_touched(own, "one", "one"));
        let given = r#"println!("cargo::rerun-if-changed={proto_folder}");"#;
        assert!(!is_touched(given, "one", "two"), "cargo sees that itself");
        assert!(!is_touched("", "one", "two"), "and without any such line");
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
