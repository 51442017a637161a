//! `init`: a course folder, made from the binary alone, or upgraded.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use super::{Exit, Problem};
use crate::course::workspace::{self, TemplateFile};
use crate::learner::making::fresh::{self, NotMade};
use crate::learner::making::upgrade::{self, NotUpgraded};
use crate::learner::making::vendored::{Outcome as Stored, Vendored};
use crate::learner::{Folder, NoFolder, Store, StoreError, making};
use crate::process::cargo;
use crate::process::files::FileLock;
use crate::process::git::{self, Repository};
use crate::screen::{self, making as words};

/// How long to wait for a build without a word about it.
const IN_SILENCE: Duration = Duration::from_millis(500);

/// Makes a course folder, or upgrades the one that `dir` is; without `dir`, the one around the current
/// folder. With `vendor`, all crates are stored in it.
///
/// # Errors
///
/// If no folder is named and there is none around, it holds other things where the course's would go,
/// it is a clone of the lab or a newer lab's, or files or crates cannot be had or written.
pub async fn run(dir: Option<&Path>, vendor: bool) -> Result<Exit, Problem> {
    let root = root(dir)?;
    if cargo::holds_the_lab(&root) {
        return Err(Problem::new(
            Exit::Usage,
            format!("{} holds the lab's own sources", root.display()),
            "`git pull` upgrades them. For a course folder of its own, name another: \
             `routeguide-lab init DIR`.",
        ));
    }
    let version = making::version(&root).map_err(|error| unreadable(&root, &error))?;
    if let Some(version) = version
        .as_deref()
        .filter(|version| workspace::is_newer(version, workspace::VERSION))
    {
        return Err(older(&root, version));
    }
    let crates = Vendored::new(&root, &Folder::state_dir_in(&root));
    let others = if vendor {
        let others = crates.in_the_way().into_iter();
        others.map(str::to_string).collect()
    } else {
        Vec::new()
    };
    let files = workspace::all().map_err(|error| Problem::new(Exit::CouldNot, error, ""))?;
    match version {
        Some(_) if !others.is_empty() => return Err(taken(&root, &others)),
        Some(_) => upgrade(&root, files, crates.is_on() && !vendor).await?,
        None => {
            let mut paths = fresh::in_the_way(&root, &files).map_err(|error| untouched(&error))?;
            paths.extend(others);
            if !paths.is_empty() {
                return Err(taken(&root, &paths));
            }
            make(&root, dir.unwrap_or(&root), &files).await?;
        }
    }
    if vendor {
        store(&root, &crates).await?;
    }
    Ok(Exit::Passed)
}

/// The folder that is meant, in full.
fn root(dir: Option<&Path>) -> Result<PathBuf, Problem> {
    let cannot_tell = |error: io::Error| {
        Problem::new(
            Exit::CouldNot,
            format!("cannot tell the current folder: {error}"),
            "",
        )
    };
    match dir {
        Some(dir) => std::path::absolute(dir).map_err(cannot_tell),
        None => {
            let here = std::env::current_dir().map_err(cannot_tell)?;
            let folder = Folder::find(&here).map_err(|NoFolder { from }| {
                Problem::new(
                    Exit::Usage,
                    format!(
                        "{} is no course folder that could be upgraded, and lies in none",
                        from.display()
                    ),
                    format!("To make one, name it: `{} init DIR`.", screen::invocation()),
                )
            })?;
            Ok(folder.root().to_path_buf())
        }
    }
}

/// Makes a new folder. `named` is what the learner calls it.
async fn make(root: &Path, named: &Path, files: &[TemplateFile]) -> Result<(), Problem> {
    std::fs::create_dir_all(root).map_err(|error| {
        let path = root.to_path_buf();
        unwritable(&StoreError::Io { path, error })
    })?;
    let repository = git::init(root).await;
    let lock = while_nobody_builds(root).await?;
    fresh::make(root, files).map_err(|error| match error {
        NotMade::Taken(paths) => Problem::new(
            Exit::CouldNot,
            format!(
                "another program has written in {} just now:\n  {}",
                root.display(),
                paths.join("\n  ")
            ),
            "That has not been touched. Name another folder, or move these elsewhere, and try again.",
        ),
        NotMade::Store(error) => unwritable(&error),
    })?;
    drop(lock);
    if let Repository::Refused(says) = &repository {
        screen::print_error(&format!(
            "note: the folder is no git repository of its own. Git says:\n{says}"
        ));
    }
    screen::print(&words::made(
        root,
        named,
        repository == Repository::Made,
        screen::invocation(),
    ));
    Ok(())
}

