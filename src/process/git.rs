//! Git, where it is present.

use std::io;
use std::path::Path;

use super::child::Launch;

/// The result of [`init`].
#[derive(Debug, PartialEq, Eq)]
pub enum Repository {
    /// A repository was created.
    Created,
    /// The folder is inside a repository already.
    InsideAnother,
    /// Git is not installed.
    NoGit,
    /// Git failed: its error output.
    Refused(String),
}

/// Makes a folder a repository, without a commit, unless it is inside one.
pub async fn init(folder: &Path) -> Repository {
    let (inside, words) = match git(folder, &["rev-parse", "--is-inside-work-tree"]).await {
        Ok(answer) => answer,
        Err(_) => return Repository::NoGit,
    };
    if inside {
        return Repository::InsideAnother;
    }
    // It also fails in a repository that it must not use, for example one of another user.
    if !words.contains("not a git repository") {
        return Repository::Refused(words);
    }
    match git(folder, &["init", "--quiet"]).await {
        Ok((true, _)) => Repository::Created,
        Ok((false, words)) => Repository::Refused(words),
        Err(_) => Repository::NoGit,
    }
}

/// Whether git succeeded, and what it wrote to standard error, in English.
async fn git(folder: &Path, arguments: &[&str]) -> io::Result<(bool, String)> {
    let mut git = Launch {
        program: "git".into(),
        arguments: arguments.iter().map(Into::into).collect(),
        environment: vec![("LC_ALL", "C".into())],
        folder: folder.to_path_buf(),
        ..Launch::default()
    }
    .start()?;
    let exit = git.wait().await?;
    Ok((exit.is_success(), git.stderr.text().trim().to_string()))
}
