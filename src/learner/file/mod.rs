//! Reading a file, and replacing it in one step.

mod writer;

use std::fs::{self, Permissions};
use std::io::{self, Read as _};
use std::path::Path;

pub use writer::{Replaced, Writer};

use crate::disk::regular;

/// The prefix of temporary files in the state directory. The holder of the lock may remove those of other labs.
pub const TEMPORARY: &str = ".tmp";

/// The same beside a file of the learner's, where other programs may have temporary files too.
const TEMPORARY_BESIDE: &str = ".tmp-routeguide-lab-";

/// The content of a file.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its permissions, if they are known.
    pub permissions: Option<Permissions>,
}

/// The content of a file; none if it does not exist.
///
/// # Errors
///
/// If the path is not a regular file, or cannot be read.
pub fn read(path: &Path) -> io::Result<Option<Content>> {
    let read = || -> io::Result<Content> {
        let mut file = regular::open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Content {
            bytes,
            permissions: Some(file.metadata()?.permissions()),
        })
    };
    match read() {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes sure that the names in a folder survive a loss of power.
///
/// # Errors
///
/// If the system could do that, and did not.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    match fs::File::open(folder)?.sync_all() {
        // Not every file system can do this for a folder.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

/// Windows keeps a journal of names, and has no such call.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes the temporary files of killed labs from a folder. A file that cannot be removed does no harm, and is
/// tried again the next time.
pub fn remove_stale(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(prefix) {
            continue;
        }
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            fs::remove_dir_all(path).ok();
        } else {
            fs::remove_file(path).ok();
        }
    }
}
