//! What cargo and rustc print in a build, as JSON: what the lab needs of it, of the documented fields
//! (<https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>,
//! <https://doc.rust-lang.org/rustc/json.html>).

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Artifact, ArtifactKind, Built, Products};
use crate::process::output::Output;

/// A line of cargo's `--message-format=json`.
#[derive(Deserialize)]
#[serde(tag = "reason")]
pub enum CargoMessage {
    /// rustc has something to say.
    #[serde(rename = "compiler-message")]
    Compiler {
        /// What it says.
        message: CompilerMessage,
    },
    /// Something has been compiled, now or earlier.
    #[serde(rename = "compiler-artifact")]
    Artifact {
        /// The package that it belongs to.
        package_id: String,
        /// Its manifest.
        manifest_path: PathBuf,
        /// What it is.
        target: Target,
        /// The files that hold it.
        filenames: Vec<PathBuf>,
        /// The program, if it is one.
        executable: Option<PathBuf>,
        /// Whether it was compiled by an earlier cargo.
        fresh: bool,
    },
    /// A build script has run, now or earlier.
    #[serde(rename = "build-script-executed")]
    Generated {
        /// The package that it belongs to.
        package_id: String,
        /// The folder of what it generates.
        out_dir: PathBuf,
    },
    /// Anything else.
    #[serde(other)]
    Other,
}

/// An error or a warning of rustc's, or a note or a help that belongs to one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CompilerMessage {
    /// `error`, `warning`, `note` or `help`.
    pub level: String,
    /// What it says, in a line or a few.
    pub message: String,
    /// The code of the error, or the name of the lint.
    code: Option<Code>,
    /// The whole of it as rustc writes it for people, perhaps in colour. None for a note or a help.
    rendered: Option<String>,
    /// The places that it is about.
    pub spans: Vec<Span>,
    /// The notes and helps below it.
    #[serde(default)]
    pub children: Vec<CompilerMessage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Code {
    code: String,
}

/// A place in the code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// The file: those of the workspace from its root, others in full.
    pub file_name: String,
    /// The first line, counted from 1.
    pub line_start: usize,
    /// The last line.
    pub line_end: usize,
    /// The column of the first character, counted from 1.
    pub column_start: usize,
    /// The column behind the last character.
    pub column_end: usize,
    /// Whether the message is about this place. The others explain it.
    pub is_primary: bool,
    /// What it says of the place.
    pub label: Option<String>,
    /// How sure rustc is of a change that a help suggests here: `MachineApplicable` if it is.
    #[serde(default)]
    suggestion_applicability: Option<String>,
    /// The lines of the code.
    #[serde(default)]
    text: Vec<SourceLine>,
    /// For code that a macro wrote: where the macro was called.
    expansion: Option<Box<Expansion>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct SourceLine {
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Expansion {
    span: Span,
}

/// What was compiled.
#[derive(Deserialize)]
pub struct Target {
    kind: Vec<String>,
    name: String,
}

impl Target {
    fn artifact_kind(&self) -> ArtifactKind {
        match self.kind.first().map(String::as_str) {
            Some("custom-build") => ArtifactKind::BuildScript,
            Some("bin") => ArtifactKind::Program,
            _ => ArtifactKind::Library,
        }
    }
}

impl CompilerMessage {
    /// The code of the error, such as `E0308`, or the name of the lint. Some errors have none.
    pub fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|code| code.code.as_str())
    }

    /// The whole of it, as rustc writes it for people.
    pub fn rendered(&self) -> &str {
        self.rendered.as_deref().unwrap_or(&self.message)
    }

    /// The same without the changes that rustc suggests and is not sure of. Beside a sentence of the lab's, such a guess
    /// leads away from it.
    pub fn rendered_without_guesses(&self) -> String {
        let guesses = self.children.iter().filter(|child| child.is_guess());
        let guesses: Vec<&str> = guesses
            .filter_map(|child| child.message.lines().next())
            .collect();
        let mut text = String::new();
        let mut is_left_out = false;
        for line in self.rendered().split_inclusive('\n') {
            let plain = console::strip_ansi_codes(line);
            // All other lines of a part are indented or begin with a number.
            let help = plain
                .trim_start()
                .trim_start_matches("= ")
                .strip_prefix("help: ");
            let is_guess = help.is_some_and(|help| guesses.contains(&help.trim_end()));
            if plain.starts_with(|c: char| c.is_ascii_lowercase()) {
                is_left_out = is_guess;
            } else if is_guess {
                continue;
            }
            // What is empty at the end belongs to the whole.
            if !is_left_out || plain.trim().is_empty() {
                text.push_str(line);
            }
        }
        text
    }

    /// Whether it suggests a change of the code of which rustc is not sure, or another crate.
    fn is_guess(&self) -> bool {
        let mut applicabilities = self
            .spans
            .iter()
            .filter_map(|span| span.suggestion_applicability.as_deref());
        let is_unsure = applicabilities.any(|sure| sure != "MachineApplicable");
        self.level == "help" && (is_unsure || self.message.contains("cargo add"))
    }

    /// The places that it is about.
    pub fn primary(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(|span| span.is_primary)
    }

    /// What it says of its places, those first that it is about.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let others = self.spans.iter().filter(|span| !span.is_primary);
        let spans = self.primary().chain(others);
        spans.filter_map(|span| span.label.as_deref())
    }
}

