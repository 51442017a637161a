//! Temporary files for programs, and file locks.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::disk::regular;

/// How long to wait between two attempts to take a lock. Blocking on the lock would block a thread that Ctrl-C
/// cannot stop.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// A temporary JSON file with this text. It is removed when the value is dropped.
///
/// # Errors
///
/// If it cannot be written.
pub fn temporary(name: &str, text: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(name)
        .suffix(".json")
        .tempfile()?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    Ok(file)
}

/// Whether no program can be run from a folder, because its file system is mounted with `noexec`. Where the folder does
/// not exist yet, its first parent counts. Only Linux tells.
#[cfg(target_os = "linux")]
pub fn forbids_programs(folder: &Path) -> bool {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    let existing = folder.ancestors().find(|folder| folder.exists());
    let about = existing.and_then(|folder| statvfs(folder).ok());
    about.is_some_and(|about| about.f_flag.contains(StatVfsMountFlags::NOEXEC))
}

/// Whether no program can be run from a folder. This system does not tell.
#[cfg(not(target_os = "linux"))]
pub fn forbids_programs(_folder: &Path) -> bool {
    false
}

/// A lock on a file, also between processes. It is released when the value is dropped, or the process ends.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Waits for the lock on a file, which is made if there is none; its folder must be there.
    ///
    /// # Errors
    ///
    /// If the file cannot be made or locked, or is a link or no regular file.
    pub async fn take(path: &Path) -> io::Result<FileLock> {
        let file = regular::open_to_lock(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(FileLock { _file: file }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}
