//! Reading a file, and replacing it in one step.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::process::held;

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
    let read = || {
        let about = fs::metadata(path)?;
        // Reading a pipe would wait for ever.
        if !about.is_file() {
            let message = "this is not a regular file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        Ok(Content {
            bytes: fs::read(path)?,
            permissions: Some(about.permissions()),
        })
    };
    match read() {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a temporary file and renames it, so that at every instant the old file or the new one is there, whole.
/// The temporary file is created in `scratch`: the state directory, under the lock, where no program watches for
/// changes. A link stays a link, also a dangling one: its target is written. The parent folder of the file is
/// created if it is missing, but not that of a link's target.
///
/// # Errors
///
/// If it cannot be written. Then the old file is there, unless only the last step fails: making sure that the new
/// file survives a loss of power.
pub fn write(
    path: &Path,
    bytes: &[u8],
    permissions: Option<&Permissions>,
    scratch: &Path,
) -> io::Result<()> {
    put(path, bytes, permissions, scratch, Over::Anything)
}

/// As [`write()`], for a file that does not exist yet. A file that has been created in the meantime is never
/// overwritten.
///
/// # Errors
///
/// If it cannot be written; `AlreadyExists` if the file exists by now.
pub fn create(
    path: &Path,
    bytes: &[u8],
    permissions: Option<&Permissions>,
    scratch: &Path,
) -> io::Result<()> {
    put(path, bytes, permissions, scratch, Over::Nothing)
}

/// What a new file may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Anything,
    Nothing,
}

fn put(
    path: &Path,
    bytes: &[u8],
    permissions: Option<&Permissions>,
    scratch: &Path,
    over: Over,
) -> io::Result<()> {
    let to = link_target(path)?;
    let parent = to.parent().unwrap_or(Path::new("."));
    if !path.is_symlink() {
        fs::create_dir_all(parent)?;
    }
    match put_by_way_of(scratch, TEMPORARY, &to, bytes, permissions, over) {
        // Part of the lab folder may be on another disk.
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            remove_stale(parent, TEMPORARY_BESIDE);
            put_by_way_of(parent, TEMPORARY_BESIDE, &to, bytes, permissions, over)?;
        }
        written => written?,
    }
    sync_folder(parent)
}

/// The path itself or, if it is a link, its target, whether that exists or not.
fn link_target(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.is_symlink() => {
            let beside = path.parent().unwrap_or(Path::new("."));
            link_target(&beside.join(fs::read_link(path)?))
        }
        // For example, a link to itself.
        Err(error) if path.is_symlink() => Err(error),
        Err(_) => Ok(path.to_path_buf()),
        found => found,
    }
}

fn put_by_way_of(
    folder: &Path,
    prefix: &str,
    path: &Path,
    bytes: &[u8],
    permissions: Option<&Permissions>,
    over: Over,
) -> io::Result<()> {
    let mut file = new_file(folder, prefix)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions.clone())?;
    }
    file.as_file().sync_all()?;
    if over == Over::Nothing {
        return match persist_noclobber(file, path) {
            // Some file systems can neither rename like that nor link.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
                ) =>
            {
                create_in_place(path, bytes, permissions)
            }
            persisted => persisted,
        };
    }
    let (handle, temporary) = file.keep().map_err(|error| error.error)?;
    drop(handle);
    // Renamed with the standard library, which on Windows replaces a file that another program reads.
    held::rename(&temporary, path).inspect_err(|_| {
        // If it cannot be removed now, the next lab removes it.
        fs::remove_file(&temporary).ok();
    })
}

/// Gives a temporary file its name, where nothing has that yet.
fn persist_noclobber(file: NamedTempFile, path: &Path) -> io::Result<()> {
    let mut temporary = Some(file);
    held::patiently(|| {
        let file = temporary.take().ok_or(io::ErrorKind::NotFound)?;
        let persisted = file.persist_noclobber(path);
        persisted.map(drop).map_err(|refused| {
            temporary = Some(refused.file);
            refused.error
        })
    })
}

/// Creates a file directly at its path. Other programs can see it half-written, but nothing is overwritten.
fn create_in_place(path: &Path, bytes: &[u8], permissions: Option<&Permissions>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)
        .and_then(|()| permissions.map_or(Ok(()), |like| file.set_permissions(like.clone())))
        .and_then(|()| file.sync_all())
        .inspect_err(|_| {
            // An incomplete file is worse than none.
            fs::remove_file(path).ok();
        })
}

/// A temporary file with the permissions that a new file gets.
fn new_file(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Less what the system's mask takes away.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Removes a file.
///
/// # Errors
///
/// If it is still there, or if it may come back after a loss of power.
pub fn remove(path: &Path) -> io::Result<()> {
    match held::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        removed => removed?,
    }
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes sure that the names in a folder survive a loss of power.
///
/// # Errors
///
/// If the system could do that, and did not.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (notes, path) = (folder.path().join("notes"), folder.path().join("a/b.rs"));
        fs::create_dir(&notes).unwrap();
        assert!(read(&path).unwrap().is_none());
        write(&path, b"one", None, &notes).unwrap();
        write(&path, b"two\r\n", None, &notes).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().bytes, b"two\r\n");
        assert_eq!(fs::read_dir(&notes).unwrap().count(), 0);
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
        // A folder in the place of a file is no file.
        fs::create_dir(&path).unwrap();
        assert!(read(&path).is_err());
        assert!(write(&path, b"three", None, &notes).is_err());
        assert_eq!(fs::read_dir(&notes).unwrap().count(), 0);
    }

    #[test]
    fn what_has_come_meanwhile_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.rs");
        create(&path, b"one", None, folder.path()).unwrap();
        let refused = create(&path, b"two", None, folder.path()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        let refused = create_in_place(&path, b"two", None).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_stays_one_and_its_end_is_written() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        symlink("second", at("first")).unwrap();
        symlink("end", at("second")).unwrap();
        write(&at("first"), b"new", None, folder.path()).unwrap();
        assert!(at("first").is_symlink() && at("second").is_symlink());
        assert_eq!(fs::read(at("end")).unwrap(), b"new");

        symlink("no/such/folder", at("lost")).unwrap();
        symlink("round", at("round")).unwrap();
        for name in ["lost", "round"] {
            assert!(write(&at(name), b"new", None, folder.path()).is_err());
            assert!(at(name).is_symlink(), "{name}");
        }
        assert!(!at("no").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        let content = read(&link).unwrap().unwrap();
        write(&link, b"new", content.permissions.as_ref(), folder.path()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
