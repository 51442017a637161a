//! The learner's crate as text: which lines are the learner's own, and which are as they were handed out.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::course::{files, region};
use crate::location::Location;

/// The files of the learner's crate.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// A file of the learner's crate.
#[derive(Debug)]
pub struct SourceFile {
    /// Its path from the lab's root, with `/`.
    pub path: String,
    lines: Vec<String>,
    /// Of each line, whether it is in a region or differs from what was handed out.
    own: Vec<bool>,
    regions: Vec<Region>,
}

/// A region of a file.
#[derive(Debug)]
struct Region {
    id: String,
    /// Its lines, counted from 1.
    lines: Range<usize>,
}

impl Sources {
    /// The files of start_here, each with its path from the lab's root and its text.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Sources {
        let files = files.into_iter();
        Sources {
            files: files
                .map(|(path, text)| SourceFile::new(path, &text))
                .collect(),
        }
    }

    /// A file by its path. rustc may name it from a folder above the lab.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        let path = path.replace('\\', "/");
        self.files.iter().find(|file| {
            let rest = path.strip_suffix(&file.path);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        })
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// The first file with a region of this id whose path ends so.
    pub fn with_region(&self, path: &str, id: &str) -> Option<(&SourceFile, Range<usize>)> {
        let file = self.file(path)?;
        Some((file, file.region(id)?))
    }
}

impl SourceFile {
    fn new(path: String, text: &str) -> SourceFile {
        let lines: Vec<String> = text.lines().map(str::to_string).collect();
        let regions: Vec<Region> = region::ids(text)
            .into_iter()
            .filter_map(|id| {
                let found = region::find(text, id).ok()?;
                let end = found.line + found.text.matches('\n').count();
                let lines = found.line..end;
                let id = id.to_string();
                Some(Region { id, lines })
            })
            .collect();
        let own = own_lines(&path, &lines, &regions);
        SourceFile {
            path,
            lines,
            own,
            regions,
        }
    }

    /// The text of a line, counted from 1.
    pub fn line(&self, number: usize) -> Option<&str> {
        let index = number.checked_sub(1)?;
        self.lines.get(index).map(String::as_str)
    }

    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Whether a line is the learner's own.
    pub fn is_own(&self, line: usize) -> bool {
        let index = line.checked_sub(1);
        index.is_some_and(|index| self.own.get(index) == Some(&true))
    }

    /// The first line that is the learner's own.
    pub fn find_own(&self) -> Option<usize> {
        let index = self.own.iter().position(|own| *own)?;
        Some(index + 1)
    }

    /// A line of the file, as a location.
    pub fn at(&self, line: usize) -> Location {
        Location::new(&self.path, line)
    }

    /// The region of an id.
    pub fn region(&self, id: &str) -> Option<Range<usize>> {
        let found = self.regions.iter().find(|region| region.id == id)?;
        Some(found.lines.clone())
    }

    /// The region that holds a line.
    pub fn region_around(&self, line: usize) -> Option<Range<usize>> {
        let mut lines = self.regions.iter().map(|region| &region.lines);
        lines.find(|lines| lines.contains(&line)).cloned()
    }

    /// The region that holds a line, or else the next one in the function that the line is part of.
    pub fn region_from(&self, line: usize) -> Option<Range<usize>> {
        self.region_around(line).or_else(|| {
            let lines = self.regions.iter().map(|region| &region.lines);
            let next = lines
                .filter(|lines| lines.start > line)
                .min_by_key(|lines| lines.start)?;
            // A function ends with a line that only closes a brace.
            let ends = |line: usize| self.line(line).is_some_and(|text| text.trim() == "}");
            (line..next.start)
                .all(|line| !ends(line))
                .then(|| next.clone())
        })
    }

    /// The first of these lines whose code, without comments, fulfils a condition.
    pub fn find_in(&self, lines: Range<usize>, matches: impl Fn(&str) -> bool) -> Option<usize> {
        lines.into_iter().find(|line| {
            let code = self.line(*line).map(without_comment);
            code.is_some_and(&matches)
        })
    }

    /// The first line of the file whose code, without comments, fulfils a condition.
    pub fn find(&self, matches: impl Fn(&str) -> bool) -> Option<usize> {
        self.find_in(1..self.lines.len() + 1, matches)
    }
}

/// A line without what is behind `//`, unless that is in a URL.
fn without_comment(line: &str) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") {
        return "";
    }
    line.split(" //").next().unwrap_or(line)
}

/// Of each line, whether it is in a region or differs from what was handed out. In a file that was not handed out,
/// every line is the learner's own.
fn own_lines(path: &str, lines: &[String], regions: &[Region]) -> Vec<bool> {
    let Some(Ok(original)) = files::original(path) else {
        return vec![true; lines.len()];
    };
    let mut own = vec![false; lines.len()];
    for (_, range) in changed(&original, lines) {
        own[range].fill(true);
    }
    for region in regions {
        let end = region.lines.end.saturating_sub(1).min(own.len());
        let start = region.lines.start.saturating_sub(1).min(end);
        own[start..end].fill(true);
    }
    own
}

/// The lines that differ between an original and the learner's text: those of the original, and those that stand in
/// their place. Indices count from 0; white space at line ends is no difference.
pub fn changed(original: &str, lines: &[String]) -> Vec<(Range<usize>, Range<usize>)> {
    let old: Vec<&str> = original.lines().map(str::trim_end).collect();
    let new: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new).into_iter();
    let changes = operations.filter(|operation| !matches!(operation, DiffOp::Equal { .. }));
    changes
        .map(|operation| (operation.old_range(), operation.new_range()))
        .collect()
}

/// What stands in the place of a line that was handed out: the line of the file, and whether it has been changed and
/// not only removed. None if the line is as it was, or was never there.
pub fn in_place_of(
    file: &SourceFile,
    original: &str,
    line: &str,
) -> Option<(usize, Option<String>)> {
    let index = original.lines().position(|other| other == line)?;
    let (old, new) = changed(original, &file.lines)
        .into_iter()
        .find(|(old, _)| old.contains(&index))?;
    let word = line
        .split_whitespace()
        .filter(|word| *word != "pub")
        .take(2);
    let kinds: Vec<&str> = word
        .take_while(|word| ["async", "fn", "struct", "type", "mod", "const"].contains(word))
        .collect();
    let same_kind = |text: &str| {
        let mut words = text.split_whitespace().filter(|word| *word != "pub");
        kinds.iter().all(|kind| words.next() == Some(kind))
    };
    let candidates = new.clone().filter(|index| same_kind(&file.lines[*index]));
    // Where several were changed together, they are taken to be in the same order.
    let before = original.lines().skip(old.start).take(index - old.start);
    let nth = before.filter(|line| same_kind(line)).count();
    match candidates.clone().nth(nth) {
        Some(index) => Some((index + 1, Some(file.lines[index].clone()))),
        None => Some((new.start.min(file.lines.len().saturating_sub(1)) + 1, None)),
    }
}
