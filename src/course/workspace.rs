//! A course folder, as the binary alone makes it: which files it holds, and what stands in them. Pure.

use std::fmt;
use std::path::{Component, Path};

use super::lesson::id;
use super::lock::{self, LockError};
use super::region::RegionError;
use super::{Track, files};

/// The manifest and the lock file of the lab's own workspace, which the folder's are made from.
const MANIFEST: &str = include_str!("../../Cargo.toml");
const LOCK: &str = include_str!("../../Cargo.lock");

/// What the lab needs of some crates, and the two tracks do not: pairs of crate and dependency. A test
/// with cargo itself sees to it that these are the right ones, and says which they must be.
const ONLY_THE_LABS: [(&str, &str); 10] = [
    ("futures-channel", "futures-sink"),
    ("futures-util", "futures-channel"),
    ("futures-util", "futures-io"),
    ("futures-util", "futures-macro"),
    ("futures-util", "futures-sink"),
    ("futures-util", "memchr"),
    ("getrandom", "rand_core"),
    ("hashbrown", "allocator-api2"),
    ("hashbrown", "equivalent"),
    ("hashbrown", "foldhash 0.2.0"),
];

/// The table of the manifest in which the lab's version stands.
const OWN_TABLE: &str = concat!("[workspace.metadata.", env!("CARGO_PKG_NAME"), "]");

/// How the list begins there of the files that the lab has written in some folders.
const LISTED: &str = "files = [";

/// Those folders. A file that only an older lab wrote would confuse there: cargo would build a program that
/// no lesson knows, for example.
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
pub struct Made {
    /// Its path from the folder, with `/`.
    pub path: String,
    /// What stands in it.
    pub text: String,
    /// Whose it is.
    pub owner: Owner,
}

/// Why the folder's files cannot be made. The tests of the lab see to it that they can.
#[derive(Debug)]
pub enum WorkspaceError {
    /// A file of start_here cannot be put back to its beginning.
    Region(String, RegionError),
    /// The lock file does not hold what the tracks need.
    Lock(LockError),
}

impl fmt::Display for WorkspaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkspaceError::Region(path, error) => write!(f, "{path}: {error}"),
            WorkspaceError::Lock(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WorkspaceError {}

/// All files of a course folder; the manifest last.
///
/// # Errors
///
/// [`WorkspaceError`], if what the binary carries does not fit together.
pub fn all() -> Result<Vec<Made>, WorkspaceError> {
    let made = |path: &str, text: &str, owner| Made {
        path: path.to_string(),
        text: text.to_string(),
        owner,
    };
    let mut all = Vec::new();
    for path in files::of_start_here() {
        let text = files::original(&path)
            .unwrap_or(Ok(String::new()))
            .map_err(|error| WorkspaceError::Region(path.clone(), error))?;
        all.push(made(&path, &text, Owner::Learner));
    }
    for folder in [Track::Completed.name(), "lessons", "proto"] {
        for path in files::below(folder) {
            let text = files::text(path).unwrap_or_default();
            all.push(made(path, &as_typed(path, text), Owner::Lab));
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
    all.push(made("README.md", include_str!("readme.md"), Owner::Lab));
    let lock = lock().map_err(WorkspaceError::Lock)?;
    all.push(made("Cargo.lock", &lock, Owner::Lab));
    all.push(made(MANIFEST_PATH, &manifest(MANIFEST), Owner::Lab));
    Ok(all)
}

/// The lessons are written for a clone, where cargo runs the lab. Here it is an installed program.
fn as_typed(path: &str, text: &str) -> String {
    if path.ends_with(".md") {
        text.replace("cargo run -- ", concat!(env!("CARGO_PKG_NAME"), " "))
    } else {
        text.to_string()
    }
}

/// The lock file of the lab's workspace, cut down to the two tracks.
fn lock() -> Result<String, LockError> {
    let tracks = [Track::Completed.name(), Track::StartHere.name()];
    lock::cut(&LOCK.replace("\r\n", "\n"), &tracks, &ONLY_THE_LABS)
}

/// The folder's own manifest, from that of the lab's workspace: the same versions, edition and profiles,
/// for the two tracks alone.
fn manifest(of_the_lab: &str) -> String {
    let mut text = format!(
        "# The workspace of the course. `{0} init` writes this file anew when it upgrades the folder; what\n\
         # you need besides belongs in start_here/Cargo.toml.\n\
         [workspace]\n\
         members = [\"{1}\", \"{2}\"]\n",
        env!("CARGO_PKG_NAME"),
        Track::Completed.name(),
        Track::StartHere.name(),
    );
    for (header, lines) in tables(of_the_lab) {
        let shared = header == "[workspace.dependencies]"
            || header == "[workspace.package]"
            || header.starts_with("[profile.");
        if header == "[workspace]" {
            for line in lines.iter().filter(|line| line.starts_with("resolver = ")) {
                text.push_str(&format!("{line}\n"));
            }
        } else if shared {
            text.push_str(&format!("\n{header}\n"));
            for line in lines {
                text.push_str(&format!("{line}\n"));
            }
        }
    }
    text.push_str(&format!(
        "\n{OWN_TABLE}\nversion = \"{VERSION}\"\n\
         # What `{}` has written there. An upgrade removes what the newer lab does not have any more.\n\
         {LISTED}\n",
        env!("CARGO_PKG_NAME")
    ));
    for path in REMOVED_WHEN_DROPPED.into_iter().flat_map(files::below) {
        text.push_str(&format!("  \"{path}\",\n"));
    }
    text.push_str("]\n");
    text
}

/// The tables of a manifest, header and lines, without comments and empty lines.
pub(super) fn tables(manifest: &str) -> Vec<(&str, Vec<&str>)> {
    let mut tables: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            tables.push((line.trim_end(), Vec::new()));
        } else if !line.starts_with('#')
            && !line.trim().is_empty()
            && let Some((_, lines)) = tables.last_mut()
        {
            lines.push(line);
        }
    }
    tables
}

/// The version of the lab that has made or upgraded a folder last, from the folder's manifest.
pub fn version_in(manifest: &str) -> Option<&str> {
    let (_, lines) = tables(manifest)
        .into_iter()
        .find(|(header, _)| *header == OWN_TABLE)?;
    let line = lines.into_iter().find(|line| line.starts_with("version"))?;
    line.split('"').nth(1)
}

/// The files that an older lab has written, by the manifest that it made, and that are not among those of
/// this one.
pub fn dropped<'a>(manifest: &'a str, now: &[Made]) -> Vec<&'a str> {
    let (_, lines) = tables(manifest)
        .into_iter()
        .find(|(header, _)| *header == OWN_TABLE)
        .unwrap_or_default();
    let listed = lines.into_iter().skip_while(|line| *line != LISTED).skip(1);
    listed
        .take_while(|line| *line != "]")
        .filter_map(|line| line.split('"').nth(1))
        // Whatever somebody has written there, nothing else is ever removed.
        .filter(|path| {
            let mut parts = Path::new(path).components();
            let folder = path.split_once('/').map(|(folder, _)| folder);
            folder.is_some_and(|folder| REMOVED_WHEN_DROPPED.contains(&folder))
                && parts.all(|part| matches!(part, Component::Normal(_)))
        })
        .filter(|path| !now.iter().any(|made| made.path == *path))
        .collect()
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

