//! Setting the modification time of a file by its path: to open it would need a right that the lab does not need.

use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Sets the modification time of a file.
///
/// # Errors
///
/// If the system refuses it, as for a file of another user.
#[cfg(unix)]
pub fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_OMIT, utimensat};
    // Earlier times cannot be set.
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let times = Timestamps {
        last_access: Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT,
        },
        last_modification: Timespec {
            tv_sec: since.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: since.subsec_nanos().into(),
        },
    };
    Ok(utimensat(CWD, path, &times, AtFlags::empty())?)
}

/// Sets the modification time of a file. Nothing but its attributes is opened to write.
///
/// # Errors
///
/// If the system refuses it.
#[cfg(windows)]
pub fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt as _;
    /// <https://learn.microsoft.com/windows/win32/fileio/file-access-rights-constants>
    const FILE_WRITE_ATTRIBUTES: u32 = 0x100;
    std::fs::OpenOptions::new()
        .access_mode(FILE_WRITE_ATTRIBUTES)
        .open(path)?
        .set_modified(time)
}
