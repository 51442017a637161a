//! Values that are still wrapped: in a future, a `Result`, an `Option`, a `Request` or a `Response`; and those that
//! should be.

use super::arguments::not_a_stream;
use super::cause::Cause;
use super::conversions::{added, is_message, moved_out, not_a_status, number};
use super::lending::not_lent;
use super::place::own_line_of;
use super::sources::Sources;
use super::types::{Mismatch, argument, first_quoted, is, last_segment, mismatch, short};
use crate::process::cargo::CompilerMessage;

/// Recognises a value that is wrapped once too often, or once too little.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    match error.code()? {
        "E0277" => not_awaited(error, sources)
            .or_else(|| hands_no_error_on(error))
            .or_else(|| not_an_iterator(error))
            .or_else(|| added(error))
            .or_else(|| not_a_status(error)),
        "E0599" | "E0609" => wrapped(error, sources),
        "E0308" => not_lent(error, sources).or_else(|| mismatched(error, sources)),
        "E0507" => moved_out(error),
        _ => None,
    }
}

const AWAIT: &str =
    "This call is not awaited: it returns a future, which does nothing until `.await`.";

/// `?` on a future.
fn not_awaited(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let on_future = "the `?` operator cannot be applied to type `impl Future<";
    let is_on_future = error.labels().any(|label| label.starts_with(on_future));
    let mut helps = error
        .children
        .iter()
        .filter(|child| child.message.contains("`await`ing"));
    let help = helps.next().filter(|_| is_on_future)?;
    let cause = Cause::new(AWAIT).hint("Write `.await` in front of the `?`.");
    let location = help
        .spans
        .iter()
        .find_map(|span| own_line_of(span, sources));
    Some(match location {
        Some(location) => cause.at(location),
        None => cause,
    })
}

/// `?` in a block, a closure or a function that gives no `Result`.
fn hands_no_error_on(error: &CompilerMessage) -> Option<Cause> {
    let prefix = "cannot use the `?` operator in ";
    let label = error
        .labels()
        .find_map(|label| label.strip_prefix(prefix))?;
    let (place, gives) = label.split_once(" that returns `")?;
    let gives = gives.trim_end_matches('`');
    let place = place
        .strip_prefix("an ")
        .or_else(|| place.strip_prefix("a "))?;
    let text = format!(
        "`?` hands an error on to the caller, but this {place} gives `{}`, which cannot hold one.",
        short(gives)
    );
    let hint = match gives {
        "()" => {
            "To go on without the result, write `.ok();` in place of `?;`; or handle the error here with `match`."
        }
        _ => "Handle the error here with `match`, or use `?` outside of it.",
    };
    Some(Cause::new(text).hint(hint))
}

/// `for` over a stream.
fn not_an_iterator(error: &CompilerMessage) -> Option<Cause> {
    let of = first_quoted(error.message.strip_suffix(" is not an iterator")?)?;
    let message = argument("Streaming", of)?;
    let text = format!(
        "A stream is not an iterator: its next `{message}` may have to be waited for. Read it with \
         `while let Some(…) = ….message().await? {{ … }}`."
    );
    Some(Cause::new(text))
}

/// A field or a method of what is inside.
fn wrapped(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let member = first_quoted(&error.message)?;
    let of = [
        " on type `",
        " for struct `",
        " for enum `",
        " for opaque type `",
        " for type `",
    ]
    .iter()
    .find_map(|before| error.message.split_once(before))
    .and_then(|(_, rest)| rest.split("` in the current scope").next())
    .map(|of| of.trim_end_matches('`'))?;
    let is_field = error.code() == Some("E0609");
    let of_message = is_field || matches!(member, "message" | "next");
    if is("Request", of) && of_message {
        let text = "A `Request` wraps what the client sends: call `into_inner()` on it first.";
        return Some(Cause::new(text));
    }
    if is("Response", of) && of_message {
        let text = "A `Response` wraps what the server sends: call `into_inner()` on it first.";
        return Some(Cause::new(text));
    }
    if let Some(output) = of.strip_prefix("impl Future<Output = ") {
        return Some(of_future(error, output, member, sources));
    }
    if is("Streaming", of) && member == "next" {
        let text = "`next` comes from the trait `StreamExt`, which is not imported. `message().await?` needs no import.";
        return Some(Cause::new(text));
    }
    // What is inside has the method.
    let exists = format!("the method `{member}` exists on the type ");
    let is_of_inside = || {
        error
            .children
            .iter()
            .any(|note| note.message.starts_with(&exists))
    };
    if is("Result", of) && (of_message || member == "into_inner" || is_of_inside()) {
        let text = format!(
            "This is a `Result`, which may hold an error: write `?` in front of `.{member}`."
        );
        return Some(Cause::new(text));
    }
    if is("Option", of) && is_field {
        let inside = argument("Option", of).map_or("message".to_string(), short);
        return Some(absent(&inside));
    }
    None
}