impl Span {
    /// The place, and the macro calls that led to it, from the inside to the outside.
    pub fn with_calls(&self) -> impl Iterator<Item = &Span> {
        std::iter::successors(Some(self), |span| {
            span.expansion.as_ref().map(|expansion| &expansion.span)
        })
    }

    /// The whole of its first line.
    pub fn line(&self) -> &str {
        self.text.first().map_or("", |line| line.text.as_str())
    }

    /// The code, or as much of it as is on its first line.
    pub fn first_line(&self) -> String {
        let start = self.column_start.saturating_sub(1);
        let end = match self.line_start == self.line_end {
            true => self.column_end.saturating_sub(1),
            false => usize::MAX,
        };
        let chars = self.line().chars();
        chars.skip(start).take(end.saturating_sub(start)).collect()
    }

    /// The code, if it is on one line.
    pub fn code(&self) -> Option<String> {
        (self.line_start == self.line_end && !self.text.is_empty()).then(|| self.first_line())
    }
}

/// Cargo's messages; a line that is none of them was printed by another program.
pub fn messages(stdout: &Output) -> Vec<CargoMessage> {
    parse(&stdout.text())
}

/// The messages in what cargo printed.
fn parse(text: &str) -> Vec<CargoMessage> {
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// What a successful build has made.
pub fn built(messages: Vec<CargoMessage>) -> Built {
    let mut built = Built {
        warnings: of_level(&messages, "warning"),
        ..Built::default()
    };
    for message in messages {
        if let CargoMessage::Artifact {
            target,
            executable: Some(executable),
            ..
        } = message
        {
            built.programs.insert(target.name, executable);
        }
    }
    built
}

/// What a package consists of after a build, also after one that failed.
pub fn products(messages: &[CargoMessage], package: &str) -> Products {
    let mut products = Products::default();
    let mut id = None;
    for message in messages {
        if let CargoMessage::Artifact {
            package_id,
            manifest_path,
            target,
            filenames,
            fresh,
            ..
        } = message
            && manifest_path.ends_with(Path::new(package).join("Cargo.toml"))
        {
            id = Some(package_id);
            products.artifacts.push(Artifact {
                kind: target.artifact_kind(),
                files: filenames.clone(),
                is_new: !fresh,
            });
        }
    }
    products.generated = messages.iter().find_map(|message| match message {
        CargoMessage::Generated {
            package_id,
            out_dir,
        } if Some(package_id) == id => Some(out_dir.clone()),
        _ => None,
    });
    products
}

/// rustc's messages of a level, in its order. The same one comes again for each target that compiles the file; it is
/// taken once.
pub fn of_level(messages: &[CargoMessage], level: &str) -> Vec<CompilerMessage> {
    let mut all: Vec<CompilerMessage> = Vec::new();
    for message in messages {
        if let CargoMessage::Compiler { message } = message
            && message.level == level
            && !is_closing_line(&message.message)
            && message.rendered.is_some()
            && !all.iter().any(|other| other.rendered == message.rendered)
        {
            all.push(message.clone());
        }
    }
    all
}

/// The errors in what cargo printed, for tests of what is made of them.
#[cfg(test)]
pub fn errors_in(text: &str) -> Vec<CompilerMessage> {
    of_level(&parse(text), "error")
}

/// rustc ends with messages that only count the others.
fn is_closing_line(message: &str) -> bool {
    let starts = [
        "aborting due to",
        "Some errors have detailed",
        "For more information",
    ];
    starts.iter().any(|start| message.starts_with(start)) || message.ends_with(" emitted")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error with two helps, one of which is a guess.
    fn error(rendered: &str) -> CompilerMessage {
        let span = |sure: &str| {
            serde_json::json!({
                "file_name": "a.rs", "line_start": 1, "line_end": 1, "column_start": 1, "column_end": 1,
                "is_primary": true, "label": null, "expansion": null, "suggestion_applicability": sure,
            })
        };
        let help = |message: &str, sure: &str| serde_json::json!({"level": "help", "message": message, "code": null, "spans": [span(sure)]});
        let crates = serde_json::json!({"level": "help", "message": "use `cargo add x`", "code": null, "spans": []});
        let helps = [
            crates,
            help("try wrapping the pattern in `Ok`", "MaybeIncorrect"),
            help("consider this", "MachineApplicable"),
        ];
        let error = serde_json::json!({
            "level": "error", "message": "mismatched types", "code": null, "spans": [], "children": helps,
            "rendered": rendered,
        });
        serde_json::from_value(error).unwrap()
    }

    #[test]
    fn a_guess_is_left_out_of_the_text_and_nothing_else() {
        let before =
            "error[E0308]: mismatched types\n --> a.rs:1:1\n  |\n1 | a\n  | ^\n  |\n  = note: b\n";
        let add = "  = help: use `cargo add x`\n";
        let guess =
            "\u{1b}[1mhelp\u{1b}[0m: try wrapping the pattern in `Ok`\n  |\n1 | Ok(a)\n  | +++ +\n";
        let sure = "help: consider this\n  |\n1 | b\n";
        for (whole, left) in [
            (
                format!("{before}{guess}{sure}\n"),
                format!("{before}{sure}\n"),
            ),
            (
                format!("{before}{sure}{guess}\n"),
                format!("{before}{sure}\n"),
            ),
            (format!("{before}{sure}"), format!("{before}{sure}")),
            (format!("{before}{add}{sure}"), format!("{before}{sure}")),
        ] {
            assert_eq!(error(&whole).rendered_without_guesses(), left);
        }
    }
}
