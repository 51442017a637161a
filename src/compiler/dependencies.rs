//! Crates that Cargo.toml does not list.

use super::cause::Cause;
use super::imports::path_of;
use super::place::own_line;
use super::sources::Sources;
use crate::course::files;
use crate::process::cargo::CompilerMessage;

const MANIFEST: &str = "start_here/Cargo.toml";
/// The name of the crate's library, which is not that of its package.
const LIBRARY: &str = "routeguide";

/// Recognises a crate that is used but not listed.
pub fn cause(errors: &[CompilerMessage], sources: &Sources) -> Option<(usize, Cause)> {
    let mut each = errors.iter().enumerate();
    each.find_map(|(index, error)| {
        let cause = of_one(error, sources).or_else(|| macro_without_path(error, sources));
        Some((index, cause?))
    })
}

/// A macro of a crate, without the name of the crate.
fn macro_without_path(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let name = error
        .message
        .strip_prefix("cannot find macro `")?
        .strip_suffix("` in this scope")?;
    let of = match name {
        "try_stream" | "stream" => "async_stream",
        "include_proto" => "tonic",
        _ => return None,
    };
    let message = format!("`{name}!` is a macro of the crate `{of}`: write `{of}::{name}!`.");
    Some(Cause::new(message).at(own_line(error, sources)?))
}

fn of_one(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let prefix = "use of unresolved module or unlinked crate `";
    let label = error
        .labels()
        .find_map(|label| label.strip_prefix(prefix))?;
    let name = label.trim_end_matches('`');
    // What is called like a crate may be a module that is not imported.
    if path_of(name).is_some() {
        return None;
    }
    let manifest = sources.file(MANIFEST)?;
    let original = files::original(MANIFEST)?.ok()?;
    let lists = |line: &str| key(line).is_some_and(|key| key.replace('-', "_") == name);
    if name == LIBRARY {
        let line = manifest
            .find(|line| line.trim_start().starts_with("name =") && !line.contains("start_here"))?;
        let message = format!(
            "The library of the crate must be called `{LIBRARY}`: the programs in src/bin use that name."
        );
        return Some(Cause::new(message).at(manifest.at(line)));
    }
    if original.lines().any(lists) {
        // Whether it is listed, and only in the wrong table, cannot be told from here.
        if manifest.find(lists).is_some() {
            let table = manifest.find(|line| {
                line.trim_start().starts_with('[') && !original.contains(line.trim())
            })?;
            let message = format!(
                "The crate `{name}` is not among the dependencies: Cargo.toml lists it in another table."
            );
            return Some(Cause::new(message).at(manifest.at(table)));
        }
        let message =
            format!("Cargo.toml no longer lists the crate `{name}`, which the code uses.");
        let line = original.lines().find(|line| lists(line))?;
        let table = original
            .lines()
            .take_while(|other| *other != line)
            .filter(|line| line.starts_with('['))
            .last()?;
        let at = manifest.find(|other| other.trim() == table)?;
        return Some(
            Cause::new(message)
                .hint(format!("What belongs below `{table}`: {line}"))
                .at(manifest.at(at)),
        );
    }
    // rustc suggests to add it, unless a module is meant.
    let is_crate = error
        .children
        .iter()
        .any(|child| child.message.contains("cargo add"));
    let location = own_line(error, sources).filter(|_| is_crate)?;
    let message = format!("The crate `{name}` is not a dependency of start_here.");
    let hint = match used_instead(name) {
        Some(other) => format!("This course uses `{other}` in its place."),
        None => "Add it to start_here/Cargo.toml, or use a crate that is listed there.".to_string(),
    };
    Some(Cause::new(message).hint(hint).at(location))
}

/// The crate of the course that does what another one does elsewhere.
fn used_instead(name: &str) -> Option<&'static str> {
    match name {
        "tonic_build" | "prost_build" => Some("tonic_prost_build"),
        "rand" => Some("fastrand"),
        "futures" | "futures_util" | "futures_core" => Some("tokio_stream"),
        _ => None,
    }
}

/// The key of a line of Cargo.toml: of `tokio.workspace = true`, that is `tokio`.
pub fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim().split('.').next()?.trim().trim_matches('"');
    (!key.is_empty() && !key.starts_with('#')).then_some(key)
}
