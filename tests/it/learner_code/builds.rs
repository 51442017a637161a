//! Code that does not compile: one sentence, the learner's own line, and the compiler's text folded to that error.
//!
//! The rows are those of the unit tests, which read what rustc said of them once;
//! `SNAPSHOTS=overwrite cargo test --test it learner_code::builds` records that anew.

#[path = "../../../src/compiler/tests/rows.rs"]
mod rows;

use std::fs;
use std::process::Stdio;

use rows::{CLIENT, LIBRARY, MANIFEST, ROWS, Row, SCRIPT, SERVER};
use serde_json::{Value, json};
use testkit::{Lab, Run};

/// A check that needs all three programs.
const CHECK: [&str; 4] = ["check", "generate-code", "start-server", "run-client"];

const PROTO: &str = "start_here/proto/route_guide.proto";

/// A lab in which all lessons up to the client are done, and that is put back after each row.
struct Broken {
    lab: Lab,
    files: Vec<(&'static str, String)>,
}

impl Broken {
    fn new(name: &str) -> Broken {
        let lab = Lab::new(name);
        lab.solve_up_to("run-client");
        let files = [SERVER, CLIENT, LIBRARY, SCRIPT, MANIFEST, PROTO];
        let files = files.map(|file| (file, lab.read(file)));
        Broken {
            lab,
            files: files.into(),
        }
    }

    fn put_back(&self) {
        for (file, text) in &self.files {
            let is_same = fs::read_to_string(self.lab.path(file)).is_ok_and(|now| now == *text);
            if !is_same {
                self.lab.write(file, text);
            }
        }
    }

    /// What the lab says of a row.
    fn check(&self, row: &Row) -> Run {
        for (file, old, new) in row.edits {
            self.lab.edit(file, |text| text.replace(old, new));
        }
        self.lab.run(CHECK)
    }
}

/// The number of the line with this text, without indent.
fn line_of(lab: &Lab, (file, text): (&str, &str)) -> usize {
    let all = lab.read(file);
    let line = all.lines().position(|line| line.trim() == text);
    line.unwrap_or_else(|| panic!("{file}: no line {text:?}")) + 1
}

/// Text on one line, as it was before it was wrapped.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_mistake_gets_one_sentence_and_the_line_to_change() {
    let is_recorded = std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite");
    let broken = Broken::new("broken-builds");
    for row in ROWS.iter().filter(|row| row.is_compiled || is_recorded) {
        let run = broken.check(row);
        assert_eq!(run.code, Some(3), "{}: {}", row.name, run.stdout);
        if is_recorded {
            record(&broken.lab, row.name);
        }
        let said = unwrapped(&run.stdout);
        assert!(said.contains(row.says), "{}: {}", row.name, run.stdout);
        let last = format!("Edit {}:{}, then", row.at.0, line_of(&broken.lab, row.at));
        assert!(
            run.stdout.contains(&last),
            "{}: no {last} in {}",
            row.name,
            run.stdout
        );
        broken.put_back();
    }
}

/// Stores what rustc says of the code as it is, without what the lab does not read.
fn record(lab: &Lab, name: &str) {
    let arguments = [
        "build",
        "-p",
        "routeguide-lab",
        "-p",
        "start_here",
        "--bin",
        "stage",
        "--bin",
        "client",
        "--bin",
        "server",
        "--message-format=json",
    ];
    let mut cargo = std::process::Command::new("cargo");
    let output = cargo
        .args(arguments)
        .current_dir(lab.path(""))
        .envs(lab.environment())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let lines: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["reason"] == "compiler-message" && line["message"]["level"] == "error")
        .filter(|line| !line["message"]["spans"].as_array().unwrap().is_empty())
        .enumerate()
        .map(|(index, line)| json!({"reason": "compiler-message", "message": shortened(&line["message"], Some(index))}).to_string())
        .collect();
    let folder = testkit::checkout().join("src/compiler/tests/recorded");
    fs::create_dir_all(&folder).unwrap();
    // Where this machine keeps its files is nothing to store.
    let home = std::env::var("HOME").unwrap_or_default();
    let text = lines
        .join("\n")
        .replace(lab.build_folder().to_str().unwrap(), "/build");
    let text = text.replace(&format!("{home}/.cargo"), "/home/.cargo");
    fs::write(folder.join(format!("{name}.json")), text + "\n").unwrap();
}

/// A message of rustc's, with the fields that the lab reads.
fn shortened(message: &Value, rendered: Option<usize>) -> Value {
    let each = |list: &Value, shorten: &dyn Fn(&Value) -> Value| -> Vec<Value> {
        list.as_array().unwrap().iter().map(shorten).collect()
    };
    // Where rustc has stored long names is another place each time.
    let is_lasting = |child: &&Value| {
        !child["message"]
            .as_str()
            .unwrap()
            .starts_with("the full name for the type")
    };
    let children = message["children"]
        .as_array()
        .unwrap()
        .iter()
        .filter(is_lasting);
    let children: Vec<Value> = children.map(|child| shortened(child, None)).collect();
    json!({
        "level": message["level"],
        "message": message["message"],
        "code": message["code"].as_object().map(|code| json!({"code": code["code"]})),
        "rendered": rendered.map(|index| format!("error {index}")),
        "spans": each(&message["spans"], &shortened_span),
        "children": children,
    })
}

