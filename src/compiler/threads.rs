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
    let is_variable = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let name = is_variable.then(|| format!("`{name}`"));
    Some(sentence(name.as_deref(), &of_type, Fault::Kept).at(location))
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
    let name = name.map(|name| format!("`{name}`"));
    Some(sentence(name.as_deref(), &of_type, Fault::Sent).at(location))
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
    let fault = if is_shared {
        Fault::Shared
    } else {
        Fault::Sent
    };
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
            sentence(Some("A field of `RouteGuideService`"), of_type, fault).at(location)
        }
        false => sentence(None, of_type, fault).at(own_line(error, sources)?),
    };
    Some(cause)
}

/// What goes wrong with a value that belongs to one thread.
#[derive(Clone, Copy)]
enum Fault {
    /// It is there before and after a wait.
    Kept,
    /// It is sent.
    Sent,
    /// It is shared.
    Shared,
}

/// What belongs to one thread, and what to use in its place.
struct Bound {
    noun: String,
    remedy: Option<&'static str>,
}

/// What a type is that cannot be sent or shared.
fn bound(of_type: &str) -> Bound {
    let holds = |name: &str| of_type.contains(name);
    let is = |name: &str| last_segment(of_type.split('<').next().unwrap_or(of_type)) == name;
    let (noun, remedy) = if ["MutexGuard", "RwLockReadGuard", "RwLockWriteGuard"]
        .into_iter()
        .any(holds)
    {
        (
            "a lock",
            "Release it before: put the lines that need the lock into a block of their own, `{ … }`, and take out of it \
             what you need.",
        )
    } else if is("RefMut") || is("Ref") {
        (
            "a borrow of a `RefCell`",
            "Use a variable without a `RefCell`, or a `Mutex` whose lock is released before.",
        )
    } else if is("Rc") {
        ("an `Rc`", "Use an `Arc`, which threads can share.")
    } else if holds("Rc<") {
        (
            "a value with an `Rc` in it",
            "Use an `Arc`, which threads can share.",
        )
    } else if is("RefCell") || is("Cell") {
        ("a cell", "Use a `Mutex`, which threads can share.")
    } else if holds("RefCell<") || holds("Cell<") {
        (
            "a value with a cell in it",
            "Use a `Mutex`, which threads can share.",
        )
    } else {
        return Bound {
            noun: format!("a `{}`", short(of_type)),
            remedy: None,
        };
    };
    Bound {
        noun: noun.to_string(),
        remedy: Some(remedy),
    }
}

/// The sentence for a value of a type, with its name if it has one. Calls run on any thread, and a call that waits can
/// continue on another one.
fn sentence(name: Option<&str>, of_type: &str, fault: Fault) -> Cause {
    let Bound { noun, remedy } = bound(of_type);
    let subject = name.map_or("Here is".to_string(), |name| format!("{name} is"));
    let message = match fault {
        Fault::Kept => format!(
            "{subject} {noun} that is kept across an `.await` or `yield`, where the code can move to another thread."
        ),
        Fault::Sent => format!(
            "{subject} {noun}, which cannot leave its thread, but tonic and tokio move calls, streams and tasks between \
             threads."
        ),
        Fault::Shared => format!(
            "{subject} {noun}, which threads cannot share, but calls run on several threads at once."
        ),
    };
    let cause = Cause::new(message);
    match remedy {
        Some(remedy) => cause.hint(remedy),
        None => cause,
    }
}
