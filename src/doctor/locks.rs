//! Locks in the learner's folder: held by another lab or by cargo, or not working at all.
//!
//! A lock is let go by the system when the process that holds it ends, however it ends. A lock file by
//! itself says nothing; what counts is whether somebody holds it.

use std::fs::{self, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::{Finding, apart, no_answer};
use crate::learner::Folder;

/// The id of the finding.
const CHECK: &str = "locks";

/// A lock file.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    state: State,
}

#[derive(Debug)]
enum State {
    Free,
    Held,
    /// The file system knows no locks: its words.
    Unknown(String),
}

/// Tries each lock for an instant. None if the system does not answer.
pub async fn look(lab: &Folder) -> Option<Vec<Lock>> {
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

/// None for a file that is not there or may not be opened, which is another finding's matter.
fn try_for_an_instant(path: PathBuf) -> Option<Lock> {
    let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
    let state = match file.try_lock() {
        Ok(()) => {
            // A program that is being started at this moment has a copy of the file for an instant, and would
            // keep the lock that long. An error cannot make more of it than closing does.
            file.unlock().ok();
            State::Free
        }
        Err(TryLockError::WouldBlock) => State::Held,
        Err(TryLockError::Error(error)) => State::Unknown(error.to_string()),
    };
    Some(Lock { path, state })
}

/// One finding.
pub fn judge(locks: Option<&[Lock]>) -> Finding {
    let Some(locks) = locks else {
        return no_answer(CHECK, "whether locks are held");
    };
    let unknown = locks.iter().find_map(|lock| match &lock.state {
        State::Unknown(words) => Some((lock, words)),
        State::Free | State::Held => None,
    });
    if let Some((lock, words)) = unknown {
        return Finding::warning(
            CHECK,
            format!("The disk with {} knows no locks: {words}.", lock.path.display()),
        )
        .fix("Open only one lab in this folder at a time, or move the course to a disk of this machine.");
    }
    match locks.iter().find(|lock| matches!(lock.state, State::Held)) {
        Some(lock) => Finding::warning(
            CHECK,
            format!(
                "Another program is at work here: it holds the lock {}.",
                lock.path.display()
            ),
        )
        .fix(
            "Is a lab open in another window, or does your editor run cargo? Wait until it is done, or end it; \
             the lock goes with it.",
        ),
        None => Finding::ok(CHECK, "No lab and no cargo holds a lock here."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[tokio::test]
    async fn a_lock_counts_only_while_somebody_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("start_here")).unwrap();
        fs::write(folder.path().join("start_here/Cargo.toml"), "").unwrap();
        let lab = Folder::find(folder.path()).unwrap();
        fs::create_dir(lab.state_dir()).unwrap();
        let path = lab.state_dir().join("lock");
        let file = fs::File::create(&path).unwrap();
        let judged = async || judge(look(&lab).await.as_deref());
        assert_eq!(judged().await.severity, Severity::Ok);
        file.lock().unwrap();
        let held = judged().await;
        assert_eq!(held.severity, Severity::Warning);
        assert!(held.message.ends_with(&format!("{}.", path.display())));
        // Another test may be starting a program, which has a copy of the file until it runs.
        file.unlock().unwrap();
        assert_eq!(judged().await.severity, Severity::Ok);
    }

    #[test]
    fn a_disk_without_locks_is_for_one_lab_at_a_time() {
        let lock = Lock {
            path: "/course/lock".into(),
            state: State::Unknown("not supported".into()),
        };
        let finding = judge(Some(&[lock]));
        assert!(finding.message.ends_with("knows no locks: not supported."));
        assert!(finding.fix.unwrap().contains("only one lab"));
        assert_eq!(judge(None).severity, Severity::Error);
    }
}
