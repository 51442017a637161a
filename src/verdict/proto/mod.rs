//! Judging a .proto: the messages and the service of the learner against those of the lesson.

mod messages;
mod service;
#[cfg(test)]
mod tests;

use prost_reflect::prost_types::FileDescriptorProto;

use super::diagnosis::{Diagnosis, Place};
use crate::probe::proto::{Parsed, SyntaxError};

/// The finding for a .proto that does not parse. `file` is its path from the lab's root.
pub fn syntax(error: &SyntaxError, file: &str, source: &str) -> Diagnosis {
    let place = error.offset.map(|offset| {
        let before = source.get(..offset).unwrap_or(source);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        place(
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
    placed(Diagnosis::mistake("syntax", message), place)
}

/// A parsed .proto, and how its things are shown.
pub struct Judge<'a> {
    /// The .proto.
    pub parsed: &'a Parsed,
    /// Its path from the lab's root.
    pub file: &'a str,
}

impl Judge<'_> {
    /// The finding with the place of a thing of the .proto.
    fn at(&self, path: &[i32], diagnosis: Diagnosis) -> Diagnosis {
        let place = location(self.parsed.file.file_descriptor_proto(), path)
            .map(|(line, column)| place(self.file, &self.parsed.source, line, column));
        placed(diagnosis, place)
    }
}

/// A finding at a place of the .proto, which is also what to edit.
fn placed(diagnosis: Diagnosis, place: Option<Place>) -> Diagnosis {
    let edit = place.as_ref().map(|place| (place.file.clone(), place.line));
    Diagnosis {
        place,
        edit,
        ..diagnosis
    }
}

/// A line of a source text as a place.
fn place(file: &str, source: &str, line: usize, column: usize) -> Place {
    Place {
        file: file.to_string(),
        line,
        column,
        source: source.lines().nth(line - 1).unwrap_or_default().to_string(),
    }
}

/// Line and column, counted from 1, of the thing with this path in the descriptor.
fn location(file: &FileDescriptorProto, path: &[i32]) -> Option<(usize, usize)> {
    let info = file.source_code_info.as_ref()?;
    let found = info
        .location
        .iter()
        .find(|location| location.path == path)?;
    let line = usize::try_from(*found.span.first()?).ok()? + 1;
    let column = usize::try_from(*found.span.get(1)?).ok()? + 1;
    Some((line, column))
}
