//! Locks in the lab folder: held by another lab or by cargo, or not supported by the file system.
//!
//! The system releases a lock when the process that holds it ends, however it ends. That a lock file exists
//! means nothing; what counts is whether a process holds the lock.

use std::fs::{self, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::{CheckId, Finding, apart, no_answer};
use crate::learner::Folder;

/// The id of the finding.
const CHECK: CheckId = CheckId::Locks;

/// A lock file.
#[derive(Debug)]
pub struct LockFile {
    path: PathBuf,
    state: LockState,
}

#[derive(Debug)]
enum LockState {
    Free,
    Held,
    /// The file system does not support locks: the system's error.
    Unsupported(String),
}

/// Tries each lock for an instant. None if the system does not answer in time.
pub async fn gather(lab: &Folder) -> Option<Vec<LockFile>> {
    let notes = lab.state_dir();
    let target = lab.file("target");
    apart(move || {
        let mut paths: Vec<PathBuf> = locks_in(&notes);
        paths.extend(["debug", "release"].map(|profile| target.join(profile).join(".cargo-lock")));
        paths.into_iter().filter_map(try_for_an_instant).collect()
    })
    .await
}

fn locks_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_lock = |path: &PathBuf| {
        let is = |word: Option<&std::ffi::OsStr>| word.is_some_and(|word| word == "lock");
        is(path.file_name()) || is(path.extension())
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_lock)
        .collect();
    paths.sort();
    paths
}

/// None for a file that is missing or cannot be opened: that is for other findings.
fn try_for_an_instant(path: PathBuf) -> Option<LockFile> {
    let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
    let state = match file.try_lock() {
        Ok(()) => {
            // A program that is being started at this moment inherits the file for an instant, and would keep the
            // lock that long. If unlocking fails, closing the file still releases the lock.
            file.unlock().ok();
            LockState::Free
        }
        Err(TryLockError::WouldBlock) => LockState::Held,
        Err(TryLockError::Error(error)) => LockState::Unsupported(error.to_string()),
    };
    Some(LockFile { path, state })
}

/// One finding.
pub fn judge(locks: Option<&[LockFile]>) -> Finding {
    let Some(locks) = locks else {
        return no_answer(CHECK, "whether locks are held");
    };
    let unknown = locks.iter().find_map(|lock| match &lock.state {
        LockState::Unsupported(words) => Some((lock, words)),
        LockState::Free | LockState::Held => None,
    });
    if let Some((lock, words)) = unknown {
        return Finding::warning(
            CHECK,
            format!(
                "The file system of {} does not support locks: {words}.",
                lock.path.display()
            ),
        )
        .fix("Open only one lab in this folder at a time, or move the course to a local disk.");
    }
    match locks.iter().find(|lock| matches!(lock.state, LockState::Held)) {
        Some(lock) => Finding::warning(
            CHECK,
            format!(
                "Another program holds the lock {}.",
                lock.path.display()
            ),
        )
        .fix(
            "Is a lab open in another window, or does your editor run cargo? Wait until it is done, or stop it: \
             that releases the lock.",
        ),
        None => Finding::ok(CHECK, "No lab and no cargo holds a lock in this folder."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[tokio::test]
    async fn a_lock_counts_only_while_a_process_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("start_here")).unwrap();
        fs::write(folder.path().join("start_here/Cargo.toml"), "").unwrap();
        let lab = Folder::find(folder.path()).unwrap();
        fs::create_dir(lab.state_dir()).unwrap();
        let path = lab.state_dir().join("lock");
        let file = fs::File::create(&path).unwrap();
        let judged = async || judge(gather(&lab).await.as_deref());
        assert_eq!(judged().await.severity, Severity::Ok);
        file.lock().unwrap();
        let held = judged().await;
        assert_eq!(held.severity, Severity::Warning);
        assert!(held.message.ends_with(&format!("{}.", path.display())));
        // Another test may be starting a program, which inherits the file until it runs.
        file.unlock().unwrap();
        assert_eq!(judged().await.severity, Severity::Ok);
    }

    #[test]
    fn a_disk_without_locks_is_for_one_lab_at_a_time() {
        let lock = LockFile {
            path: "/course/lock".into(),
            state: LockState::Unsupported("not supported".into()),
        };
        let finding = judge(Some(&[lock]));
        assert!(
            finding
                .message
                .ends_with("does not support locks: not supported.")
        );
        assert!(finding.fix.unwrap().contains("only one lab"));
        assert_eq!(judge(None).severity, Severity::Error);
    }
}
