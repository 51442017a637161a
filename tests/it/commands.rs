//! What the commands print, without colour.

use snapbox::{assert_data_eq, str};
use testkit::{Lab, course, run};

#[test]
fn next_shows_the_lesson_the_place_and_what_to_type() {
    let lab = Lab::new("next");
    let shown = lab.run(["next"]).exits(0);
    assert_data_eq!(
        shown.stdout,
        str![[r#"
░░░░░░░░░░░░░░░░░░░░░░░░░░  0 of [..] lessons passed, about [..] min left

Lesson 1: Define the messages  (define-messages, [..] min)

RouteGuide is a service that knows a map. It lists the places in a rectangle,
...
────────────────────────────────────────────────────────────────────────────────
Edit    start_here/proto/route_guide.proto:12
Then    routeguide-lab check
Stuck?  routeguide-lab hint

"#]]
    );
    // A lesson with two places names both.
    let shown = lab.run(["next", "generate-code"]).exits(0);
    shown
        .says("Edit    start_here/build.rs:")
        .says("and     start_here/src/lib.rs:");
    // A learner who runs the lab through cargo sees cargo commands.
    let shown = run(lab.command(["next"]).env("CARGO_MANIFEST_DIR", "/anywhere"));
    shown.exits(0).says("Then    cargo run -- check");
}

#[test]
fn a_lesson_that_passes_for_the_first_time_tells_what_it_has_taught() {
    const TAUGHT: &str = "What you have learned";
    let lab = Lab::new("check-taught");
    lab.solve("define-messages");
    lab.run(["check"])
        .exits(0)
        .says(TAUGHT)
        .says("To try")
        .says("A question")
        .says("routeguide-lab list define-messages  shows the answer")
        .says("Next is lesson 2");
    // It is told again only where the lesson is the only one that is named.
    let silent = |words: &[&str], code| {
        let run = lab.run(words).exits(code);
        assert!(!run.stdout.contains(TAUGHT), "{}", run.stdout);
    };
    silent(&["check"], 1);
    lab.run(["check", "1"]).exits(0).says(TAUGHT);
    lab.solve("define-service");
    silent(&["check", "1", "2", "--format", "json"], 0);
    silent(&["check", "1", "2"], 0);
}

#[test]
fn lessons_fit_the_width_that_there_is() {
    let lab = Lab::new("widths");
    for (columns, most) in [("80", 80), ("120", 100)] {
        let mut widest = 0;
        for lesson in course::LESSONS.iter() {
            let shown = run(lab.command(["next", &lesson.id]).env("COLUMNS", columns));
            for line in shown
                .exits(0)
                .stdout
                .lines()
                .filter(|line| !line.contains("<http"))
            {
                widest = widest.max(console::measure_text_width(line));
            }
        }
        assert!(widest <= most, "{widest} columns of {columns}");
        assert!(
            widest > most - 5,
            "only {widest} columns of {columns} are used"
        );
    }
}

#[test]
fn hints_come_one_at_a_time_and_stay() {
    let lab = Lab::new("hints");
    lab.run(["hint", "route-chat"])
        .exits(0)
        .says("route-chat: hint 1 of 3")
        .says("the next hint");
    lab.run(["hint", "route-chat"])
        .exits(0)
        .says("route-chat: hint 2 of 3");
    let last = lab
        .run(["hint", "route-chat"])
        .exits(0)
        .says("route-chat: hint 3 of 3");
    last.says("routeguide-lab solution route-chat");
    let again = lab.run(["hint", "route-chat"]).exits(0);
    again.says("hint 1 of 3").says("hint 3 of 3");
    // Another lesson's hints begin at the first.
    lab.run(["hint"])
        .exits(0)
        .says("define-messages: hint 1 of 3");
}

#[test]
fn a_solution_is_shown_after_a_try() {
    let lab = Lab::new("solution");
    lab.run(["solution"])
        .exits(1)
        .complains("you have not tried `define-messages` yet");
    // Checking unchanged code is not a try.
    lab.run(["check"]).exits(1);
    lab.run(["solution"]).exits(1);
    lab.run(["solution", "--force"])
        .exits(0)
        .says("message RouteSummary {");
    lab.write_place(
        "start_here/proto/route_guide.proto",
        "define-messages",
        "message Point {}\n",
    );
    lab.run(["solution"]).exits(1);
    lab.run(["check"]).exits(1);
    lab.run(["solution"])
        .exits(0)
        .says("message RouteSummary {");
    lab.run(["solution", "try-it-out"])
        .exits(0)
        .says("has no code of its own");
}

#[test]
fn reset_puts_back_one_lesson_and_keeps_what_was_there() {
    let lab = Lab::new("reset");
    let file = "start_here/src/server.rs";
    lab.solve_up_to("route-chat");
    for _ in 0..6 {
        lab.run(["check"]).exits(0);
    }
    let written = lab.read(file);
    let said = lab.run(["reset", "record-route"]).exits(0).stdout;
    assert!(lab.read(file).contains("record_route is not written yet"));
    assert!(
        lab.read(file).contains("yield earlier.clone()"),
        "another lesson's code is gone"
    );

    let kept = said
        .lines()
        .last()
        .unwrap()
        .split("kept in ")
        .nth(1)
        .unwrap()
        .trim_end_matches('.');
    let kept = std::fs::read_to_string(std::path::Path::new(kept).join(file)).unwrap();
    assert_eq!(kept, written);

    lab.run(["reset", "record-route"])
        .exits(0)
        .says("there is nothing to reset");
    // Without its markers, a region cannot be found; the whole file can be reset.
    lab.edit(file, |text| {
        text.replace("// lesson: record-route", "// mine")
    });
    let lost = lab.read(file);
    lab.run(["reset", "record-route"])
        .exits(3)
        .complains("the line `// lesson: record-route`")
        .complains("--whole-file");
    assert_eq!(lab.read(file), lost);
    lab.run(["reset", "record-route", "--whole-file"]).exits(0);
    assert!(lab.read(file).contains("route_chat is not written yet"));
    // A lesson whose code has been reset has not passed any more.
    lab.run(["list"]).exits(0).says(&course::passed(3));
}

#[test]
fn list_shows_where_the_learner_is() {
    let lab = Lab::new("list");
    lab.solve("define-messages");
    lab.run(["check"]).exits(0);
    lab.run(["check"]).exits(1);
    assert_data_eq!(
        lab.run(["list"]).exits(0).stdout,
        str![[r#"
██░░░░░░░░░░░░░░░░░░░░░░░░  1 of [..] lessons passed[..]

   # lesson                title                      min  state   checks hints

The contract
✓  1 define-messages       Define the messages         12  passed       1
▶  2 define-service        Define the service           5  next

The server
   3 generate-code         Generate the code            7
...
The client
   8 create-client         Create the client            5
   9 call-list-features    Call ListFeatures           11
  10 call-record-route     Call RecordRoute             9
  11 call-route-chat       Call RouteChat              12
  12 run-client            Run the client               6
  13 try-it-out            Try it out                   4
...

"#]]
    );
    // Without arguments and a terminal, the lab shows the same.
    assert_eq!(lab.run(["list"]).stdout, lab.run([] as [&str; 0]).stdout);
}

#[test]
fn a_failing_stream_is_drawn_as_two_lanes() {
    let lab = Lab::new("lanes");
    lab.solve_up_to("list-features");
    for _ in 0..3 {
        lab.run(["check"]).exits(0);
    }
    lab.edit("start_here/src/server.rs", |text| {
        text.replace(
            "lo.latitude.max(hi.latitude);",
            "lo.latitude.max(hi.latitude) - 1;",
        )
    });
    let run = lab.run(["check", "--seed", "1"]).exits(1);
    let times = without_times(&run.stdout);
    assert_data_eq!(
        times,
        str![[r#"
✓ define-messages     5 cases
✓ define-service      4 cases
✓ generate-code       3 cases
✗ list-features       not yet

list-features · a-feature-on-each-border
  Features exactly on the north border are missing.
  "Caffè Reggio, New York, NY" at 40.7303129 -74.0003671 is missing: it is in
  the rectangle (lo 40.7303129 -73.9861812, hi 40.7060629 -74.0059728).

    expected  "Caffè Reggio, New York, NY" at 40.7303129 -74.0003671
    received  the end of the stream, OK

  Borders belong to the rectangle: use <= and >=.

  The north-east corner comes first, and a feature is on each of the four
  borders.
             client                              server
  TIME       lo 40.7303129 -73.9861812, hi  ───▶
             40.7060629 -74.0059728
  TIME       half-close                     ───▶
  TIME                                      ◀─── headers
  TIME                                      ◀─── "Manhattan City Hall, New Yor…
  TIME                                      ◀─── "Brooklyn Bridge, New York, N…
  TIME                                      ◀─── "Clemente Soto Vélez Cultural…
✗ TIME                                      ◀─── OK

  Also failing: one-point, on-the-north-border, along-a-parallel, the-clients,
  random-2 and 13 more.

Edit start_here/src/server.rs:53, then routeguide-lab check

"#]]
    );
}

/// The text with `TIME` for every `1.2 ms` at the head of a line of the timeline.
fn without_times(text: &str) -> String {
    let line = |line: &str| {
        let (sign, rest) = line.split_at(line.len() - line.trim_start_matches(['✗', ' ']).len());
        let mut words = rest.splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some(number), Some(unit @ ("µs" | "ms" | "s")), Some(rest))
                if number.parse::<f64>().is_ok() =>
            {
                let width = number.len() + unit.chars().count() + " ".len();
                let blanks = " ".repeat(width + " ".len() - "TIME".len());
                format!("{sign}TIME{blanks}{rest}")
            }
            _ => line.to_string(),
        }
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn a_seed_repeats_the_random_cases() {
    let lab = Lab::new("seed");
    let asked = |seed: &str| {
        let words = [
            "check",
            "route-chat",
            "--track",
            "completed",
            "--format",
            "json",
        ];
        let report = lab
            .run(words.iter().chain(&["--seed", seed]))
            .exits(0)
            .json();
        assert_eq!(report["seed"].to_string(), seed);
        let cases = report["lessons"][0]["cases"].as_array().unwrap().clone();
        cases
            .into_iter()
            .map(|case| case["expected"].to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(asked("7"), asked("7"));
    assert_ne!(asked("7"), asked("8"));
}

#[test]
fn there_is_no_escape_code_in_a_pipe() {
    let lab = Lab::new("pipe");
    lab.solve_up_to("generate-code");
    lab.edit("start_here/src/lib.rs", |text| {
        text.replace("pub mod server;", "pub mod server; oops")
    });
    for words in [
        &["next"][..],
        &["list"],
        &["hint"],
        &["solution", "generate-code", "--force"],
        &["reset", "generate-code"],
        &["undo"],
        &["check", "--all"],
        &["check", "--all", "--format", "json"],
    ] {
        let run = lab.run(words.iter().copied());
        assert!(
            !run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'),
            "{words:?}"
        );
    }
}
