//! Source files that rustc cannot read: not saved as UTF-8, or closed to this user.

use super::cause::Cause;
use super::place::own_line;
use super::sources::Sources;
use crate::disk::regular::AS_UTF_8;
use crate::process::cargo::CompilerMessage;

/// What rustc writes before the path of such a file.
const BEFORE_PATH: &str = "couldn't read `";

/// Recognises a file of the learner's that rustc cannot read.
pub fn cause(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let rest = error.message.strip_prefix(BEFORE_PATH)?;
    let (path, why) = rest.split_once("`: ")?;
    // Windows writes paths the other way round.
    let path = path.replace('\\', "/");
    if !path.starts_with("start_here/") || path.contains("/../") {
        return None;
    }
    if let Some(byte) = first_wrong_byte(error) {
        let is_utf_16 = matches!(byte, "255" | "254");
        let encoding = match is_utf_16 {
            true => ": it looks like UTF-16, which Windows calls Unicode",
            false => "",
        };
        let message = format!("{path} is not saved as UTF-8, as Rust needs it{encoding}.");
        let cause = Cause::new(message).hint(AS_UTF_8);
        return Some(match own_line(error, sources) {
            Some(location) => cause.at(location),
            None => cause.at_no_line(),
        });
    }
    let is_gone = ["(os error 2)", "(os error 3)"].map(|code| why.contains(code));
    if is_gone.contains(&true) {
        return None;
    }
    // The system says why, perhaps in another language.
    let why = why.split(" (os error").next().unwrap_or(why);
    Some(
        Cause::new(format!("{path} cannot be read: {why}."))
            .hint("Allow your user to read it: look at its owner and its permissions.")
            .at_no_line(),
    )
}

/// The byte that is no part of UTF-8, as a number, if the file was read as far as that.
fn first_wrong_byte(error: &CompilerMessage) -> Option<&str> {
    error.children.iter().find_map(|note| {
        let rest = note.message.strip_prefix("byte `")?;
        Some(rest.split_once("` is not valid utf-8")?.0)
    })
}
