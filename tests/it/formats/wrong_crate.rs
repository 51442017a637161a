//! A crate in which much is wrong, and which says whatever it likes.

use std::collections::BTreeSet;
use std::fs;

use super::github::{annotations, on_a_runner, page};
use super::json::{all, valid};
use super::junit::same_counts;
use testkit::Lab;
use testkit::runner::{HOSTILE, commands};

const SERVER: &str = "start_here/src/server.rs";
const CLIENT: &str = "start_here/src/client.rs";

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
    let root = lab.path("");
    let above = root.parent().unwrap();
    let github = on_a_runner(&mut lab.command(words()), above, &summary).exits(1);
    let errors = annotations(&github);
    assert_eq!(errors.len(), 3, "{}", github.stdout);
    let server = format!("{}/{SERVER}", root.file_name().unwrap().display());
    for error in &errors {
        assert_eq!(error.kind, "error");
        assert_eq!(error.file.as_ref(), Some(&server));
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