fn shortened_span(span: &Value) -> Value {
    // Where crates and generated code are is another matter on each machine.
    let file = span["file_name"].as_str().unwrap().replace('\\', "/");
    let file = match (file.split_once("/registry/"), file.split_once("/build/")) {
        (Some((_, inside)), _) => format!("/registry/{inside}"),
        (_, Some((_, inside))) => match inside.split_once("/out/") {
            Some((_, generated)) => format!("/target/build/start_here/out/{generated}"),
            None => format!("/target/build/{inside}"),
        },
        _ => file,
    };
    let expansion = span["expansion"]
        .as_object()
        .map(|expansion| json!({"span": shortened_span(&expansion["span"])}));
    let text = span["text"]
        .as_array()
        .unwrap()
        .first()
        .map(|line| json!([{"text": line["text"]}]));
    json!({
        "file_name": file,
        "line_start": span["line_start"], "line_end": span["line_end"],
        "column_start": span["column_start"], "column_end": span["column_end"],
        "is_primary": span["is_primary"], "label": span["label"],
        "text": text.unwrap_or(json!([])),
        "expansion": expansion,
    })
}

#[test]
fn the_compiler_is_folded_to_one_error_and_unfolded_by_trace() {
    let broken = Broken::new("folded-builds");
    let row = ROWS
        .iter()
        .find(|row| row.name == "vec-for-stream")
        .unwrap();
    broken
        .check(row)
        .exits(3)
        .says("error[E0277]: the trait bound `Vec<Point>: IntoStreamingRequest` is not satisfied")
        .says("… and 2 more errors: `check --trace` shows them");
    let run = broken.lab.run(["check", "run-client", "--trace"]).exits(3);
    assert_eq!(
        run.stdout.matches("error[E0277]").count(),
        3,
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("more error"), "{}", run.stdout);
    // rustc's arrow to another file is as rustc writes it.
    assert!(
        run.stdout.contains("::: ") || !run.stdout.contains(": ::"),
        "{}",
        run.stdout
    );
    broken.put_back();

    // A call that is never awaited compiles; the warning says why the lesson fails.
    let call = "    guide_list_features(&mut client).await?;";
    broken.lab.edit(CLIENT, |text| {
        text.replace(call, "    guide_list_features(&mut client);")
    });
    let run = broken.lab.run(["check", "run-client"]).exits(1);
    let said = unwrapped(&run.stdout);
    assert!(
        said.contains(
            "`guide_list_features(&mut client)` is never awaited, so nothing of it happens"
        ),
        "{said}"
    );
    assert!(
        said.contains("Your client never called ListFeatures."),
        "{said}"
    );
    assert!(
        said.contains("The compiler printed warnings: warning: unused implementer of `Future`"),
        "{said}"
    );
    let line = line_of(&broken.lab, (CLIENT, "guide_list_features(&mut client);"));
    assert!(
        said.contains(&format!("Edit {CLIENT}:{line}, then")),
        "{said}"
    );
    broken.put_back();

    // The rest is about files that cargo reads itself.
    let lab = &broken.lab;
    let says = |words: &[&str]| {
        let run = lab.run(["check", "run-client"]).exits(3);
        let said = unwrapped(&run.stdout);
        for words in words {
            assert!(said.contains(words), "{words}: {}", run.stdout);
        }
    };
    lab.edit(SCRIPT, |text| {
        text.replace("protox::compile([\"route", "protox::compile([\"my_route")
    });
    says(&[
        "build.rs compiles `my_route_guide.proto`, but that file is not in the folder",
        "Edit start_here/build.rs:",
    ]);
    broken.put_back();
    lab.edit(MANIFEST, |text| {
        text.replace("tokio.workspace = true", "tokio.workspace = true;")
    });
    says(&[
        "Cargo cannot read Cargo.toml at line",
        "Edit start_here/Cargo.toml:",
    ]);
    broken.put_back();
    lab.edit(MANIFEST, |text| {
        text.replace("name = \"start_here\"", "name = \"mine\"")
    });
    says(&[
        "The package must be called `start_here`, and Cargo.toml calls it `mine`.",
        "Edit start_here/Cargo.toml:2, then",
    ]);
    broken.put_back();
    for (file, why) in [
        (MANIFEST, "so cargo does not find your crate"),
        (SCRIPT, "so nothing is generated"),
        (
            "start_here/src/bin/stage.rs",
            "and the lab starts that program",
        ),
        (
            "start_here/src/index.rs",
            "but src/lib.rs declares it as a module",
        ),
    ] {
        let text = lab.read(file);
        fs::remove_file(lab.path(file)).unwrap();
        let lesson = if file.contains("/bin/") {
            "generate-code"
        } else {
            "run-client"
        };
        let run = lab.run(["check", lesson]).exits(3);
        let said = unwrapped(&run.stdout);
        assert!(
            said.contains(&format!("{file} is missing, {why}.")),
            "{said}"
        );
        assert!(
            said.contains("brings it back.") && said.contains("Fix that, then"),
            "{said}"
        );
        lab.write(file, &text);
    }
    lab.write("start_here/src/build.rs", &lab.read(SCRIPT));
    fs::remove_file(lab.path(SCRIPT)).unwrap();
    says(&["build.rs must be next to Cargo.toml, in start_here, but it is in start_here/src."]);
}

