//! The lessons of this checkout, as their folders hold them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::checkout;

/// A lesson.
pub struct Lesson {
    /// Its number.
    pub number: usize,
    /// Its id.
    pub id: String,
    /// How many minutes it takes.
    pub minutes: i64,
    /// Whether the course is finished without it.
    pub is_optional: bool,
    /// The case whose call is shown when it has passed, if it names one.
    pub shows: Option<String>,
    /// What its regions hold when it is done: file, from the lab's root; region; code.
    pub solution: Vec<(String, String, String)>,
}

/// All lessons, in order.
pub static LESSONS: LazyLock<Vec<Lesson>> = LazyLock::new(|| {
    let folder = checkout().join("lessons");
    let mut folders: Vec<PathBuf> = folders(&folder);
    folders.sort();
    let lessons = folders.iter().enumerate().map(|(index, folder)| {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(folder.join("lesson.toml")).unwrap();
        let about: toml::Table = text.parse().unwrap();
        let mut solution = Vec::new();
        for file in about["files"].as_array().unwrap() {
            let file = file.as_str().unwrap();
            let inside = file.strip_prefix("start_here/").unwrap();
            let text = fs::read_to_string(folder.join("solution").join(inside)).unwrap();
            for region in regions(&text) {
                let code = text[place(&text, region).unwrap()].to_string();
                solution.push((file.to_string(), region.to_string(), code));
            }
        }
        let check = fs::read_to_string(folder.join("check.json")).unwrap();
        let check: serde_json::Value = serde_json::from_str(&check).unwrap();
        Lesson {
            shows: check["shows"].as_str().map(str::to_string),
            number: index + 1,
            id: name.split_once('-').unwrap().1.to_string(),
            minutes: about["minutes"].as_integer().unwrap(),
            is_optional: about["part"].as_str() != Some("codelab"),
            solution,
        }
    });
    lessons.collect()
});

/// The lessons of the codelab, in order.
pub fn codelab() -> impl DoubleEndedIterator<Item = &'static Lesson> {
    LESSONS.iter().filter(|lesson| !lesson.is_optional)
}

/// The ids of the codelab's lessons that ask for code, in order.
pub fn written() -> Vec<&'static str> {
    let lessons = codelab().filter(|lesson| !lesson.solution.is_empty());
    lessons.map(|lesson| lesson.id.as_str()).collect()
}

/// A lesson.
#[track_caller]
pub fn lesson(id: &str) -> &'static Lesson {
    let found = LESSONS.iter().find(|lesson| lesson.id == id);
    found.unwrap_or_else(|| panic!("there is no lesson {id}"))
}

/// `4 of 13`: so many of the codelab's lessons.
pub fn of_all(passed: usize) -> String {
    format!("{passed} of {}", codelab().count())
}

/// `4 of 13 lessons passed`.
pub fn passed(lessons: usize) -> String {
    format!("{} lessons passed", of_all(lessons))
}

/// The files of start_here that lessons write in.
pub fn files() -> Vec<&'static str> {
    let exercises = LESSONS.iter().flat_map(|lesson| &lesson.solution);
    let mut files: Vec<&str> = exercises.map(|(file, ..)| file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Where a region is in a text.
pub fn place(text: &str, region: &str) -> Option<std::ops::Range<usize>> {
    let opening = format!("// lesson: {region}\n");
    let start = text.find(&opening)? + opening.len();
    let end = start + text[start..].find("// end lesson")?;
    let end = start
        + text[start..end]
            .rfind('\n')
            .map_or(0, |line_end| line_end + 1);
    Some(start..end)
}

/// The regions of a text.
fn regions(text: &str) -> impl Iterator<Item = &str> {
    let marked = text.lines();
    marked.filter_map(|line| line.trim().strip_prefix("// lesson: "))
}

/// The folders in a folder.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_dir()).collect()
}