/// A field or a method of what a future gives. `output` is the type of that, and perhaps more.
fn of_future(error: &CompilerMessage, output: &str, member: &str, sources: &Sources) -> Cause {
    let mut take = String::from(".await");
    if output.starts_with("Result<") {
        take.push('?');
    }
    if output.starts_with("Result<Response<") && matches!(member, "message" | "next") {
        take.push_str(".into_inner()");
    }
    let variable = error.primary().next().and_then(|span| {
        let before: String = span
            .line()
            .chars()
            .take(span.column_start.saturating_sub(1))
            .collect();
        let before = before.trim_end().strip_suffix('.')?;
        let name = before
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next()?;
        let location = own_line_of(span, sources)?;
        let file = sources.file(&location.file)?;
        let region = file.region_around(location.line)?;
        let declares = |line: &usize| {
            let code = file.line(*line).unwrap_or_default().trim_start();
            let code = code
                .strip_prefix("let ")
                .map(|rest| rest.strip_prefix("mut ").unwrap_or(rest));
            code.and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| rest.starts_with([' ', ':', '=']))
        };
        let line = (region.start..location.line).rev().find(declares)?;
        Some((name.to_string(), file.at(line)))
    });
    match variable {
        Some((name, location)) => Cause::new(AWAIT)
            .hint(format!(
                "Write `{take}` behind the call that gives `{name}`."
            ))
            .at(location),
        None => Cause::new(AWAIT).hint(format!("Write `{take}` in front of `.{member}`.")),
    }
}

/// A field of a message that may be absent.
fn absent(inside: &str) -> Cause {
    Cause::new(format!(
        "This `{inside}` is still in an `Option`, since it can be absent: take it out first, for example with \
         `unwrap_or_default()`."
    ))
}

/// One type in the place of another.
fn mismatched(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let span = error
        .primary()
        .find(|span| own_line_of(span, sources).is_some())?;
    let types = mismatch(span.label.as_deref()?)?;
    // A pattern is what is found, and the value is what is expected.
    let is_pattern = error
        .labels()
        .any(|label| label.starts_with("this expression has type"));
    if is_pattern {
        return of_pattern(types);
    }
    let code = span.first_line();
    reply(types).or_else(|| of_value(types, &code))
}

/// `while let Some(point) = points.message().await`, without `?`.
fn of_pattern(types: Mismatch<'_>) -> Option<Cause> {
    let is_option = is("Option", types.found);
    if types.expected == "future" && is_option {
        return Some(Cause::new(AWAIT).hint("Write `.await?` behind it."));
    }
    let inside = argument("Result", types.expected).filter(|_| is_option)?;
    is("Option", inside).then(|| {
        Cause::new("This is a `Result`, which may hold an error: write `?` behind the `.await`, or match on it.")
    })
}

/// What a method of the service returns: `Ok(Response::new(Box::pin(stream)))`.
fn reply(types: Mismatch<'_>) -> Option<Cause> {
    let is_pinned = types.expected.starts_with("Pin<Box<dyn Stream<");
    let is_no_stream = ["Vec", "Receiver", "UnboundedReceiver"]
        .iter()
        .any(|name| is(name, types.found));
    if is_pinned && is_no_stream {
        return Some(not_a_stream("The rpc returns a stream", types.found));
    }
    if is_pinned
        && (is("AsyncStream", types.found)
            || types.found.ends_with("Stream<>")
            || is("Box", types.found)
            || is("Iter", types.found)
            || types.found.contains("Stream<"))
        && !is("Pin", types.found)
    {
        return Some(Cause::new(
            "The stream must be boxed and pinned, since its own type has no name: return `Box::pin(stream)`.",
        ));
    }
    if is("Response", types.expected)
        && !is("Result", types.found)
        && !is("Response", types.found)
        && !is("Option", types.found)
        && types.found != "()"
        && types.found != "future"
    {
        return Some(Cause::new(
            "What the method returns must be in a `Response`: wrap it in `Response::new(…)`.",
        ));
    }
    let inside = argument("Result", types.expected)?;
    if is("Response", inside) && is("Response", types.found) {
        return Some(Cause::new(
            "The method returns a `Result`: wrap the response in `Ok(…)`.",
        ));
    }
    None
}

