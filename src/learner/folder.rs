//! Finding the lab folder.

use std::path::{Path, PathBuf};

use crate::course::{Track, workspace};
use crate::disk::regular;
use crate::process::cargo;

/// The folder that holds start_here, the lessons and the learner's progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    root: PathBuf,
}

/// Neither a folder nor any of its parents is a lab folder.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} is not inside a lab folder: neither it nor a folder above it has a folder `start_here` with a \
     Cargo.toml",
    from.display()
)]
pub struct NoFolder {
    /// Where the search began.
    pub from: PathBuf,
}

impl Folder {
    /// The lab folder that `from` is, or is inside of.
    ///
    /// # Errors
    ///
    /// [`NoFolder`] if there is none.
    pub fn find(from: &Path) -> Result<Folder, NoFolder> {
        from.ancestors()
            .find(|folder| is_lab(folder))
            .map(|root| Folder {
                root: root.to_path_buf(),
            })
            .ok_or_else(|| NoFolder {
                from: from.to_path_buf(),
            })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The learner's crate.
    pub fn start_here(&self) -> PathBuf {
        self.root.join("start_here")
    }

    /// A file of the lab folder, from its path below the root, with `/`.
    pub fn file(&self, path: &str) -> PathBuf {
        below(&self.root, path)
    }

    /// The state directory: progress, snapshots and locks.
    pub fn state_dir(&self) -> PathBuf {
        Folder::state_dir_in(&self.root)
    }

    /// The state directory of a folder that may not be a lab folder yet.
    pub fn state_dir_in(root: &Path) -> PathBuf {
        root.join(".routeguide-lab")
    }
}

/// Whether a folder is a lab folder. It still is one if some of it is gone: then the lab says that, and brings it back.
fn is_lab(folder: &Path) -> bool {
    let start_here = folder.join("start_here");
    start_here.join("Cargo.toml").is_file()
        || below(&start_here, "proto/route_guide.proto").is_file()
        || is_used(folder)
        || cargo::holds_the_lab(folder)
        || is_made(folder)
}

/// Whether a lab has worked in a folder, and some of the course is there.
pub(super) fn is_used(folder: &Path) -> bool {
    let parts = ["start_here", "lessons", Track::Completed.name()];
    Folder::state_dir_in(folder).is_dir() && parts.iter().any(|part| folder.join(part).is_dir())
}

/// Whether the workspace of a folder is one that a lab has made.
fn is_made(folder: &Path) -> bool {
    regular::read_to_string(&folder.join(workspace::MANIFEST_PATH))
        .is_ok_and(|manifest| workspace::version_in(&manifest).is_some())
}

/// A file below a folder, from a path with `/`.
pub fn below(root: &Path, path: &str) -> PathBuf {
    path.split('/')
        .fold(root.to_path_buf(), |folder, part| folder.join(part))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_lab_is_found_from_inside_also_without_its_manifest() {
        let root = tempfile::tempdir().unwrap();
        let src = root.path().join("start_here/src");
        fs::create_dir_all(&src).unwrap();
        assert!(Folder::find(&src).is_err());
        let manifest = root.path().join("start_here/Cargo.toml");
        fs::write(&manifest, "").unwrap();
        assert_eq!(Folder::find(&src).unwrap().root(), root.path());
        fs::remove_file(manifest).unwrap();
        fs::create_dir(Folder::state_dir_in(root.path())).unwrap();
        assert_eq!(Folder::find(&src).unwrap().root(), root.path());
        // Without start_here, its workspace shows what it is.
        fs::remove_dir_all(root.path().join("start_here")).unwrap();
        assert!(Folder::find(root.path()).is_err());
        let made = workspace::all().unwrap().pop().unwrap();
        fs::write(root.path().join("Cargo.toml"), made.text).unwrap();
        assert_eq!(Folder::find(root.path()).unwrap().root(), root.path());
    }
}
