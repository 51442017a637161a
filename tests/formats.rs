//! The reports for machines, from the real binary: each is read back by a reader of its own format.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::runner::{HOSTILE, commands};
use support::{Lab, Run, run};

const SERVER: &str = "start_here/src/server.rs";
const CLIENT: &str = "start_here/src/client.rs";

/// A report that the schema takes.
#[track_caller]
fn valid(run: &Run) -> Value {
    let schema = serde_json::from_str(include_str!("../src/report/schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = run.json();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new(), "{}", run.stdout);
    report
}

/// Everything in a report under a name, however deep.
fn all<'a>(report: &'a Value, lists: &[&str]) -> Vec<&'a Value> {
    lists.iter().fold(vec![report], |found, list| {
        let of = |value: &'a Value| value[list].as_array().unwrap();
        found.into_iter().flat_map(of).collect()
    })
}

/// How many lessons or cases have an outcome.
fn count(values: &[&Value], outcome: &str) -> usize {
    values
        .iter()
        .filter(|value| value["outcome"] == outcome)
        .count()
}

/// Reads JUnit, and compares it with the JSON of the same check.
#[track_caller]
fn same_counts(junit: &Run, json: &Value) {
    assert_eq!(commands(&junit.stdout), Vec::<String>::new());
    let document = roxmltree::Document::parse(&junit.stdout).unwrap();
    let root = document.root_element();
    let suites: Vec<roxmltree::Node<'_, '_>> = root
        .children()
        .filter(|n| n.has_tag_name("testsuite"))
        .collect();
    let lessons = all(json, &["lessons"]);
    assert_eq!(suites.len(), lessons.len());
    for (suite, lesson) in suites.iter().zip(&lessons) {
        assert_eq!(suite.attribute("name"), lesson["lesson"].as_str());
        let property = |name: &str| {
            let of_name = |n: &roxmltree::Node<'_, '_>| n.attribute("name") == Some(name);
            let property = suite
                .descendants()
                .filter(|n| n.has_tag_name("property"))
                .find(of_name);
            property.unwrap().attribute("value").unwrap().to_string()
        };
        assert_eq!(property("seed"), json["seed"].to_string());
        assert_eq!(property("target"), json["target"].as_str().unwrap());
        let cases = all(lesson, &["cases"]);
        // A lesson of whose outcome there is no case is a test case itself.
        let mut outcomes: Vec<&str> = cases
            .iter()
            .map(|case| case["outcome"].as_str().unwrap())
            .collect();
        let own = lesson["outcome"].as_str().unwrap();
        if !outcomes.contains(&own) {
            outcomes.push(own);
        }
        let of = |outcome: &str| outcomes.iter().filter(|other| **other == outcome).count();
        for (attribute, tag, number) in [
            ("tests", "testcase", outcomes.len()),
            ("failures", "failure", of("fail")),
            ("errors", "error", of("error")),
            ("skipped", "skipped", of("skipped")),
        ] {
            let told = suite.attribute(attribute).unwrap();
            let there = suite.descendants().filter(|n| n.has_tag_name(tag)).count();
            assert_eq!(
                (told, there),
                (number.to_string().as_str(), number),
                "{attribute} of {own}"
            );
        }
    }
    let number = |name: &str| root.attribute(name).unwrap().parse::<usize>().unwrap();
    let tests = document
        .descendants()
        .filter(|n| n.has_tag_name("testcase"));
    assert_eq!(number("tests"), tests.count());
}

/// An annotation of the GitHub form, taken apart as the runner does it.
#[derive(Debug)]
struct Annotation {
    kind: String,
    file: Option<String>,
    title: String,
    message: String,
}

/// The annotations of an output that holds nothing else.
#[track_caller]
fn annotations(run: &Run) -> Vec<Annotation> {
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(commands(&run.stdout), lines, "a line that is no annotation");
    assert_eq!(commands(&run.stderr), Vec::<String>::new());
    let plain = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let parse = |line: &&str| {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap();
        let property = |name: &str| {
            let pairs = properties
                .split(',')
                .map(|pair| pair.split_once('=').unwrap());
            pairs
                .into_iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| plain(value))
        };
        assert!(["error", "notice"].contains(&kind), "{line}");
        Annotation {
            kind: kind.to_string(),
            file: property("file"),
            title: property("title").unwrap(),
            message: plain(message),
        }
    };
    lines.iter().map(parse).collect()
}

