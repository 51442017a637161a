//! Values that cannot be sent to another thread.

use super::cause::Cause;
use super::place::{own_line, own_line_of};
use super::sources::Sources;
use super::types::{first_quoted, last_segment, quoted, short};
use crate::location::Location;
use crate::process::cargo::{CompilerMessage, Span};

/// Recognises a value that a stream, a method or a task keeps, although it belongs to one thread.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    across_await(error, sources)
        .or_else(|| captured(error, sources))
        .or_else(|| in_type(error, sources))
}

/// A value that is kept while the stream, method or task waits.
fn across_await(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    is_about_sending(error).then_some(())?;
    let spans = || error.children.iter().flat_map(|child| &child.spans);
    let waits = labelled(spans(), "await occurs here, with `")?;
    let name = first_quoted(waits.label.as_deref()?)?;
    let name = name.strip_prefix("mut ").unwrap_or(name);
    let (of_type, location) = kept_type(spans(), sources)?;
    let subject = match name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        true => format!("`{name}`"),
        false => "A value".to_string(),
    };
    Some(sentence(&subject, &of_type, true).at(location))
}

/// A value that a stream or task takes from outside.
fn captured(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    is_about_sending(error).then_some(())?;
    let spans = || error.children.iter().flat_map(|child| &child.spans);
    let (of_type, location) = kept_type(spans(), sources)?;
    let span = labelled(spans(), "has type `")?;
    let name = span
        .code()
        .filter(|code| code.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let subject = name.map_or("A value".to_string(), |name| format!("`{name}`"));
    Some(sentence(&subject, &of_type, false).at(location))
}

fn is_about_sending(error: &CompilerMessage) -> bool {
    error.code().is_none() && error.message.ends_with("between threads safely")
}

fn labelled<'a>(spans: impl IntoIterator<Item = &'a Span>, prefix: &str) -> Option<&'a Span> {
    spans.into_iter().find(|span| {
        let label = span.label.as_deref();
        label.is_some_and(|label| label.starts_with(prefix))
    })
}

/// The type of the value that is kept, and the learner's line that it comes from.
fn kept_type<'a>(
    spans: impl IntoIterator<Item = &'a Span>,
    sources: &Sources,
) -> Option<(String, Location)> {
    let span = labelled(spans, "has type `")?;
    let of_type = first_quoted(span.label.as_deref()?)?.to_string();
    Some((of_type, own_line_of(span, sources)?))
}

/// A field of the service, or a value in a stream, whose type cannot be shared or sent.
fn in_type(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_shared = error
        .message
        .ends_with("cannot be shared between threads safely");
    let is_sent = error
        .message
        .ends_with("cannot be sent between threads safely");
    if error.code() != Some("E0277") || !(is_shared || is_sent) {
        return None;
    }
    let of_type = first_quoted(&error.message)?;
    let head = last_segment(of_type.split('<').next()?);
    let service = error.children.iter().any(|child| {
        child
            .message
            .starts_with("required because it appears within the type")
            && quoted(&child.message).any(|word| word == "RouteGuideService")
    });
    let cause = match service {
        true => {
            let server = sources.file("start_here/src/server.rs")?;
            let line = server.find(|code| {
                code.contains(&format!("{head}<")) && code.contains(':') && !code.contains("let ")
            });
            let location = line
                .filter(|line| server.is_own(*line))
                .map(|line| server.at(line))?;
            sentence("A field of `RouteGuideService`", of_type, false).at(location)
        }
        false => sentence("A value here", of_type, false).at(own_line(error, sources)?),
    };
    Some(cause)
}

/// The sentence for a value of a type. Calls run on any thread, and a waiting call may go on on another one.
fn sentence(subject: &str, of_type: &str, is_kept: bool) -> Cause {
    let head = |name: &str| of_type.contains(name);
    let (what, remedy) = if head("MutexGuard")
        || head("RwLockReadGuard")
        || head("RwLockWriteGuard")
    {
        (
            "is a lock",
            "Release it before: put the lines that need the lock into a block of their own, `{ … }`, and take out of it what you need.",
        )
    } else if head("RefMut<") || head("cell::Ref<") || of_type.starts_with("Ref<") {
        (
            "is a borrow of a `RefCell`",
            "Use a variable without a `RefCell`, or a `Mutex` whose lock is released before.",
        )
    } else if head("Rc<") {
        ("is an `Rc`", "Use an `Arc`, which threads can share.")
    } else if head("RefCell<") || head("Cell<") {
        ("is a cell", "Use a `Mutex`, which threads can share.")
    } else {
        let message = format!(
            "{subject} has the type `{}`, which must stay on one thread{}, but tonic and tokio move calls, streams and tasks between threads.",
            short(of_type),
            if is_kept {
                ", and is kept across an `.await` or `yield`"
            } else {
                ""
            }
        );
        return Cause::new(message);
    };
    let message = match is_kept {
        true => format!(
            "{subject} {what} that is kept across an `.await` or `yield`, where the code can move to another thread."
        ),
        false => format!(
            "{subject} {what}, which cannot leave its thread, but tonic and tokio move calls, streams and tasks between threads."
        ),
    };
    Cause::new(message).hint(remedy)
}
