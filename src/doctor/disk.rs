//! Free disk, where cargo builds and where it keeps crates.

use std::path::{Path, PathBuf};

use super::{Finding, apart, no_answer};

/// The id of the finding.
const CHECK: &str = "disk";

const MB: u64 = 1_000_000;
/// What the whole course takes in cargo's target folder: the lab and both tracks, which are 670 MB on
/// Linux, and what is built again and again while somebody learns.
const WHOLE_BUILD: u64 = 1_000 * MB;
/// What is still to come once the lab has been built.
const REST_OF_BUILD: u64 = 300 * MB;
/// The crates themselves, packed and unpacked: 160 MB.
const CRATES: u64 = 200 * MB;

/// A folder that is written to.
#[derive(Debug)]
pub struct Place {
    /// What for.
    what: &'static str,
    folder: PathBuf,
    /// How much it will take, in bytes.
    needed: u64,
    /// How much is free there, in bytes, or why that is not known.
    free: Result<u64, String>,
}

/// Asks how much is free where cargo will write, in a lab or in a folder that may become one. None if the system does not answer.
pub async fn look(place: &Path, is_lab: bool) -> Option<Vec<Place>> {
    let told = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"]
        .into_iter()
        .find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
        .map(|folder| place.join(folder));
    let target = told.unwrap_or_else(|| match is_lab {
        true => place.join("target"),
        // A course that is still to be made would lie here.
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
        let mut places = vec![look_at(
            "building",
            target,
            if built { REST_OF_BUILD } else { WHOLE_BUILD },
        )];
        places.extend(
            home.filter(|_| !downloaded)
                .map(|home| look_at("crates", home, CRATES)),
        );
        places
    })
    .await
}

fn look_at(what: &'static str, folder: PathBuf, needed: u64) -> Place {
    // What is not there yet will be made where the first of its parents is.
    let there = folder.ancestors().find(|folder| folder.exists());
    let free = match there {
        Some(there) => fs4::available_space(there).map_err(|error| error.to_string()),
        None => Err("there is no such folder".to_string()),
    };
    Place {
        what,
        folder,
        needed,
        free,
    }
}

/// One finding, about the place that is the worst.
pub fn judge(places: &Option<Vec<Place>>) -> Finding {
    let Some(places) = places else {
        return no_answer(CHECK, "how much of the disk is free");
    };
    places
        .iter()
        .map(judge_one)
        .reduce(|worst, next| {
            if next.severity > worst.severity {
                next
            } else {
                worst
            }
        })
        .unwrap_or_else(|| Finding::warning(CHECK, "It is not known where cargo builds."))
}

fn judge_one(place: &Place) -> Finding {
    let folder = place.folder.display();
    let needed = amount(place.needed);
    let what = place.what;
    let free = match &place.free {
        Ok(free) => *free,
        Err(words) => {
            return Finding::warning(
                CHECK,
                format!("It is not known how much is free in {folder}: {words}."),
            )
            .fix(format!("See to it that there are {needed} for {what}."));
        }
    };
    let message = format!(
        "{} are free in {folder}, and {what} takes about {needed}.",
        amount(free)
    );
    let advice = format!(
        "Make room there, or let {} name a folder on another disk.",
        match what {
            "building" => "the variable CARGO_TARGET_DIR",
            _ => "the variable CARGO_HOME",
        }
    );
    if free < place.needed {
        Finding::error(CHECK, message).fix(advice)
    } else if free < 2 * place.needed {
        Finding::warning(CHECK, message).fix(advice)
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

    fn place(what: &'static str, free: Result<u64, &str>) -> Place {
        Place {
            what,
            folder: "/course/target".into(),
            needed: WHOLE_BUILD,
            free: free.map_err(str::to_string),
        }
    }

    #[test]
    fn a_full_disk_is_trouble_before_the_build_finds_it_out() {
        for (free, outcome) in [
            (Ok(0), Severity::Error),
            (Ok(WHOLE_BUILD - 1), Severity::Error),
            (Ok(WHOLE_BUILD), Severity::Warning),
            (Ok(2 * WHOLE_BUILD), Severity::Ok),
            (Err("no such device"), Severity::Warning),
        ] {
            let finding = judge(&Some(vec![place("building", free)]));
            assert_eq!(finding.severity, outcome, "{free:?}");
            assert_eq!(finding.fix.is_none(), outcome == Severity::Ok);
        }
        assert_eq!(judge(&None).severity, Severity::Error);
    }

    #[test]
    fn the_worse_of_two_places_counts() {
        let places = vec![
            place("building", Ok(50 * WHOLE_BUILD)),
            place("crates", Ok(MB)),
        ];
        let finding = judge(&Some(places));
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
    async fn this_disk_tells_what_is_free() {
        let here = std::env::temp_dir().join("no-such-folder");
        let places = look(&here, true).await.unwrap();
        assert!(places[0].free.is_ok(), "{places:?}");
    }
}
