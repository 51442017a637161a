//! `list`: the table in two widths, one lesson, and the JSON.

use std::fs;

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};
use testkit::schema::Schema;
use testkit::{Lab, course, run};

/// A lab with one lesson passed, and others tried and hinted at.
fn begun(name: &str) -> Lab {
    let lab = Lab::new(name);
    fs::create_dir(lab.path(".routeguide-lab")).unwrap();
    lab.write(
        ".routeguide-lab/progress.json",
        r#"{"version": 1, "lessons": {
            "define-messages": {"passed": true, "attempts": 3, "hints": 1, "passed_at": 1795376100},
            "route-chat": {"passed": false, "attempts": 12, "hints": 3, "passed_at": 1795376100}
        }}"#,
    );
    lab
}

#[test]
fn the_table_fits_the_width_that_there_is() {
    let lab = begun("list-widths");
    for columns in ["40", "60", "80", "100"] {
        let shown = run(lab.command(["list"]).env("COLUMNS", columns)).exits(0);
        for line in shown.stdout.lines() {
            let width = console::measure_text_width(line);
            assert!(width <= columns.parse().unwrap(), "{width}: {line}");
        }
    }
    let narrow = run(lab.command(["list"]).env("COLUMNS", "40")).exits(0);
    assert_data_eq!(
        narrow.stdout,
        str![[r#"
█░░░░░░░░░░░░░░░  1 of [..] lessons passed

   # lesson                min checks

The contract
✓  1 define-messages        12      3
▶  2 define-service          5

The server
   3 generate-code           7
   4 list-features          11
   5 record-route           10
   6 route-chat              9     12
...
The client
   8 create-client           5
   9 call-list-features     11
  10 call-record-route       9
  11 call-route-chat        12
  12 run-client              6
  13 try-it-out              4
...
✓ passed   ▶ next

"#]]
    );
}

#[test]
fn the_second_part_is_counted_apart() {
    let lab = Lab::new("list-parts");
    let optional = || course::LESSONS.iter().filter(|lesson| lesson.is_optional);
    let all = optional().count();
    let minutes = |passed: usize| -> i64 { optional().skip(passed).map(|one| one.minutes).sum() };
    let heading = |passed: usize| {
        format!(
            "Part two: in production (in any order; {passed} of {all} passed, about {} min left)",
            minutes(passed)
        )
    };
    let list = || run(lab.command(["list"]).env("COLUMNS", "100")).exits(0);
    list().says(&heading(0)).says(&course::passed(0));
    fs::create_dir_all(lab.path(".routeguide-lab")).unwrap();
    let first = &optional().next().unwrap().id;
    let text = format!(
        r#"{{"version": 1, "lessons": {{"{first}": {{"passed": true, "attempts": 1, "hints": 0}}}}}}"#
    );
    lab.write(".routeguide-lab/progress.json", &text);
    // A lesson of part two counts there, and not in the course.
    let shown = list().says(&course::passed(0));
    let rest = if all > 1 {
        heading(1)
    } else {
        format!("(in any order; 1 of {all} passed)")
    };
    shown.says(&rest);
    // With less room, less is said.
    run(lab.command(["list"]).env("COLUMNS", "40"))
        .exits(0)
        .says(&format!("Part two: in production (1 of {all} passed)"));
    // A lesson shows how far its own part is.
    lab.run(["next", first])
        .exits(0)
        .says(&format!("Part two: 1 of {all} lessons passed"));
    lab.run(["next", "list-features"])
        .exits(0)
        .says(&course::passed(0));
}

#[test]
fn one_lesson_is_shown_with_its_place() {
    let lab = begun("list-one");
    assert_data_eq!(
        lab.run(["list", "generate-code"]).exits(0).stdout,
        str![[r#"
Lesson 3: Generate the code  (generate-code, [..] min)

State     open
Checks    0
Hints     0 of 3 shown
Edit      start_here/build.rs:[..]
and       start_here/src/lib.rs:[..]

"#]]
    );
    lab.run(["list", "1"])
        .exits(0)
        .says("State     passed, ")
        .says("(2026-11-22 19:35 UTC)")
        .says("Checks    3")
        .says("Question  A `Point` at latitude 0")
        .says("Answer    ")
        .says("Edit      start_here/proto/route_guide.proto:");
    lab.run(["list", "try-it-out"])
        .exits(0)
        .says("Edit      nothing");
    lab.run(["list", "rout-chat"])
        .exits(2)
        .complains("did you mean `route-chat`?");
}

#[test]
fn the_json_is_what_its_schema_describes() {
    let schema = Schema::parse(include_str!("../../src/report/list.schema.json"));
    let lab = begun("list-json");
    let ask = |words: &[&str]| -> Value {
        let list = lab
            .run(words.iter().chain(&["--format", "json"]))
            .exits(0)
            .json();
        schema.describes(&list, &[]);
        list
    };
    let all = ask(&["list"]);
    assert_eq!((&all["version"], &all["passed"]), (&json!(1), &json!(1)));
    let lessons = all["lessons"].as_array().unwrap();
    assert_eq!(lessons.len(), course::LESSONS.len());
    assert_eq!(
        lessons[0],
        json!({
            "lesson": "define-messages", "number": 1, "title": "Define the messages", "part": "proto",
            "minutes": 12, "state": "passed", "attempts": 3, "hints": 1, "passed_at": "2026-11-22T19:35:00Z"
        })
    );
    let states: Vec<&str> = lessons
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(states[..3], ["passed", "next", "open"]);
    let parts: Vec<&str> = lessons
        .iter()
        .map(|one| one["part"].as_str().unwrap())
        .collect();
    assert_eq!((parts[2], parts[12]), ("server", "client"));

    let one = ask(&["list", "route-chat"]);
    assert_eq!(one["passed"], 1);
    assert_eq!(
        one["lessons"],
        json!([{
            "lesson": "route-chat", "number": 6, "title": "Chat in both directions", "part": "server",
            "minutes": 9, "state": "open", "attempts": 12, "hints": 3, "passed_at": null
        }])
    );
}
