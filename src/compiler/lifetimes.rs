//! Streams and tasks that borrow what they outlive.

use std::ops::Range;

use super::cause::Cause;
use super::place::own_line_of;
use super::sources::{SourceFile, Sources};
use super::types::first_quoted;
use crate::process::cargo::{CompilerMessage, Span};

/// What to write in place of a borrow of `self`.
const CLONE: &str = "Clone what it needs before it: `let features = Arc::clone(&self.features);`, and use `features` in it.";

/// Recognises a borrow that does not live as long as the stream or task that it is in.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    borrows_self(error, sources)
        .or_else(|| borrows_argument(error, sources))
        .or_else(|| borrows_variable(error, sources))
}

/// Whether a label says that something must be `'static`.
fn must_be_static(error: &CompilerMessage) -> bool {
    error.labels().any(|label| {
        label.contains("must outlive `'static`") || label.contains("borrowed for `'static`")
    })
}

fn borrows_self(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_lifetime =
        error.code() == Some("E0521") || error.message == "lifetime may not live long enough";
    // The reference of `&self`, and not that of another argument.
    let is_self = |span: &Span| {
        let is_reference = matches!(span.first_line().trim(), "&self" | "&" | "&mut self");
        is_reference
            && ["&self", "&mut self"]
                .iter()
                .any(|code| span.line().contains(code))
    };
    if !is_lifetime || !must_be_static(error) || !error.spans.iter().any(is_self) {
        return None;
    }
    let by_type = |span: &&Span| {
        let label = span.label.as_deref();
        label.is_some_and(|label| label.contains("'static"))
    };
    let span = error.spans.iter().find(by_type)?;
    let file = sources.file(&span.file_name)?;
    let task = span.first_line().contains("spawn");
    let region = match own_line_of(span, sources) {
        // The call of `tokio::spawn`: the borrow is in it.
        Some(location) if span.line_end > span.line_start => location.line..span.line_end + 1,
        Some(location) => {
            let region = file.region_around(location.line);
            let end = region.map_or(location.line + 1, |region| region.end);
            location.line..end
        }
        None => file.region_from(span.line_start)?,
    };
    let line = borrow_of_self(file, region.clone());
    let cloned = || cloned_inside(file, region.clone());
    let message = match task {
        true => "The task borrows `self`, but it can live longer than the call that starts it.",
        false => "The stream borrows `self`, but it lives longer than the method that returns it.",
    };
    if line.is_none()
        && let Some((line, opener)) = cloned()
    {
        let is_let = file.line(line)?.trim_start().starts_with("let ");
        let hint = match is_let {
            true => format!("The clone must be above `{opener}`: move this line there."),
            false => format!(
                "The clone must be above `{opener}`: write `let features = Arc::clone(&self.features);` there, and use \
                 `features` here."
            ),
        };
        return Some(Cause::new(message).hint(hint).at(file.at(line)));
    }
    Some(
        Cause::new(message)
            .hint(CLONE)
            .at(file.at(line.unwrap_or(region.start))),
    )
}

/// The first line that clones a part of `self` inside the block that should have the clone, and how that block begins.
fn cloned_inside(file: &SourceFile, lines: Range<usize>) -> Option<(usize, &'static str)> {
    const OPENERS: [&str; 5] = [
        "try_stream!",
        "stream!",
        "tokio::spawn",
        "async move",
        "async {",
    ];
    let opener_of = |code: &str| OPENERS.iter().find(|opener| code.contains(**opener));
    let start = file.find_in(lines.clone(), |code| opener_of(code).is_some())?;
    let opener = opener_of(file.line(start)?)?;
    let line = file.find_in(start..lines.end, |code| code.contains("self."))?;
    Some((line, opener.trim_end_matches(" {")))
}

/// The first line that uses `self` without cloning it.
fn borrow_of_self(file: &SourceFile, lines: Range<usize>) -> Option<usize> {
    file.find_in(lines, |code| {
        code.contains("self.") && !code.contains("clone(&self.") && !is_cloned(code)
    })
}

/// Whether a field of `self` is cloned as a whole: `self.features.clone()`.
fn is_cloned(code: &str) -> bool {
    let Some((_, after)) = code.split_once("self.") else {
        return false;
    };
    let field = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    field.starts_with(".clone()")
}

fn borrows_argument(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_escape = error.code() == Some("E0521") && must_be_static(error);
    let label = error
        .labels()
        .find(|label| label.contains("is a reference that is only valid in the "))
        .filter(|_| is_escape)?;
    let name = first_quoted(label).filter(|name| *name != "self")?;
    let span = error
        .primary()
        .find(|span| own_line_of(span, sources).is_some())?;
    let code = span.first_line();
    if code.contains("from_static(") {
        let text = "`from_static` takes an address that is written in the program.";
        return Some(Cause::new(text).hint(format!(
            "Use `Channel::from_shared(format!(\"http://{{{name}}}\"))`."
        )));
    }
    if code.contains("from_shared(") || code.contains("Client::connect(") {
        let text = format!("The channel keeps its address, and `{name}` is only borrowed.");
        return Some(Cause::new(text).hint(format!(
            "Pass a string of its own: `format!(\"http://{{{name}}}\")`."
        )));
    }
    let what = kept_in(span)?;
    let message = format!("The {what} borrows `{name}`, but it can live longer than this call.");
    let hint = format!(
        "Collect what it needs of `{name}` into a `Vec` of its own first, and use that in it."
    );
    Some(Cause::new(message).hint(hint))
}

/// What keeps something longer than the call: a task, or a stream that is passed to the client or returned.
fn kept_in(span: &Span) -> Option<&'static str> {
    let code = span.first_line();
    if code.contains("spawn(") {
        return Some("task");
    }
    let streams = ["record_route(", "route_chat(", "Stream>"];
    streams
        .iter()
        .any(|word| code.contains(word))
        .then_some("stream")
}

fn borrows_variable(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    match error.code()? {
        "E0373" => {
            let name = first_quoted(
                error
                    .labels()
                    .find(|label| label.starts_with("may outlive borrowed value"))?,
            )?;
            let is_block = error.message.starts_with("async block");
            let span = error
                .primary()
                .find(|span| own_line_of(span, sources).is_some())?;
            let message = format!(
                "The block borrows `{name}`, but it can live longer than this method. Write `async move`."
            );
            (is_block && span.first_line().starts_with("async")).then(|| Cause::new(message))
        }
        "E0597" if must_be_static(error) => {
            let name = first_quoted(&error.message)?;
            error
                .primary()
                .find(|span| own_line_of(span, sources).is_some())?;
            let what = error.spans.iter().find_map(kept_in)?;
            let message = format!(
                "The {what} borrows `{name}`, but lives longer than this function, in which `{name}` ends."
            );
            let hint = format!(
                "Give it `{name}` itself, with `move`, or collect what it needs into a `Vec` first."
            );
            Some(Cause::new(message).hint(hint))
        }
        _ => None,
    }
}
