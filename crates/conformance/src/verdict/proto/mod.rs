//! Judging a .proto: the messages and the service of the learner against those of the lesson.

mod messages;
mod service;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::{FieldSpec, MessageSpec, RpcSpec, ServiceSpec};

use prost_reflect::prost_types::FileDescriptorProto;

use super::diagnosis::{Diagnosis, Excerpt};
use crate::location::Location;
use crate::probe::proto::{Parsed, SyntaxError};

/// The finding for a .proto that does not parse. `file` is its path from the lab's root.
pub fn syntax(error: &SyntaxError, file: &str, source: &str) -> Diagnosis {
    let excerpt = error.offset.map(|offset| {
        let before = source.get(..offset).unwrap_or(source);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        excerpt(
            file,
            source,
            before.matches('\n').count() + 1,
            before[start..].chars().count() + 1,
        )
    });
    let mut message = format!("The .proto does not compile: {}", error.message);
    // "Found here" says nothing that the place does not show.
    for detail in error
        .details
        .iter()
        .filter(|detail| *detail != "found here")
    {
        message.push_str("; ");
        message.push_str(detail);
    }
    with_excerpt(Diagnosis::mistake("syntax", message), excerpt)
}

/// A parsed .proto, and how its things are shown.
pub struct Judge<'a> {
    /// The .proto.
    pub parsed: &'a Parsed,
    /// Its path from the lab's root.
    pub file: &'a str,
}

impl Judge<'_> {
    /// The diagnosis with the line of an element of the .proto.
    fn at(&self, path: &[i32], diagnosis: Diagnosis) -> Diagnosis {
        let excerpt = position(self.parsed.file.file_descriptor_proto(), path)
            .map(|(line, column)| excerpt(self.file, &self.parsed.source, line, column));
        with_excerpt(diagnosis, excerpt)
    }
}

/// The diagnosis with a line of the .proto, which is also what to change.
fn with_excerpt(diagnosis: Diagnosis, excerpt: Option<Excerpt>) -> Diagnosis {
    Diagnosis {
        location: excerpt.as_ref().map(|excerpt| excerpt.location.clone()),
        excerpt,
        ..diagnosis
    }
}

/// A line of a source text.
fn excerpt(file: &str, source: &str, line: usize, column: usize) -> Excerpt {
    Excerpt {
        location: Location::new(file, line),
        column,
        source: source.lines().nth(line - 1).unwrap_or_default().to_string(),
    }
}

/// Line and column, counted from 1, of the element with this path in the descriptor.
fn position(file: &FileDescriptorProto, path: &[i32]) -> Option<(usize, usize)> {
    let info = file.source_code_info.as_ref()?;
    let found = info
        .location
        .iter()
        .find(|location| location.path == path)?;
    let line = usize::try_from(*found.span.first()?).ok()? + 1;
    let column = usize::try_from(*found.span.get(1)?).ok()? + 1;
    Some((line, column))
}
