//! A Cargo.toml that cargo refuses, and files that it expects, from what cargo writes.

use super::cause::Cause;
use super::dependencies::key;
use super::sources::{SourceFile, Sources};
use super::types::{first_quoted, quoted};
use crate::course::files;
use crate::disk::regular::AS_UTF_8;

const MANIFEST: &str = "start_here/Cargo.toml";

/// Recognises what is wrong with the manifest, or missing beside it.
pub fn cause(words: &str, sources: &Sources) -> Option<Cause> {
    let Some(manifest) = sources.file(MANIFEST) else {
        return Some(Cause::missing(
            MANIFEST,
            ", so cargo does not find your crate",
        ));
    };
    other_encoding(words)
        .or_else(|| renamed(words, manifest))
        .or_else(|| program(words, sources, manifest))
        .or_else(|| library(words))
        .or_else(|| syntax(words, manifest))
        .or_else(|| dependency(words, manifest))
        .or_else(|| refused(words, manifest))
}

/// The manifest is saved in another encoding.
fn other_encoding(words: &str) -> Option<Cause> {
    words.contains("was not valid utf-8").then(|| {
        Cause::new(format!(
            "{MANIFEST} is not saved as UTF-8, as cargo needs it."
        ))
        .hint(AS_UTF_8)
        .at_no_line()
    })
}

/// The package has another name.
fn renamed(words: &str, manifest: &SourceFile) -> Option<Cause> {
    words
        .contains("package ID specification `start_here` did not match")
        .then_some(())?;
    let line = manifest.find(|line| key(line) == Some("name"))?;
    let name = manifest.line(line)?.split('"').nth(1)?;
    if name == "start_here" {
        return None;
    }
    let message =
        format!("The package must be called `start_here`, and Cargo.toml calls it `{name}`.");
    Some(Cause::new(message).at(manifest.at(line)))
}

/// A program of the crate is not there.
fn program(words: &str, sources: &Sources, manifest: &SourceFile) -> Option<Cause> {
    let (_, rest) = words.split_once("no bin target named ")?;
    let name = first_quoted(rest)?;
    let file = format!("start_here/src/bin/{name}.rs");
    files::finished(&file)?;
    if sources.file(&file).is_none() {
        return Some(Cause::missing(file, ", and the lab starts that program"));
    }
    let table = manifest.find(|line| line.trim() == "[[bin]]")?;
    let message = format!(
        "Cargo.toml declares the programs of the crate, but not `{name}`. Remove the table `[[bin]]`, or call the program `{name}`."
    );
    Some(Cause::new(message).at(manifest.at(table)))
}

fn library(words: &str) -> Option<Cause> {
    words.contains("can't find library `routeguide`").then(|| {
        Cause::missing(
            "start_here/src/lib.rs",
            ", which is the library of the crate",
        )
    })
}

/// What is no TOML, or no manifest, at a line that cargo names.
fn syntax(words: &str, manifest: &SourceFile) -> Option<Cause> {
    let line = line_in(words, "--> start_here/Cargo.toml:").or_else(|| {
        words
            .contains("start_here/Cargo.toml`")
            .then(|| line_in(words, "TOML parse error at line "))?
    })?;
    let said = words.lines().find_map(|line| line.strip_prefix("error: "));
    let said = said
        .filter(|said| !said.starts_with("failed to"))
        .map(|said| format!(": {said}"));
    let message = format!(
        "Cargo cannot read Cargo.toml at line {line}{}.",
        said.unwrap_or_default()
    );
    Some(Cause::new(message).at(manifest.at(line)))
}

/// The number behind a text.
fn line_in(words: &str, before: &str) -> Option<usize> {
    let (_, rest) = words.split_once(before)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// A dependency of the learner's own that cargo does not find.
fn dependency(words: &str, manifest: &SourceFile) -> Option<Cause> {
    let is_about_crate = |before: &str| {
        let (_, rest) = words.split_once(before)?;
        // `tokio = "^99"`, or the name alone.
        first_quoted(rest)?.split([' ', '=']).next()
    };
    let own_line = |name: &str| {
        let line = manifest.find(|line| key(line) == Some(name))?;
        manifest.is_own(line).then_some(line)
    };
    if let Some(name) = is_about_crate("error inheriting ") {
        let line = own_line(name)?;
        let message =
            format!("Cargo.toml takes `{name}` from the workspace, which has no such dependency.");
        let hint = "Give it a version, such as `name = \"1\"`, or remove the line.";
        return Some(Cause::new(message).hint(hint).at(manifest.at(line)));
    }
    if let Some(name) = is_about_crate("no matching package named ") {
        let message = format!("Cargo does not find the crate `{name}`, which Cargo.toml asks for.");
        let hint = "Is the name right? Without a network, cargo finds only crates that are on this machine already.";
        return Some(
            Cause::new(message)
                .hint(hint)
                .at(manifest.at(own_line(name)?)),
        );
    }
    if words.contains("does not have that feature") || words.contains("does not have feature") {
        let name = is_about_crate("failed to select a version for ")?;
        let message =
            format!("Cargo.toml asks for a feature that the crate `{name}` does not have.");
        return Some(Cause::new(message).at(manifest.at(own_line(name)?)));
    }
    let name = is_about_crate("failed to select a version for the requirement ")?;
    let message = format!("Cargo does not find the version of `{name}` that Cargo.toml asks for.");
    Some(Cause::new(message).at(manifest.at(own_line(name)?)))
}

/// Anything else that cargo does not like in the manifest.
fn refused(words: &str, manifest: &SourceFile) -> Option<Cause> {
    let is_ours = |line: &str| {
        line.contains("failed to parse manifest at ")
            && quoted(line).any(|path| path.replace('\\', "/").ends_with("start_here/Cargo.toml"))
    };
    words.lines().any(is_ours).then_some(())?;
    let last = words.lines().rfind(|line| !line.trim().is_empty())?.trim();
    let last = last.trim_end_matches('.');
    let message = format!("Cargo cannot use Cargo.toml: {last}.");
    let line = manifest.find_own();
    Some(Cause::new(message).at(manifest.at(line.unwrap_or(1))))
}
