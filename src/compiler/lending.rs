//! Arguments that a function only borrows, and that are passed without `&` or `&mut`.

use super::cause::Cause;
use super::place::own_line_of;
use super::sources::Sources;
use super::types::{mismatch, short};
use crate::process::cargo::{CompilerMessage, Span};

/// Recognises an argument without its `&` or `&mut`.
pub fn not_lent(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    // rustc names each argument of a call, and one alone as what the error is about.
    let wrong: Vec<(&str, &Span)> = error
        .spans
        .iter()
        .filter(|span| own_line_of(span, sources).is_some())
        .filter_map(|span| Some((needed(error, span)?, span)))
        .collect();
    let all_labels = error
        .labels()
        .filter(|label| label.starts_with("expected "))
        .count();
    let (reference, first) = *wrong.first()?;
    if all_labels > wrong.len() || wrong.iter().any(|(other, _)| *other != reference) {
        return None;
    }
    let types = mismatch(first.label.as_deref()?);
    let of = types.map_or_else(
        || "variable".to_string(),
        |types| format!("`{}`", short(types.found)),
    );
    let what = match reference {
        "&mut " => format!("The function borrows this {of} and may change it"),
        _ => format!("The function only borrows this {of}"),
    };
    let codes: Vec<String> = wrong
        .iter()
        .map(|(_, span)| format!("`{reference}{}`", span.first_line().trim_start_matches('&')))
        .collect();
    let location = own_line_of(first, sources)?;
    let text = format!("{what}: write {}.", codes.join(" and "));
    Some(Cause::new(text).at(location))
}

/// The reference that is missing in front of an argument, if nothing else is wrong with it and it has a short name.
fn needed(error: &CompilerMessage, span: &Span) -> Option<&'static str> {
    let code = span.code()?;
    let is_short = |code: &str| {
        !code.is_empty()
            && code
                .chars()
                .all(|c| c.is_alphanumeric() || "_.".contains(c))
    };
    let label = span.label.as_deref()?;
    if label == "types differ in mutability" {
        let notes = error.children.iter();
        let mut notes =
            notes.filter(|note| note.message.starts_with("expected mutable reference "));
        notes.next()?;
        return code
            .strip_prefix('&')
            .is_some_and(is_short)
            .then_some("&mut ");
    }
    let types = mismatch(label)?;
    let inside = types.expected.strip_prefix('&')?;
    let (reference, inside) = match inside.strip_prefix("mut ") {
        Some(inside) => ("&mut ", inside),
        None => ("&", inside),
    };
    let is_same = short(inside) == short(types.found) && !types.found.contains('_')
        || (reference, inside, types.found) == ("&", "str", "String");
    (is_same && is_short(&code)).then_some(reference)
}
