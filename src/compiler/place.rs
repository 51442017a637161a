//! Where the learner has to change something: the line of a message that is the learner's own.

use std::path::Path;

use super::sources::Sources;
use crate::location::Location;
use crate::process::cargo::{CompilerMessage, Span};

/// The learner's own line that a message is about: its own place, that of a macro call around it, or one that it only
/// mentions. None if all are in given files or outside the crate.
pub fn own_line(message: &CompilerMessage, sources: &Sources) -> Option<Location> {
    let mut primary = message.primary();
    let mut others = message.spans.iter();
    let mut of_notes = message.children.iter().flat_map(|child| &child.spans);
    primary
        .find_map(|span| own_line_of(span, sources))
        .or_else(|| others.find_map(|span| own_line_of(span, sources)))
        .or_else(|| of_notes.find_map(|span| own_line_of(span, sources)))
}

/// The learner's own line that a place is in, or one in which a macro was called that wrote it.
pub fn own_line_of(span: &Span, sources: &Sources) -> Option<Location> {
    span.with_calls()
        .find_map(|span| own(&span.file_name, span.line_start, sources))
}

/// A line, if it is the learner's own.
fn own(file: &str, line: usize, sources: &Sources) -> Option<Location> {
    // Cargo names files of the workspace from its root, and those of others in full.
    if is_elsewhere(file) {
        return None;
    }
    match sources.file(file) {
        Some(file) => file.is_own(line).then(|| file.at(line)),
        // Of the finished track, nothing is given.
        None => Some(Location::new(file.replace('\\', "/"), line)),
    }
}

/// The file of the crate that a message is about, whoever wrote it.
pub fn file_of(message: &CompilerMessage) -> Option<String> {
    let mut spans = message.primary().flat_map(Span::with_calls);
    let span = spans.find(|span| !is_elsewhere(&span.file_name))?;
    Some(span.file_name.replace('\\', "/"))
}

fn is_elsewhere(file: &str) -> bool {
    Path::new(file).is_absolute() || file.starts_with("/rustc/") || file.starts_with('<')
}
