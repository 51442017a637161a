//! Making course folders and upgrading them: what is there, and writing what should be.

pub mod plan;
pub mod vendored;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Folder, Lock, StoreError, file, snapshot};
use crate::course::workspace::{self, Made};
use plan::{Found, Plan};

/// What stands in a folder where a file goes.
///
/// # Errors
///
/// If it cannot be read, for want of a right for example.
pub fn found(root: &Path, made: &Made) -> io::Result<Found> {
    let path = below(root, &made.path);
    match fs::read(&path) {
        // Git may have changed the line ends.
        Ok(bytes) if same_text(&bytes, &made.text) => Ok(Found::Same),
        Ok(_) => Ok(Found::Other),
        Err(error) => match error.kind() {
            // A link that leads nowhere is not nothing.
            io::ErrorKind::NotFound if fs::symlink_metadata(&path).is_err() => Ok(Found::Nothing),
            io::ErrorKind::NotFound
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::NotADirectory => Ok(Found::Other),
            // Windows tells of a folder in these words.
            _ if path.is_dir() => Ok(Found::Other),
            _ => Err(error),
        },
    }
}

/// Whether these bytes are the text, but for the line ends.
fn same_text(bytes: &[u8], text: &str) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|found| found.replace("\r\n", "\n") == text)
}

/// Writes a new folder's files, none of which may exist.
///
/// # Errors
///
/// [`StoreError`] names the file. What was written before it stays, and a second time completes it.
pub fn make(root: &Path, plan: &Plan) -> Result<(), StoreError> {
    let lock = Lock::take(&Folder::notes_in(root))?;
    for made in plan.files() {
        let path = below(root, &made.path);
        // It may have come in the meantime.
        if fs::symlink_metadata(&path).is_ok() {
            return Err(StoreError::at(&path)(io::ErrorKind::AlreadyExists.into()));
        }
        write(&path, made, &lock)?;
    }
    Ok(())
}

/// Carries out an upgrade, after a snapshot of all that it changes. Returns where that is, or `None` if
/// there is nothing to change.
///
/// # Errors
///
/// [`StoreError`] names the file or folder. If the snapshot cannot be made, nothing has been changed;
/// otherwise a second time goes on, since the manifest, with the lab's version, comes last.
pub fn upgrade(
    folder: &Folder,
    plan: &Plan,
    renumbered: &[&str],
) -> Result<Option<PathBuf>, StoreError> {
    let mut changed: Vec<String> = plan.files().iter().map(|made| made.path.clone()).collect();
    for lesson in renumbered {
        let path = format!("lessons/{lesson}");
        let whole = folder.file(&path);
        files_below(&whole, &path, &mut changed).map_err(StoreError::at(&whole))?;
    }
    if changed.is_empty() {
        return Ok(None);
    }
    let kept = snapshot::keep(folder, "upgrade", &changed)?;
    let lock = Lock::take(&folder.notes())?;
    for made in plan.files() {
        write(&folder.file(&made.path), made, &lock)?;
    }
    for lesson in renumbered {
        let path = folder.file(&format!("lessons/{lesson}"));
        fs::remove_dir_all(&path).map_err(StoreError::at(&path))?;
    }
    Ok(Some(kept))
}

fn write(path: &Path, made: &Made, lock: &Lock) -> Result<(), StoreError> {
    file::write(path, made.text.as_bytes(), None, lock.notes()).map_err(StoreError::at(path))
}

