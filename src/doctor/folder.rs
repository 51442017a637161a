//! The learner's folder: where it is, and whether it may be written.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use super::{Finding, System, apart};
use crate::learner::Folder;

/// The id of the finding.
const CHECK: &str = "folder";

/// What is known about it.
#[derive(Debug)]
pub struct Facts {
    /// The folder that the search began in.
    from: PathBuf,
    /// The lab around it.
    pub lab: Option<Folder>,
    /// The first thing in it that may not be written, and the system's words.
    refused: Option<(PathBuf, String)>,
    /// Whether the system answered in time.
    answered: bool,
}

/// Finds the lab that a folder is or lies in, and asks whether it may be written. Nothing is written.
pub async fn look(here: &Path) -> Facts {
    let from = here.to_path_buf();
    let asked = apart(move || {
        let lab = Folder::find(&from).ok();
        let refused = lab.as_ref().and_then(first_refused);
        (lab, refused)
    });
    let (answered, (lab, refused)) = match asked.await {
        Some(found) => (true, found),
        None => (false, (None, None)),
    };
    Facts {
        from: here.to_path_buf(),
        lab,
        refused,
        answered,
    }
}

/// The first of the places that the lab or the learner write to, and that may not be written.
fn first_refused(lab: &Folder) -> Option<(PathBuf, String)> {
    let folders = [
        "",
        "start_here",
        "start_here/src",
        "start_here/proto",
        "target",
    ]
    .map(|path| match path {
        "" => lab.root().to_path_buf(),
        path => lab.file(path),
    })
    .into_iter()
    .chain([lab.state_dir()])
    .filter(|folder| folder.is_dir())
    .map(|folder| (may_write_in(&folder), folder));
    let files = crate::course::files::of_start_here()
        .map(|file| lab.file(&file))
        .chain([lab.file("Cargo.lock")])
        .filter(|file| file.is_file())
        // Opened for more at its end, and closed without any, a file stays as it is.
        .map(|file| (OpenOptions::new().append(true).open(&file).map(drop), file));
    folders
        .chain(files)
        .find_map(|(asked, path)| asked.err().map(|error| (path, error.to_string())))
}

/// Whether files may be made in a folder.
#[cfg(unix)]
fn may_write_in(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// Whether files may be made in a folder.
#[cfg(windows)]
fn may_write_in(folder: &Path) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt as _;
    /// The right to make files in a folder, and the flag without which a folder cannot be opened
    /// (<https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>).
    const FILE_ADD_FILE: u32 = 2;
    const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
    OpenOptions::new()
        .access_mode(FILE_ADD_FILE)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS)
        .open(folder)
        .map(drop)
}

/// One finding.
pub fn judge(facts: &Facts, system: System) -> Finding {
    if !facts.answered {
        return super::no_answer(CHECK, "what is in this folder");
    }
    let Some(lab) = &facts.lab else {
        return Finding::warning(
            CHECK,
            format!(
                "There is no lab in {}, nor above it: no folder start_here with a Cargo.toml.",
                facts.from.display()
            ),
        )
        .fix("Change to the folder that holds start_here, and try again, to have that looked at too.");
    };
    let root = lab.root().display();
    match &facts.refused {
        None => Finding::ok(CHECK, format!("The lab is in {root}, and you may write there.")),
        Some((path, words)) => Finding::error(
            CHECK,
            format!("The lab is in {root}, but you may not write {}: {words}.", path.display()),
        )
        .fix(match system {
            System::Windows => {
                "Take the tick from `Read-only` in its properties, or copy the course to a folder of your own."
                    .to_string()
            }
            System::Linux | System::Mac => format!(
                "Whatever was made by root, by `sudo` or in a container for example, becomes yours with \
                 `sudo chown -R \"$(id -un)\" '{root}'`; what is only read-only, writable with \
                 `chmod -R u+w '{root}'`."
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::doctor::Severity;

    fn lab() -> (tempfile::TempDir, Folder) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("start_here/src")).unwrap();
        fs::write(folder.path().join("start_here/Cargo.toml"), "").unwrap();
        let lab = Folder::find(folder.path()).unwrap();
        (folder, lab)
    }

    #[test]
    fn what_may_not_be_written_is_named() {
        let (_folder, lab) = lab();
        let mut facts = Facts {
            from: lab.root().to_path_buf(),
            lab: Some(lab),
            refused: None,
            answered: true,
        };
        assert_eq!(judge(&facts, System::Linux).severity, Severity::Ok);
        facts.refused = Some(("/course/start_here".into(), "Permission denied".into()));
        let finding = judge(&facts, System::Linux);
        assert_eq!(finding.severity, Severity::Error);
        assert!(
            finding
                .message
                .ends_with("write /course/start_here: Permission denied.")
        );
        assert!(finding.fix.unwrap().contains("`sudo chown -R"));
        facts.lab = None;
        assert_eq!(judge(&facts, System::Linux).severity, Severity::Warning);
        facts.answered = false;
        assert_eq!(judge(&facts, System::Linux).severity, Severity::Error);
    }

    #[test]
    fn a_file_that_may_not_be_written_is_found() {
        let (_folder, lab) = lab();
        assert_eq!(first_refused(&lab), None);
        let manifest = lab.file("start_here/Cargo.toml");
        let mut permissions = fs::metadata(&manifest).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&manifest, permissions).unwrap();
        let may = OpenOptions::new().append(true).open(&manifest).is_ok();
        let found = first_refused(&lab).map(|(path, _)| path);
        // Root may write what is read-only.
        assert_eq!(found, (!may).then_some(manifest));
    }
}
