//! Copies of the learner's files, made before the lab changes them.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Folder;
use super::progress::{StoreError, make_folder};

/// Copies files of the learner's into a new folder of `.routeguide-lab/snapshots/`, under their own
/// paths. `reason` becomes part of its name. Returns the folder.
///
/// # Errors
///
/// [`StoreError`] if a file cannot be copied; then nothing should be changed.
pub fn keep(folder: &Folder, reason: &str, files: &[String]) -> Result<PathBuf, StoreError> {
    let notes = folder.notes();
    make_folder(&notes)?;
    let snapshots = notes.join("snapshots");
    let fail = |path: &PathBuf| {
        let path = path.clone();
        move |error: io::Error| StoreError::Io { path, error }
    };
    fs::create_dir_all(&snapshots).map_err(fail(&snapshots))?;
    let snapshot = new_folder(&snapshots, reason).map_err(fail(&snapshots))?;
    for file in files {
        let from = folder.file(file);
        let to = file
            .split('/')
            .fold(snapshot.clone(), |path, part| path.join(part));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(fail(&to))?;
        }
        match fs::copy(&from, &to) {
            Ok(_) => {}
            // A file that is gone cannot be lost.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fail(&from)(error)),
        }
    }
    Ok(snapshot)
}

/// Makes `SECONDS-reason`, or `SECONDS-reason-2` and so on within the same second. The number comes
/// first, so that the names sort by time.
fn new_folder(snapshots: &std::path::Path, reason: &str) -> io::Result<PathBuf> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    let mut name = format!("{seconds}-{reason}");
    for n in 2.. {
        match fs::create_dir(snapshots.join(&name)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                name = format!("{seconds}-{reason}-{n}");
            }
            made => return made.map(|()| snapshots.join(&name)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_never_overwrites_another() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("start_here/src")).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        let folder = Folder::find(root.path()).unwrap();
        let file = "start_here/src/server.rs".to_string();
        let mut kept = Vec::new();
        for text in ["one", "two", "three"] {
            fs::write(folder.file(&file), text).unwrap();
            kept.push(keep(&folder, "reset", std::slice::from_ref(&file)).unwrap());
        }
        let texts: Vec<String> = kept
            .iter()
            .map(|snapshot| fs::read_to_string(snapshot.join("start_here/src/server.rs")).unwrap())
            .collect();
        assert_eq!(texts, ["one", "two", "three"]);
        // What is not there is no reason to refuse.
        keep(&folder, "reset", &["start_here/gone.rs".to_string()]).unwrap();
    }
}
