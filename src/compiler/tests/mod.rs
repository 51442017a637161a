//! What rustc said of each row, and what is made of it.

mod rows;

use std::collections::BTreeMap;

use rows::{ROWS, Row};

use super::{Sources, failure, refusal};
use crate::course::{exercise, files, region};
use crate::process::cargo::errors_in;

/// The last lesson whose solution is in the crate that the rows edit.
const LAST: &str = "run-client";

/// The learner's crate when all lessons up to the last one are done.
fn solved() -> BTreeMap<String, String> {
    let originals =
        files::of_start_here().map(|file| (file.clone(), files::original(&file).unwrap().unwrap()));
    let mut all: BTreeMap<String, String> = originals.collect();
    let until = exercise::all()
        .iter()
        .rposition(|exercise| exercise.lesson == LAST);
    for exercise in &exercise::all()[..=until.unwrap()] {
        let text = all.get_mut(&exercise.file).unwrap();
        *text = region::replace(text, exercise.region, exercise.solution).unwrap();
    }
    all
}

fn edited(row: &Row) -> Sources {
    let mut all = solved();
    for (file, old, new) in row.edits {
        let text = all.get_mut(*file).unwrap();
        assert!(text.contains(old), "{}: {old}", row.name);
        *text = text.replace(old, new);
    }
    Sources::new(all)
}

/// The crate without a file, or with another text in one.
fn with(file: &str, text: Option<&str>) -> Sources {
    let mut all = solved();
    all.remove(file);
    all.extend(text.map(|text| (file.to_string(), text.to_string())));
    Sources::new(all)
}

#[test]
fn each_row_gets_its_sentence_and_its_line() {
    assert!(ROWS.iter().any(|row| row.is_compiled));
    for row in ROWS {
        let file = format!(
            "{}/src/compiler/tests/recorded/{}.json",
            env!("CARGO_MANIFEST_DIR"),
            row.name
        );
        let recorded =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let sources = edited(row);
        let errors = errors_in(&recorded);
        let found = refusal(&errors, &sources);
        match &found.cause {
            Some(cause) => {
                let said = format!(
                    "{} {}",
                    cause.message,
                    cause.hint.as_deref().unwrap_or_default()
                );
                assert!(said.starts_with(row.says), "{}: {said}", row.name);
            }
            None => assert!(row.says.contains("does not compile yet"), "{}", row.name),
        }
        let location = found
            .location
            .unwrap_or_else(|| panic!("{}: no line", row.name));
        let line = sources
            .file(&location.file)
            .unwrap()
            .line(location.line)
            .unwrap();
        assert_eq!(
            (location.file.as_str(), line.trim()),
            row.at,
            "{}",
            row.name
        );
    }
}

#[test]
fn what_a_sentence_would_be_wrong_for_gets_none() {
    // The same words of rustc's, where the learner's own code has nothing to do with it.
    for row in ROWS.iter().filter(|row| row.at.0 == rows::SERVER) {
        let sources = Sources::new(files::of_start_here().map(|file| {
            let text = files::original(&file).unwrap().unwrap();
            (file, text)
        }));
        let file = format!(
            "{}/src/compiler/tests/recorded/{}.json",
            env!("CARGO_MANIFEST_DIR"),
            row.name
        );
        let errors = errors_in(&std::fs::read_to_string(file).unwrap());
        let found = refusal(&errors, &sources);
        let is_own = |location: &crate::location::Location| {
            sources.file(&location.file).unwrap().is_own(location.line)
        };
        assert!(
            found.location.as_ref().is_none_or(is_own),
            "{}: {found:?}",
            row.name
        );
    }
}

const MANIFEST: &str = rows::MANIFEST;

/// What is said of cargo's words, and where.
#[track_caller]
fn told(words: &str, sources: &Sources, message: &str, at: Option<(&str, usize)>) {
    let cause = failure(words, sources).expect("a cause");
    let location = cause.location.as_ref();
    let location = location.map(|location| (location.file.as_str(), location.line));
    assert_eq!((cause.message.as_str(), location), (message, at));
}

