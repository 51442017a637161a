//! Reading a learner's .proto.

use std::path::Path;

use miette::Diagnostic;
use prost_reflect::FileDescriptor;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

/// A .proto that parses.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The descriptor, with source locations.
    pub file: FileDescriptor,
    /// The text that was parsed.
    pub source: String,
}

/// Why a .proto does not parse, in the parser's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// What the parser says about the place, or how to mend it.
    pub details: Vec<String>,
    /// Where it is, as a byte offset, if it is at a place.
    pub offset: Option<usize>,
}

/// Parses a .proto, and resolves its types. Its imports are looked for in the folder `imports`, and
/// among the well-known types.
///
/// # Errors
///
/// The first [`SyntaxError`].
pub fn parse(name: &str, source: &str, imports: &Path) -> Result<Parsed, SyntaxError> {
    let mut resolver = ChainFileResolver::new();
    resolver.add(OneFile {
        name: name.to_string(),
        source: source.to_string(),
    });
    resolver.add(protox::file::IncludeFileResolver::new(
        imports.to_path_buf(),
    ));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_source_info(true);
    compiler
        .open_file(name)
        .map_err(|error| syntax_error(&error))?;
    let file = compiler
        .descriptor_pool()
        .get_file_by_name(name)
        .ok_or_else(|| SyntaxError {
            message: format!("the parser lost {name}"),
            details: Vec::new(),
            offset: None,
        })?;
    Ok(Parsed {
        file,
        source: source.to_string(),
    })
}

fn syntax_error(error: &protox::Error) -> SyntaxError {
    let labels: Vec<miette::LabeledSpan> = error.labels().into_iter().flatten().collect();
    let labelled = labels
        .iter()
        .filter_map(|label| label.label().map(str::to_string));
    let help = error.help().map(|help| help.to_string());
    SyntaxError {
        message: error.to_string(),
        details: labelled.chain(help).collect(),
        offset: labels.first().map(miette::LabeledSpan::offset),
    }
}

/// Serves the text in memory under its name.
struct OneFile {
    name: String,
    source: String,
}

impl FileResolver for OneFile {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if name == self.name {
            File::from_source(name, &self.source)
        } else {
            Err(protox::Error::file_not_found(name))
        }
    }
}
