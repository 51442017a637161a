//! Regions: the lines between `// lesson: ID` and `// end lesson`, where lessons have their code. The id is
//! that of the first lesson that writes there.

use std::ops::Range;

/// A region in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region<'a> {
    /// The line after the opening marker, counted from 1: where the learner begins to write.
    pub line: usize,
    /// What stands between the markers, with its line ends.
    pub text: &'a str,
    range: Range<usize>,
}

/// Why a region cannot be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// There is no opening marker.
    #[error("the line `// lesson: {id}`, which begins the lesson's place, is missing")]
    NoStart {
        /// The region's id.
        id: String,
    },
    /// There is an opening marker, but none that closes it.
    #[error("the line `// end lesson`, which closes `// lesson: {id}` (line {line}), is missing")]
    NoEnd {
        /// The region's id.
        id: String,
        /// The line of the opening marker.
        line: usize,
    },
}

/// What a line marks.
enum Marker<'a> {
    Start(&'a str),
    End,
}

fn marker(line: &str) -> Option<Marker<'_>> {
    let comment = line.trim().strip_prefix("//")?.trim();
    if comment == "end lesson" {
        return Some(Marker::End);
    }
    comment
        .strip_prefix("lesson:")
        .map(|id| Marker::Start(id.trim()))
}

/// Whether a line is the marker of a region.
pub fn is_marker(line: &str) -> bool {
    marker(line).is_some()
}

/// The lines of a text with their line ends, each with its offset.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |offset, line| {
        let start = *offset;
        *offset += line.len();
        Some((start, line))
    })
}

/// The ids of all regions that a text opens, in order.
pub fn ids(text: &str) -> Vec<&str> {
    lines(text)
        .filter_map(|(_, line)| match marker(line) {
            Some(Marker::Start(id)) => Some(id),
            _ => None,
        })
        .collect()
}

/// Finds the region of an id.
///
/// # Errors
///
/// If one of its two markers is missing.
pub fn find<'a>(text: &'a str, id: &str) -> Result<Region<'a>, RegionError> {
    let mut start = None;
    for (index, (offset, line)) in lines(text).enumerate() {
        match (marker(line), start) {
            (Some(Marker::Start(other)), None) if other == id => {
                start = Some((index + 1, offset + line.len()));
            }
            (Some(Marker::End), Some((opening, from))) => {
                let range = from..offset;
                return Ok(Region {
                    line: opening + 1,
                    text: &text[range.clone()],
                    range,
                });
            }
            // Another region begins before this one ends: its closing marker is gone.
            (Some(Marker::Start(_)), Some((line, _))) => {
                return Err(RegionError::NoEnd {
                    id: id.to_string(),
                    line,
                });
            }
            _ => {}
        }
    }
    Err(match start {
        None => RegionError::NoStart { id: id.to_string() },
        Some((line, _)) => RegionError::NoEnd {
            id: id.to_string(),
            line,
        },
    })
}

/// A region with its two markers, and the line ends. None if one of the markers is missing.
pub fn whole<'a>(text: &'a str, id: &str) -> Option<&'a str> {
    let inside = find(text, id).ok()?.range;
    let start = text[..inside.start]
        .trim_end_matches('\n')
        .rfind('\n')
        .map_or(0, |end| end + 1);
    let closing = text[inside.end..].split_inclusive('\n').next()?;
    Some(&text[start..inside.end + closing.len()])
}

/// The text with another content in a region. The line ends of the text are kept.
///
/// # Errors
///
/// If one of the region's markers is missing.
pub fn replace(text: &str, id: &str, content: &str) -> Result<String, RegionError> {
    let region = find(text, id)?;
    let content = if text.contains("\r\n") {
        content.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        content.replace("\r\n", "\n")
    };
    let mut new = text.to_string();
    new.replace_range(region.range, &content);
    Ok(new)
}

/// Whether two contents say the same: blank space at line ends and around them does not count, so
/// that an editor's tidying is no change.
pub fn same(one: &str, other: &str) -> bool {
    let tidy = |text: &str| -> Vec<String> {
        text.trim()
            .lines()
            .map(|line| line.trim().to_string())
            .collect()
    };
    tidy(one) == tidy(other)
}

/// Whether a region holds no code: nothing, or lines of comment.
pub fn is_only_comments(content: &str) -> bool {
    let mut lines = content.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with("//"))
}

/// The text without what stands in its regions; the markers stay.
pub fn outside(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for (_, line) in lines(text) {
        let marker = marker(line);
        if matches!(marker, Some(Marker::End)) {
            inside = false;
        }
        if !inside {
            kept.push_str(line);
        }
        if matches!(marker, Some(Marker::Start(_))) {
            inside = true;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "a\n  // lesson: one\n  x\n  // end lesson\nb\n// lesson: two\n// end lesson\n";

    #[test]
    fn a_region_is_what_stands_between_its_markers() {
        let one = find(TEXT, "one").unwrap();
        assert_eq!((one.line, one.text), (3, "  x\n"));
        let two = find(TEXT, "two").unwrap();
        assert_eq!((two.line, two.text), (7, ""));
        assert_eq!(ids(TEXT), ["one", "two"]);
    }

    #[test]
    fn replacing_touches_nothing_else() {
        let new = replace(TEXT, "one", "  y\n  z\n").unwrap();
        assert_eq!(find(&new, "one").unwrap().text, "  y\n  z\n");
        assert_eq!(outside(&new), outside(TEXT));
    }

    #[test]
    fn windows_line_ends_stay() {
        let text = TEXT.replace('\n', "\r\n");
        assert_eq!(find(&text, "one").unwrap().text, "  x\r\n");
        let new = replace(&text, "one", "y\nz\n").unwrap();
        assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
        assert!(same(find(&new, "one").unwrap().text, " y\nz"));
    }

    #[test]
    fn comments_are_no_code() {
        assert!(is_only_comments("") && is_only_comments("  // later\n\n"));
        assert!(!is_only_comments("// now\nlet x = 1;\n"));
    }

    #[test]
    fn a_lost_marker_is_named() {
        assert_eq!(
            find("// lesson: one\nx\n// lesson: two\n// end lesson\n", "one"),
            Err(RegionError::NoEnd {
                id: "one".into(),
                line: 1
            })
        );
        assert_eq!(
            find(TEXT, "three"),
            Err(RegionError::NoStart { id: "three".into() })
        );
    }
}
