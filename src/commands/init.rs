//! `init`: a course folder, made from the binary alone, or upgraded.

use std::io;
use std::path::{Path, PathBuf};

use super::{Exit, Problem};
use crate::course::workspace;
use crate::learner::making::plan::{self, Found, Plan};
use crate::learner::making::vendored::{Outcome as Stored, Vendored};
use crate::learner::{Folder, NoFolder, StoreError, making};
use crate::process::cargo;
use crate::process::files::Lock;
use crate::process::git::{self, Repository};
use crate::screen::{self, making as words};

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
        return Err(Problem::new(
            Exit::CouldNot,
            format!(
                "{} was made by routeguide-lab {version}, and this is {}, an older one",
                root.display(),
                workspace::VERSION
            ),
            "Nothing has been changed. Install the newer lab, and try again.",
        ));
    }
    let crates = Vendored::new(&root, &Folder::notes_in(&root));
    let others = if vendor {
        crates.in_the_way()
    } else {
        Vec::new()
    };
    let made = workspace::all().map_err(|error| Problem::new(Exit::CouldNot, error, ""))?;
    let mut found = Vec::with_capacity(made.len());
    for file in &made {
        found.push(
            making::found(&root, file)
                .map_err(|error| unreadable(&root.join(&file.path), &error))?,
        );
    }
    let found = |path: &str| {
        let index = made.iter().position(|file| file.path == path);
        index.map_or(Found::Nothing, |index| found[index])
    };
    match version {
        Some(version) => {
            if !others.is_empty() {
                return Err(taken(&root, &others));
            }
            let plan = plan::upgrade(made.clone(), found);
            upgrade(&root, &version, &plan, crates.is_on() && !vendor).await?;
        }
        None => {
            let plan = plan::fresh(made.clone(), found);
            let plan = match plan {
                Ok(plan) if others.is_empty() => plan,
                Ok(_) => return Err(taken(&root, &others)),
                Err(paths) => {
                    let paths: Vec<&str> = paths.iter().map(String::as_str).chain(others).collect();
                    return Err(taken(&root, &paths));
                }
            };
            make(&root, dir.unwrap_or(&root), &plan).await?;
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
async fn make(root: &Path, named: &Path, plan: &Plan) -> Result<(), Problem> {
    std::fs::create_dir_all(root).map_err(|error| {
        let path = root.to_path_buf();
        unwritable(&StoreError::Io { path, error })
    })?;
    let repository = git::init(root).await;
    making::make(root, plan).map_err(|error| unwritable(&error))?;
    if let Repository::Refused(says) = &repository {
        screen::tell(&format!(
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
async fn upgrade(root: &Path, from: &str, plan: &Plan, vendored: bool) -> Result<(), Problem> {
    let folder = Folder::find(root)?;
    let names =
        making::lesson_folders(root).map_err(|error| unreadable(&root.join("lessons"), &error))?;
    let renumbered = workspace::renumbered(&names);
    // Not while a check builds what would be replaced.
    let lock = folder.notes().join("build.lock");
    let _lock = Lock::take(&lock)
        .await
        .map_err(|error| unwritable(&StoreError::Io { path: lock, error }))?;
    let kept = making::upgrade(&folder, plan, &renumbered).map_err(|error| unwritable(&error))?;
    screen::print(&words::upgraded(
        root,
        from,
        plan,
        &renumbered,
        kept.as_deref(),
    ));
    if vendored && plan.replaced.iter().any(|made| made.path == "Cargo.lock") {
        screen::tell(
            "note: other crates may be needed now than those in vendor/. Where there is a network, \
             `routeguide-lab init --vendor` gets them.",
        );
    }
    Ok(())
}

/// Stores all crates in the folder.
async fn store(root: &Path, crates: &Vendored) -> Result<(), Problem> {
    let failed = |what: String, next: &str| Problem::new(Exit::CouldNot, what, next);
    let at = root.display();
    screen::tell(&format!(
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

fn taken(root: &Path, paths: &[&str]) -> Problem {
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

fn unwritable(error: &StoreError) -> Problem {
    Problem::new(
        Exit::CouldNot,
        error,
        "What was written before it stays. Try the same command again: it completes the folder.",
    )
}
