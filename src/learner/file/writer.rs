//! Replacing files in one step, beneath one folder.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Content, TEMPORARY, TEMPORARY_BESIDE, remove_stale, sync_folder};
use crate::disk::exchange::exchange;
use crate::disk::{WriteRoot, held, owner, regular};

/// Writes files beneath a folder, and nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The folder.
    pub root: &'a WriteRoot,
    /// Where new files are written before they are moved to their places: a folder in which no program watches for
    /// changes.
    pub scratch: &'a Path,
}

/// What became of a file that was to be replaced or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Replaced {
    /// It has been.
    Done {
        /// Whether the old file has other names, which still hold what it held.
        has_other_names: bool,
    },
    /// Another program had written to it. What that has written is there.
    Meanwhile,
}

/// What a new file may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Anything,
    Nothing,
}

impl Writer<'_> {
    /// Writes a new file and renames it, so that at every instant the old file or the new one is there, whole. A link
    /// stays a link, also a dangling one: its target is written. Missing folders are created.
    ///
    /// # Errors
    ///
    /// If the path leads out of the folder, or it cannot be written. Then the old file is there, unless only the last
    /// step fails: making sure that the new file survives a loss of power.
    pub fn write(
        self,
        path: &Path,
        bytes: &[u8],
        permissions: Option<&Permissions>,
    ) -> io::Result<()> {
        self.put(path, bytes, permissions, Over::Anything)
    }

    /// As [`Writer::write`], for a file that does not exist yet. A file that has been created in the meantime is never
    /// overwritten.
    ///
    /// # Errors
    ///
    /// As [`Writer::write`]; `AlreadyExists` if the file exists by now.
    pub fn create(
        self,
        path: &Path,
        bytes: &[u8],
        permissions: Option<&Permissions>,
    ) -> io::Result<()> {
        self.put(path, bytes, permissions, Over::Nothing)
    }

    /// Replaces a file that held `old`, also if another program writes to it at the same time: what is there is taken
    /// away in the same instant in which the new file comes, and is looked at only then. The old file itself is moved
    /// to `keep`: what a program that has it open still writes is there.
    ///
    /// # Errors
    ///
    /// As [`Writer::write`].
    pub fn replace(
        self,
        path: &Path,
        old: &[u8],
        new: &Content,
        keep: Option<&Path>,
    ) -> io::Result<Replaced> {
        self.replace_by(exchange, path, old, new, keep)
    }

    /// Takes a file away that held `old`, in the same way.
    ///
    /// # Errors
    ///
    /// As [`Writer::write`].
    pub fn take_away(self, path: &Path, old: &[u8], keep: Option<&Path>) -> io::Result<Replaced> {
        let to = self.root.inside(path)?;
        let parent = folder_of(&to);
        let taken = match self.move_away(&to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Replaced::Meanwhile);
            }
            taken => taken?,
        };
        if !holds(&taken, old) {
            give_back(&taken, &to)?;
            return Ok(Replaced::Meanwhile);
        }
        let replaced = settle(&taken, old, keep)?;
        sync_folder(parent)?;
        Ok(replaced)
    }

    fn put(
        self,
        path: &Path,
        bytes: &[u8],
        permissions: Option<&Permissions>,
        over: Over,
    ) -> io::Result<()> {
        let to = self.root.inside(path)?;
        let parent = folder_of(&to);
        self.parent_of(path, parent)?;
        let file = self.new_file(&to, bytes, permissions)?;
        match self.place(file, &to, over) {
            // Part of the folder may be on another disk.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                remove_stale(parent, TEMPORARY_BESIDE);
                let file = new_file(parent, TEMPORARY_BESIDE, &to, bytes, permissions)?;
                self.place(file, &to, over)?;
            }
            placed => placed?,
        }
        sync_folder(parent)
    }

    /// Creates the folder of a path, unless the path is a link: its target is not the lab's.
    fn parent_of(self, path: &Path, parent: &Path) -> io::Result<()> {
        if !path.is_symlink() {
            self.root.create_folders(parent)?;
        }
        Ok(())
    }

    fn new_file(
        self,
        to: &Path,
        bytes: &[u8],
        permissions: Option<&Permissions>,
    ) -> io::Result<NamedTempFile> {
        new_file(self.scratch, TEMPORARY, to, bytes, permissions)
    }

    fn place(self, file: NamedTempFile, to: &Path, over: Over) -> io::Result<()> {
        if over == Over::Nothing {
            return create_from(file, to);
        }
        let (handle, temporary) = file.keep().map_err(|error| error.error)?;
        drop(handle);
        // Renamed with the standard library, which on Windows replaces a file that another program reads.
        held::rename(&temporary, to).inspect_err(|_| {
            // If it cannot be removed now, the next lab removes it.
            fs::remove_file(&temporary).ok();
        })
    }

    fn replace_by(
        self,
        exchange: impl Fn(&Path, &Path) -> io::Result<bool>,
        path: &Path,
        old: &[u8],
        new: &Content,
        keep: Option<&Path>,
    ) -> io::Result<Replaced> {
        let to = self.root.inside(path)?;
        let parent = folder_of(&to);
        let permissions = new.permissions.as_ref();
        let file = self.new_file(&to, &new.bytes, permissions)?;
        let (file, exchanged) = match exchange(file.path(), &to) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let file = new_file(parent, TEMPORARY_BESIDE, &to, &new.bytes, permissions)?;
                let exchanged = exchange(file.path(), &to);
                (file, exchanged)
            }
            exchanged => (file, exchanged),
        };
        match exchanged {
            Ok(true) => {}
            Ok(false) => return self.replace_by_moving(file, &to, old, keep),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Replaced::Meanwhile);
            }
            Err(error) => return Err(error),
        }
        // From here on, this may be the only copy of what another program has written.
        let taken = file.into_temp_path().keep().map_err(|error| error.error)?;
        if holds(&taken, old) {
            let replaced = settle(&taken, old, keep)?;
            sync_folder(parent)?;
            return Ok(replaced);
        }
        // What has been written goes back. If another save has come meanwhile, that comes out: it is the last, and stays.
        exchange(&taken, &to)?;
        if !holds(&taken, &new.bytes) {
            exchange(&taken, &to)?;
        }
        fs::remove_file(&taken).ok();
        Ok(Replaced::Meanwhile)
    }

    /// Where two files cannot be exchanged: the old one is moved away, and the new one comes if nothing else has come.
    fn replace_by_moving(
        self,
        file: NamedTempFile,
        to: &Path,
        old: &[u8],
        keep: Option<&Path>,
    ) -> io::Result<Replaced> {
        let taken = match self.move_away(to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Replaced::Meanwhile);
            }
            taken => taken?,
        };
        if !holds(&taken, old) {
            give_back(&taken, to)?;
            return Ok(Replaced::Meanwhile);
        }
        match create_from(file, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // The save that has come is newer.
                fs::remove_file(&taken).ok();
                return Ok(Replaced::Meanwhile);
            }
            Err(error) => {
                give_back(&taken, to)?;
                return Err(error);
            }
        }
        let replaced = settle(&taken, old, keep)?;
        sync_folder(folder_of(to))?;
        Ok(replaced)
    }

    /// Moves what is at a path away, and returns where it is.
    fn move_away(self, path: &Path) -> io::Result<PathBuf> {
        // A folder in the place of a file stays.
        regular::open(path)?;
        let name = |folder: &Path, prefix: &str| -> io::Result<PathBuf> {
            let unused = tempfile::Builder::new()
                .prefix(prefix)
                .tempfile_in(folder)?;
            unused.into_temp_path().keep().map_err(|error| error.error)
        };
        let aside = name(self.scratch, TEMPORARY)?;
        match held::rename(path, &aside) {
            Ok(()) => Ok(aside),
            Err(error) => {
                fs::remove_file(&aside).ok();
                if error.kind() != io::ErrorKind::CrossesDevices {
                    return Err(error);
                }
                let aside = name(folder_of(path), TEMPORARY_BESIDE)?;
                held::rename(path, &aside)
                    .inspect_err(|_| {
                        fs::remove_file(&aside).ok();
                    })
                    .map(|()| aside)
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Whether a regular file holds these bytes.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    regular::read(path).is_ok_and(|held| held == bytes)
}

/// Moves a file back that has been moved away, unless another one has come: that is newer.
fn give_back(taken: &Path, to: &Path) -> io::Result<()> {
    let taken = tempfile::TempPath::try_from_path(taken)?;
    match taken.persist_noclobber(to) {
        Ok(()) => Ok(()),
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(refused) => {
            // It may be the only copy.
            let taken = refused.path.keep().map_err(|error| error.error)?;
            held::rename(&taken, to)
        }
    }
}

/// Puts a file that has been replaced where it is to be kept. If it has other names, a copy is kept already, and only
/// this name goes.
fn settle(taken: &Path, old: &[u8], keep: Option<&Path>) -> io::Result<Replaced> {
    let has_other_names = other_names(taken);
    let moved = match keep.filter(|_| !has_other_names) {
        Some(keep) => held::rename(taken, keep).is_ok(),
        None => false,
    };
    if !moved {
        // The copy is on another disk. A program that had the file open may have written to it just now.
        if let (Some(keep), Ok(now)) = (keep, regular::read(taken))
            && now != old
        {
            fs::write(keep, now)?;
        }
        held::remove_file(taken)?;
    }
    Ok(Replaced::Done { has_other_names })
}

/// Whether a file has more names than this one.
#[cfg(unix)]
fn other_names(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::symlink_metadata(path).is_ok_and(|about| about.nlink() > 1)
}

/// Windows tells only those who open the file in ways that the standard library does not have.
#[cfg(not(unix))]
fn other_names(_path: &Path) -> bool {
    false
}

/// Moves a new file to a path where there is none.
fn create_from(file: NamedTempFile, to: &Path) -> io::Result<()> {
    match held::persist_noclobber(file, to) {
        Ok(_written) => Ok(()),
        // Some file systems can neither rename like that nor link.
        Err(refused)
            if matches!(
                refused.error.kind(),
                io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
            ) =>
        {
            let bytes = fs::read(refused.file.path())?;
            let permissions = refused.file.as_file().metadata()?.permissions();
            create_in_place(to, &bytes, &permissions)
        }
        Err(refused) => Err(refused.error),
    }
}

/// Creates a file directly at its path. Other programs can see it half-written, but nothing is overwritten.
fn create_in_place(path: &Path, bytes: &[u8], permissions: &Permissions) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)
        .and_then(|()| file.set_permissions(permissions.clone()))
        .and_then(|()| owner::of_folder(path))
        .and_then(|()| file.sync_all())
        .inspect_err(|_| {
            // An incomplete file is worse than none.
            fs::remove_file(path).ok();
        })
}

/// A temporary file that holds what is to be at `to`, on the disk, with the permissions and the owner that it gets there.
fn new_file(
    folder: &Path,
    prefix: &str,
    to: &Path,
    bytes: &[u8],
    permissions: Option<&Permissions>,
) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Less what the system's mask takes away.
        builder.permissions(Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    let model = if to.exists() { to } else { folder_of(to) };
    owner::same(file.path(), model)?;
    // After the owner, whose change takes some permissions away.
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions.clone())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests;
