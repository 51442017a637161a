//! Judging a .proto: the messages and the service of the learner against those of the lesson.

mod messages;
mod scan;
mod service;
mod spec;
mod syntax;
#[cfg(test)]
mod tests;

pub use spec::{FieldSpec, MessageSpec, RpcSpec, ServiceSpec};

use prost_reflect::FileDescriptor;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{MessageDescriptor, ServiceDescriptor, Syntax};

use self::scan::Position;
use super::diagnosis::{Diagnosis, Excerpt};
use super::report::CaseReport;
use crate::location::Location;
use crate::probe::proto::{Parsed, SyntaxError};

/// The finding for a .proto that does not parse. `file` is its path from the lab's root.
pub fn syntax(error: &SyntaxError, file: &str) -> Diagnosis {
    let file = beside(file, &error.file);
    let shown = |position: Position| excerpt(&file, &error.source, position.line, position.column);
    let mut said = error.message.clone();
    // "Found here" says nothing that the place does not show.
    for detail in error
        .details
        .iter()
        .filter(|detail| *detail != "found here")
    {
        said.push_str("; ");
        said.push_str(detail);
    }
    if let Some(explained) = syntax::explain(error) {
        let diagnosis = Diagnosis::mistake("syntax", explained.message);
        let quoted = diagnosis.quoting_compiler(format!("The parser says: {said}"));
        return with_excerpt(quoted, explained.position.map(shown));
    }
    let offset = error.offsets.first();
    let position = offset.map(|offset| Position::at(&error.source, *offset));
    let diagnosis = Diagnosis::mistake("syntax", format!("The .proto does not compile: {said}"));
    with_excerpt(diagnosis, position.map(shown))
}

/// The path of a file that the parser names, in the folder of the .proto.
fn beside(proto: &str, name: &str) -> String {
    match proto.rsplit_once('/') {
        Some((folder, main)) if name != main => format!("{folder}/{name}"),
        _ => proto.to_string(),
    }
}

/// Names that differ only in case and underscores are taken for the same name, misspelt.
fn likeness(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// Of the names that a .proto has and the lesson does not, the one that is taken for `wanted`: one that differs only in case
/// and underscores, or else in a letter or two.
fn misspelt<T>(
    wanted: &str,
    found: impl Iterator<Item = T>,
    name: impl Fn(&T) -> String,
    is_known: impl Fn(&str) -> bool,
) -> Option<T> {
    let most = (wanted.len() / 4).clamp(1, 2);
    let near = found.filter_map(|item| {
        let name = name(&item);
        let distance = strsim::osa_distance(&likeness(&name), &likeness(wanted));
        (distance <= most && !is_known(&name)).then_some((distance, item))
    });
    let nearest = near.min_by_key(|(distance, _)| *distance)?;
    Some(nearest.1)
}

/// What is said of a misspelt name that is part of the path of a call.
fn in_path(name: &str, wanted: &str) -> &'static str {
    match name.eq_ignore_ascii_case(wanted) {
        true => "gRPC paths are case-sensitive.",
        false => "The name is a part of the path of each call.",
    }
}

/// A parsed .proto, and how its things are shown.
pub struct Judge<'a> {
    /// The .proto.
    pub parsed: &'a Parsed,
    /// Its path from the lab's root.
    pub file: &'a str,
}

impl Judge<'_> {
    /// The only case of a .proto that is not proto3: every other finding may follow from that.
    fn other_syntax(&self) -> Option<CaseReport> {
        if self.parsed.file.syntax() == Syntax::Proto3 {
            return None;
        }
        let diagnosis = match syntax::wrong_syntax(&self.parsed.source) {
            Some(found) => {
                let diagnosis = Diagnosis::mistake("syntax", found.message);
                let shown =
                    |at: Position| excerpt(self.file, &self.parsed.source, at.line, at.column);
                with_excerpt(diagnosis, found.position.map(shown))
            }
            None => Diagnosis::mistake(
                "syntax",
                "The file is empty: its lines with the syntax and the package are gone, too.",
            )
            .elsewhere(),
        };
        Some(CaseReport::of_fact("syntax", Some(diagnosis)))
    }

    /// The messages of the .proto, and those of the files that it imports, as long as they are of its package.
    fn all_messages(&self) -> impl Iterator<Item = MessageDescriptor> {
        self.files()
            .into_iter()
            .flat_map(|file| file.messages().collect::<Vec<_>>())
    }

    /// The services, in the same way.
    fn all_services(&self) -> impl Iterator<Item = ServiceDescriptor> {
        self.files()
            .into_iter()
            .flat_map(|file| file.services().collect::<Vec<_>>())
    }

    /// The .proto, and the files of its package that it imports.
    fn files(&self) -> Vec<FileDescriptor> {
        let package = self.parsed.file.package_name();
        let mut files = vec![self.parsed.file.clone()];
        let mut index = 0;
        while let Some(file) = files.get(index).cloned() {
            for imported in file.dependencies() {
                let is_new = !files.iter().any(|other| other.name() == imported.name());
                if is_new && imported.package_name() == package {
                    files.push(imported);
                }
            }
            index += 1;
        }
        files
    }

    /// The diagnosis with the line of an element of a file.
    fn at(&self, file: &FileDescriptor, path: &[i32], diagnosis: Diagnosis) -> Diagnosis {
        let source = self.parsed.source_of(file.name());
        let name = beside(self.file, file.name());
        let excerpt = position(file.file_descriptor_proto(), path)
            .zip(source)
            .map(|((line, column), source)| excerpt(&name, source, line, column));
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
