//! A course folder, as the binary alone makes it: which files it holds, and what is in them. Pure.
//!
//! Its `Cargo.toml` and `Cargo.lock` are templates in `template/`. The tests `course::folder` hold that they say what
//! the lab's own workspace says for the two tracks; `SNAPSHOTS=overwrite cargo test --test it course::folder`
//! writes them anew after a change there.

use std::path::{Component, Path};

use super::lessons::id;
use super::region::RegionError;
use super::{Track, files};

/// Those folders of the lab whose files the manifest lists. A file there that only an older lab wrote would confuse:
/// cargo would build a program that no lesson uses, for example.
const REMOVED_WHEN_DROPPED: [&str; 2] = [Track::Completed.name(), "proto"];

/// This lab's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The manifest of the folder. It comes last when the folder is written: where it stands, all stands.
pub const MANIFEST_PATH: &str = "Cargo.toml";

/// Whose a file is, once it has been handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The learner's: it is never written again while it is there.
    Learner,
    /// The lab's: an upgrade writes it anew.
    Lab,
}

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// Its path from the folder, with `/`.
    pub path: String,
    /// What stands in it.
    pub text: String,
    /// Whose it is.
    pub owner: Owner,
}

/// A file of start_here cannot be put back to its beginning. The tests of the lab see to it that all can.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct WorkspaceError {
    /// The file.
    path: String,
    /// Why.
    source: RegionError,
}

/// All files of a course folder; the manifest last.
///
/// # Errors
///
/// [`WorkspaceError`], if what the binary carries does not fit together.
pub fn all() -> Result<Vec<TemplateFile>, WorkspaceError> {
    let made = |path: &str, text: &str, owner| TemplateFile {
        path: path.to_string(),
        text: text.to_string(),
        owner,
    };
    let mut all = Vec::new();
    for path in files::of_start_here() {
        let text = files::original(&path)
            .unwrap_or(Ok(String::new()))
            .map_err(|source| WorkspaceError {
                path: path.clone(),
                source,
            })?;
        all.push(made(&path, &text, Owner::Learner));
    }
    for folder in [Track::Completed.name(), "lessons", "proto"] {
        for path in files::below(folder) {
            let text = files::text(path).unwrap_or_default();
            all.push(made(path, &files::for_installed(path, text), Owner::Lab));
        }
    }
    // What editors and git read may be the learner's own already.
    for (path, text) in [
        (".gitignore", include_str!("../../.gitignore")),
        (
            ".vscode/extensions.json",
            include_str!("../../.vscode/extensions.json"),
        ),
        (
            ".vscode/settings.json",
            include_str!("../../.vscode/settings.json"),
        ),
    ] {
        all.push(made(path, text, Owner::Learner));
    }
    for (path, text) in [
        ("README.md", include_str!("template/README.md")),
        ("Cargo.lock", include_str!("template/Cargo.lock")),
        (MANIFEST_PATH, include_str!("template/Cargo.toml")),
    ] {
        all.push(made(path, &text.replace("\r\n", "\n"), Owner::Lab));
    }
    Ok(all)
}

/// What a lab has written about itself into the manifest of a folder: its version, and the files that it wrote in
/// some folders.
fn metadata(manifest: &str) -> Option<toml::Table> {
    let manifest: toml::Table = manifest.parse().ok()?;
    let metadata = manifest.get("workspace")?.get("metadata")?;
    metadata.get(env!("CARGO_PKG_NAME"))?.as_table().cloned()
}

/// The version of the lab that made or upgraded a folder last, from the folder's manifest.
pub fn version_in(manifest: &str) -> Option<String> {
    Some(metadata(manifest)?.get("version")?.as_str()?.to_string())
}

/// The files that an older lab has written, by the manifest that it made, and that are not among those of
/// this one.
pub fn dropped(manifest: &str, now: &[TemplateFile]) -> Vec<String> {
    let listed = metadata(manifest).and_then(|mut metadata| match metadata.remove("files")? {
        toml::Value::Array(files) => Some(files),
        _ => None,
    });
    let files = listed.unwrap_or_default().into_iter();
    files
        .filter_map(|file| file.as_str().map(str::to_string))
        // Whatever somebody has written there, nothing else is ever removed.
        .filter(|path| {
            let mut parts = Path::new(path).components();
            let folder = path.split_once('/').map(|(folder, _)| folder);
            folder.is_some_and(|folder| REMOVED_WHEN_DROPPED.contains(&folder))
                && parts.all(|part| matches!(part, Component::Normal(_)))
        })
        .filter(|path| !now.iter().any(|file| file.path == *path))
        .collect()
}

/// Whether a file is one that a lab changes: one of those above, or one that an older lab may have had among the course's
/// own.
pub fn is_known(path: &str) -> bool {
    let folder = path.split_once('/').map_or("", |(folder, _)| folder);
    let is_courses = [Track::Completed.name(), "lessons", "proto"].contains(&folder);
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    (is_courses && path.split('/').all(is_plain))
        || all().is_ok_and(|all| all.iter().any(|file| file.path == path))
}

