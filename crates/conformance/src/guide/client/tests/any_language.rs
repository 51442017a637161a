//! What is said of a client may be read by people who write no Rust.

use std::path::{Path, PathBuf};

use crate::verdict::Diagnosis;

/// What only Rust looks like.
const RUST: [&str; 22] = [
    "`?`",
    "unwrap",
    ".await",
    "Err(",
    "Ok(",
    "Some(",
    "`Ok`",
    "`Err`",
    "`None`",
    "`Some`",
    "while let",
    "if let",
    "::",
    "tokio",
    "tonic",
    "prost",
    "println!",
    "async_stream",
    "Vec<",
    "`&",
    "in Rust",
    "spawn",
];

fn rust_in(text: &str) -> Option<&'static str> {
    RUST.into_iter().find(|rust| text.contains(rust))
}

/// Asserts that a diagnosis speaks no Rust to those whose language is not known.
#[track_caller]
pub fn assert_spoken(found: &Diagnosis) {
    let found = found.clone().addressed(false);
    for text in [Some(&found.message), found.hint.as_ref()]
        .into_iter()
        .flatten()
    {
        assert_eq!(rust_in(text), None, "{text}");
    }
}

/// The files that say something of a client's calls.
fn files() -> Vec<PathBuf> {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs");
    let is_left_out = |path: &PathBuf| {
        // The second is about the course's `connect` alone.
        path.ends_with("tests.rs") || path.ends_with("unanswered.rs")
    };
    let mut files = entries(&guide.join("client"));
    files.extend(entries(&guide.join("client/trials")));
    files.extend(
        entries(&guide)
            .iter()
            .map(|rpc| rpc.join("client.rs"))
            .filter(|file| file.exists()),
    );
    files
        .into_iter()
        .filter(is_rust)
        .filter(|path| !is_left_out(path))
        .collect()
}

/// The texts in a source file, each with what stands before it. (No text there holds a quote of its own that is not
/// escaped, and none is raw.)
fn texts(source: &str) -> Vec<(String, String)> {
    let source = source
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let code: Vec<&str> = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n").replace("\\\"", "'").replace("'\"'", "");
    let parts: Vec<&str> = code.split('"').collect();
    let texts = parts.chunks_exact(2);
    texts
        .map(|pair| (pair[0].to_string(), pair[1].to_string()))
        .collect()
}

#[test]
fn no_text_about_a_client_speaks_rust_but_those_for_the_course() {
    let files = files();
    assert!(files.len() > 12, "{files:?}");
    let mut for_the_course = 0;
    for file in files {
        for (before, text) in texts(&std::fs::read_to_string(&file).unwrap()) {
            if before.trim_end().ends_with("hint_in_rust(") || before.contains("_IN_RUST: &str") {
                for_the_course += 1;
                continue;
            }
            assert_eq!(rust_in(&text), None, "{}: {text}", file.display());
        }
    }
    assert!(for_the_course > 3);
}

#[test]
fn each_reader_gets_one_hint() {
    let both = Diagnosis::new("It is wrong.")
        .hint("Return it.")
        .hint_in_rust("Use `?`.");
    let hint = |found: &Diagnosis, writes_rust| found.clone().addressed(writes_rust).hint.unwrap();
    assert_eq!(hint(&both, true), "Use `?`.");
    assert_eq!(hint(&both, false), "Return it.");
    let more = both.and_hint("More.");
    assert_eq!(hint(&more, true), "Use `?`. More.");
    assert_eq!(hint(&more, false), "Return it. More.");
    let general = Diagnosis::new("It is wrong.").hint("Return it.");
    assert_eq!(hint(&general, true), "Return it.");
}
