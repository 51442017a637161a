//! Two files that trade places in one instant.

use std::io;
use std::path::Path;

/// Exchanges two files: at every instant, there is one at each path. Returns whether the system and the file system can
/// do that; if not, nothing has been done.
///
/// # Errors
///
/// If it can be done and failed, as when one of the two is gone or they are on two disks.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(error) => match [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP].contains(&error) {
            true => Ok(false),
            false => Err(error.into()),
        },
    }
}

/// There is no such call.
///
/// # Errors
///
/// None.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub fn exchange(_one: &Path, _other: &Path) -> io::Result<bool> {
    Ok(false)
}
