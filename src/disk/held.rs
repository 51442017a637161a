//! Renaming and removing files that another program may hold for a moment.
//!
//! Windows refuses both while a virus scanner, an indexer or an editor has the file open. They let go of it soon.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use tempfile::{NamedTempFile, PersistError};

/// How long an operation is tried again. What holds a file for longer is not just looking at it.
const LIMIT: Duration = Duration::from_secs(1);

/// How long to wait between two attempts. Windows does not say when a file is let go of.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);

/// `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION` and `ERROR_LOCK_VIOLATION`
/// (<https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->). On other systems these numbers mean
/// other errors.
const HELD: [i32; 3] = [5, 32, 33];

/// Renames a file or a folder, as [`fs::rename`].
///
/// # Errors
///
/// As [`fs::rename`], on Windows once another program has held it for a second.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| fs::rename(from, to))
}

/// Removes a file, as [`fs::remove_file`].
///
/// # Errors
///
/// As [`rename`].
pub fn remove_file(path: &Path) -> io::Result<()> {
    patiently(|| fs::remove_file(path))
}

/// Gives a temporary file its name, where nothing has that yet, as [`NamedTempFile::persist_noclobber`].
///
/// # Errors
///
/// As [`rename`].
pub fn persist_noclobber(mut file: NamedTempFile, to: &Path) -> Result<File, PersistError> {
    let began = Instant::now();
    loop {
        match file.persist_noclobber(to) {
            Err(refused) if is_worth_another_attempt(&refused.error, began) => file = refused.file,
            persisted => return persisted,
        }
    }
}

/// Does something with a file that another program may hold.
///
/// # Errors
///
/// Those of the operation, on Windows once another program has held the file for a second.
pub fn patiently<T>(operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let began = Instant::now();
    retry(operation, |error| is_worth_another_attempt(error, began))
}

/// Waits a moment if an operation may succeed after that. Returns whether it may.
fn is_worth_another_attempt(error: &io::Error, began: Instant) -> bool {
    let may_succeed = is_held(error, cfg!(windows)) && began.elapsed() < LIMIT;
    if may_succeed {
        thread::sleep(BETWEEN_ATTEMPTS);
    }
    may_succeed
}

/// Repeats an operation as long as its error is worth another attempt.
fn retry<T>(
    mut operation: impl FnMut() -> io::Result<T>,
    mut is_worth_trying: impl FnMut(&io::Error) -> bool,
) -> io::Result<T> {
    loop {
        match operation() {
            Err(error) if is_worth_trying(&error) => {}
            ended => return ended,
        }
    }
}

/// Whether an error says that another program holds the file.
fn is_held(error: &io::Error, is_windows: bool) -> bool {
    is_windows
        && error
            .raw_os_error()
            .is_some_and(|code| HELD.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_repeated_while_another_program_holds_the_file_and_no_longer() {
        let mut errors = [32, 5, 33, 2].into_iter();
        let mut attempts = 0;
        let refused = retry(
            || {
                attempts += 1;
                Err::<(), _>(io::Error::from_raw_os_error(errors.next().unwrap()))
            },
            |error| is_held(error, true),
        );
        assert_eq!(refused.unwrap_err().raw_os_error(), Some(2));
        assert_eq!(attempts, 4);

        let mut left = 3;
        let done = retry(
            || {
                left -= 1;
                match left {
                    0 => Ok("done"),
                    _ => Err(io::Error::from_raw_os_error(5)),
                }
            },
            |error| is_held(error, true),
        );
        assert_eq!(done.unwrap(), "done");
    }

    #[test]
    fn elsewhere_these_numbers_mean_other_errors() {
        for code in HELD {
            let error = io::Error::from_raw_os_error(code);
            assert!(is_held(&error, true) && !is_held(&error, false));
        }
        assert!(!is_held(&io::Error::other("no"), true));
    }
}
