//! Names that are used without their path, and that the file does not import.

use super::cause::Cause;
use super::place::file_of;
use super::sources::Sources;
use super::types::first_quoted;
use crate::process::cargo::CompilerMessage;

/// What lessons use, and where it is.
const KNOWN: [(&str, &str); 28] = [
    ("Arc", "std::sync::Arc"),
    ("BTreeMap", "std::collections::BTreeMap"),
    ("Channel", "tonic::transport::Channel"),
    ("Duration", "std::time::Duration"),
    ("Endpoint", "tonic::transport::Endpoint"),
    ("Feature", "crate::proto::Feature"),
    ("Features", "crate::features::Features"),
    ("HashMap", "std::collections::HashMap"),
    ("HashSet", "std::collections::HashSet"),
    ("Instant", "std::time::Instant"),
    ("Mutex", "std::sync::Mutex"),
    ("Point", "crate::proto::Point"),
    ("ReceiverStream", "tokio_stream::wrappers::ReceiverStream"),
    ("Rectangle", "crate::proto::Rectangle"),
    ("Request", "tonic::Request"),
    ("Response", "tonic::Response"),
    (
        "RouteGuideClient",
        "crate::proto::route_guide_client::RouteGuideClient",
    ),
    (
        "RouteGuideServer",
        "crate::proto::route_guide_server::RouteGuideServer",
    ),
    ("RouteNote", "crate::proto::RouteNote"),
    ("RouteSummary", "crate::proto::RouteSummary"),
    ("RwLock", "std::sync::RwLock"),
    ("Server", "tonic::transport::Server"),
    ("Status", "tonic::Status"),
    ("Streaming", "tonic::Streaming"),
    (
        "UnboundedReceiverStream",
        "tokio_stream::wrappers::UnboundedReceiverStream",
    ),
    ("distance", "crate::features::distance"),
    ("mpsc", "tokio::sync::mpsc"),
    ("oneshot", "tokio::sync::oneshot"),
];

/// Where a known name is.
pub fn path_of(name: &str) -> Option<&'static str> {
    let (_, path) = KNOWN.iter().find(|(known, _)| *known == name)?;
    Some(path)
}

/// Recognises a known type, module or function without its path.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_looked_for = match error.code()? {
        "E0432" => return of_another_module(error),
        "E0412" | "E0422" | "E0433" => true,
        // Not a variable.
        "E0425" => error.message.starts_with("cannot find function ") || is_type(error),
        _ => false,
    };
    // Inside of a path, the name is looked for in a module, and another one of that name is no help.
    let is_alone = error.message.ends_with(" in this scope")
        || error.message.contains("use of undeclared type")
        || error.message.contains("use of unresolved module");
    if !is_looked_for || !is_alone {
        return None;
    }
    let name = first_quoted(&error.message)?;
    let path = path_of(name)?;
    let file = file_of(error)?;
    let imports_proto = || {
        let file = sources.file(&file);
        file.is_some_and(|file| {
            file.find(|code| code.trim() == "use crate::proto;")
                .is_some()
        })
    };
    let path = match path.strip_prefix("crate::") {
        // The library is another crate for the programs, and does not exist yet for the build script.
        Some(inside) if file.contains("/bin/") => format!("routeguide::{inside}"),
        Some(_) if file.ends_with("build.rs") => return None,
        Some(inside)
            if inside.matches("::").count() == 1
                && inside.starts_with("proto::")
                && imports_proto() =>
        {
            let text = format!("`{name}` is not imported, but its module is: write `{inside}`.");
            return Some(Cause::new(text));
        }
        _ => path.to_string(),
    };
    let text = format!("`{name}` is not imported: write its whole path, `{path}`.");
    let hint = format!("Or write `use {path};` as the first line of your code here.");
    Some(Cause::new(text).hint(hint))
}

/// Recognises a `use` of a known name from a module that does not have it.
fn of_another_module(error: &CompilerMessage) -> Option<Cause> {
    let written = first_quoted(error.message.strip_prefix("unresolved import ")?)?;
    let (_, name) = written.rsplit_once("::")?;
    let path = path_of(name).filter(|path| *path != written)?;
    let path = match file_of(error)?.contains("/bin/") {
        true => path.replacen("crate::", "routeguide::", 1),
        false => path.to_string(),
    };
    let text = format!("`{name}` is in another module: write `use {path};`.");
    Some(Cause::new(text))
}

/// Whether a type is not found. rustc has had several codes for that.
fn is_type(error: &CompilerMessage) -> bool {
    error.message.starts_with("cannot find type ")
}
