//! `init`: creates a course folder from the files in the program, or upgrades one.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use super::{Exit, Problem};
use crate::course::workspace::{self, TemplateFile};
use crate::disk::{LeadsOut, owner};
use crate::learner::scaffold::fresh::{self, MakeError};
use crate::learner::scaffold::upgrade::{self, UpgradeError};
use crate::learner::scaffold::vendored::{Outcome as Stored, Vendored};
use crate::learner::{Folder, NoFolder, Store, StoreError, lock, scaffold};
use crate::process::cargo;
use crate::process::files::FileLock;
use crate::process::git::{self, Repository};
use crate::screen::{self, scaffold as words};

/// How long to wait for a build before the learner is told.
const SILENT_WAIT: Duration = Duration::from_millis(500);

/// Creates a course folder at `dir`, or upgrades it; without `dir`, upgrades the one around the current folder. With
/// `vendor`, all crates are stored in it.
///
/// # Errors
///
/// If no folder is named and there is none around, if it contains other files where those of the course would go, if it
/// is a clone of the lab or was made by a newer lab, or if files or crates cannot be read or written.
pub async fn run(dir: Option<&Path>, vendor: bool) -> Result<Exit, Problem> {
    let root = root(dir)?;
    if cargo::holds_the_lab(&root) {
        return Err(Problem::new(
            Exit::Usage,
            format!("{} contains the source code of the lab", root.display()),
            "`git pull` upgrades it. To create a course folder, name another one: `routeguide-lab init DIR`.",
        ));
    }
    let version = scaffold::version(&root).map_err(|error| unreadable(&root, &error))?;
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
            let mut paths = fresh::in_the_way(&root, &files).map_err(untouched)?;
            paths.extend(others.iter().cloned());
            match paths.is_empty() {
                true => make(&root, dir.unwrap_or(&root), &files).await?,
                // Only what is gone, and what is the lab's, is written.
                false if others.is_empty() && scaffold::lacks_its_manifest(&root) => {
                    upgrade(&root, files, crates.is_on() && !vendor).await?;
                }
                false => return Err(taken(&root, &paths)),
            }
        }
    }
    if vendor {
        store(&root, &crates).await?;
    }
    Ok(Exit::Passed)
}

/// The absolute path of the folder.
fn root(dir: Option<&Path>) -> Result<PathBuf, Problem> {
    let unknown = |error: io::Error| {
        let what = format!("cannot determine the current folder: {error}");
        Problem::new(Exit::CouldNot, what, "")
    };
    match dir {
        Some(dir) => std::path::absolute(dir).map_err(unknown),
        None => {
            let here = super::current_folder()?;
            let folder = Folder::find(&here).map_err(|NoFolder { from }| {
                Problem::new(
                    Exit::Usage,
                    format!(
                        "{} is not inside a course folder, so there is nothing to upgrade",
                        from.display()
                    ),
                    format!(
                        "To create a course folder, name it: `{} init DIR`.",
                        screen::invocation()
                    ),
                )
            })?;
            Ok(folder.root().to_path_buf())
        }
    }
}

/// Creates a folder. `named` is its path as the learner typed it.
async fn make(root: &Path, named: &Path, files: &[TemplateFile]) -> Result<(), Problem> {
    let failed = |error| {
        let path = root.to_path_buf();
        unwritable(&StoreError::Io { path, error })
    };
    owner::create_folders(root).map_err(|error| {
        let path = root.to_path_buf();
        untouched(StoreError::Io { path, error })
    })?;
    let repository = git::init(root).await;
    if repository == Repository::Created {
        owner::of_folder_and_below(&root.join(".git")).map_err(failed)?;
    }
    let lock = lock_builds(root).await?;
    fresh::make(root, files).map_err(|error| match error {
        MakeError::Taken(paths) => Problem::new(
            Exit::CouldNot,
            format!(
                "another program has just written to {}:\n  {}",
                root.display(),
                paths.join("\n  ")
            ),
            "These files have not been changed. Name another folder, or move them elsewhere, and try again.",
        ),
        MakeError::Store(error) => unwritable(&error),
    })?;
    drop(lock);
    if let Repository::Refused(says) = &repository {
        screen::print_error(&format!(
            "warning: no git repository was created in the folder. Git says:\n{says}"
        ));
    }
    screen::print(&words::made(
        root,
        named,
        repository == Repository::Created,
        screen::invocation(),
    ));
    Ok(())
}

