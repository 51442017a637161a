//! Opening regular files, and nothing else. To open a pipe is to wait for another program, and reading a device may
//! never end.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// Opens a regular file to read it. Links are followed.
///
/// # Errors
///
/// If there is none, if something else is there (`InvalidInput`), or if it cannot be read.
pub fn open(path: &Path) -> io::Result<File> {
    // Some devices do something when they are opened.
    check(&fs::metadata(path)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    flags(&mut options, rustix::fs::OFlags::empty());
    let file = options.open(path)?;
    // By now, something else may have been there.
    check(&file.metadata()?)?;
    Ok(file)
}

/// The bytes of a regular file.
///
/// # Errors
///
/// As [`open`].
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a regular file.
///
/// # Errors
///
/// As [`open`], and `InvalidData` if it is not UTF-8.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| not_utf_8())
}

/// What to do about a file in another encoding.
pub const AS_UTF_8: &str = "Choose UTF-8 as the encoding in your editor, and save the file.";

/// The error of a file that is no text in UTF-8 (`InvalidData`).
pub fn not_utf_8() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is not saved as UTF-8")
}

/// Opens a file to lock it. If there is none, it is created; what it holds stays. One that may only be read, such as
/// another user's, can be locked as well. A link is not followed: the lab makes none.
///
/// # Errors
///
/// If something else is there (`InvalidInput`), or if it cannot be opened or created.
pub fn open_to_lock(path: &Path) -> io::Result<File> {
    let is_new = match fs::symlink_metadata(path) {
        Ok(about) => check(&about).map(|()| false)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(error),
    };
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    flags(&mut options, rustix::fs::OFlags::NOFOLLOW);
    let opened = options.open(path);
    let file = match opened {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && !is_new => {
            options.write(false).create(false).open(path)?
        }
        opened => opened?,
    };
    check(&file.metadata()?)?;
    if is_new {
        super::owner::of_folder(path)?;
    }
    Ok(file)
}

/// Adds flags, among them that opening does not wait for another program.
#[cfg(unix)]
fn flags(options: &mut OpenOptions, more: rustix::fs::OFlags) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY | more;
    options.custom_flags(flags.bits().cast_signed());
}

/// The error of something that is not a regular file, such as a pipe.
pub fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "this is not a regular file")
}

fn check(about: &Metadata) -> io::Result<()> {
    let what = if about.is_file() {
        return Ok(());
    } else if about.is_dir() {
        "this is a folder, not a file"
    } else if about.is_symlink() {
        "this is a link, and the lab writes no links here"
    } else {
        return Err(not_regular());
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "text").unwrap();
        assert_eq!(read_to_string(&at("file")).unwrap(), "text");
        assert_eq!(
            read(&at("none")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        let refused = read(folder.path()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        drop(open_to_lock(&at("file")).unwrap());
        drop(open_to_lock(&at("new")).unwrap());
        assert_eq!(fs::read(at("file")).unwrap(), b"text");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_sockets_and_devices_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let pipe = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(pipe.unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("device")).unwrap();
        for name in ["pipe", "socket", "device"] {
            for refused in [read(&at(name)).map(drop), open_to_lock(&at(name)).map(drop)] {
                assert_eq!(
                    refused.unwrap_err().kind(),
                    io::ErrorKind::InvalidInput,
                    "{name}"
                );
            }
        }
        // A lock is no link.
        std::os::unix::fs::symlink("file", at("link")).unwrap();
        assert!(open_to_lock(&at("link")).is_err());
        assert!(!at("file").exists());
    }
}