/// A check as GitHub's runner makes it.
fn on_a_runner(command: &mut Command, workspace: &Path, summary: &Path) -> Run {
    run(command
        .args(["--format", "github"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", workspace)
        .env("GITHUB_STEP_SUMMARY", summary))
}

/// The blocks of a page of Markdown, and what it says.
fn page(markdown: &str) -> (Vec<String>, String) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let mut blocks = Vec::new();
    let mut words = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => blocks.push("code block".to_string()),
            Event::Start(Tag::Heading { level, .. }) => blocks.push(level.to_string()),
            Event::Start(Tag::TableRow) => blocks.push("row".to_string()),
            Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableCell | Tag::Paragraph)
            | Event::End(_) => {}
            Event::Text(text) => words.push_str(&text),
            Event::SoftBreak => words.push('\n'),
            other => blocks.push(format!("{other:?}")),
        }
    }
    (blocks, words)
}

#[test]
fn a_check_that_passes_in_every_form() {
    let lab = Lab::new("formats-right");
    let words = ["check", "--all", "--track", "completed", "--seed", "7"];
    let with = |format: &str| lab.run(words.iter().chain(&["--format", format])).exits(0);

    let json = valid(&with("json"));
    assert_eq!(
        (&json["outcome"], &json["seed"]),
        (&"pass".into(), &7.into())
    );
    assert_eq!(count(&all(&json, &["lessons"]), "pass"), 13);
    same_counts(&with("junit"), &json);

    let summary = lab.path("target/summary.md");
    fs::create_dir_all(lab.path("target")).unwrap();
    fs::write(&summary, "of an earlier step").unwrap();
    let root = lab.path("");
    let noticed = on_a_runner(&mut lab.command(words), &root, &summary).exits(0);
    let [notice] = &annotations(&noticed)[..] else {
        panic!("one annotation, but {}", noticed.stdout);
    };
    assert_eq!((notice.kind.as_str(), &notice.file), ("notice", &None));
    assert!(notice.message.contains("13 lessons passed"), "{notice:?}");
    let summary = fs::read_to_string(&summary).unwrap();
    assert!(summary.starts_with("of an earlier step\n"), "{summary}");
    let (blocks, _) = page(&summary);
    assert_eq!(
        blocks.iter().filter(|block| *block == "row").count(),
        13,
        "{summary}"
    );

    // Every call that was right is drawn, and the verdict stands below all of them.
    let traced = lab.run(words.iter().chain(&["--trace"])).exits(0);
    let heads = |line: &&str| line.trim_start().starts_with("client ");
    let drawn = traced.stdout.lines().filter(heads).count();
    let calls = all(&json, &["lessons", "cases"]);
    let calls = calls
        .iter()
        .filter(|case| !all(case, &["transcript"]).is_empty())
        .count();
    assert!(
        calls > 100 && drawn == calls,
        "{drawn} of {calls} calls are drawn"
    );
    let (drawings, verdict) = traced.stdout.split_once("✓ define-messages ").unwrap();
    assert!(drawings.contains("✓ list-features · one-point\n  A rectangle that is one point"));
    assert!(verdict.contains("✓ try-it-out") && !verdict.contains("───▶"));
    for line in traced.stdout.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line}");
    }
}

#[test]
fn lessons_without_cases_stand_in_every_form() {
    let lab = Lab::new("formats-unbegun");
    let check = |words: &[&str], format: &str, code: i32| {
        let first = ["check", "--seed", "7", "--format", format];
        lab.run(first.iter().chain(words)).exits(code)
    };
    // Nothing is begun.
    let json = valid(&check(&["--all"], "json", 1));
    assert_eq!(count(&all(&json, &["lessons"]), "fail"), 13);
    same_counts(&check(&["--all"], "junit", 1), &json);
    let (root, summary) = (lab.path(""), lab.path("summary.md"));
    let on_runner = || on_a_runner(&mut lab.command(["check", "--all"]), &root, &summary);
    let errors = annotations(&on_runner().exits(1));
    assert_eq!(errors.len(), 13);
    assert_eq!(
        errors[0].file.as_deref(),
        Some("start_here/proto/route_guide.proto")
    );

    // It does not build, and what depends on that is skipped.
    lab.solve_up_to("route-chat");
    lab.edit("start_here/src/lib.rs", |text| {
        text.replace(
            "pub mod server;",
            "pub mod server;\nconst X: &str = 7; // ::add-mask::x ##[add-mask]x",
        )
    });
    let json = valid(&check(&["--all"], "json", 3));
    let lessons = all(&json, &["lessons"]);
    assert_eq!(count(&lessons, "error"), 1);
    assert!(count(&lessons, "skipped") > 0);
    same_counts(&check(&["--all"], "junit", 3), &json);
    let errors = annotations(&on_runner().exits(3));
    let error = errors
        .iter()
        .find(|error| error.title.contains("could not be checked"));
    assert_eq!(
        error.unwrap().file.as_deref(),
        Some("start_here/src/lib.rs")
    );
    // A runner reads what is written for people, too.
    let human = check(&["--all"], "human", 3).says("# #[add-mask]x");
    assert_eq!(commands(&human.stdout), Vec::<String>::new());
}

