//! Every outcome that a check can have, in every form.

use std::fs;

use super::github::{annotations, on_a_runner, page};
use super::json::{all, count, valid};
use super::junit::same_counts;
use testkit::runner::commands;
use testkit::{Lab, course, run};

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
    assert_eq!(
        count(&all(&json, &["lessons"]), "pass"),
        course::LESSONS.len()
    );
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
    assert!(
        notice
            .message
            .contains(&format!("{} lessons passed", course::LESSONS.len())),
        "{notice:?}"
    );
    let summary = fs::read_to_string(&summary).unwrap();
    assert!(summary.starts_with("of an earlier step\n"), "{summary}");
    let (blocks, _) = page(&summary);
    assert_eq!(
        blocks.iter().filter(|block| *block == "row").count(),
        course::LESSONS.len(),
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
    assert_eq!(
        count(&all(&json, &["lessons"]), "fail"),
        course::codelab().count()
    );
    same_counts(&check(&["--all"], "junit", 1), &json);
    let (root, summary) = (lab.path(""), lab.path("summary.md"));
    let on_runner = || on_a_runner(&mut lab.command(["check", "--all"]), &root, &summary);
    let errors = annotations(&on_runner().exits(1));
    assert_eq!(errors.len(), course::codelab().count());
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
}
