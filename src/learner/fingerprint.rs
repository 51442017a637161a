//! The state of the learner's files at one instant, so that two instants can be compared.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use super::Folder;

/// Files that are longer are told apart by their times alone.
const LONGEST: u64 = 4 << 20;

/// All files of the learner's crate, as one number: their names, the times of their last change, and what
/// stands in them. Two states that differ have different numbers, but for a chance of one in 2⁶⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The state of the files now. What cannot be read counts as it is: not there. Build output, hidden
    /// files, and those that editors keep beside the one that is edited are left out.
    pub fn of(folder: &Folder) -> Fingerprint {
        let root = folder.start_here();
        let mut hasher = DefaultHasher::new();
        let entries = WalkDir::new(&root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || belongs(entry));
        for entry in entries
            .flatten()
            .filter(|entry| !entry.file_type().is_dir())
        {
            entry.path().hash(&mut hasher);
            // Of a link, it is the file that counts.
            let Ok(metadata) = std::fs::metadata(entry.path()) else {
                continue;
            };
            metadata.len().hash(&mut hasher);
            changed(&metadata).hash(&mut hasher);
            if metadata.is_file() && metadata.len() <= LONGEST {
                std::fs::read(entry.path()).ok().hash(&mut hasher);
            }
        }
        Fingerprint(hasher.finish())
    }

    /// A state that is no real one, for tests of what compares them.
    #[cfg(test)]
    pub fn made_up(number: u64) -> Fingerprint {
        Fingerprint(number)
    }
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
