//! Files that are handed to programs, and locks.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

/// How long to wait between two tries to take a lock. To wait for it without looking would be to wait in
/// a thread that Ctrl-C cannot end.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// A temporary JSON file with this text. It is gone when the value is.
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

/// A lock that other processes respect, too. It is let go when the value is dropped, or the process
/// ends.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Waits for the lock on a file, which is made if there is none.
    ///
    /// # Errors
    ///
    /// If the file cannot be made or locked.
    pub async fn take(path: &Path) -> io::Result<FileLock> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(FileLock { _file: file }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}
