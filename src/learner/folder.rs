//! Finding the lab folder.

use std::path::{Path, PathBuf};

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
            .find(|folder| folder.join("start_here").join("Cargo.toml").is_file())
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

/// A file below a folder, from a path with `/`.
pub fn below(root: &Path, path: &str) -> PathBuf {
    path.split('/')
        .fold(root.to_path_buf(), |folder, part| folder.join(part))
}
