//! Values that are used after they were given away.

use super::cause::Cause;
use super::conversions::is_message;
use super::place::own_line_of;
use super::sources::Sources;
use super::types::{first_quoted, is};
use crate::process::cargo::{CompilerMessage, Span};

/// Recognises a value that is given away and used again. The line to change is the one that gives it away.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    if error.code() != Some("E0382") {
        return None;
    }
    let name = first_quoted(&error.message)?;
    let moved = error.spans.iter().find_map(|span| Moved::of(span, name))?;
    let location = own_line_of(moved.span, sources)?;
    let used = error.primary().next()?;
    let again = match moved.is_in_loop {
        true => "the loop needs it again in its next round".to_string(),
        false => format!("it is used again in line {}", used.line_start),
    };
    let method = error.children.iter().find_map(|note| {
        let (method, _) = note
            .message
            .split_once(" takes ownership of the receiver")?;
        first_quoted(method)
    });
    let (text, hint) = match (moved.way, method) {
        (Way::For, _) => (
            format!("`for … in {name}` uses `{name}` up, but {again}."),
            format!("Write `{name}.iter()`, which only lends it to the loop."),
        ),
        (Way::Method, Some("into_iter")) => (
            format!("`into_iter` uses `{name}` up, but {again}."),
            format!("Write `{name}.iter()`, which only lends it."),
        ),
        (Way::Method, Some(method)) => (
            format!("`{method}` uses `{name}` up, but {again}."),
            format!("Use `{name}` above this line, or not at all after it."),
        ),
        (Way::Method, None) => return None,
        (Way::Given, _) => {
            // A whole block or closure that takes it is another matter.
            moved.span.code().filter(|code| code == name)?;
            let hint = match can_be_cloned(error) {
                true => format!("Clone it here: `{name}.clone()`."),
                false if moved.is_in_loop => return None,
                false => format!("Use `{name}` above this line, or not at all after it."),
            };
            (format!("`{name}` is given away here, but {again}."), hint)
        }
    };
    Some(Cause::new(text).hint(hint).at(location))
}

/// How a value is given away.
#[derive(Clone, Copy)]
enum Way {
    /// To a `for` loop.
    For,
    /// To its own method.
    Method,
    /// To a function or a variable.
    Given,
}

/// Where and how a value is given away.
struct Moved<'a> {
    span: &'a Span,
    way: Way,
    is_in_loop: bool,
}

impl Moved<'_> {
    /// What a place says of a value that is given away there.
    fn of<'a>(span: &'a Span, name: &str) -> Option<Moved<'a>> {
        let label = span.label.as_deref()?;
        let loops = ", in previous iteration of loop";
        let (what, is_in_loop) = match label.strip_suffix(loops) {
            Some(what) => (what, true),
            None => (label, false),
        };
        let due = what.strip_prefix(&format!("`{name}` moved due to this "));
        let way = match due {
            Some("implicit call to `.into_iter()`") => Way::For,
            Some("method call") => Way::Method,
            Some(_) => return None,
            None if what == "value moved here" => Way::Given,
            None => return None,
        };
        Some(Moved {
            span,
            way,
            is_in_loop,
        })
    }
}

/// Whether what is given away can be cloned: a message, a list, a text or an `Arc`.
fn can_be_cloned(error: &CompilerMessage) -> bool {
    let mut labels = error.labels();
    let of_type = labels.find_map(|label| {
        let (_, rest) = label
            .strip_prefix("move occurs because")?
            .split_once("has type `")?;
        rest.split('`').next()
    });
    of_type.is_some_and(|of| {
        is_message(of)
            || ["Vec", "String", "Arc", "HashMap"]
                .iter()
                .any(|name| is(name, of))
    })
}
