//! Streams whose items have another type than the rpc needs.

use super::arguments::required_by;
use super::cause::Cause;
use super::place::own_line_of;
use super::sources::Sources;
use super::types::{Mismatch, argument, is, mismatch, short};
use crate::location::Location;
use crate::process::cargo::{CompilerMessage, Span};

/// Recognises a stream whose items are of another type.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    if error.code() != Some("E0271") {
        return None;
    }
    if is_of_macro(error) {
        return returned_error(error, sources);
    }
    let is_reply = |note: &CompilerMessage| {
        note.message.starts_with("required for the cast from ")
            && note.message.contains("dyn Stream<")
    };
    let is_of_server = error.children.iter().any(is_reply);
    let is_of_client = required_by(error).is_some_and(|bound| bound.contains("RouteGuideClient"));
    if !is_of_server && !is_of_client {
        return None;
    }
    let span = error
        .primary()
        .find(|span| own_line_of(span, sources).is_some())?;
    let types = without_references(mismatch(span.label.as_deref()?)?);
    let made = Made::for_use(span, &own_line_of(span, sources)?, sources);
    if !is_of_server && let Some(line) = made.question_mark(types, sources) {
        let text = "`?` makes each item of the stream a `Result`, but a client sends the messages as they are.";
        let hint = "Do above the stream what can fail, or handle the error here with `match`.";
        return Some(Cause::new(text).hint(hint).at(line));
    }
    let yielded = sources
        .file(&made.location.file)
        .and_then(|file| file.line(made.location.line))
        .and_then(yielded)
        .filter(|_| made.macro_name.is_some())
        .unwrap_or_default();
    let (message, hint) = match is_of_server {
        true => of_server(types, made.macro_name, yielded)?,
        false => of_client(types, made.macro_name, yielded),
    };
    let cause = Cause::new(message).at(made.location);
    Some(match hint {
        Some(hint) => cause.hint(hint),
        None => cause,
    })
}

/// Whether the block of a macro that makes a stream gives something at its end.
fn is_of_macro(error: &CompilerMessage) -> bool {
    let is_stream = |note: &CompilerMessage| note.message.starts_with("required for `AsyncStream<");
    let gives_something = |label: &str| {
        mismatch(label).is_some_and(|types| types.expected == "()" && is("Result", types.found))
    };
    error.children.iter().any(is_stream) && error.labels().any(gives_something)
}

/// `return Err(status)` in `try_stream!`: the block gives an error then, and is no stream.
fn returned_error(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let location = error
        .primary()
        .find_map(|span| own_line_of(span, sources))?;
    let file = sources.file(&location.file)?;
    let region = file.region_around(location.line)?;
    let line = file.find_in(region, |code| code.contains("return Err("))?;
    let text = "`return` does not end a stream in `try_stream!` with an error: write `Err(…)?;`.";
    Some(Cause::new(text).at(file.at(line)))
}

/// The types behind the references of an iterator over both.
fn without_references(types: Mismatch<'_>) -> Mismatch<'_> {
    match (
        types.expected.strip_prefix('&'),
        types.found.strip_prefix('&'),
    ) {
        (Some(expected), Some(found)) => Mismatch { expected, found },
        _ => types,
    }
}

/// How a stream is made, as far as it can be seen in the code.
struct Made {
    /// The macro that makes it, if one does.
    macro_name: Option<&'static str>,
    /// The first `yield`, or else where the stream is used.
    location: Location,
}

impl Made {
    /// The stream that is used at a place: by its name, or written there.
    fn for_use(used: &Span, location: &Location, sources: &Sources) -> Made {
        let found = || {
            let file = sources.file(&location.file)?;
            let region = file.region_around(location.line)?;
            let code = used.first_line();
            let macro_in = |text: &str| {
                let mut names = ["try_stream!", "stream!"].into_iter();
                names.find(|name| text.contains(name))
            };
            // What is used may be written where it is used, or have a name: then the last variable of that name is it.
            let (line, name) = (region.start..used.line_end + 1).rev().find_map(|line| {
                let text = file.line(line)?.trim_start();
                let is_here = (location.line..=used.line_end).contains(&line);
                let name = text.strip_prefix("let ");
                let name = name.and_then(|rest| rest.split([' ', ':', '=']).next());
                let is_named = name.is_some_and(|name| has_word(&code, name));
                (is_named || (is_here && macro_in(text).is_some())).then(|| (line, macro_in(text)))
            })?;
            let name = name?;
            let of_yield = file.find_in(line..region.end, |code| has_word(code, "yield"))?;
            Some(Made {
                macro_name: Some(name),
                location: file.at(of_yield),
            })
        };
        found().unwrap_or(Made {
            macro_name: None,
            location: location.clone(),
        })
    }
}

impl Made {
    /// The line with a `?` in the macro `stream!`, if that is why its items are results.
    fn question_mark(&self, types: Mismatch<'_>, sources: &Sources) -> Option<Location> {
        let is_made_of_it = self.macro_name == Some("stream!") && types.found == "Result<_, _>";
        let file = sources
            .file(&self.location.file)
            .filter(|_| is_made_of_it)?;
        let region = file.region_around(self.location.line)?;
        let start = file.find_in(region.clone(), |code| code.contains("stream!"))?;
        let end = (start..region.end)
            .find(|line| file.line(*line).is_some_and(|code| code.trim() == "};"));
        let line = file.find_in(start..end.unwrap_or(region.end), |code| code.contains('?'))?;
        Some(file.at(line))
    }
}

/// What a line yields, as code.
fn yielded(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("yield ")?;
    Some(rest.split(';').next().unwrap_or(rest).trim())
}

/// Whether a word is in a line of code.
fn has_word(code: &str, word: &str) -> bool {
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|other| other == word)
}

