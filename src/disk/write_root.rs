//! A folder that nothing is written outside of.
//!
//! A folder that somebody else has made, such as a clone, may hold links to any place. Before the lab writes to a path,
//! it resolves all links in it, and refuses what leads out of the folder. Then it writes to the resolved path. A program
//! that runs at the same time could still put a link there in between; but such a program has the learner's rights
//! already, and needs no lab.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The most links that a path is followed through when the end of it is not there.
const MOST_LINKS: usize = 40;

/// A path leads out of the folder.
#[derive(Debug, thiserror::Error)]
#[error("a link there leads out of the course folder, to {}", to.display())]
pub struct LeadsOut {
    /// Where it leads.
    pub to: PathBuf,
}

impl LeadsOut {
    /// Whether that is the reason for an error.
    pub fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|error| error.is::<LeadsOut>())
    }
}

/// A folder that nothing is written outside of.
#[derive(Debug, Clone)]
pub struct WriteRoot {
    real: PathBuf,
}

impl WriteRoot {
    /// The folder, which must be there.
    ///
    /// # Errors
    ///
    /// If it is not, or cannot be looked at.
    pub fn new(root: &Path) -> io::Result<WriteRoot> {
        let real = fs::canonicalize(root)?;
        Ok(WriteRoot { real })
    }

    /// Where a path leads, whether there is something or not: a path without links. Links that stay inside the folder
    /// are followed.
    ///
    /// # Errors
    ///
    /// [`LeadsOut`] if that is outside the folder; otherwise if the path cannot be looked at.
    pub fn inside(&self, path: &Path) -> io::Result<PathBuf> {
        let to = resolve(path, MOST_LINKS)?;
        if to.starts_with(&self.real) {
            return Ok(to);
        }
        Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            LeadsOut { to },
        ))
    }

    /// Creates a folder, and those above it that are missing. Returns where it is.
    ///
    /// # Errors
    ///
    /// As [`WriteRoot::inside`], and if one cannot be created.
    pub fn create_folders(&self, path: &Path) -> io::Result<PathBuf> {
        let to = self.inside(path)?;
        super::owner::create_folders(&to)?;
        Ok(to)
    }
}

/// A path without links. What is not there is taken as it is named.
fn resolve(path: &Path, links: usize) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && links > 0 => {
            let parent = path.parent().unwrap_or(Path::new("."));
            if path.is_symlink() {
                return resolve(&parent.join(fs::read_link(path)?), links - 1);
            }
            let Some(name) = path.file_name() else {
                return Err(error);
            };
            Ok(resolve(parent, links)?.join(name))
        }
        // A file where a folder is needed.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            match (path.parent(), path.file_name()) {
                (Some(parent), Some(name)) => Ok(resolve(parent, links)?.join(name)),
                _ => Err(error),
            }
        }
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_is_found_whether_it_is_there_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = WriteRoot::new(folder.path()).unwrap();
        let real = fs::canonicalize(folder.path()).unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        for name in ["file", "none", "no/such/folder", "file/below"] {
            let expected = name
                .split('/')
                .fold(real.clone(), |path, part| path.join(part));
            assert_eq!(root.inside(&folder.path().join(name)).unwrap(), expected);
        }
        for out in ["..", "../other", "none/../../other"] {
            assert!(root.inside(&folder.path().join(out)).is_err(), "{out}");
        }
        root.create_folders(&folder.path().join("a/b")).unwrap();
        assert!(folder.path().join("a/b").is_dir());
        assert!(root.create_folders(&folder.path().join("file")).is_err());
        assert!(WriteRoot::new(&folder.path().join("none")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_and_not_out() {
        use std::os::unix::fs::symlink;
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = WriteRoot::new(folder.path()).unwrap();
        let real = fs::canonicalize(folder.path()).unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).unwrap();
        for (target, link) in [
            ("real", "inner"),
            ("none", "dangling"),
            ("inner/new", "chain"),
            ("round", "round"),
        ] {
            symlink(target, at(link)).unwrap();
        }
        for (path, to) in [
            ("inner/x", "real/x"),
            ("dangling", "none"),
            ("chain", "real/new"),
            ("dangling/x", "none/x"),
        ] {
            assert_eq!(root.inside(&at(path)).unwrap(), real.join(to), "{path}");
        }
        assert!(root.inside(&at("round")).is_err());
        symlink(outside.path(), at("out")).unwrap();
        symlink(outside.path().join("new"), at("out-new")).unwrap();
        symlink("../elsewhere", at("out-dangling")).unwrap();
        for path in [
            "out",
            "out/x",
            "out/x/y",
            "out-new",
            "out-dangling",
            "out-dangling/x",
        ] {
            let refused = root.inside(&at(path)).unwrap_err();
            assert!(LeadsOut::is(&refused), "{path}: {refused}");
            assert!(root.create_folders(&at(path)).is_err(), "{path}");
        }
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
