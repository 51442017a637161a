//! The files of the course that the binary carries: both tracks as they are handed out, and the
//! lessons.

use std::io;
use std::path::Path;

use super::{exercise, region};
use crate::disk::regular;

/// Path, from the lab's root with `/`, and text of every file of `proto`, `completed` and `lessons`.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/course_files.rs"));

/// The features of the codelab.
pub const DATABASE: &str = include_str!("../../completed/route_guide_db.json");

/// The text of an embedded file of `proto`, `completed` or `lessons`.
pub fn text(path: &str) -> Option<&'static str> {
    EMBEDDED
        .binary_search_by_key(&path, |(path, _)| path)
        .ok()
        .map(|index| EMBEDDED[index].1)
}

/// The paths of the embedded files below a folder.
pub fn below(folder: &str) -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(path, _)| *path).filter(move |path| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// The finished file that belongs to a file of the learner's: for `start_here/src/server.rs` that
/// is `completed/src/server.rs`.
pub fn finished(path: &str) -> Option<&'static str> {
    let inside = path.strip_prefix("start_here/")?;
    if inside.starts_with("proto/") {
        text(inside)
    } else {
        text(&format!("completed/{inside}"))
    }
}

/// A file of start_here as it is handed out: the finished file, with every region as its first lesson finds
/// it, and the package's own name.
///
/// # Errors
///
/// If a lesson has an exercise in a region that the finished file does not have.
pub fn original(path: &str) -> Option<Result<String, region::RegionError>> {
    let mut text = finished(path)?.to_string();
    if path == "start_here/Cargo.toml" {
        text = text.replacen("name = \"completed\"", "name = \"start_here\"", 1);
    }
    for exercise in exercise::in_file(path).filter(|exercise| !exercise.taken_up_again) {
        match region::replace(&text, exercise.region, exercise.stub) {
            Ok(open) => text = open,
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(text))
}

/// The files of start_here, as paths from the lab's root.
pub fn of_start_here() -> impl Iterator<Item = String> {
    let shared = below("completed").filter_map(|path| path.strip_prefix("completed/"));
    shared
        .chain(below("proto"))
        .map(|path| format!("start_here/{path}"))
}

/// A file as it is in a course folder that an installed lab has made: lessons are written for a clone, where cargo runs
/// the lab.
pub fn for_installed(path: &str, text: &str) -> String {
    if path.ends_with(".md") {
        text.replace("cargo run -- ", concat!(env!("CARGO_PKG_NAME"), " "))
    } else {
        text.to_string()
    }
}

/// The files in `lessons/` of a lab's folder that are not those of the binary, and those that are missing. None if
/// there is no such folder.
pub fn other_lessons(root: &Path) -> Vec<String> {
    let lessons = root.join("lessons");
    let Ok(entries) = lessons.read_dir() else {
        return Vec::new();
    };
    let is_other = |path: &&str| {
        let here = match regular::read_to_string(&root.join(path)) {
            Ok(here) => here,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(_) => return false,
        };
        let own = text(path).unwrap_or_default();
        !here.lines().eq(own.lines()) && !here.lines().eq(for_installed(path, own).lines())
    };
    let mut others: Vec<String> = below("lessons")
        .filter(is_other)
        .map(str::to_string)
        .collect();
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let folder = format!("lessons/{name}");
        if name.starts_with(|first: char| first.is_ascii_digit()) && below(&folder).next().is_none()
        {
            others.push(folder);
        }
    }
    others
}

/// The files of start_here that are not as they are handed out, outside of the regions, and those that are missing.
/// The package's version does not matter. A file that cannot be read as text is none of them: nothing is known of it.
pub fn changed_outside(root: &Path) -> Vec<String> {
    let outside = |text: &str| {
        let outside = region::outside(text);
        let lines = outside.lines().map(|line| line.trim_end().to_string());
        lines
            .filter(|line| !line.starts_with("version = "))
            .collect::<Vec<_>>()
    };
    let is_changed = |path: &String| {
        let here = match regular::read_to_string(&root.join(path)) {
            Ok(here) => here,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(_) => return false,
        };
        let original = original(path).and_then(Result::ok).unwrap_or_default();
        outside(&here) != outside(&original)
    };
    of_start_here().filter(is_changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_learners_files_are_the_finished_ones_outside_the_regions() {
        for path in of_start_here().filter(|path| path != "start_here/Cargo.toml") {
            let original = original(&path).unwrap().unwrap();
            let finished = finished(&path).unwrap();
            assert_eq!(
                region::outside(&original),
                region::outside(finished),
                "{path}"
            );
        }
    }

    /// Regions in which the finished track does more than a lesson has taught so far, and what.
    const HARDENED: [(&str, &str); 2] = [
        (
            "list-features",
            "asks the index, which finds a few of a million features quickly",
        ),
        (
            "route-chat",
            "hashes places faster, and counts long texts only",
        ),
    ];

    /// The finished track is the course after its last lesson, but for regions that differ on purpose.
    #[test]
    fn every_region_of_the_finished_track_holds_its_last_solution() {
        for path in of_start_here() {
            let finished = finished(&path).unwrap();
            for id in region::ids(finished) {
                let last = exercise::in_file(&path).filter(|e| e.region == id).last();
                let last = last.unwrap_or_else(|| panic!("{path}: no lesson writes in {id}"));
                let region = region::find(finished, id).unwrap();
                let differs = HARDENED.iter().find(|(hardened, _)| *hardened == id);
                assert_eq!(
                    region.text != last.solution,
                    differs.is_some(),
                    "{path}: {id}: {differs:?}"
                );
            }
        }
    }

    #[test]
    fn files_that_are_not_there_are_none() {
        assert!(text("lessons/nothing").is_none());
        assert!(original("start_here/src/nothing.rs").is_none());
        assert!(original("elsewhere.rs").is_none());
    }
}
