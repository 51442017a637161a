//! Whose files are that root writes: with `sudo`, the lab works in a folder of somebody else's.

use std::fs;
use std::io;
use std::path::Path;

use walkdir::WalkDir;

/// Gives a new file or folder the owner of the folder that it is in, if the lab runs as root. Anybody else's files are
/// their own anyway.
///
/// # Errors
///
/// If the owner cannot be changed.
pub fn of_folder(path: &Path) -> io::Result<()> {
    same(path, path.parent().unwrap_or(Path::new(".")))
}

/// Gives all that is below a new folder, and the folder itself, the owner of the folder that it is in, in the same way.
///
/// # Errors
///
/// If the owner of something cannot be changed.
pub fn of_folder_and_below(path: &Path) -> io::Result<()> {
    // A folder comes before what is in it.
    for entry in WalkDir::new(path) {
        of_folder(entry?.path())?;
    }
    Ok(())
}

/// Creates a folder, and those above it that are missing. They belong to the owner of the one that was there.
///
/// # Errors
///
/// If one cannot be created, or something else is there.
pub fn create_folders(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .collect();
    for folder in missing.iter().rev() {
        match fs::create_dir(folder) {
            Ok(()) => of_folder(folder)?,
            // Another program was faster.
            Err(_) if folder.is_dir() => {}
            Err(error) => return Err(error),
        }
    }
    match path.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    }
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
    let (model, now) = (fs::metadata(model)?, fs::symlink_metadata(path)?);
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
