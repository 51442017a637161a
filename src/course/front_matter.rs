//! The head of a `lesson.md`: `key: value` lines between two lines of three dashes.

use std::fmt;

/// The head of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter {
    /// The id that people type.
    pub id: String,
    /// The title.
    pub title: String,
    /// How many minutes it takes.
    pub minutes: u32,
    /// The files with a region of this lesson, from the lab's root.
    pub files: Vec<String>,
}

/// What is wrong with the head of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatterError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for FrontMatterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for FrontMatterError {}

/// Splits a `lesson.md` into its head and its text.
///
/// # Errors
///
/// If the head is missing or lacks a key, or a value cannot be read.
pub fn split(document: &str) -> Result<(FrontMatter, &str), FrontMatterError> {
    let fail = |line: usize, problem: String| FrontMatterError { line, problem };
    let mut rest = document;
    let mut number = 0;
    let mut next_line = || {
        let (line, after) = rest.split_once('\n')?;
        rest = after;
        number += 1;
        Some((number, line.trim_end()))
    };
    if next_line().is_none_or(|(_, line)| line != "---") {
        return Err(fail(1, "the file must begin with a line `---`".to_string()));
    }
    let (mut id, mut title, mut minutes, mut files) = (None, None, None, None);
    let end = loop {
        let Some((number, line)) = next_line() else {
            return Err(fail(
                1,
                "the head is not closed by a second line `---`".to_string(),
            ));
        };
        if line == "---" {
            break number;
        }
        let Some((key, value)) = line.split_once(':') else {
            return Err(fail(
                number,
                format!("expected `key: value`, found `{line}`"),
            ));
        };
        let value = value.trim();
        match key.trim() {
            "id" => id = Some(value.to_string()),
            "title" => title = Some(value.to_string()),
            "minutes" => {
                let parsed = value.parse().map_err(|_| {
                    fail(
                        number,
                        format!("`minutes` must be a whole number, found `{value}`"),
                    )
                })?;
                minutes = Some(parsed);
            }
            "files" => {
                files = Some(list(value).ok_or_else(|| {
                    fail(
                        number,
                        format!("`files` must be a list such as [a, b], found `{value}`"),
                    )
                })?)
            }
            other => return Err(fail(number, format!("unknown key `{other}`"))),
        }
    };
    let missing = |key: &str| fail(end, format!("the head lacks `{key}`"));
    let head = FrontMatter {
        id: id.ok_or_else(|| missing("id"))?,
        title: title.ok_or_else(|| missing("title"))?,
        minutes: minutes.ok_or_else(|| missing("minutes"))?,
        files: files.ok_or_else(|| missing("files"))?,
    };
    Ok((head, rest))
}

/// Reads `[a, b]`.
fn list(value: &str) -> Option<Vec<String>> {
    let inside = value.strip_prefix('[')?.strip_suffix(']')?;
    Some(
        inside
            .split(',')
            .map(|item| item.trim().to_string())
            .filter(|item| !item.is_empty())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_and_text_are_told_apart() {
        let (head, text) =
            split("---\nid: a-b\ntitle: Colons: allowed\nminutes: 5\nfiles: [x, y]\n---\nText\n")
                .unwrap();
        assert_eq!(head.title, "Colons: allowed");
        assert_eq!(
            (head.minutes, head.files),
            (5, vec!["x".to_string(), "y".to_string()])
        );
        assert_eq!(text, "Text\n");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = split("---\nid: a\ntitle: b\nminutes: five\nfiles: []\n---\n").unwrap_err();
        assert_eq!(error.line, 4);
        let error = split("---\nid: a\ntitle: b\nfiles: []\n---\n").unwrap_err();
        assert!(error.problem.contains("`minutes`"), "{error}");
        assert!(split("Text").is_err());
    }
}
