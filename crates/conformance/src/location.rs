//! A place in a source file.

use std::fmt;

/// A line of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file, with `/` between folders: from the lab's root, or as the program that reported it names it.
    pub file: String,
    /// The line, counted from 1; 0 if it is not known.
    pub line: usize,
}

impl Location {
    /// A line of a file.
    pub fn new(file: impl Into<String>, line: usize) -> Location {
        Location {
            file: file.into(),
            line,
        }
    }
}

/// `file:line`, as editors and compilers write it.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