/// Whether a version is newer than another. What is no version is not newer than anything.
pub fn is_newer(one: &str, other: &str) -> bool {
    numbers(one) > numbers(other)
}

/// `1.2.3` as numbers.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let release = version.split(['-', '+']).next()?;
    release.split('.').map(|part| part.parse().ok()).collect()
}

/// Of the folders in `lessons/`, those that hold a lesson which has another number now: `05-start-server`,
/// and not `my-start-server`.
pub fn renumbered(folders: &[String]) -> Vec<&str> {
    let now: Vec<&str> = files::below("lessons")
        .filter_map(|path| path.split('/').nth(1))
        .collect();
    let ids: Vec<&str> = now.iter().copied().filter_map(id).collect();
    folders
        .iter()
        .map(String::as_str)
        .filter(|folder| !now.contains(folder) && id(folder).is_some_and(|id| ids.contains(&id)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> TemplateFile {
        let found = all().unwrap().into_iter().find(|made| made.path == path);
        found.unwrap_or_else(|| panic!("no {path}"))
    }

    #[test]
    fn the_folder_tells_which_lab_made_it() {
        assert_eq!(
            version_in(&of(MANIFEST_PATH).text).as_deref(),
            Some(VERSION)
        );
        assert_eq!(version_in(include_str!("../../Cargo.toml")), None);
        assert_eq!(version_in("[workspace"), None);
        assert!(is_newer("0.10.0", "0.9.9") && is_newer("1.0.0", "0.9"));
        assert!(!is_newer(VERSION, VERSION) && !is_newer("new", VERSION));
        assert!(is_newer("0.2.0-beta", "0.1.0"));
    }

    #[test]
    fn the_learners_files_are_as_handed_out_and_name_commands_that_work_there() {
        assert!(
            of("start_here/src/server.rs")
                .text
                .contains("not written yet")
        );
        assert!(
            of("completed/Cargo.toml")
                .text
                .contains("name = \"completed\"")
        );
        for made in all().unwrap() {
            assert!(!made.text.contains("cargo run -- "), "{}", made.path);
            let learners = made.path.starts_with("start_here/");
            assert!(!learners || made.owner == Owner::Learner, "{}", made.path);
        }
        assert!(
            of("lessons/01-define-messages/lesson.md")
                .text
                .contains("`routeguide-lab check`")
        );
        assert_eq!(all().unwrap().last().unwrap().path, MANIFEST_PATH);
    }

    #[test]
    fn a_lesson_with_another_number_is_known_and_a_teachers_own_is_left_alone() {
        let folders = [
            "04-list-features",
            "05-list-features",
            "14-my-own",
            "notes",
            "my-route-chat",
            "-route-chat",
            "6b-route-chat",
        ];
        assert_eq!(renumbered(&folders.map(String::from)), ["05-list-features"]);
    }

    #[test]
    fn files_that_only_an_older_lab_wrote_are_known_from_its_manifest() {
        let all = all().unwrap();
        let mine = of(MANIFEST_PATH).text;
        let nothing: [&str; 0] = [];
        assert_eq!(dropped(&mine, &all), nothing);
        let older = mine.replace(
            "files = [",
            "files = [\"completed/src/old.rs\", \"proto/old.proto\", \"start_here/src/lib.rs\", \
             \"completed/../start_here/build.rs\", \"/completed/old\", \"completed\",",
        );
        assert_ne!(older, mine);
        assert_eq!(
            dropped(&older, &all),
            ["completed/src/old.rs", "proto/old.proto"]
        );
        assert_eq!(version_in(&older).as_deref(), Some(VERSION));
        assert_eq!(dropped("", &all), nothing);
    }

    #[test]
    fn what_a_lab_changes_is_known() {
        for path in [
            "start_here/src/server.rs",
            "completed/src/old.rs",
            "lessons/05-list-features/lesson.md",
            ".vscode/settings.json",
            MANIFEST_PATH,
        ] {
            assert!(is_known(path), "{path}");
        }
        for path in [
            ".git/hooks/pre-commit",
            "start_here/src/other.rs",
            "start_here/.cargo/config.toml",
            ".cargo/config.toml",
            "completed/.cargo/config.toml",
            "completed/../.git/config",
            "lessons",
            "build.rs",
            "",
        ] {
            assert!(!is_known(path), "{path}");
        }
    }

    /// So that an upgrade knows them once they are gone.
    #[test]
    fn the_manifest_lists_the_files_that_are_removed_when_they_are_dropped() {
        let metadata = metadata(&of(MANIFEST_PATH).text).unwrap();
        let listed = metadata["files"].as_array().unwrap();
        let listed: Vec<&str> = listed.iter().filter_map(toml::Value::as_str).collect();
        let all: Vec<&str> = REMOVED_WHEN_DROPPED
            .into_iter()
            .flat_map(files::below)
            .collect();
        assert_eq!(listed, all);
    }
}
