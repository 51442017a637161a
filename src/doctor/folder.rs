//! The lab folder: where it is, and whether it can be written to.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use super::{CheckId, Finding, System, apart};
use crate::learner::{Folder, NoFolder};

/// The id of the finding.
const CHECK: CheckId = CheckId::Folder;

/// What was found out about it.
#[derive(Debug)]
pub struct Facts {
    /// The folder that the search began in.
    from: PathBuf,
    /// The lab folder that it is in.
    pub lab: Option<Folder>,
    /// The first path in it that cannot be written to, and the system's error.
    refused: Option<(PathBuf, String)>,
    /// Whether the system answered in time.
    answered: bool,
}

/// Finds the lab folder that `here` is in, and asks whether it can be written to. Nothing is written.
pub async fn gather(here: &Path) -> Facts {
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

/// The first of the paths that the lab or the learner write to that cannot be written to.
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
        // Opening a file to append, and closing it, does not change it.
        .map(|file| (OpenOptions::new().append(true).open(&file).map(drop), file));
    folders
        .chain(files)
        .find_map(|(asked, path)| asked.err().map(|error| (path, error.to_string())))
}

/// Whether files can be created in a folder.
#[cfg(unix)]
fn may_write_in(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// Whether files can be created in a folder.
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
                "{}.",
                NoFolder {
                    from: facts.from.clone()
                }
            ),
        )
        .fix("To check a lab folder too, run doctor in the folder that contains start_here.");
    };
    let root = lab.root().display();
    match &facts.refused {
        None => Finding::ok(CHECK, format!("The lab folder is {root}, and it can be written to.")),
        Some((path, words)) => Finding::error(
            CHECK,
            format!("Cannot write to {}: {words}.", path.display()),
        )
        .fix(match system {
            System::Windows => {
                "Clear `Read-only` in its properties, or copy the course to a folder of your own."
                    .to_string()
            }
            System::Linux | System::Mac => format!(
                "If root owns it (made with `sudo` or in a container), run `sudo chown -R \"$(id -un)\" '{root}'`. If it \
                 is read-only, run `chmod -R u+w '{root}'`."
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
                .ends_with("write to /course/start_here: Permission denied.")
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