#[test]
fn what_cannot_be_checked_is_said_in_every_form() {
    let lab = Lab::new("formats-nowhere");
    let empty = tempfile::tempdir().unwrap();
    let summary = empty.path().join("summary.md");
    let lost: (&[&str], i32) = (&["check"], 3);
    let unknown: (&[&str], i32) = (&["check", "no\n::add-mask::x"], 2);
    for (words, code) in [lost, unknown] {
        let command = || {
            let mut command = lab.command(words);
            if code == 3 {
                command.current_dir(empty.path());
            }
            command
        };
        let json = valid(&run(command().args(["--format", "json"])).exits(code));
        assert_eq!(json["outcome"], "error");
        let message = json["message"].as_str().unwrap();

        let junit = run(command().args(["--format", "junit"])).exits(code);
        assert_eq!(commands(&junit.stdout), Vec::<String>::new());
        let document = roxmltree::Document::parse(&junit.stdout).unwrap();
        let error = document
            .descendants()
            .find(|n| n.has_tag_name("error"))
            .unwrap();
        assert!(
            error
                .text()
                .unwrap()
                .contains(message.lines().last().unwrap())
        );
        assert_eq!(document.root_element().attribute("errors"), Some("1"));

        let github = on_a_runner(&mut command(), empty.path(), &summary).exits(code);
        let errors = annotations(&github);
        assert_eq!((errors.len(), errors[0].kind.as_str()), (1, "error"));
        assert!(
            fs::read_to_string(&summary)
                .unwrap()
                .contains("could not be checked")
        );
        let human = run(&mut command()).exits(code);
        assert!(human.stdout.is_empty() && !human.stderr.is_empty());
        assert_eq!(commands(&human.stderr), Vec::<String>::new());
    }
    // The schema can refuse: the wrong version, a word too many, an event that is none.
    let schema = serde_json::from_str(include_str!("../src/report/schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let lesson = |case: &str| {
        let text = format!(
            r#"{{"version":1,"outcome":"pass","seed":1,"duration_ms":1,"target":"x","lessons":[
            {{"lesson":"a-b","title":"t","outcome":"pass","duration_ms":1,"diagnosis":null,"cases":[
            {{"case":"c","rpc":null,"outcome":"pass","message":null,"expected":[],"received":[],
              "status":null,"transcript":[{case}]}}]}}]}}"#
        );
        serde_json::from_str::<Value>(&text).unwrap()
    };
    assert!(schema.is_valid(&lesson(r#"{"at_ms":0.1,"event":"headers"}"#)));
    for wrong in [
        r#"{"at_ms":0.1,"event":"trailers"}"#,
        r#"{"at_ms":0.1,"event":"headers","message":{}}"#,
        r#"{"at_ms":0.1,"event":"sent"}"#,
        r#"{"event":"headers"}"#,
        r#"{"at_ms":0.1,"event":"sent","message":{"latitude":1,"longitude":2,"altitude":3}}"#,
    ] {
        assert!(!schema.is_valid(&lesson(wrong)), "{wrong}");
    }
    let mut other = lesson(r#"{"at_ms":0.1,"event":"headers"}"#);
    other["version"] = 2.into();
    assert!(!schema.is_valid(&other));
}

#[test]
fn every_event_and_no_command_of_a_wrong_crate() {
    let lab = Lab::new("formats-wrong");
    lab.solve_up_to("run-client");
    let written = [SERVER, CLIENT, "start_here/build.rs"].map(|file| (file, lab.read(file)));

    // Features of which the numbers are swapped, a route that is not answered, a chat without an end,
    // and a client that leaves in the middle.
    lab.edit("start_here/build.rs", |text| {
        text.replace(
            "let descriptors = protox::compile([\"route_guide.proto\"], [proto_folder])?;",
            r#"let out = std::env::var("OUT_DIR")?;
    let text = std::fs::read_to_string("proto/route_guide.proto")?
        .replace("string name = 1", "string name = 2")
        .replace("Point location = 2", "Point location = 1");
    std::fs::write(format!("{out}/route_guide.proto"), text)?;
    let descriptors = protox::compile(["route_guide.proto"], [out])?;"#,
        )
    });
    lab.edit(SERVER, |text| {
        text.replace(
            "let mut summary =",
            "std::future::pending::<()>().await;\n        let mut summary =",
        )
    });
    lab.write_place(
        SERVER,
        "route-chat",
        r#"        let mut notes = request.into_inner();
        let stream = async_stream::try_stream! {
            if let Some(note) = notes.message().await? {
                loop {
                    yield note.clone();
                }
            }
        };
        Ok(Response::new(Box::pin(stream)))
"#,
    );
    lab.edit(CLIENT, |text| {
        let last = "message: message.to_string(),\n            };\n        }";
        let open = format!("{last}\n        std::future::pending::<()>().await;");
        let call = "client.route_chat(notes).await?.into_inner();";
        let left = format!("{call}\n    if true {{\n        std::process::exit(7)\n    }}");
        text.replace(last, &open).replace(call, &left)
    });
    let lessons = [
        "list-features",
        "record-route",
        "route-chat",
        "call-route-chat",
    ];
    let check = |format: &str| {
        let words = ["check", "--timeout", "2", "--seed", "7", "--format", format];
        lab.run(words.iter().chain(&lessons)).exits(1)
    };
    let report = valid(&check("json"));
    let seen: BTreeSet<&str> = all(&report, &["lessons", "cases", "transcript"])
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    let every = [
        "cancelled",
        "cut-off",
        "ended",
        "half-closed",
        "headers",
        "received",
        "sent",
        "stalled",
        "undecodable",
    ];
    assert_eq!(seen, BTreeSet::from(every));
    // Each lesson is explained and drawn, and the first catches the eye.
    let human = check("human").stdout;
    assert_eq!(human.matches("✗ ").count(), 2 * lessons.len(), "{human}");
    let begin = human.find("── Begin with this one ─").unwrap();
    let then = human.find("── Then ─").unwrap();
    assert!(
        begin < human.find("list-features · ").unwrap()
            && then < human.find("record-route · ").unwrap()
    );
    for line in human.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line}");
    }

    // What a program says may be anything, wherever it says it.
    for (file, text) in &written {
        lab.write(file, text);
    }
    let hostile = format!("{:?}", HOSTILE.join("\n"));
    lab.write_place(
        SERVER,
        "list-features",
        &format!(
            "        println!(\"{{}}\", {hostile});\n        eprintln!(\"{{}}\", {hostile});
        let feature = Feature {{ name: {hostile}.into(), location: request.into_inner().lo }};
        Ok(Response::new(Box::pin(tokio_stream::iter([Ok(feature)]))))\n"
        ),
    );
    lab.write_place(
        SERVER,
        "record-route",
        &format!("        let _ = request;\n        Err(Status::unknown({hostile}))\n"),
    );
    lab.write_place(
        SERVER,
        "route-chat",
        &format!("        let _ = request;\n        panic!(\"{{}}\", {hostile})\n"),
    );
    let lessons = &lessons[..3];
    let words = || {
        ["check", "--timeout", "20", "--seed", "7"]
            .iter()
            .chain(lessons)
    };
    let summary = lab.path("target/summary.md");
    fs::remove_file(&summary).ok();
    let root = lab.path("");
    let github = on_a_runner(&mut lab.command(words()), root.parent().unwrap(), &summary).exits(1);
    let errors = annotations(&github);
    assert_eq!(errors.len(), 3, "{}", github.stdout);
    for error in &errors {
        assert_eq!(error.kind, "error");
        assert_eq!(
            error.file.as_deref(),
            Some("formats-wrong/start_here/src/server.rs")
        );
        assert!(error.title.ends_with(": not right yet"), "{error:?}");
        assert!(
            !error
                .message
                .contains(|c: char| c.is_control() && c != '\n'),
            "{error:?}"
        );
    }
    let summary = fs::read_to_string(&summary).unwrap();
    let (blocks, said) = page(&summary);
    let lesson = ["h3", "code block"];
    let expected = [&["h2"][..], &["row"; 3], &lesson, &lesson, &lesson].concat();
    assert_eq!(blocks, expected, "{summary}");
    assert!(
        said.contains("<script>") && said.contains("panicked at"),
        "{said}"
    );

    for format in ["human", "json", "junit"] {
        let words: Vec<&str> = words().copied().chain(["--format", format]).collect();
        let run = lab.run(&words).exits(1);
        assert_eq!(commands(&run.stdout), Vec::<String>::new(), "{format}");
        assert_eq!(commands(&run.stderr), Vec::<String>::new(), "{format}");
        let unseen =
            |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!run.stdout.contains(unseen), "{format}");
        match format {
            "json" => drop(valid(&run)),
            "junit" => same_counts(
                &run,
                &valid(
                    &lab.run(
                        words
                            .iter()
                            .map(|word| if *word == "junit" { "json" } else { word }),
                    ),
                ),
            ),
            _ => {}
        }
    }
    // A summary that cannot be written is a warning, and the check is what it was.
    let nowhere = lab.path("no such folder/summary.md");
    on_a_runner(&mut lab.command(words()), &root, &nowhere)
        .exits(1)
        .complains("warning: cannot write the step summary");
}