/// A value that is wrapped once too often or too little.
fn of_value(types: Mismatch<'_>, code: &str) -> Option<Cause> {
    let Mismatch { expected, found } = types;
    if let Some(cause) = number(expected, found) {
        return Some(cause);
    }
    if let Some(of) = found
        .strip_prefix("&mut ")
        .filter(|_| expected.starts_with("&mut "))
    {
        if of.starts_with("impl Future<") {
            let text = "This is a future, and not its result yet: write `.await` behind the call that returns it.";
            return Some(Cause::new(text));
        }
        if is("Result", of) {
            let text = "This is a `Result`, which may hold an error: write `?` behind the call that returns it.";
            return Some(Cause::new(text));
        }
    }
    let same = |one: &str, other: &str| short(one) == short(other) && !one.contains('_');
    if argument("Option", expected).is_some_and(|inside| same(inside, found)) {
        let inside = last_segment(found);
        let text =
            format!("An `Option` is needed here, and this is a `{inside}`: wrap it in `Some(…)`.");
        let hint = "In the generated messages, each field that holds a message is an `Option`.";
        return Some(Cause::new(text).hint(hint));
    }
    let insides = (argument("Result", expected), argument("Result", found));
    if let (Some(needed), Some(there)) = insides
        && same(needed, there)
    {
        let text = "Both are a `Result`, but with different types of error. `?` converts an error: write `Ok(…?)` with \
                    this in the place of `…`.";
        return Some(Cause::new(text));
    }
    // What type of argument it has may be open yet.
    let name = last_segment(found.split('<').next().unwrap_or(found));
    let is_inside = |inside: &str| is(name, inside) && name != "()";
    if argument("Result", expected).is_some_and(is_inside) {
        let text =
            format!("A `Result` is needed here, and this is a `{name}`: wrap it in `Ok(…)`.");
        return Some(Cause::new(text));
    }
    // What is wrapped right there only has to be unwrapped.
    let wrapped_here = [("Some(", "Option"), ("Ok(", "Result")];
    for (call, wrapper) in wrapped_here {
        let is_wrapped = argument(wrapper, found).is_some_and(|inside| same(inside, expected));
        if is_wrapped && code.starts_with(call) {
            let inside = last_segment(expected);
            return Some(Cause::new(format!(
                "The `{inside}` itself is needed here: remove `{call}…)` around it."
            )));
        }
    }
    if argument("Option", found).is_some_and(|inside| same(inside, expected)) {
        return Some(absent(last_segment(expected)));
    }
    if argument("Result", found).is_some_and(|inside| same(inside, expected)) {
        let is_name = !code.is_empty() && code.chars().all(|c| c.is_alphanumeric() || c == '_');
        let text = match is_name {
            true => format!(
                "`{code}` is a `Result`, which may hold an error: write `?` behind the call that it comes from."
            ),
            false => {
                "This is a `Result`, which may hold an error: write `?` behind it, or match on it."
                    .to_string()
            }
        };
        return Some(Cause::new(text));
    }
    for wrapper in ["Request", "Response"] {
        if argument(wrapper, found).is_some_and(|inside| same(inside, expected)) {
            let text = format!(
                "The `{}` is still in its `{wrapper}`: call `into_inner()` on it.",
                last_segment(expected)
            );
            return Some(Cause::new(text));
        }
    }
    if (found == "future" || found.starts_with("impl Future<")) && expected != "future" {
        return Some(Cause::new(AWAIT));
    }
    if expected == "String" && found == "&str" {
        return Some(Cause::new(
            "The field or variable is a `String`, and this is a `&str`: write `.to_string()` behind it.",
        ));
    }
    let is_borrowed = found
        .strip_prefix('&')
        .is_some_and(|inside| same(inside, expected));
    if is_message(expected) && is_borrowed {
        let what = match code.starts_with('&') {
            true => "remove the `&`",
            false => "clone it",
        };
        let message = last_segment(expected);
        return Some(Cause::new(format!(
            "A `{message}` is needed, and this is a reference to one: {what}."
        )));
    }
    None
}
