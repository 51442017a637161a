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
    let (message, hint) = match is_of_server {
        true => of_server(types, made.macro_name)?,
        false => of_client(types, made.macro_name),
    };
    let is_referenced = || {
        let file = sources.file(&made.location.file)?;
        let line = file.line(made.location.line)?;
        ["yield &", "yield Ok(&"]
            .iter()
            .any(|code| line.contains(code))
            .then_some(())
    };
    // `yield &feature.clone()` needs no other clone.
    let hint = match hint {
        Some(_) if is_referenced().is_some() => {
            Some("Remove the `&`, and clone what is behind it if it is not cloned yet.".to_string())
        }
        hint => hint,
    };
    let cause = Cause::new(message).at(made.location);
    Some(match hint {
        Some(hint) => cause.hint(hint),
        None => cause,
    })
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

/// Whether a word is in a line of code.
fn has_word(code: &str, word: &str) -> bool {
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|other| other == word)
}

/// A stream that the server returns: its items are results.
fn of_server(types: Mismatch<'_>, macro_name: Option<&str>) -> Option<(String, Option<String>)> {
    let message = argument("Result", types.expected)?;
    let is_try = macro_name == Some("try_stream!");
    let found = argument("Result", types.found);
    Some(match found {
        Some(found) if found.strip_prefix('&') == Some(message) => owned(message, None),
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
        None if types.found.strip_prefix('&') == Some(message) => owned(message, Some("in `Ok(…)`")),
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
fn of_client(types: Mismatch<'_>, macro_name: Option<&str>) -> (String, Option<String>) {
    let message = short(types.expected);
    if types.found.strip_prefix('&') == Some(types.expected) {
        return owned(&message, None);
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

/// The stream must own what it hands out.
fn owned(message: &str, also: Option<&str>) -> (String, Option<String>) {
    let text = format!(
        "The stream hands out references to a `{message}`, but must hand out messages of its own."
    );
    let hint = match also {
        None => "Clone each one: `feature.clone()` in place of `feature`, for example.".to_string(),
        Some(also) => format!("Clone each one, and wrap it {also}."),
    };
    (text, Some(hint))
}
