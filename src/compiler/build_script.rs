//! A build.rs that ends with an error, from what cargo writes.

use super::cause::Cause;
use super::sources::{SourceFile, Sources};
use crate::location::Location;

const SCRIPT: &str = "start_here/build.rs";
const PROTO: &str = "start_here/proto/route_guide.proto";

/// The character that some editors write at the beginning of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Recognises why build.rs has failed.
pub fn cause(words: &str, sources: &Sources) -> Option<Cause> {
    words
        .contains("failed to run custom build command for `start_here ")
        .then_some(())?;
    let script = sources.file(SCRIPT)?;
    let Some(said) = said(words) else {
        // It has printed something of its own, or nothing.
        return Some(located(
            Cause::new("build.rs ended with an error."),
            script,
            None,
        ));
    };
    let marked = [PROTO.to_string()]
        .into_iter()
        .chain(sources.files().map(|file| file.path.clone()));
    let marked = marked
        .filter(|path| path.ends_with(".proto"))
        .find_map(|path| {
            let file = sources.file(&path)?;
            file.line(1)?.starts_with(BYTE_ORDER_MARK).then_some(file)
        });
    if let Some(proto) = marked.filter(|_| said.text.contains("invalid token")) {
        let message = format!(
            "{} begins with a byte-order mark, an invisible character that protox does not accept. Save the file as \
             UTF-8 without one.",
            proto.path
        );
        return Some(Cause::new(message).at(proto.at(1)));
    }
    if said.text.contains("Could not find `protoc`") {
        let line = script.find(|code| code.contains("compile_protos"));
        let message = "`compile_protos` needs the program protoc, and this course does without it.";
        let hint = "Read the .proto with `protox::compile`, and pass what it returns to \
                    `tonic_prost_build::compile_fds`.";
        return Some(located(Cause::new(message).hint(hint), script, line));
    }
    if let Some(file) = not_found(&said.text) {
        if let Some(cause) = mixed_up(script) {
            return Some(cause);
        }
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let line = find_own(script, |code| code.contains(name));
        let line = line.or_else(|| find_own(script, |code| code.contains("compile")));
        let message = format!(
            "build.rs compiles `{file}`, but that file is not in the folder that build.rs looks in."
        );
        let hint =
            "The file is \"route_guide.proto\", and its folder is in the variable `proto_folder`.";
        return Some(located(Cause::new(message).hint(hint), script, line));
    }
    let what = match said.panicked_at {
        Some(_) => "build.rs panicked",
        None => "build.rs ended with an error",
    };
    let cause = Cause::new(format!("{what}: {}", said.text));
    let line = script.find(|code| code.contains("protox::compile"));
    Some(match said.panicked_at {
        Some(location) => cause.at(location),
        None => located(cause, script, line),
    })
}

/// The two lists of `protox::compile` the wrong way round, or the name of a variable as a text.
fn mixed_up(script: &SourceFile) -> Option<Cause> {
    if let Some(line) = find_own(script, |code| code.contains("\"proto_folder\"")) {
        let message = "`proto_folder` is a variable: write it without quotation marks.";
        return Some(Cause::new(message).at(script.at(line)));
    }
    let is_swapped = |code: &str| {
        let code = code.replace([' ', '&'], "");
        code.contains("compile([proto_folder]")
    };
    let line = find_own(script, is_swapped)?;
    let message = "The two lists of `protox::compile` are the wrong way round: the first one holds the files, and the \
                   second one the folders.";
    Some(Cause::new(message).at(script.at(line)))
}

/// The first line of the learner's own that fulfils a condition.
fn find_own(script: &SourceFile, matches: impl Fn(&str) -> bool) -> Option<usize> {
    let mut lines = 1..script.lines().count() + 1;
    lines.find(|line| script.is_own(*line) && script.find_in(*line..line + 1, &matches).is_some())
}

/// The cause at a line of the script; without one, at its region.
fn located(cause: Cause, script: &SourceFile, line: Option<usize>) -> Cause {
    let region = || Some(script.region("generate-code")?.start);
    match line.filter(|line| script.is_own(*line)).or_else(region) {
        Some(line) => cause.at(script.at(line)),
        None => cause,
    }
}

/// What the script wrote at its end.
struct Said {
    text: String,
    panicked_at: Option<Location>,
}

/// Its error or its panic, from cargo's copy of its standard error.
fn said(words: &str) -> Option<Said> {
    let (_, stderr) = words.split_once("--- stderr")?;
    let lines: Vec<&str> = stderr.lines().map(str::trim).collect();
    let panic = lines.iter().enumerate().find_map(|(index, line)| {
        let (_, place) = line.split_once(" panicked at ")?;
        let mut parts = place.trim_end_matches(':').rsplitn(3, ':');
        let (_column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
        let location = Location::new(file.replace('\\', "/"), line.parse().ok()?);
        Some((location, lines.get(index + 1)?.to_string()))
    });
    if let Some((location, text)) = panic {
        let is_script = location.file.ends_with("start_here/build.rs");
        return Some(Said {
            text,
            panicked_at: is_script.then(|| Location::new(SCRIPT, location.line)),
        });
    }
    let text = lines.iter().find_map(|line| line.strip_prefix("Error: "))?;
    Some(Said {
        text: text.to_string(),
        panicked_at: None,
    })
}

/// The file that protox did not find.
fn not_found(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("file '")?;
    let (file, rest) = rest.split_once('\'')?;
    let is_missing = [" is not in any include path", " not found"];
    is_missing
        .iter()
        .any(|words| rest.starts_with(words))
        .then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_script_are_found_in_those_of_cargo() {
        let panic = "error: failed to run custom build command for `start_here v0.1.0 (/c/start_here)`\n  --- stderr\n  \
                     thread 'main' (7) panicked at start_here/build.rs:23:72:\n  called `Result::unwrap()` on an `Err` \
                     value: file 'x.proto' is not in any include path\n";
        let found = said(panic).unwrap();
        assert_eq!(found.panicked_at, Some(Location::new(SCRIPT, 23)));
        assert_eq!(not_found(&found.text), Some("x.proto"));
        let other = panic.replace("start_here/build.rs", "/registry/protox/src/lib.rs");
        assert_eq!(said(&other).unwrap().panicked_at, None);
    }
}
