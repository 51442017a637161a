//! Making course folders and upgrading them: what is there, and writing what should be.

pub mod fresh;
pub mod plan;
pub mod upgrade;
pub mod vendored;

use std::io;
use std::path::Path;

use super::file::{self, Content};
use super::folder::{self, below};
use crate::course::workspace::{self, TemplateFile};
use crate::disk::regular;
use crate::process::cargo;
use plan::FileState;

/// What stands in a folder where a file goes, and what it holds if it is one.
#[derive(Debug)]
pub struct CurrentFile {
    /// How it compares.
    pub found: FileState,
    /// What it holds; nothing if there is no file that could be read.
    pub content: Option<Content>,
}

/// Looks at what stands in a folder where a file goes.
///
/// # Errors
///
/// If it cannot be read, for want of a right for example.
pub fn look(root: &Path, made: &TemplateFile) -> io::Result<CurrentFile> {
    let path = below(root, &made.path);
    let other = |content| CurrentFile {
        found: FileState::Other,
        content,
    };
    match file::read(&path) {
        // Git may have changed the line ends.
        Ok(Some(content)) if same_text(&content.bytes, &made.text) => Ok(CurrentFile {
            found: FileState::Same,
            content: Some(content),
        }),
        Ok(Some(content)) => Ok(other(Some(content))),
        // A link that leads nowhere is not nothing.
        Ok(None) if path.is_symlink() || is_blocked(&path) => Ok(other(None)),
        Ok(None) => Ok(CurrentFile {
            found: FileState::Nothing,
            content: None,
        }),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(other(None))
        }
        Err(error) => Err(error),
    }
}

/// Whether something that is no folder stands where a folder above a path must go: a file, or a link that leads nowhere.
/// Systems do not agree on the error for that: Windows says that nothing is found.
pub(super) fn is_blocked(path: &Path) -> bool {
    let mut above = path.ancestors().skip(1);
    let nearest = above.find(|folder| folder.symlink_metadata().is_ok());
    nearest.is_some_and(|nearest| !nearest.is_dir())
}

/// Whether these bytes are the text, but for the line ends.
fn same_text(bytes: &[u8], text: &str) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|found| found.replace("\r\n", "\n") == text)
}

/// The version of the lab that made a folder, if one did.
///
/// # Errors
///
/// If the folder's manifest is there and cannot be read.
pub fn version(root: &Path) -> io::Result<Option<String>> {
    let manifest = manifest(root)?;
    Ok(manifest.and_then(|text| workspace::version_in(&text)))
}

/// The manifest of a folder, if it has one.
fn manifest(root: &Path) -> io::Result<Option<String>> {
    match regular::read_to_string(&root.join(workspace::MANIFEST_PATH)) {
        Ok(manifest) => Ok(Some(manifest)),
        // What is no text, or no file, is no manifest.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::InvalidData
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What to type to have a file of the course back that is gone: the lab's own word in a folder that a lab
/// has made, whose repository need not have a commit, and git in a clone.
pub fn way_back(is_made: bool, file: &str) -> String {
    match is_made {
        true => concat!("`", env!("CARGO_PKG_NAME"), " init`").to_string(),
        false => format!("`git checkout -- {file}`"),
    }
}

/// Whether a folder is one that a lab has made, and its manifest is gone.
pub fn lacks_its_manifest(root: &Path) -> bool {
    let is_gone = !root.join(workspace::MANIFEST_PATH).exists();
    is_gone && folder::is_used(root) && !cargo::is_the_labs_checkout(root)
}

/// Whether a lab has made a folder. If that cannot be told, it is taken for a clone.
pub fn is_made(root: &Path) -> bool {
    matches!(version(root), Ok(Some(_)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_and_a_link_that_leads_nowhere_block_what_goes_below_them() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        fs::create_dir_all(at("folder/inner")).unwrap();
        fs::write(at("folder/file"), "").unwrap();
        assert!(is_blocked(&at("folder/file/new")) && is_blocked(&at("folder/file/new/newer")));
        assert!(!is_blocked(&at("folder/new/newer")) && !is_blocked(&at("folder/inner/new")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("nowhere", at("lost")).unwrap();
            std::os::unix::fs::symlink("folder", at("found")).unwrap();
            assert!(is_blocked(&at("lost/new")) && !is_blocked(&at("found/new")));
            let made = TemplateFile {
                path: "lost/new".to_string(),
                text: String::new(),
                owner: workspace::Owner::Lab,
            };
            assert_eq!(look(root.path(), &made).unwrap().found, FileState::Other);
        }
    }

    #[test]
    fn line_ends_make_no_other_file_and_a_folder_does() {
        let root = tempfile::tempdir().unwrap();
        let made = TemplateFile {
            path: "a/b".to_string(),
            text: "one\ntwo\n".to_string(),
            owner: workspace::Owner::Lab,
        };
        let found = || look(root.path(), &made).unwrap().found;
        assert_eq!(found(), FileState::Nothing);
        fs::write(root.path().join("a"), "").unwrap();
        assert_eq!(found(), FileState::Other);
        fs::remove_file(root.path().join("a")).unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        assert_eq!(found(), FileState::Other);
        fs::remove_dir(root.path().join("a/b")).unwrap();
        fs::write(root.path().join("a/b"), "one\r\ntwo\r\n").unwrap();
        assert_eq!(found(), FileState::Same);
        fs::write(root.path().join("a/b"), "one").unwrap();
        assert_eq!(found(), FileState::Other);
    }
}