/// Upgrades a folder. If it is `vendored`, other crates than those in it may be needed now.
async fn upgrade(root: &Path, files: Vec<TemplateFile>, vendored: bool) -> Result<(), Problem> {
    let folder = Folder::find(root)?;
    let lock = lock_builds(root).await?;
    let store = Store::new(folder.state_dir());
    if let Some(aside) = store.load()?.set_aside {
        screen::print_error(&format!(
            "warning: {}",
            screen::lab::notices::set_aside(&aside)
        ));
    }
    let upgraded = upgrade::upgrade(&folder, &store, files).map_err(|error| match error {
        UpgradeError::Newer(version) => older(root, &version),
        UpgradeError::Change(error) => error.into(),
    })?;
    drop(lock);
    screen::print(&words::upgraded(root, &upgraded, screen::invocation()));
    let mut replaced = upgraded.plan.replaced.iter();
    if vendored && replaced.any(|made| made.path == "Cargo.lock") {
        screen::print_error(
            "warning: vendor/ may lack crates that are needed now. `routeguide-lab init --vendor` gets them from the \
             network.",
        );
    }
    Ok(())
}

/// Waits for checks that are building in the folder, and keeps new ones from building.
async fn lock_builds(root: &Path) -> Result<FileLock, Problem> {
    let state_dir = Folder::state_dir_in(root);
    lock::prepare(&state_dir).map_err(|error| unwritable(&error))?;
    let path = state_dir.join("build.lock");
    let lock = async {
        let mut taken = pin!(FileLock::take(&path));
        if let Ok(taken) = tokio::time::timeout(SILENT_WAIT, &mut taken).await {
            return taken;
        }
        screen::print_error("Waiting for a check that is building in this folder.");
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
        "Storing all crates in vendor/ of {at}. This takes a while."
    ));
    let stored = crates.store().await.map_err(|error| {
        failed(
            format!("cannot store the crates in {at}: {error}"),
            "Is cargo installed, and is there space on the disk? The course folder itself is complete.",
        )
    })?;
    match stored {
        Stored::Stored => screen::print(&words::stored()),
        Stored::Present => screen::print("All crates are in vendor/ already.\n"),
        Stored::Failed(words) => {
            return Err(failed(
                format!(
                    "cargo cannot get all crates. It says:\n\n{}\n",
                    words.trim_end()
                ),
                "The course folder itself is complete, but no crates have been stored in it. Where there is a \
                 network, run the same command again.",
            ));
        }
    }
    Ok(())
}

fn older(root: &Path, version: &str) -> Problem {
    Problem::new(
        Exit::CouldNot,
        format!(
            "{} was made by routeguide-lab {version}, which is newer than this one ({})",
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
            "{} already contains other files where files of the course would go:\n  {}",
            root.display(),
            paths.join("\n  ")
        ),
        "Nothing has been written. Name another folder, or move these files elsewhere, and try again.",
    )
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(
        Exit::CouldNot,
        format!("cannot read {}: {error}", path.display()),
        "Nothing has been changed.",
    )
}

fn untouched(error: StoreError) -> Problem {
    match &error {
        StoreError::Io { error: io, .. } if LeadsOut::is(io) => error.into(),
        _ => Problem::new(Exit::CouldNot, error, "Nothing has been changed."),
    }
}

fn unwritable(error: &StoreError) -> Problem {
    Problem::new(
        Exit::CouldNot,
        error,
        "The files written before it remain. Run the same command again to complete the folder.",
    )
}
