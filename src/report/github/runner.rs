//! GitHub's runner: what it tells a step through the environment, and where it reads the step's summary.

use std::path::{Path, PathBuf};

use super::summary;
use crate::draw;

/// What the runner told this step.
#[derive(Debug, Default)]
pub struct Runner {
    workspace: Option<PathBuf>,
    summary: Option<PathBuf>,
}

impl Runner {
    /// From `GITHUB_WORKSPACE`, the folder of the repository, and `GITHUB_STEP_SUMMARY`, the file to which
    /// a step adds its summary. Away from a runner there are none, and annotations are all there is.
    pub fn from_environment() -> Runner {
        let path = |name: &str| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty());
            value.map(PathBuf::from)
        };
        Runner {
            workspace: path("GITHUB_WORKSPACE"),
            summary: path("GITHUB_STEP_SUMMARY"),
        }
    }

    /// A file in a folder, both with `/`, as a path from the root of the repository.
    pub fn path_in_repository(&self, folder: &Path, file: &str) -> String {
        self.prefix(folder) + file
    }

    /// Adds text to the step's summary. If it cannot be written, that is a warning: it changes nothing about what
    /// was checked.
    pub fn add_to_summary(&self, text: &str) {
        if let Some(file) = &self.summary
            && let Err(error) = summary::append(file, text)
        {
            draw::print_error(&format!(
                "warning: cannot write the step summary to {}: {error}",
                file.display()
            ));
        }
    }

    /// What leads from the root of the repository to a folder in it: empty, or with a `/` at its end.
    fn prefix(&self, root: &Path) -> String {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let root = real(root);
        let workspace = self.workspace.as_deref().map(real);
        let repository = workspace
            .filter(|workspace| root.starts_with(workspace))
            .or_else(|| {
                let is_repository = |folder: &&Path| folder.join(".git").exists();
                root.ancestors().find(is_repository).map(Path::to_path_buf)
            });
        let below = repository.and_then(|repository| root.strip_prefix(repository).ok());
        let parts = below.into_iter().flatten();
        parts
            .map(|part| format!("{}/", part.to_string_lossy()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let lab = folder.path().join("courses").join("grpc");
        std::fs::create_dir_all(&lab).unwrap();
        let in_workspace = |workspace: &Path| Runner {
            workspace: Some(workspace.to_path_buf()),
            summary: None,
        };
        assert_eq!(in_workspace(folder.path()).prefix(&lab), "courses/grpc/");
        assert_eq!(in_workspace(&lab).prefix(&lab), "");
        // Without a runner, or outside of its workspace, git's own folder tells.
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("courses").join(".git")).unwrap();
        assert_eq!(in_workspace(elsewhere.path()).prefix(&lab), "grpc/");
        assert_eq!(Runner::default().prefix(&lab), "grpc/");
    }
}
