//! Free disk space where cargo builds, and where it keeps crates.

use std::path::{Path, PathBuf};

use super::{CheckId, Finding, apart, no_answer};
use crate::process::files::forbids_programs;

/// The id of the finding.
const CHECK: CheckId = CheckId::Disk;

const MB: u64 = 1_000_000;
/// What the whole course takes in cargo's target folder: the lab and both tracks, which are 670 MB on
/// Linux, and what is built again and again while somebody learns.
const WHOLE_BUILD: u64 = 1_000 * MB;
/// What is still to come once the lab has been built.
const REST_OF_BUILD: u64 = 300 * MB;
/// The crates themselves, packed and unpacked: 160 MB.
const CRATES: u64 = 200 * MB;

/// What cargo writes to a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Build,
    Crates,
}

/// A folder that cargo will write to.
#[derive(Debug)]
pub struct WrittenFolder {
    purpose: Purpose,
    folder: PathBuf,
    /// How much it will take, in bytes.
    needed: u64,
    /// How much is free there, in bytes, or why that cannot be determined.
    free: Result<u64, String>,
    /// Whether no program can be run there.
    forbids_programs: bool,
}

/// Asks how much is free where cargo will write, in a lab folder or in one that may become one. None if the
/// system does not answer in time.
pub async fn gather(place: &Path, is_lab: bool) -> Option<Vec<WrittenFolder>> {
    let from_variable = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"]
        .into_iter()
        .find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
        .map(|folder| place.join(folder));
    let target = from_variable.unwrap_or_else(|| match is_lab {
        true => place.join("target"),
        // A new course folder would be made here.
        false => place.to_path_buf(),
    });
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    apart(move || {
        let built = target.join("debug").is_dir();
        let downloaded = home
            .as_ref()
            .is_some_and(|home| home.join("registry").is_dir());
        let mut folders = vec![look_at(
            Purpose::Build,
            target,
            if built { REST_OF_BUILD } else { WHOLE_BUILD },
        )];
        folders.extend(
            home.filter(|_| !downloaded)
                .map(|home| look_at(Purpose::Crates, home, CRATES)),
        );
        folders
    })
    .await
}

fn look_at(purpose: Purpose, folder: PathBuf, needed: u64) -> WrittenFolder {
    // A missing folder will be made in the first of its parents that exists.
    let existing = folder.ancestors().find(|folder| folder.exists());
    let free = match existing {
        Some(folder) => fs4::available_space(folder).map_err(|error| error.to_string()),
        None => Err("there is no such folder".to_string()),
    };
    WrittenFolder {
        purpose,
        forbids_programs: purpose == Purpose::Build && forbids_programs(&folder),
        folder,
        needed,
        free,
    }
}

/// One finding, about the folder with the least room for what it needs.
pub fn judge(folders: &Option<Vec<WrittenFolder>>) -> Finding {
    let Some(folders) = folders else {
        return no_answer(CHECK, "how much of the disk is free");
    };
    folders
        .iter()
        .map(judge_one)
        .reduce(|worst, next| {
            if next.severity > worst.severity {
                next
            } else {
                worst
            }
        })
        .unwrap_or_else(|| Finding::warning(CHECK, "Cannot tell in which folder cargo builds."))
}

fn judge_one(written: &WrittenFolder) -> Finding {
    let folder = written.folder.display();
    if written.forbids_programs {
        return Finding::error(
            CHECK,
            format!(
                "No program can be run in {folder}, where cargo builds: the file system is mounted with `noexec`."
            ),
        )
        .fix(
            "Move the course to another file system, or set the variable CARGO_TARGET_DIR to a folder on one.",
        );
    }
    let needed = amount(written.needed);
    let (what, variable) = match written.purpose {
        Purpose::Build => ("the build needs", "CARGO_TARGET_DIR"),
        Purpose::Crates => ("the crates need", "CARGO_HOME"),
    };
    let free = match &written.free {
        Ok(free) => *free,
        Err(words) => {
            return Finding::warning(
                CHECK,
                format!("Cannot tell how much space is free in {folder}: {words}."),
            )
            .fix(format!(
                "Make sure that there is enough: {what} about {needed}."
            ));
        }
    };
    let message = format!(
        "{} are free in {folder}; {what} about {needed}.",
        amount(free)
    );
    let fix = format!(
        "Free some space there, or set the variable {variable} to a folder on another disk."
    );
    if free < written.needed {
        Finding::error(CHECK, message).fix(fix)
    } else if free < 2 * written.needed {
        Finding::warning(CHECK, message).fix(fix)
    } else {
        Finding::ok(CHECK, message)
    }
}

/// `300 MB`, `1.5 GB`.
fn amount(bytes: u64) -> String {
    let tenths = bytes / (100 * MB);
    match bytes {
        ..1_000_000_000 => format!("{} MB", bytes / MB),
        ..10_000_000_000 if !tenths.is_multiple_of(10) => {
            format!("{}.{} GB", tenths / 10, tenths % 10)
        }
        _ => format!("{} GB", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    fn written(purpose: Purpose, free: Result<u64, &str>) -> WrittenFolder {
        WrittenFolder {
            purpose,
            folder: "/course/target".into(),
            needed: WHOLE_BUILD,
            free: free.map_err(str::to_string),
            forbids_programs: false,
        }
    }

    #[test]
    fn a_full_disk_is_an_error_before_the_build_finds_it_out() {
        for (free, outcome) in [
            (Ok(0), Severity::Error),
            (Ok(WHOLE_BUILD - 1), Severity::Error),
            (Ok(WHOLE_BUILD), Severity::Warning),
            (Ok(2 * WHOLE_BUILD), Severity::Ok),
            (Err("no such device"), Severity::Warning),
        ] {
            let finding = judge(&Some(vec![written(Purpose::Build, free)]));
            assert_eq!(finding.severity, outcome, "{free:?}");
            assert_eq!(finding.fix.is_none(), outcome == Severity::Ok);
        }
        assert_eq!(judge(&None).severity, Severity::Error);
    }

    #[test]
    fn the_worse_of_two_folders_counts() {
        let folders = vec![
            written(Purpose::Build, Ok(50 * WHOLE_BUILD)),
            written(Purpose::Crates, Ok(MB)),
        ];
        let finding = judge(&Some(folders));
        assert!(
            finding.message.starts_with("1 MB are free in"),
            "{}",
            finding.message
        );
        assert!(finding.fix.unwrap().contains("CARGO_HOME"));
    }

    #[test]
    fn amounts_are_read_at_a_glance() {
        let amounts = [0, 299_999_999, 1_000 * MB, 1_550 * MB, 76_543 * MB].map(amount);
        assert_eq!(amounts, ["0 MB", "299 MB", "1 GB", "1.5 GB", "76 GB"]);
    }

    #[tokio::test]
    async fn the_free_space_of_this_disk_is_known() {
        let here = std::env::temp_dir().join("no-such-folder");
        let folders = gather(&here, true).await.unwrap();
        assert!(folders[0].free.is_ok(), "{folders:?}");
    }
}