/// The folders in `lessons/`; none if there is no such folder.
///
/// # Errors
///
/// If it cannot be read.
pub fn lesson_folders(root: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(root.join("lessons")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    Ok(names)
}

/// The files below a folder, as paths with `/` that begin with `prefix`.
fn files_below(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{prefix}/{}", name.to_string_lossy());
        if entry.file_type()?.is_dir() {
            files_below(&entry.path(), &path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// The version of the lab that made a folder, if one did.
///
/// # Errors
///
/// If the folder's manifest is there and cannot be read.
pub fn version(root: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(root.join(workspace::MANIFEST_PATH)) {
        Ok(manifest) => Ok(workspace::version_in(&manifest).map(str::to_string)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // What is no text, or no file, is no manifest.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidData
                    | io::ErrorKind::IsADirectory
                    | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A file below a folder, from a path with `/`.
fn below(root: &Path, path: &str) -> PathBuf {
    path.split('/')
        .fold(root.to_path_buf(), |folder, part| folder.join(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_and_found_to_be_as_it_should() {
        let root = tempfile::tempdir().unwrap();
        let all = workspace::all().unwrap();
        let found = |made: &Made| found(root.path(), made).unwrap();
        assert!(all.iter().all(|made| found(made) == Found::Nothing));
        let plan = plan::fresh(all.clone(), |_| Found::Nothing).unwrap();
        make(root.path(), &plan).unwrap();
        assert!(all.iter().all(|made| found(made) == Found::Same));
        assert_eq!(
            version(root.path()).unwrap().as_deref(),
            Some(workspace::VERSION)
        );
        // Nothing is left over, and nothing is written over what has come meanwhile.
        let entries = fs::read_dir(root.path().join("completed/src")).unwrap();
        assert_eq!(entries.count(), 5);
        assert!(make(root.path(), &plan).is_err());
    }

    #[test]
    fn line_ends_make_no_other_file_and_a_folder_does() {
        let root = tempfile::tempdir().unwrap();
        let made = Made {
            path: "a/b".to_string(),
            text: "one\ntwo\n".to_string(),
            owner: workspace::Owner::Lab,
        };
        assert_eq!(found(root.path(), &made).unwrap(), Found::Nothing);
        fs::write(root.path().join("a"), "").unwrap();
        assert_eq!(found(root.path(), &made).unwrap(), Found::Other);
        fs::remove_file(root.path().join("a")).unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        assert_eq!(found(root.path(), &made).unwrap(), Found::Other);
        fs::remove_dir(root.path().join("a/b")).unwrap();
        fs::write(root.path().join("a/b"), "one\r\ntwo\r\n").unwrap();
        assert_eq!(found(root.path(), &made).unwrap(), Found::Same);
        fs::write(root.path().join("a/b"), "one").unwrap();
        assert_eq!(found(root.path(), &made).unwrap(), Found::Other);
    }

    #[test]
    fn an_upgrade_keeps_what_it_replaces_and_a_lesson_that_has_moved() {
        let root = tempfile::tempdir().unwrap();
        let all = workspace::all().unwrap();
        make(
            root.path(),
            &plan::fresh(all.clone(), |_| Found::Nothing).unwrap(),
        )
        .unwrap();
        let folder = Folder::find(root.path()).unwrap();
        let lesson = "lessons/04-list-features/lesson.md";
        fs::write(folder.file(lesson), "mine").unwrap();
        fs::write(folder.file("start_here/src/server.rs"), "my server").unwrap();
        fs::rename(
            folder.file("lessons/05-record-route"),
            folder.file("lessons/04-record-route"),
        )
        .unwrap();

        let folders = lesson_folders(root.path()).unwrap();
        let renumbered = workspace::renumbered(&folders);
        assert_eq!(renumbered, ["04-record-route"]);
        let found = |path: &str| {
            let made = all.iter().find(|made| made.path == path).unwrap();
            super::found(root.path(), made).unwrap()
        };
        let plan = plan::upgrade(all.clone(), found);
        let kept = upgrade(&folder, &plan, &renumbered).unwrap().unwrap();
        let text = |path: PathBuf| fs::read_to_string(path).unwrap();
        assert_eq!(text(kept.join(lesson)), "mine");
        assert_eq!(text(kept.join("start_here/src/server.rs")), "my server");
        assert!(kept.join("lessons/04-record-route/hints.md").is_file());
        assert!(!folder.file("lessons/04-record-route").exists());
        assert_eq!(text(folder.file("start_here/src/server.rs")), "my server");
        assert!(text(folder.file(lesson)).starts_with("---"));

        let plan = plan::upgrade(all.clone(), found);
        assert!(plan.is_empty());
    }
}
