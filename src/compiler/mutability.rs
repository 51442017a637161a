//! Variables that are changed, but not declared with `mut`.

use super::cause::Cause;
use super::place::own_line_of;
use super::sources::Sources;
use super::types::quoted;
use crate::process::cargo::CompilerMessage;

/// Recognises a variable without `mut`.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_undeclared = error.message.ends_with("not declared as mutable");
    let name = match error.code()? {
        "E0596" => quoted(&error.message).next().filter(|_| is_undeclared)?,
        // A field is changed, and the last word is its variable.
        "E0594" => quoted(&error.message).last().filter(|_| is_undeclared)?,
        "E0384" => quoted(&error.message).next()?,
        _ => return None,
    };
    let mut helps = error.children.iter().filter(|child| child.level == "help");
    let declared = helps.find_map(|help| own_line_of(help.spans.first()?, sources))?;
    let is_change =
        |label: &str| label.starts_with("cannot borrow") || label.starts_with("cannot assign");
    let mut spans = error.spans.iter();
    let changed = spans.find(|span| span.label.as_deref().is_some_and(is_change))?;
    let line = sources.file(&declared.file)?.line(declared.line)?;
    let is_let = line.contains(&format!("let {name}"));
    let write = if is_let { "let mut" } else { "mut" };
    let text = format!(
        "`{name}` is changed in line {}, so it must be declared as mutable: write `{write} {name}`.",
        changed.line_start
    );
    Some(Cause::new(text).at(declared))
}