/// Upgrades a folder. If it is `vendored`, other crates than those in it may be needed now.
async fn upgrade(root: &Path, files: Vec<TemplateFile>, vendored: bool) -> Result<(), Problem> {
    let folder = Folder::find(root)?;
    let lock = while_nobody_builds(root).await?;
    let store = Store::new(folder.state_dir());
    if let Some(aside) = store.load()?.set_aside {
        screen::print_error(&format!(
            "note: {}",
            screen::lab::notices::set_aside(&aside)
        ));
    }
    let upgraded = upgrade::upgrade(&folder, &store, files).map_err(|error| match error {
        NotUpgraded::Newer(version) => older(root, &version),
        NotUpgraded::Change(error) => error.into(),
    })?;
    drop(lock);
    screen::print(&words::upgraded(root, &upgraded, screen::invocation()));
    let mut replaced = upgraded.plan.replaced.iter();
    if vendored && replaced.any(|made| made.path == "Cargo.lock") {
        screen::print_error(
            "note: other crates may be needed now than those in vendor/. Where there is a network, \
             `routeguide-lab init --vendor` gets them.",
        );
    }
    Ok(())
}

/// Waits until no check builds what is about to be written, and keeps others from it.
async fn while_nobody_builds(root: &Path) -> Result<FileLock, Problem> {
    let path = Folder::state_dir_in(root).join("build.lock");
    let lock = async {
        let mut taken = pin!(FileLock::take(&path));
        if let Ok(taken) = tokio::time::timeout(IN_SILENCE, &mut taken).await {
            return taken;
        }
        screen::print_error("A check builds in this folder. Waiting until it is done.");
        taken.await
    };
    lock.await.map_err(|error| {
        unwritable(&StoreError::Io {
            path: path.clone(),
            error,
        })
    })
}

/// Stores all crates in the folder.
async fn store(root: &Path, crates: &Vendored) -> Result<(), Problem> {
    let failed = |what: String, next: &str| Problem::new(Exit::CouldNot, what, next);
    let at = root.display();
    screen::print_error(&format!(
        "Getting all crates into {at}, in vendor/. This takes a while."
    ));
    let stored = crates.store().await.map_err(|error| {
        failed(
            format!("cannot store the crates in {at}: {error}"),
            "Is cargo installed, and is there room on the disk? The course folder itself is as it should be.",
        )
    })?;
    match stored {
        Stored::Stored => screen::print(&words::stored()),
        Stored::There => screen::print("All crates are in vendor/ already.\n"),
        Stored::Failed(words) => {
            return Err(failed(
                format!(
                    "cargo cannot get all crates. It says:\n\n{}\n",
                    words.trim_end()
                ),
                "The course folder itself is as it should be, and no crates have been stored in it. Where there \
                 is a network, run the same command again.",
            ));
        }
    }
    Ok(())
}

fn older(root: &Path, version: &str) -> Problem {
    Problem::new(
        Exit::CouldNot,
        format!(
            "{} was made by routeguide-lab {version}, and this is {}, an older one",
            root.display(),
            workspace::VERSION
        ),
        "Nothing has been changed. Install the newer lab, and try again.",
    )
}

fn taken(root: &Path, paths: &[String]) -> Problem {
    Problem::new(
        Exit::CouldNot,
        format!(
            "{} holds other things already, where files of the course would go:\n  {}",
            root.display(),
            paths.join("\n  ")
        ),
        "Nothing has been written. Name another folder, or move these elsewhere, and try again.",
    )
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(
        Exit::CouldNot,
        format!("cannot read {}: {error}", path.display()),
        "Nothing has been changed.",
    )
}

fn untouched(error: &StoreError) -> Problem {
    Problem::new(Exit::CouldNot, error, "Nothing has been changed.")
}

fn unwritable(error: &StoreError) -> Problem {
    Problem::new(
        Exit::CouldNot,
        error,
        "What was written before it stays. Try the same command again: it completes the folder.",
    )
}