#[test]
fn cargo_is_read_where_it_cannot_begin() {
    let whole = Sources::new(solved());
    let text = files::original(MANIFEST).unwrap().unwrap();
    let line_of =
        |text: &str, line: &str| text.lines().position(|other| other == line).unwrap() + 1;
    told(
        "error: invalid boolean, expected `true`\n  --> start_here/Cargo.toml:20:19\n",
        &whole,
        "Cargo cannot read Cargo.toml at line 20: invalid boolean, expected `true`.",
        Some((MANIFEST, 20)),
    );
    told(
        "error: failed to parse manifest at `/c/start_here/Cargo.toml`\nCaused by:\n  TOML parse error at line 7, column 1\n",
        &whole,
        "Cargo cannot read Cargo.toml at line 7.",
        Some((MANIFEST, 7)),
    );
    let renamed = text.replace("name = \"start_here\"", "name = \"my-guide\"");
    told(
        "error: package ID specification `start_here` did not match any packages\n",
        &with(MANIFEST, Some(&renamed)),
        "The package must be called `start_here`, and Cargo.toml calls it `my-guide`.",
        Some((MANIFEST, 2)),
    );
    let added = text.replace("[dependencies]", "[dependencies]\ntokoi = \"1\"");
    told(
        "error: no matching package named `tokoi` found\nrequired by package `start_here v0.1.0`\n",
        &with(MANIFEST, Some(&added)),
        "Cargo does not find the crate `tokoi`, which Cargo.toml asks for.",
        Some((MANIFEST, line_of(&added, "tokoi = \"1\""))),
    );
    // A crate that was handed out is another matter: there is no network.
    assert_eq!(
        failure("error: no matching package named `tokio` found\n", &whole),
        None
    );
    told(
        "error: failed to load manifest for workspace member `/c/start_here`\n",
        &with(MANIFEST, None),
        "start_here/Cargo.toml is missing, so cargo does not find your crate.",
        None,
    );
    told(
        "error: no bin target named `stage` in `routeguide-lab`, ... packages\n",
        &with("start_here/src/bin/stage.rs", None),
        "start_here/src/bin/stage.rs is missing, and the lab starts that program.",
        None,
    );
    told(
        "failed to parse manifest at `/c/start_here/Cargo.toml`\nCaused by:\n  can't find library `routeguide`, rename file to `src/lib.rs`\n",
        &with("start_here/src/lib.rs", None),
        "start_here/src/lib.rs is missing, which is the library of the crate.",
        None,
    );
    assert_eq!(failure("error: linker `cc` not found\n", &whole), None);
}

#[test]
fn a_build_script_that_fails_is_named_with_its_line() {
    let script = |call: &str| {
        let text = solved().remove(rows::SCRIPT).unwrap();
        let text = text.replace(
            "let descriptors = protox::compile([\"route_guide.proto\"], [proto_folder])?;",
            call,
        );
        let line = text.lines().position(|line| line.trim() == call).unwrap() + 1;
        (with(rows::SCRIPT, Some(&text)), line)
    };
    let failed = |stderr: &str| {
        format!(
            "error: failed to run custom build command for `start_here v0.1.0 (/c/start_here)`\n  --- stderr\n  {stderr}\n"
        )
    };
    let (sources, line) =
        script("tonic_prost_build::compile_protos(\"proto/route_guide.proto\")?;");
    told(
        &failed(
            "Error: Custom { kind: NotFound, error: \"Could not find `protoc`. If `protoc` is installed\" }",
        ),
        &sources,
        "`compile_protos` needs the program protoc, and this course does without it.",
        Some((rows::SCRIPT, line)),
    );
    let (sources, line) =
        script("let descriptors = protox::compile([\"guide.proto\"], [proto_folder])?;");
    told(
        &failed("Error: file 'guide.proto' is not in any include path"),
        &sources,
        "build.rs compiles `guide.proto`, but that file is not in the folder that build.rs looks in.",
        Some((rows::SCRIPT, line)),
    );
    for (call, missing, message) in [
        (
            "let descriptors = protox::compile([\"route_guide.proto\"], [\"proto_folder\"])?;",
            "route_guide.proto",
            "`proto_folder` is a variable: write it without quotation marks.",
        ),
        (
            "let descriptors = protox::compile([\"proto_folder\"], [\"route_guide.proto\"])?;",
            "proto_folder",
            "`proto_folder` is a variable: write it without quotation marks.",
        ),
        (
            "let descriptors = protox::compile([proto_folder], [\"route_guide.proto\"])?;",
            "proto",
            "The two lists of `protox::compile` are the wrong way round: the first one holds the files, and the second one \
             the folders.",
        ),
    ] {
        let (sources, line) = script(call);
        let words = failed(&format!(
            "Error: file '{missing}' is not in any include path"
        ));
        told(&words, &sources, message, Some((rows::SCRIPT, line)));
    }
    told(
        &failed("thread 'main' (7) panicked at start_here/build.rs:30:9:\n  no luck"),
        &sources,
        "build.rs panicked: no luck",
        Some((rows::SCRIPT, 30)),
    );
    // Nothing is known but the file.
    let call = "std::process::exit(3);";
    let (sources, _) = script(call);
    let script = sources.file(rows::SCRIPT).unwrap();
    let region = script.region("generate-code").unwrap().start;
    told(
        &failed("out of luck"),
        &sources,
        "build.rs ended with an error.",
        Some((rows::SCRIPT, region)),
    );
    let proto = "start_here/proto/route_guide.proto";
    let marked = format!("\u{feff}{}", files::original(proto).unwrap().unwrap());
    told(
        &failed("Error: invalid token"),
        &with(proto, Some(&marked)),
        "start_here/proto/route_guide.proto begins with a byte-order mark, an invisible character that protox does not \
         accept. Save the file as UTF-8 without one.",
        Some((proto, 1)),
    );
}