/// A stream that the server returns: its items are results.
fn of_server(
    types: Mismatch<'_>,
    macro_name: Option<&str>,
    yielded: &str,
) -> Option<(String, Option<String>)> {
    let message = argument("Result", types.expected)?;
    let is_try = macro_name == Some("try_stream!");
    let found = argument("Result", types.found);
    Some(match found {
        Some(found) if behind_reference(found) == Some(message) => owned(message, None, yielded),
        Some(found) if argument("Option", found) == Some(message) => optional(found, message, yielded),
        Some(found) if is_try && is("Result", found) => (
            "`try_stream!` wraps each item in `Ok` itself: yield the message, without `Ok(…)` around it.".to_string(),
            None,
        ),
        Some(found) if found != message => (
            format!("The stream hands out `{}`, but this rpc sends `{message}`.", short(found)),
            None,
        ),
        // The message is right: the status is of another type.
        Some(_) => return None,
        None if behind_reference(types.found) == Some(message) => {
            owned(message, Some("in `Ok(…)`"), yielded)
        }
        None if types.found == message => match macro_name {
            Some("stream!") => (
                "`stream!` hands out its items as they are, and each must be a `Result`: yield `Ok(…)`, or use \
                 `try_stream!`, which wraps them itself."
                    .to_string(),
                None,
            ),
            _ => (
                format!("Each item of the stream must be a `Result`: wrap each `{message}` in `Ok(…)`."),
                None,
            ),
        },
        None => (
            format!(
                "The stream hands out `{}`, but must hand out `{}`.",
                short(types.found),
                short(types.expected)
            ),
            None,
        ),
    })
}

/// A stream that the client sends: its items are messages.
fn of_client(
    types: Mismatch<'_>,
    macro_name: Option<&str>,
    yielded: &str,
) -> (String, Option<String>) {
    let message = short(types.expected);
    if behind_reference(types.found) == Some(types.expected) {
        return owned(&message, None, yielded);
    }
    if argument("Option", types.found) == Some(types.expected) {
        return optional(types.found, &message, yielded);
    }
    if is("Result", types.found) {
        let text = format!(
            "A client sends the messages as they are: each item of its stream must be a `{message}`, not a `Result`."
        );
        let hint = match macro_name {
            Some("try_stream!") => "Use `stream!` in place of `try_stream!`.",
            _ => "Leave out the `Ok(…)`.",
        };
        return (text, Some(hint.to_string()));
    }
    let text = format!(
        "The stream hands out `{}`, but this rpc sends `{message}`.",
        short(types.found)
    );
    (text, None)
}

/// What is behind `&` or `&mut`.
fn behind_reference(of: &str) -> Option<&str> {
    let inside = of.strip_prefix('&')?;
    Some(inside.strip_prefix("mut ").unwrap_or(inside))
}

/// The stream must own what it hands out. `yielded` is what its macro yields, if one makes it.
fn owned(message: &str, also: Option<&str>, yielded: &str) -> (String, Option<String>) {
    let text = format!(
        "The stream hands out references to a `{message}`, but must hand out messages of its own."
    );
    // `yield &feature.clone()` needs no other clone.
    let hint = match also {
        _ if yielded.starts_with('&') || yielded.starts_with("Ok(&") => {
            "Remove the `&`, and clone what is behind it if it is not cloned yet.".to_string()
        }
        None if is_name(yielded) => {
            format!("Clone each one: `{yielded}.clone()` in place of `{yielded}`.")
        }
        None => "Clone each one: `feature.clone()` in place of `feature`, for example.".to_string(),
        Some(also) => format!("Clone each one, and wrap it {also}."),
    };
    (text, Some(hint))
}

/// The stream must hand out what is in an `Option`.
fn optional(found: &str, message: &str, yielded: &str) -> (String, Option<String>) {
    let text = format!(
        "The stream hands out `{}`, but this rpc sends `{message}`.",
        short(found)
    );
    let hint = if yielded.starts_with("Some(") || yielded.starts_with("Ok(Some(") {
        "Remove `Some(…)` around it.".to_string()
    } else if is_name(yielded) {
        format!("Take each one out of its `Option`: write `{yielded}.unwrap_or_default()`.")
    } else {
        "Take each one out of its `Option`, for example with `unwrap_or_default()`.".to_string()
    };
    (text, Some(hint))
}

/// Whether code is the name of a variable or a path of fields.
fn is_name(code: &str) -> bool {
    !code.is_empty()
        && code
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}
