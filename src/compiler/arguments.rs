//! Wrong arguments to the client's methods and to the server's builder, which rustc explains in many lines.

use super::cause::Cause;
use super::sources::Sources;
use super::types::{argument, first_quoted, is, last_segment, quoted, short};
use crate::process::cargo::CompilerMessage;

/// Recognises an argument of a type that the function does not take.
pub fn cause(error: &CompilerMessage, _: &Sources) -> Option<Cause> {
    match error.code()? {
        "E0271" => return of_shutdown(error),
        "E0277" => {}
        _ => return None,
    }
    let bound = required_by(error);
    match bound {
        Some(bound) if bound.contains("RouteGuideClient") => of_client(error, last_segment(bound)),
        Some(bound) if bound.ends_with("::add_service") => of_builder(error),
        Some("compile") => of_parser(error),
        _ => of_stream(error),
    }
}

/// The future that tells the server to stop, with another output than `()`.
fn of_shutdown(error: &CompilerMessage) -> Option<Cause> {
    // Other futures must give nothing, too.
    required_by(error).filter(|bound| bound.contains("shutdown"))?;
    let (_, rest) = error
        .message
        .split_once("to be a future that resolves to `()`, but it resolves to ")?;
    let output = first_quoted(rest)?;
    let text =
        format!("The future that stops the server must give `()`, and this one gives `{output}`.");
    let hint = "Drop what it gives in a block, with a semicolon at the end: `async { \
                tokio::signal::ctrl_c().await.ok(); }`.";
    Some(Cause::new(text).hint(hint))
}

/// The function whose bound is not met.
pub fn required_by(error: &CompilerMessage) -> Option<&str> {
    error.children.iter().find_map(|child| {
        let rest = child.message.strip_prefix("required by a bound in ")?;
        first_quoted(rest)
    })
}

/// `A` and `B<C>` of "the trait bound `A: B<C>` is not satisfied".
fn unmet(error: &CompilerMessage) -> Option<(&str, &str)> {
    let bound = first_quoted(error.message.strip_prefix("the trait bound ")?)?;
    bound.split_once(": ")
}

/// The argument of a method of the generated client.
fn of_client(error: &CompilerMessage, method: &str) -> Option<Cause> {
    let (found, wanted) = unmet(error)?;
    let wanted = last_segment(wanted);
    if let Some(message) = argument("IntoRequest", wanted) {
        let message = last_segment(message);
        return Some(match found.strip_prefix('&') {
            Some(rest) if last_segment(rest) == message => Cause::new(format!(
                "`{method}` takes the `{message}` itself, not a reference: remove the `&`, or clone it."
            )),
            _ => Cause::new(format!(
                "`{method}` takes one `{message}`, but is given `{}`.",
                short(found)
            )),
        });
    }
    if wanted != "IntoStreamingRequest" && wanted != "Stream" {
        return None;
    }
    let inside = argument("Request", found).unwrap_or(found);
    Some(not_a_stream(
        &format!("`{method}` takes a stream of messages"),
        inside,
    ))
}

/// A service that is not wrapped for the wire.
fn of_builder(error: &CompilerMessage) -> Option<Cause> {
    let (found, _) = unmet(error)?;
    (last_segment(found) == "RouteGuideService").then(|| {
        Cause::new(
            "`add_service` takes the service in its wrapper, which reads calls from the wire: pass \
             `RouteGuideServer::new(service)`.",
        )
    })
}

/// A file or a folder in the place of a list.
fn of_parser(error: &CompilerMessage) -> Option<Cause> {
    error.message.ends_with(" is not an iterator").then(|| {
        Cause::new(
            "`protox::compile` takes two lists, one of files and one of folders: put `[…]` around each of them.",
        )
    })
}

/// What is returned as the stream of an rpc.
fn of_stream(error: &CompilerMessage) -> Option<Cause> {
    let (found, wanted) = unmet(error)?;
    let is_reply = error.children.iter().any(|child| {
        child.message.starts_with("required for the cast from ")
            && quoted(&child.message).any(|word| word.contains("dyn Stream<"))
    });
    (wanted == "Stream" && is_reply).then(|| not_a_stream("The rpc returns a stream", found))
}

/// The cause where something is passed or returned that is not a stream.
pub fn not_a_stream(needed: &str, found: &str) -> Cause {
    let cause = Cause::new(format!("{needed}, and `{}` is not one.", short(found)));
    if is("Receiver", found) || is("UnboundedReceiver", found) {
        let wrapper = match is("Receiver", found) {
            true => "ReceiverStream",
            false => "UnboundedReceiverStream",
        };
        let hint = format!("Wrap the receiver: `tokio_stream::wrappers::{wrapper}::new(…)`.");
        return cause.hint(hint);
    }
    if found.starts_with('&') && found.contains("Stream<") {
        return cause.hint("Pass the stream itself, without `&`.");
    }
    let is_list =
        is("Vec", found) || is("IntoIter", found) || is("Map", found) || found.starts_with('[');
    match is_list {
        true => cause.hint("`tokio_stream::iter(…)` makes a stream of a list or an iterator."),
        false => cause,
    }
}
