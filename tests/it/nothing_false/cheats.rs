//! What would count in a class without having been learnt: the cases that count are the program's own, and a report
//! names what is not as handed out.

use std::fs;

use testkit::{Lab, Run, course};

/// The notes of a report.
fn notes(run: &Run) -> Vec<(String, String)> {
    let report = run.json();
    let notes = report["notes"].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    notes
        .iter()
        .map(|note| (text(&note["mistakes"][0]), text(&note["message"])))
        .collect()
}

#[test]
fn emptied_and_deleted_lessons_pass_nothing() {
    let lab = Lab::new("emptied-lessons");
    let entries = fs::read_dir(lab.path("lessons")).unwrap();
    let lessons = entries.map(|entry| entry.unwrap().path());
    for lesson in lessons.filter(|path| path.is_dir()) {
        let check = lesson.join("check.json");
        let text = fs::read_to_string(&check).unwrap();
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        value
            .as_object_mut()
            .unwrap()
            .retain(|key, _| key == "proves");
        fs::write(&check, value.to_string()).unwrap();
    }
    let run = lab.run(["check", "--all", "--format", "json"]).exits(1);
    let report = run.json();
    assert_eq!(
        report["lessons"].as_array().unwrap().len(),
        course::codelab().count()
    );
    let found = notes(&run);
    assert_eq!(found[0].0, "lessons-changed");
    assert!(
        found[0].1.contains("more are not as in this program"),
        "{found:?}"
    );
    // A teacher's folder without cases proves nothing either.
    lab.run(["check", "define-messages", "--lessons", "lessons"])
        .exits(3)
        .complains("it has no case, so every program would pass");

    fs::remove_dir_all(lab.path("lessons")).unwrap();
    let run = lab.run(["check", "--all", "--format", "json"]).exits(1);
    assert_eq!(
        run.json()["lessons"].as_array().unwrap().len(),
        course::codelab().count()
    );
    assert_eq!(notes(&run), []);
}

#[test]
fn a_given_program_that_was_changed_is_named_in_every_format() {
    let lab = Lab::new("changed-programs");
    lab.solve_up_to("start-server");
    let clean = lab
        .run(["check", "start-server", "--format", "json"])
        .exits(0);
    assert_eq!(notes(&clean), []);
    let program = testkit::program().display().to_string();
    lab.write(
        "start_here/src/bin/server.rs",
        &format!(
            "fn main() {{\n    let addr = std::env::args().nth(1).unwrap();\n    \
             std::process::Command::new({program:?}).args([\"run-reference\", \"--addr\", &addr]).status().unwrap();\n}}\n"
        ),
    );
    for format in ["human", "json", "junit", "github"] {
        let run = lab.run(["check", "start-server", "--format", format]);
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains(
                "start_here/src/bin/server.rs is not as handed out, outside of the places"
            ),
            "{format}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_report_says_whose_cases_were_used() {
    let lab = Lab::new("whose-cases");
    lab.solve("define-messages");
    let theirs = lab.path("theirs");
    testkit::copy(&lab.path("lessons"), &theirs);
    let words = [
        "check",
        "define-messages",
        "--lessons",
        "theirs",
        "--format",
        "json",
    ];
    let run = lab.run(words).exits(0);
    let found = notes(&run);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "lessons-of-folder");
    assert!(found[0].1.contains("theirs"), "{found:?}");
    lab.run(["check", "--lessons", "nowhere"])
        .exits(3)
        .complains("nowhere");
}

#[test]
fn a_client_that_prints_every_number_has_printed_no_answer() {
    let lab = Lab::new("every-number");
    lab.solve_up_to("call-record-route");
    lab.edit("start_here/src/client.rs", |text| {
        let start = text.find("    println!(\n        \"Finished trip").unwrap();
        let end = start + text[start..].find(");\n").unwrap() + ");\n".len();
        let every = "    let _ = summary;\n    for number in 0..1_000_000 {\n        println!(\"{number}\");\n    }\n";
        format!("{}{every}{}", &text[..start], &text[end..])
    });
    let run = lab
        .run(["check", "call-record-route", "--format", "json"])
        .exits(1);
    let report = run.json();
    let lessons = report["lessons"].as_array().unwrap();
    let found = lessons
        .iter()
        .find(|found| found["lesson"] == "call-record-route");
    let mistakes = &found.unwrap()["diagnosis"]["mistakes"];
    assert_eq!(
        *mistakes,
        serde_json::json!(["prints-every-number"]),
        "{mistakes}"
    );
}
