//! The state of the learner's files at one instant, so that two instants can be compared.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fnv::FnvHasher;
use walkdir::{DirEntry, WalkDir};

use super::Folder;
use crate::disk::regular;

/// The contents of longer files, in bytes, are not hashed: only their lengths and times count.
const LONGEST: u64 = 4 << 20;
/// How many files and folders are visited at most: a crate has some dozens.
const MOST: usize = 10_000;

/// Two hashes over all files of the learner's crate: one of their names and contents, and one of their
/// modification times. Two states that differ have different hashes, but for a chance of one in 2⁶⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    contents: u64,
    times: u64,
}

impl Fingerprint {
    /// The state of the files now. A file that cannot be read counts as missing. Build output, hidden files
    /// and the backup files of editors are left out.
    pub fn of(folder: &Folder) -> Fingerprint {
        let mut contents = FnvHasher::default();
        let mut times = FnvHasher::default();
        for file in files(folder) {
            file.path.hash(&mut contents);
            file.length.hash(&mut contents);
            file.content_hash().hash(&mut contents);
            file.changed.hash(&mut times);
        }
        Fingerprint {
            contents: contents.finish(),
            times: times.finish(),
        }
    }

    /// Whether the files have the same names and contents, whatever their modification times.
    pub fn same_contents(self, other: Fingerprint) -> bool {
        self.contents == other.contents
    }

    /// A fingerprint with these hashes, for tests of code that compares fingerprints.
    #[cfg(test)]
    pub fn synthetic(contents: u64, times: u64) -> Fingerprint {
        Fingerprint { contents, times }
    }
}

/// A file of the learner's crate.
#[derive(Debug)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its modification time, if the file system stores one.
    pub changed: Option<SystemTime>,
    length: u64,
    is_file: bool,
}

impl SourceFile {
    /// The hash of its content: FNV-1a with 64 bits, which is the same in every build and can be stored. None
    /// if the file is very long, cannot be read, or is not a regular file.
    pub fn content_hash(&self) -> Option<u64> {
        Some(hash(&self.read()?))
    }

    /// The hash of its content as labs stored it before `seen.json` had a version: with the standard library's
    /// `DefaultHasher`, which may change with each release of Rust.
    pub fn content_hash_before_versions(&self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        self.read()?.hash(&mut hasher);
        Some(hasher.finish())
    }

    /// Whether it is a regular file, and no pipe for example.
    ///
    /// # Errors
    ///
    /// What is wrong, if it is not.
    pub fn is_regular(&self) -> io::Result<()> {
        match self.is_file {
            true => Ok(()),
            false => Err(regular::not_regular()),
        }
    }

    /// Whether it is a regular file that is so long that its content is not hashed.
    pub fn is_too_long(&self) -> bool {
        self.is_file && self.length > LONGEST
    }

    fn read(&self) -> Option<Vec<u8>> {
        // Reading a pipe would wait until another program writes to it.
        if !self.is_file || self.length > LONGEST {
            return None;
        }
        regular::read(&self.path).ok()
    }
}

/// FNV-1a with 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// The files of the learner's crate, sorted by name. A link counts as the file that it points to.
pub fn files(folder: &Folder) -> impl Iterator<Item = SourceFile> {
    let entries = WalkDir::new(folder.start_here())
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || belongs(entry));
    let entries = entries.flatten().take(MOST);
    entries.filter_map(|entry| {
        let metadata = std::fs::metadata(entry.path()).ok()?;
        (!metadata.is_dir()).then(|| SourceFile {
            path: entry.into_path(),
            changed: changed(&metadata),
            length: metadata.len(),
            is_file: metadata.is_file(),
        })
    })
}

fn changed(metadata: &std::fs::Metadata) -> Option<SystemTime> {
    // Without a modification time, only the content is compared.
    metadata.modified().ok()
}

/// Whether an entry is a file of the crate, or a folder that may hold some.
fn belongs(entry: &DirEntry) -> bool {
    if entry.file_type().is_dir() {
        return !is_hidden(entry.file_name()) && entry.file_name() != "target";
    }
    is_part(entry.path())
}

/// Whether a file name belongs to the crate, and not to an editor.
pub fn is_part(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let text = name.to_string_lossy();
    // Vim writes a file `4913` to test whether it may write, and keeps backups as `name~`; Emacs, `#name#`.
    let is_backup = text.ends_with('~')
        || text.ends_with(".swp")
        || text.ends_with(".tmp")
        || text.ends_with(".bak")
        || text.starts_with('#')
        || text.bytes().all(|byte| byte.is_ascii_digit());
    !is_hidden(name) && !is_backup
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
    fn a_stored_hash_means_the_same_in_every_build() {
        // Test vectors of FNV-1a, 64 bits.
        for (bytes, expected) in [
            (&b""[..], 0xcbf2_9ce4_8422_2325),
            (b"a", 0xaf63_dc4c_8601_ec8c),
            (b"foobar", 0x8594_4171_f739_67e8),
        ] {
            assert_eq!(hash(bytes), expected);
        }
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
