//! The state of the learner's files at one instant, so that two instants can be compared.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use super::Folder;

/// Files that are longer are told apart by their lengths and times alone.
const LONGEST: u64 = 4 << 20;
/// How many files and folders are looked at: a crate has some dozens.
const MOST: usize = 10_000;

/// All files of the learner's crate: their names and what stands in them as one number, and the times of
/// their last change as another. Two states that differ have different numbers, but for a chance of one in
/// 2⁶⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    contents: u64,
    times: u64,
}

impl Fingerprint {
    /// The state of the files now. What cannot be read counts as it is: not there. Build output, hidden
    /// files, and those that editors keep beside the one that is edited are left out.
    pub fn of(folder: &Folder) -> Fingerprint {
        let mut contents = DefaultHasher::new();
        let mut times = DefaultHasher::new();
        for file in files(folder) {
            file.path.hash(&mut contents);
            file.length.hash(&mut contents);
            file.content().hash(&mut contents);
            file.changed.hash(&mut times);
        }
        Fingerprint {
            contents: contents.finish(),
            times: times.finish(),
        }
    }

    /// Whether the same stands in the files, whenever it was written.
    pub fn same_contents(self, other: Fingerprint) -> bool {
        self.contents == other.contents
    }

    /// A state that is no real one, for tests of what compares them: with these contents, written for the
    /// so manieth time.
    #[cfg(test)]
    pub fn made_up(contents: u64, times: u64) -> Fingerprint {
        Fingerprint { contents, times }
    }
}

/// A file of the learner's crate.
#[derive(Debug)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// When it was changed last, where the system keeps that.
    pub changed: Option<SystemTime>,
    length: u64,
    is_file: bool,
}

impl File {
    /// What stands in it, as a number. Of a file that is very long, cannot be read or is none, nothing.
    pub fn content(&self) -> Option<u64> {
        // A pipe would wait for somebody to write into it.
        if !self.is_file || self.length > LONGEST {
            return None;
        }
        let bytes = std::fs::read(&self.path).ok()?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Some(hasher.finish())
    }
}

/// The files of the learner's crate, in the order of their names. Of a link, it is what it leads to that
/// counts.
pub fn files(folder: &Folder) -> impl Iterator<Item = File> {
    let entries = WalkDir::new(folder.start_here())
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || belongs(entry));
    let entries = entries.flatten().take(MOST);
    entries.filter_map(|entry| {
        let metadata = std::fs::metadata(entry.path()).ok()?;
        (!metadata.is_dir()).then(|| File {
            path: entry.into_path(),
            changed: changed(&metadata),
            length: metadata.len(),
            is_file: metadata.is_file(),
        })
    })
}

fn changed(metadata: &std::fs::Metadata) -> Option<SystemTime> {
    // Where the system keeps no times, contents alone must do.
    metadata.modified().ok()
}

/// Whether a file is part of the crate, or a folder may hold such files.
fn belongs(entry: &DirEntry) -> bool {
    if entry.file_type().is_dir() {
        return !is_hidden(entry.file_name()) && entry.file_name() != "target";
    }
    is_part(entry.path())
}

/// Whether a file, by its name, is one that the learner works on.
pub fn is_part(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let text = name.to_string_lossy();
    // Vim tries whether it may write with a file `4913`, and keeps `name~`; Emacs `#name#`.
    let beside = text.ends_with('~')
        || text.ends_with(".swp")
        || text.ends_with(".tmp")
        || text.ends_with(".bak")
        || text.starts_with('#')
        || text.bytes().all(|byte| byte.is_ascii_digit());
    !is_hidden(name) && !beside
}

fn is_hidden(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with('.')
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn lab() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().unwrap();
        let src = root.path().join("start_here/src");
        fs::create_dir_all(&src).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        fs::write(src.join("server.rs"), "fn main() {}").unwrap();
        let folder = Folder::find(root.path()).unwrap();
        (root, folder)
    }

    #[test]
    fn every_change_of_a_file_is_another_state() {
        let (_root, folder) = lab();
        let server = folder.file("start_here/src/server.rs");
        let mut seen = vec![Fingerprint::of(&folder)];
        let mut differs = |what: &str| {
            let now = Fingerprint::of(&folder);
            assert!(!seen.contains(&now), "{what}");
            seen.push(now);
        };
        let time = fs::metadata(&server).unwrap().modified().unwrap();
        // An edit of the same length within the same tick of the clock.
        fs::write(&server, "fn niam() {}").unwrap();
        fs::File::options()
            .write(true)
            .open(&server)
            .unwrap()
            .set_modified(time)
            .unwrap();
        differs("same length, same time");
        fs::File::options()
            .write(true)
            .open(&server)
            .unwrap()
            .set_modified(time + std::time::Duration::from_secs(9))
            .unwrap();
        differs("touched");
        let [.., edited, touched] = seen[..] else {
            panic!("two states");
        };
        assert!(edited.same_contents(touched));
        let mut differs = |what: &str| {
            let now = Fingerprint::of(&folder);
            let is_new = |other: &Fingerprint| !other.same_contents(now);
            assert!(seen.iter().all(is_new), "{what}");
            seen.push(now);
        };
        fs::write(folder.file("start_here/src/more.rs"), "").unwrap();
        differs("a new file");
        fs::rename(
            folder.file("start_here/src/more.rs"),
            folder.file("start_here/src/other.rs"),
        )
        .unwrap();
        differs("renamed");
        fs::remove_file(&server).unwrap();
        differs("gone");
    }

    #[test]
    fn what_is_not_the_learners_work_changes_nothing() {
        let (_root, folder) = lab();
        let before = Fingerprint::of(&folder);
        fs::create_dir_all(folder.file("start_here/target/debug")).unwrap();
        for name in [
            "start_here/target/debug/server",
            "start_here/.hidden",
            "start_here/src/.server.rs.swp",
            "start_here/src/server.rs~",
            "start_here/src/#server.rs#",
            "start_here/src/4913",
        ] {
            fs::write(folder.file(name), "x").unwrap();
        }
        assert_eq!(Fingerprint::of(&folder), before);
    }
}
