//! GitHub's runner: what it tells a step by its environment, and where it wants to be told what.

use std::path::{Path, PathBuf};

use super::{github, summary};
use crate::location::Location;
use crate::screen;
use crate::verdict::{CheckReport, LessonReport};

/// What a runner has told us.
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

    /// Prints the annotations, and adds the summary. `locate` tells where in the repository a lesson is to
    /// be changed.
    pub fn report(&self, report: &CheckReport, locate: impl Fn(&LessonReport) -> Option<Location>) {
        screen::print(&github::render(report, locate));
        self.summarise(&summary::render(report));
    }

    /// A file in a folder, both with `/`, as a path from the root of the repository.
    pub fn path_in_repository(&self, folder: &Path, file: &str) -> String {
        self.prefix(folder) + file
    }

    /// Prints and adds why nothing could be checked.
    pub fn report_problem(&self, message: &str) {
        screen::print(&github::render_problem(message));
        self.summarise(&summary::render_problem(message));
    }

    /// A summary that cannot be written changes nothing about what was checked.
    fn summarise(&self, text: &str) {
        if let Some(file) = &self.summary
            && let Err(error) = summary::append(file, text)
        {
            screen::print_error(&format!(
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
