//! Reading a learner's .proto.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use prost_reflect::FileDescriptor;
use protox::file::{
    ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver,
};

/// A .proto that parses.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The descriptor, with source locations.
    pub file: FileDescriptor,
    /// The text that was parsed.
    pub source: String,
    /// The texts of the files that it imports, by their names.
    imported: BTreeMap<String, String>,
}

impl Parsed {
    /// The text of the file, or of one that it imports. None for the well-known types.
    pub fn source_of(&self, name: &str) -> Option<&str> {
        match name == self.file.name() {
            true => Some(&self.source),
            false => self.imported.get(name).map(String::as_str),
        }
    }
}

/// Why a .proto does not parse, in the parser's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// What the parser says about the place, or how to mend it.
    pub details: Vec<String>,
    /// Where it is, as byte offsets: of something that is there twice, both places.
    pub offsets: Vec<usize>,
    /// The file that it is in: the one that was parsed, or one that it imports.
    pub file: String,
    /// The text of that file.
    pub source: String,
}

/// The character that some editors write at the beginning of a file. protoc accepts it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Parses a .proto, and resolves its types. Its imports are looked for in the folder `imports`, and
/// among the well-known types. A byte-order mark at its beginning is passed over.
///
/// # Errors
///
/// The first [`SyntaxError`].
pub fn parse(name: &str, source: &str, imports: &Path) -> Result<Parsed, SyntaxError> {
    let source = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
    let mut resolver = ChainFileResolver::new();
    resolver.add(OneFile {
        name: name.to_string(),
        source: source.to_string(),
    });
    resolver.add(Imports {
        folder: imports.to_path_buf(),
        files: IncludeFileResolver::new(imports.to_path_buf()),
    });
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_source_info(true);
    compiler.include_imports(true);
    compiler.open_file(name).map_err(|error| {
        let file = error.file().unwrap_or(name).to_string();
        let of_import = || match is_regular(&imports.join(&file)) {
            true => std::fs::read_to_string(imports.join(&file)).unwrap_or_default(),
            false => String::new(),
        };
        let source = match file == name {
            true => source.to_string(),
            false => of_import(),
        };
        syntax_error(&error, file, source)
    })?;
    let file = compiler
        .descriptor_pool()
        .get_file_by_name(name)
        .ok_or_else(|| SyntaxError {
            message: format!("the parser lost {name}"),
            details: Vec::new(),
            offsets: Vec::new(),
            file: name.to_string(),
            source: source.to_string(),
        })?;
    let imported = compiler.files().filter_map(|file| {
        let text = std::fs::read_to_string(file.path()?).ok()?;
        Some((file.name().to_string(), text))
    });
    Ok(Parsed {
        file,
        source: source.to_string(),
        imported: imported.collect(),
    })
}

/// The regular files of a folder. To read a pipe would be to wait for another program.
struct Imports {
    folder: PathBuf,
    files: IncludeFileResolver,
}

impl FileResolver for Imports {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match is_regular(&self.folder.join(name)) {
            true => self.files.open_file(name),
            false => Err(protox::Error::file_not_found(name)),
        }
    }
}

fn is_regular(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|about| about.is_file())
}

fn syntax_error(error: &protox::Error, file: String, source: String) -> SyntaxError {
    let labels: Vec<miette::LabeledSpan> = error.labels().into_iter().flatten().collect();
    // Of two places, one is shown. The other one is named by its line.
    let with_line = |label: &miette::LabeledSpan| {
        let text = label.label()?;
        let before = source.get(..label.offset()).filter(|_| labels.len() > 1);
        Some(match (text.strip_suffix(" here"), before) {
            (Some(what), Some(before)) => {
                format!("{what} in line {}", before.matches('\n').count() + 1)
            }
            _ => text.to_string(),
        })
    };
    let labelled = labels.iter().filter_map(with_line);
    let help = error.help().map(|help| help.to_string());
    SyntaxError {
        message: error.to_string(),
        details: labelled.chain(help).collect(),
        offsets: labels.iter().map(miette::LabeledSpan::offset).collect(),
        file,
        source,
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
