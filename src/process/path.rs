//! Where programs are: the folders of PATH.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// By whom a program is to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The system, as the standard library asks it.
    System,
    /// The shell, which on Windows also knows scripts.
    Shell,
}

impl By {
    /// The endings that it gives to a name without one, in its order.
    fn endings(self) -> &'static [&'static str] {
        match self {
            By::Shell if cfg!(windows) => &[".exe", ".cmd", ".bat"],
            _ => &[std::env::consts::EXE_SUFFIX],
        }
    }
}

/// Where a program is: the first of this name in the folders of PATH, with an ending that programs have on
/// this system. A path with folders is where it says.
pub fn find(program: &Path, by: By) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_path_buf());
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .flat_map(|folder| names(program, by).map(move |name| folder.join(name)))
        .find(|path| is_program(path))
}

/// The names that its file may have.
fn names(program: &Path, by: By) -> impl Iterator<Item = std::ffi::OsString> {
    let endings = match program.extension() {
        Some(_) => &[""],
        None => by.endings(),
    };
    let name: &OsStr = program.as_os_str();
    endings.iter().map(move |ending| {
        let mut name = name.to_os_string();
        name.push(ending);
        name
    })
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path)
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_not_found() {
        let nowhere = std::env::temp_dir().join("no-such-program");
        for by in [By::System, By::Shell] {
            assert_eq!(find(&nowhere, by), None);
            assert_eq!(find(Path::new("routeguide-no-such-program"), by), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_run_is_no_program() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("code");
        std::fs::write(&file, "").unwrap();
        assert!(!is_program(&file));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(is_program(&file));
        assert!(!is_program(folder.path()));
        assert!(find(Path::new("sh"), By::Shell).is_some());
    }
}