#[test]
fn what_rustc_only_guesses_is_not_quoted_below_a_sentence() {
    let broken = Broken::new("guesses");
    for (name, guess) in [
        ("no-question-mark", "try wrapping the pattern in `Ok`"),
        ("server-not-imported", "a struct with a similar name exists"),
        (
            "list-moved-by-method",
            "you can `clone` the value and consume it",
        ),
        ("channel-without-path", "cargo add"),
    ] {
        let row = ROWS.iter().find(|row| row.name == name).unwrap();
        let run = broken.check(row).exits(3).says("error[E0");
        assert!(!run.stdout.contains(guess), "{}", run.stdout);
        broken.put_back();
    }
    // Without a sentence, rustc's own help is all there is.
    let row = ROWS.iter().find(|row| row.name == "misspelt-variable");
    broken.check(row.unwrap()).exits(3).says("help: ");
    broken.put_back();
    // Nor is it below a sentence about what compiles.
    broken.lab.edit(CLIENT, |text| {
        text.replace(
            "guide_list_features(&mut client).await?;",
            "guide_list_features(&mut client).await;",
        )
    });
    let run = broken.lab.run(["check", "run-client"]).exits(1);
    let said = unwrapped(&run.stdout);
    assert!(
        said.contains("is dropped, so an error in it goes unnoticed: write `?` behind it."),
        "{said}"
    );
    assert!(said.contains("unused `Result` that must be used"), "{said}");
    assert!(!said.contains("let _ ="), "{said}");
}

#[test]
fn what_is_wrong_in_build_rs_is_told_before_lib_rs_is_written() {
    let broken = Broken::new("only-build-rs");
    let lab = &broken.lab;
    let call = "protox::compile([\"route_guide.proto\"], [proto_folder])?;";
    let include = "tonic::include_proto!(\"routeguide\");";
    let check = |now: &str| {
        if now != call {
            lab.edit(SCRIPT, |text| text.replace(call, now));
        }
        lab.edit(LIBRARY, |text| {
            text.replace(include, "// Include the code.")
        });
        let said = unwrapped(&lab.run(["check", "generate-code"]).stdout);
        broken.put_back();
        said
    };
    for (now, says) in [
        (
            "protox::compile([\"route_guide.proto\"], [\"proto_folder\"])?;",
            "`proto_folder` is a variable: write it without quotation marks.",
        ),
        (
            "protox::compile(\"route_guide.proto\", proto_folder)?;",
            "`protox::compile` takes two lists",
        ),
        (
            "protox::compile([\"route_guide.proto\"], [proto_folder]);",
            "`descriptors` is a `Result`",
        ),
    ] {
        let said = check(now);
        assert!(
            said.contains(says) && said.contains("Edit start_here/build.rs:"),
            "{said}"
        );
    }
    let said = check(call);
    assert!(
        said.contains("The generated code is not included yet"),
        "{said}"
    );
    assert!(said.contains("Edit start_here/src/lib.rs:"), "{said}");
}

#[test]
fn a_file_in_another_encoding_is_told_as_such() {
    let broken = Broken::new("encoding");
    let lab = &broken.lab;
    let text = lab.read(SERVER);
    let utf_16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    // As an editor saves é that writes one byte for each letter.
    let latin_1 = text.replacen("// The two corners", "// Th\u{1} two corners", 1);
    let latin_1: Vec<u8> = latin_1
        .bytes()
        .map(|byte| if byte == 1 { 0xe9 } else { byte })
        .collect();
    let line = line_of(
        lab,
        (
            SERVER,
            "// The two corners may come in any order, so each axis is sorted first.",
        ),
    );
    for (bytes, says, at) in [
        (utf_16, "UTF-16", 1),
        (latin_1, "not saved as UTF-8, as Rust needs it.", line),
    ] {
        fs::write(lab.path(SERVER), bytes).unwrap();
        let run = lab.run(CHECK).exits(3);
        run.says(&format!("{SERVER} is not saved as UTF-8"))
            .says(says)
            .says(&format!("Edit {SERVER}:{at},"));
        broken.put_back();
    }
    assert_eq!(lab.read(SERVER), text);
    // Neither the manifest nor the .proto is missing then.
    for (file, lesson) in [(MANIFEST, "list-features"), (PROTO, "define-messages")] {
        fs::write(lab.path(file), b"\xff\xfe#\0\n\0").unwrap();
        let run = lab
            .run(["check", lesson])
            .exits(3)
            .says("is not saved as UTF-8")
            .says("Choose UTF-8");
        assert!(!run.stdout.contains("brings it back"), "{}", run.stdout);
        broken.put_back();
    }
}
