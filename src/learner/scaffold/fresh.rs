//! Making a new folder: nothing that is there is written over.

use std::io;
use std::path::Path;

use super::plan::{self, FileState};
use super::{is_blocked, look};
use crate::course::workspace::TemplateFile;
use crate::disk::WriteRoot;
use crate::learner::folder::below;
use crate::learner::{Folder, StateLock, StoreError};

/// Why a folder is not made, or not whole.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Other things stand at these paths. Nothing has been written.
    #[error("there is something else at {}", .0.join(", "))]
    Taken(Vec<String>),
    /// The system said no. What was written before stays, and a second time completes it.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Whether a new folder can be made here; nothing is written. If not, the paths at which other things
/// stand.
///
/// # Errors
///
/// [`StoreError`] if something cannot be looked at.
pub fn in_the_way(root: &Path, files: &[TemplateFile]) -> Result<Vec<String>, StoreError> {
    if !root.exists() {
        return Ok(Vec::new());
    }
    let mut taken = plan::fresh(seen(root, files)?).err().unwrap_or_default();
    // The lab's own folder comes first, and git's before that: a file in its place must be seen before anything is
    // written.
    let state_dir = Folder::state_dir_in(root);
    if is_blocked(&state_dir.join("progress.json"))
        && let Some(name) = state_dir.file_name()
    {
        taken.push(name.to_string_lossy().into_owned());
    }
    Ok(taken)
}

/// Writes a new folder's files, those that are not there already. The folder must exist.
///
/// # Errors
///
/// [`MakeError`].
pub fn make(root: &Path, files: &[TemplateFile]) -> Result<(), MakeError> {
    let lock = StateLock::take(&Folder::state_dir_in(root))?;
    // Another lab may have made it, or begun to, since anybody looked.
    let plan = plan::fresh(seen(root, files)?).map_err(MakeError::Taken)?;
    for made in plan.files() {
        let path = below(root, &made.path);
        let created = lock.writer().create(&path, made.text.as_bytes(), None);
        created.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => MakeError::Taken(vec![made.path.clone()]),
            _ => MakeError::Store(StoreError::at(&path)(error)),
        })?;
    }
    Ok(())
}

fn seen(root: &Path, files: &[TemplateFile]) -> Result<Vec<(TemplateFile, FileState)>, StoreError> {
    let inside = WriteRoot::new(root).map_err(StoreError::at(root))?;
    let look = |made: &TemplateFile| {
        let path = below(root, &made.path);
        // What leads out of the folder is refused before anything is written.
        let there = inside.inside(&path).and_then(|_| look(root, made));
        let there = there.map_err(StoreError::at(&path))?;
        Ok((made.clone(), there.found))
    };
    files.iter().map(look).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::course::{files, workspace};
    use crate::learner::scaffold;

    #[test]
    fn a_folder_is_made_and_found_to_be_as_it_should() {
        let root = tempfile::tempdir().unwrap();
        let all = workspace::all().unwrap();
        let found = |made: &TemplateFile| look(root.path(), made).unwrap().found;
        assert!(all.iter().all(|made| found(made) == FileState::Nothing));
        make(root.path(), &all).unwrap();
        assert!(all.iter().all(|made| found(made) == FileState::Same));
        assert_eq!(
            scaffold::version(root.path()).unwrap().as_deref(),
            Some(workspace::VERSION)
        );
        // Nothing is left over.
        let expected = files::below("completed").filter(|path| path.matches('/').count() == 1);
        let entries = fs::read_dir(root.path().join("completed")).unwrap();
        assert_eq!(entries.count(), expected.count() + 1);
        // A second time has nothing to do, and nothing is written over what is another's.
        make(root.path(), &all).unwrap();
        let readme = root.path().join("README.md");
        fs::write(&readme, "mine").unwrap();
        fs::remove_file(root.path().join("Cargo.lock")).unwrap();
        let refused = make(root.path(), &all).unwrap_err();
        assert!(
            matches!(&refused, MakeError::Taken(paths) if *paths == ["README.md"]),
            "{refused:?}"
        );
        assert_eq!(fs::read_to_string(readme).unwrap(), "mine");
        assert!(!root.path().join("Cargo.lock").exists());
    }
}
