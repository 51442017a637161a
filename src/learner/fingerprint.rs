//! The state of the learner's files at one instant, so that two instants can be compared.

use std::ffi::OsStr;
use std::hash::{Hash as _, Hasher as _};
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
pub const MOST: usize = 10_000;

/// Two hashes over all files of the learner's crate: one of their names and contents, and one of their
/// modification times and, on Unix, of the times that no program can set: a file that was replaced in between, and
/// replaced again by the first one with its old time, differs in these. Two states that differ have different hashes, but for a chance of one in 2⁶⁴.
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
            file.status_changed.hash(&mut times);
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
    /// When its content, its name or its metadata were last changed, in seconds and nanoseconds.
    status_changed: Option<(i64, i64)>,
    length: u64,
    is_file: bool,
}

impl SourceFile {
    /// The hash of its content: FNV-1a with 64 bits, which is the same in every build and can be stored. Of a very
    /// long file, it is that of its length. None if the file cannot be read, or is not a regular file.
    pub fn content_hash(&self) -> Option<u64> {
        if self.is_file && self.length > LONGEST {
            return Some(hash(&self.length.to_le_bytes()));
        }
        Some(hash(&self.read()?))
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

    fn read(&self) -> Option<Vec<u8>> {
        // Reading a pipe would wait until another program writes to it.
        if !self.is_file {
            return None;
        }
        regular::read(&self.path).ok()
    }
}

/// As [`SourceFile::content_hash`], of any file.
pub fn content_hash_of(path: &Path) -> Option<u64> {
    source_file(path.to_path_buf())?.content_hash()
}

/// The hash of the names and contents of all files in a folder.
pub fn of_folder(folder: &Path) -> u64 {
    let mut all = FnvHasher::default();
    for entry in WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        if let Some(file) = source_file(entry.into_path()) {
            file.path.strip_prefix(folder).ok().hash(&mut all);
            file.content_hash().hash(&mut all);
        }
    }
    all.finish()
}

/// FNV-1a with 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// The files of the learner's crate: first what cargo always builds, then the others, by name. A link counts as what
/// it points to.
pub fn files(folder: &Folder) -> impl Iterator<Item = SourceFile> {
    let entries = entries(folder).take(MOST);
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    files.filter_map(|entry| source_file(entry.into_path()))
}

/// The folders that links in the learner's crate lead to.
pub fn linked_folders(folder: &Folder) -> Vec<PathBuf> {
    let entries = entries(folder).take(MOST);
    entries
        .filter(|entry| entry.path_is_symlink() && entry.file_type().is_dir())
        .filter_map(|entry| entry.path().canonicalize().ok())
        .collect()
}

/// Whether there is more in the learner's crate than is looked at.
pub fn is_cut_off(folder: &Folder) -> bool {
    entries(folder).nth(MOST).is_some()
}

/// The entries of the learner's crate, in the order in which they are looked at. A link that leads nowhere, or to a
/// folder that it is in, is left out.
fn entries(folder: &Folder) -> impl Iterator<Item = DirEntry> {
    let entries = WalkDir::new(folder.start_here())
        .follow_links(true)
        .sort_by(|one, other| place(one).cmp(&place(other)))
        .into_iter();
    let entries = entries.filter_entry(|entry| entry.depth() == 0 || belongs(entry));
    entries.flatten()
}

/// Where an entry comes among its neighbours.
fn place(entry: &DirEntry) -> (bool, &OsStr) {
    let name = entry.file_name();
    let first = ["Cargo.toml", "build.rs", "proto", "src"];
    let is_first = entry.depth() == 1 && first.iter().any(|other| name == *other);
    (!is_first, name)
}

fn source_file(path: PathBuf) -> Option<SourceFile> {
    let about = std::fs::metadata(&path).ok()?;
    (!about.is_dir()).then(|| SourceFile {
        path,
        // Without a modification time, only the content is compared.
        changed: about.modified().ok(),
        status_changed: status_changed(&about),
        length: about.len(),
        is_file: about.is_file(),
    })
}

#[cfg(unix)]
fn status_changed(about: &std::fs::Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((about.ctime(), about.ctime_nsec()))
}

#[cfg(not(unix))]
fn status_changed(_about: &std::fs::Metadata) -> Option<(i64, i64)> {
    None
}

/// Whether an entry is a file of the crate, or a folder that may hold some.
fn belongs(entry: &DirEntry) -> bool {
    if entry.file_type().is_dir() {
        let name = entry.file_name();
        return !is_hidden(name) && name != "target" && name != "node_modules";
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
    fn what_cargo_builds_comes_first_and_the_rest_has_a_limit() {
        let (_root, folder) = lab();
        let before = Fingerprint::of(&folder);
        assert!(!is_cut_off(&folder));
        let many = folder.file("start_here/many");
        fs::create_dir(&many).unwrap();
        for number in 0..=MOST {
            fs::write(many.join(format!("{number}.txt")), "").unwrap();
        }
        assert!(is_cut_off(&folder));
        let with_many = Fingerprint::of(&folder);
        assert!(!with_many.same_contents(before));
        fs::write(folder.file("start_here/src/server.rs"), "fn other() {}").unwrap();
        assert!(!Fingerprint::of(&folder).same_contents(with_many));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_counts_as_what_it_points_to() {
        use std::os::unix::fs::symlink;
        let (root, folder) = lab();
        let src = folder.file("start_here/src");
        let elsewhere = root.path().join("elsewhere");
        fs::rename(&src, &elsewhere).unwrap();
        symlink(&elsewhere, &src).unwrap();
        // Neither has an end.
        symlink("..", elsewhere.join("above")).unwrap();
        symlink("round", elsewhere.join("round")).unwrap();
        assert!(files(&folder).any(|file| file.path.ends_with("src/server.rs")));
        assert!(linked_folders(&folder).contains(&elsewhere.canonicalize().unwrap()));
        let before = Fingerprint::of(&folder);
        fs::write(elsewhere.join("server.rs"), "fn other() {}").unwrap();
        assert!(!Fingerprint::of(&folder).same_contents(before));
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
