//! Whose files are that root writes: with `sudo`, the lab works in a folder of somebody else's.

use std::io;
use std::path::Path;

/// Gives a new file or folder the owner of the folder that it is in, if the lab runs as root. Anybody else's files are
/// their own anyway.
///
/// # Errors
///
/// If the owner cannot be changed.
pub fn of_folder(path: &Path) -> io::Result<()> {
    same(path, path.parent().unwrap_or(Path::new(".")))
}

/// Gives a file the owner of another one, if the lab runs as root.
///
/// # Errors
///
/// If the owner cannot be changed.
#[cfg(unix)]
pub fn same(path: &Path, model: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, Gid, Uid, chownat};
    use std::os::unix::fs::MetadataExt as _;
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let (model, now) = (std::fs::metadata(model)?, std::fs::symlink_metadata(path)?);
    if (model.uid(), model.gid()) == (now.uid(), now.gid()) {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(model.uid()), Gid::from_raw(model.gid()));
    Ok(chownat(
        CWD,
        path,
        Some(user),
        Some(group),
        AtFlags::SYMLINK_NOFOLLOW,
    )?)
}

/// Windows gives new files the owner that their folder asks for.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn same(_path: &Path, _model: &Path) -> io::Result<()> {
    Ok(())
}
