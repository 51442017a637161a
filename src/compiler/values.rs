//! Values that are still wrapped: in a future, a `Result`, an `Option`, a `Request` or a `Response`; and those that
//! should be.

use super::arguments::not_a_stream;
use super::cause::Cause;
use super::place::own_line_of;
use super::sources::Sources;
use super::types::{Mismatch, argument, first_quoted, is, last_segment, mismatch, short};
use crate::process::cargo::CompilerMessage;

/// Recognises a value that is wrapped once too often, or once too little.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    match error.code()? {
        "E0277" => not_awaited(error, sources)
            .or_else(|| not_an_iterator(error))
            .or_else(|| added(error)),
        "E0599" | "E0609" => wrapped(error),
        "E0308" => mismatched(error, sources),
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

/// A number of another type that is added to a field.
fn added(error: &CompilerMessage) -> Option<Cause> {
    let rest = error.message.strip_prefix("cannot add-assign `")?;
    let (found, expected) = rest.trim_end_matches('`').split_once("` to `")?;
    number(expected, found)
}

/// A number of another type. Fields of messages are `i32`; durations, lengths and distances are not.
fn number(expected: &str, found: &str) -> Option<Cause> {
    let is_whole = ["i64", "u32", "u64", "u128", "usize", "isize"].contains(&found);
    let is_float = ["f32", "f64"].contains(&found);
    if expected != "i32" || !(is_whole || is_float) {
        return None;
    }
    let cast = if is_float {
        ".round() as i32"
    } else {
        " as i32"
    };
    let article = if matches!(found, "f32" | "f64") {
        "an"
    } else {
        "a"
    };
    Some(Cause::new(format!(
        "The field or variable is an `i32`, and this is {article} `{found}`: convert it with `{}`.",
        cast.trim_start()
    )))
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
fn wrapped(error: &CompilerMessage) -> Option<Cause> {
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
    if of.starts_with("impl Future<") {
        return Some(Cause::new(AWAIT).hint(format!("Write `.await` in front of `.{member}`.")));
    }
    if is("Streaming", of) && member == "next" {
        let text = "`next` comes from the trait `StreamExt`, which is not imported. `message().await?` needs no import.";
        return Some(Cause::new(text));
    }
    if is("Result", of) && (of_message || member == "into_inner") {
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

/// A message that is moved out of what is only borrowed.
fn moved_out(error: &CompilerMessage) -> Option<Cause> {
    let label = error
        .labels()
        .find(|label| label.starts_with("move occurs because"))?;
    let (_, of_type) = label.split_once("has type `")?;
    let of_type = of_type
        .split('`')
        .next()
        .filter(|of_type| is_message(of_type))?;
    let message = last_segment(of_type);
    Some(Cause::new(format!(
        "The `{message}` is only borrowed here, so it cannot be given away: clone it."
    )))
}

/// Whether a type is a message of the .proto.
fn is_message(of_type: &str) -> bool {
    ["Feature", "Point", "Rectangle", "RouteNote", "RouteSummary"].contains(&last_segment(of_type))
}

/// A field of a message that may be absent.
fn absent(inside: &str) -> Cause {
    Cause::new(format!(
        "This `{inside}` is an `Option`: a message field can be absent. Take it out first, for example with \
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
    let is_reference = span.first_line().starts_with('&');
    reply(types).or_else(|| of_value(types, is_reference))
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
fn of_value(types: Mismatch<'_>, is_reference: bool) -> Option<Cause> {
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
        return Some(Cause::new(format!(
            "This is an `Option`, since a message field can be absent: wrap the `{inside}` in `Some(…)`."
        )));
    }
    if argument("Option", found).is_some_and(|inside| same(inside, expected)) {
        return Some(absent(last_segment(expected)));
    }
    if argument("Result", found).is_some_and(|inside| same(inside, expected)) {
        return Some(Cause::new(
            "This is a `Result`, which may hold an error: write `?` behind it, or match on it.",
        ));
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
        let what = match is_reference {
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
