//! The traits that the generated code asks for, and those that it has implemented itself.

use super::cause::Cause;
use super::place::own_line;
use super::sources::Sources;
use super::types::{first_quoted, quoted};
use crate::location::Location;
use crate::process::cargo::CompilerMessage;

/// Traits implemented by hand that the generated code implements, too.
pub fn generated_already(errors: &[CompilerMessage], sources: &Sources) -> Option<(usize, Cause)> {
    let conflicts = errors.iter().enumerate().filter_map(|(index, error)| {
        if error.code() != Some("E0119") {
            return None;
        }
        let mut words = quoted(&error.message);
        let (name, of) = (words.next()?, words.next()?);
        let is_generated = error.spans.iter().any(|span| {
            span.file_name.ends_with("/out/routeguide.rs")
                || span.file_name.ends_with("\\out\\routeguide.rs")
        });
        let location = own_line(error, sources).filter(|_| is_generated)?;
        Some((index, name, of, location))
    });
    let conflicts: Vec<_> = conflicts.collect();
    let (index, _, of, location) = conflicts.first()?;
    let same = || conflicts.iter().filter(|(_, _, other, _)| other == of);
    let names: Vec<String> = same().map(|(_, name, ..)| format!("`{name}`")).collect();
    let places: Vec<String> = same().map(|(.., location)| location.to_string()).collect();
    let names = names.join(" and ");
    let message = match places.as_slice() {
        [_] => format!("The generated `{of}` implements {names} already. Remove your `impl`."),
        places => format!(
            "The generated `{of}` implements {names} already. Remove your `impl` blocks, at {}.",
            places.join(" and ")
        ),
    };
    Some((*index, Cause::new(message).at(location.clone())))
}

/// An rpc of the .proto for which the service has no method.
pub fn missing(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_service = error.code() == Some("E0046")
        && error.spans.iter().any(|span| {
            span.label
                .as_deref()
                .is_some_and(|label| label.ends_with("` from trait"))
                && span.file_name.ends_with("routeguide.rs")
        });
    let (_, list) = error
        .message
        .split_once("missing: ")
        .filter(|_| is_service)?;
    let names: Vec<&str> = quoted(list).collect();
    let method = names
        .iter()
        .find(|name| name.starts_with(char::is_lowercase))?;
    let rpc = camel_case(method);
    let message = format!(
        "The .proto has the rpc `{rpc}`, but `RouteGuideService` has no method `{method}`: each rpc needs one."
    );
    let cause = Cause::new(message);
    let server = sources.file("start_here/src/server.rs");
    let proto = sources.file("start_here/proto/route_guide.proto");
    let in_server =
        server.and_then(|file| Some(file.at(file.region(&method.replace('_', "-"))?.start)));
    let in_proto = proto.and_then(|file| {
        let line = file.find(|code| code.contains("rpc ") && code.contains(&rpc));
        Some(file.at(line?))
    });
    Some(match in_server.or(in_proto) {
        Some(location) => cause.at(location),
        None => cause,
    })
}

/// A method that belongs to no rpc.
pub fn not_in_trait(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_service = error.code() == Some("E0407") && error.message.ends_with("trait `RouteGuide`");
    let method = first_quoted(&error.message).filter(|_| is_service)?;
    let rpc = camel_case(method);
    // A method that a lesson asks for: then its rpc is missing.
    if let Some(service) = service_without(method, sources) {
        let message = format!(
            "The .proto has no rpc `{rpc}`, but src/server.rs implements its method, `{method}`."
        );
        return Some(Cause::new(message).at(service));
    }
    let message = format!(
        "`{method}` is not a method of the generated trait `RouteGuide`: the .proto has no rpc `{rpc}`. Its methods are \
         the rpcs of the .proto, in snake_case."
    );
    Some(Cause::new(message))
}

/// The service in the .proto, if a lesson is about a method.
fn service_without(method: &str, sources: &Sources) -> Option<Location> {
    let server = sources.file("start_here/src/server.rs")?;
    server.region(&method.replace('_', "-"))?;
    let proto = sources.file("start_here/proto/route_guide.proto")?;
    let line = proto.find(|code| code.trim_start().starts_with("service "))?;
    Some(proto.at(line))
}

/// `ListFeatures` of `list_features`.
fn camel_case(method: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    method.split('_').map(word).collect()
}