/// Of the folders in `lessons/`, those that hold a lesson which has another number now: `05-list-features`,
/// and not `my-list-features`.
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

    fn of(path: &str) -> Made {
        let found = all().unwrap().into_iter().find(|made| made.path == path);
        found.unwrap_or_else(|| panic!("no {path}"))
    }

    #[test]
    fn the_manifest_says_what_the_labs_says_for_the_tracks_alone() {
        let made = of(MANIFEST_PATH).text;
        let mine = tables(&made);
        let labs = tables(MANIFEST);
        let table = |tables: &[(&str, Vec<&str>)], header: &str| {
            let found = tables.iter().find(|(other, _)| *other == header);
            found.map(|(_, lines)| {
                lines
                    .iter()
                    .map(|line| line.to_string())
                    .collect::<Vec<_>>()
            })
        };
        let shared =
            |header: &str| header.starts_with("[workspace.") || header.starts_with("[profile.");
        let headers: Vec<&str> = labs
            .iter()
            .map(|(header, _)| *header)
            .filter(|header| shared(header))
            .collect();
        assert!(headers.len() >= 5, "{headers:?}");
        for header in headers {
            assert_eq!(table(&mine, header), table(&labs, header), "{header}");
        }
        assert_eq!(
            table(&mine, "[workspace]").unwrap(),
            [
                "members = [\"completed\", \"start_here\"]",
                "resolver = \"3\""
            ]
        );
        assert!(
            !made.contains("clap") && !made.contains("[package]"),
            "{made}"
        );
    }

    #[test]
    fn the_folder_tells_which_lab_made_it() {
        assert_eq!(version_in(&of(MANIFEST_PATH).text), Some(VERSION));
        assert_eq!(version_in(MANIFEST), None);
        assert!(is_newer("0.10.0", "0.9.9") && is_newer("1.0.0", "0.9"));
        assert!(!is_newer(VERSION, VERSION) && !is_newer("new", VERSION));
        assert!(is_newer("0.2.0-beta", "0.1.0"));
    }

    #[test]
    fn the_lock_holds_the_tested_crates_and_none_of_the_labs_own() {
        let made = of("Cargo.lock").text;
        assert!(made.contains("name = \"tonic\"") && made.contains("name = \"start_here\""));
        assert!(!made.contains("name = \"clap\""), "{made}");
        let labs = LOCK.replace("\r\n", "\n");
        for line in made.lines().filter(|line| line.starts_with("checksum")) {
            assert!(labs.contains(line), "{line}");
        }
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
        assert!(mine.contains("  \"completed/build.rs\",\n  \"completed/route_guide_db.json\",\n"));
        assert_eq!(dropped(&mine, &all), [""; 0]);
        let older = mine.replace(
            LISTED,
            "files = [\n  \"completed/src/old.rs\",\n  \"proto/old.proto\",\n  \"start_here/src/lib.rs\",\n  \
             \"completed/../start_here/build.rs\",\n  \"/completed/old\",\n  \"completed\",",
        );
        assert_eq!(
            dropped(&older, &all),
            ["completed/src/old.rs", "proto/old.proto"]
        );
        assert_eq!(version_in(&older), Some(VERSION));
        assert_eq!(dropped("", &all), [""; 0]);
    }
}
