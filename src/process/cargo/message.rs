//! What cargo and rustc print in a build, as JSON.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Built;
use crate::location::Location;
use crate::process::output::Output;

/// A line of cargo's `--message-format=json`: what the lab needs of it, of the documented fields
/// (<https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>).
#[derive(Deserialize)]
#[serde(tag = "reason")]
pub enum CargoMessage {
    #[serde(rename = "compiler-message")]
    Compiler { message: Diagnostic },
    #[serde(rename = "compiler-artifact")]
    Artifact {
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

/// What rustc has to say.
#[derive(Deserialize)]
pub struct Diagnostic {
    level: String,
    message: String,
    rendered: Option<String>,
    spans: Vec<Span>,
}

/// A place in the code.
#[derive(Deserialize)]
pub struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    /// For code that a macro wrote: where the macro was called.
    expansion: Option<Box<Expansion>>,
}

/// The call of a macro.
#[derive(Deserialize)]
pub struct Expansion {
    span: Span,
}

/// What was compiled.
#[derive(Deserialize)]
pub struct Target {
    name: String,
}

/// Cargo's messages; a line that is none of them was printed by somebody else.
pub fn messages(stdout: &Output) -> Vec<CargoMessage> {
    let text = stdout.text();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

pub fn built(messages: Vec<CargoMessage>) -> Built {
    let warnings = rendered(&messages, "warning");
    let mut built = Built {
        warnings,
        ..Built::default()
    };
    for message in messages {
        if let CargoMessage::Artifact {
            target,
            executable: Some(executable),
        } = message
        {
            built.programs.insert(target.name, executable);
        }
    }
    built
}

/// The diagnostics of a level, as rustc writes them. The same one comes again for each target that
/// compiles the file; it is taken once.
pub fn rendered(messages: &[CargoMessage], level: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for message in messages {
        if let CargoMessage::Compiler { message } = message
            && message.level == level
            && !is_closing_line(&message.message)
            && let Some(text) = &message.rendered
            && !all.contains(text)
        {
            all.push(text.clone());
        }
    }
    all
}

/// The location of the first error that has one.
pub fn first_error(messages: &[CargoMessage]) -> Option<Location> {
    messages.iter().find_map(|message| match message {
        CargoMessage::Compiler { message } if message.level == "error" => {
            let mut span = message.spans.iter().find(|span| span.is_primary)?;
            while let Some(expansion) = &span.expansion {
                span = &expansion.span;
            }
            // Cargo names files of the workspace from its root, and those of others in full.
            if Path::new(&span.file_name).is_absolute() {
                return None;
            }
            Some(Location::new(
                span.file_name.replace('\\', "/"),
                span.line_start,
            ))
        }
        _ => None,
    })
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
