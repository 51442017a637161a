//! What is wrong outside the learner's Rust code gets a sentence that says what to do, and loses
//! nothing.

use std::fs;

use testkit::{Lab, course, run};

#[test]
fn an_unknown_lesson_gets_the_nearest_name() {
    let lab = Lab::new("unknown-lesson");
    for words in [
        ["check", "list-feature"],
        ["next", "listfeatures"],
        ["hint", "lst-features"],
        ["reset", "list_features"],
    ] {
        lab.run(words)
            .exits(2)
            .complains("did you mean `list-features`?")
            .complains("`routeguide-lab list` lists all lessons");
    }
    lab.run(["check", "99"])
        .exits(2)
        .complains("there is no lesson called `99`");
    lab.run(["chek"]).exits(2);
}

#[test]
fn a_folder_that_is_no_lab_says_so() {
    let elsewhere = tempfile::tempdir().unwrap();
    let lab = Lab::new("no-lab");
    for word in [
        "next", "check", "list", "hint", "reset", "solution", "undo", "redo",
    ] {
        run(lab.command([word]).current_dir(elsewhere.path()))
            .exits(3)
            .complains("is not inside a lab folder")
            .complains("Change to the folder that contains start_here");
    }
    // Below the root it is found.
    run(lab
        .command(["list"])
        .current_dir(lab.path("start_here/src")))
    .exits(0);
}

#[test]
fn without_cargo_the_lab_says_how_to_get_it() {
    let lab = Lab::new("no-cargo");
    lab.solve_up_to("generate-code");
    run(lab
        .command(["check", "generate-code"])
        .env("CARGO", "/nowhere/cargo"))
    .exits(3)
    .complains("cannot start cargo")
    .complains("https://rustup.rs");
}

#[test]
fn a_proto_that_does_not_parse_is_shown_at_its_line() {
    let lab = Lab::new("syntax");
    lab.write_place(
        "start_here/proto/route_guide.proto",
        "define-messages",
        "message Point {\n  int32 latitude 1;\n}\n",
    );
    lab.run(["check"])
        .exits(1)
        .says("start_here/proto/route_guide.proto:13:18")
        .says("13 │   int32 latitude 1;\n     │                  ^");
}

#[test]
fn a_slip_in_a_later_lesson_does_not_fail_an_earlier_one() {
    let lab = Lab::new("later-slip");
    lab.solve("define-messages");
    lab.write_place(
        "start_here/proto/route_guide.proto",
        "define-service",
        "service RouteGuide { rpc Oops }\n",
    );
    lab.run(["check"]).exits(0).says("✓ define-messages");
    let run = lab.run(["check"]).exits(1);
    assert!(
        run.stdout.contains("✓ define-messages") && run.stdout.contains("✗ define-service"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_a_lesson_needs_comes_first() {
    let lab = Lab::new("needs");
    // Not seven errors of rustc.
    let run = lab.run(["check", "route-chat"]).exits(1);
    assert!(
        run.stdout.contains("· define-messages     not begun"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("error["), "{}", run.stdout);
    lab.solve("define-messages");
    lab.solve("define-service");
    let run = lab.run(["check", "route-chat"]).exits(1);
    run.says("· generate-code       not begun")
        .says("Edit start_here/build.rs:");
    // Code that is there, but in the wrong place.
    let messages = lab.read("start_here/proto/route_guide.proto");
    let (_, place) = messages.split_once("// lesson: define-messages\n").unwrap();
    let (place, _) = place.split_once("// end lesson").unwrap();
    let place = place.to_string();
    lab.write_place(
        "start_here/proto/route_guide.proto",
        "define-messages",
        "message Other {}\n",
    );
    lab.write_place(
        "start_here/proto/route_guide.proto",
        "define-service",
        &place,
    );
    lab.run(["check", "define-messages"])
        .exits(1)
        .says("is in another lesson's region");
}

#[test]
fn what_an_earlier_build_generated_does_not_count() {
    let lab = Lab::new("stale");
    lab.solve_up_to("generate-code");
    lab.run(["check", "generate-code"]).exits(0);
    lab.write_place("start_here/build.rs", "generate-code", "    // nothing\n");
    lab.run(["check", "generate-code"])
        .exits(1)
        .says("Nothing is generated yet");
    lab.write_place(
        "start_here/build.rs",
        "generate-code",
        "    let _ = proto_folder;\n",
    );
    lab.run(["check", "generate-code"]).exits(3);
}

#[test]
fn a_broken_check_file_is_named_with_line_and_field() {
    let lab = Lab::new("check-file");
    let file = "lessons/05-record-route/check.json";
    lab.edit(file, |text| {
        text.replacen("\"latitude\": 407127753", "\"latitude\": \"407127753\"", 1)
    });
    lab.run(["check", "--lessons", "lessons"])
        .exits(3)
        .complains("lessons/05-record-route/check.json:8: field `record_route[0].send[0].latitude`")
        .complains("expected i32");
    lab.edit("lessons/04-list-features/lesson.toml", |text| {
        text.replace("minutes = 11", "minutes = \"five\"")
    });
    lab.run(["next", "--lessons", "lessons"])
        .exits(3)
        .complains(
            "lessons/04-list-features/lesson.toml:1: invalid type: string \"five\", expected u32",
        );
}

#[test]
fn a_teachers_case_counts_without_touching_rust() {
    let lab = Lab::new("teacher");
    lab.edit("lessons/05-record-route/check.json", |text| {
        text.replacen("\"point_count\": 3", "\"point_count\": 4", 1)
    });
    let check = ["check", "record-route", "--track", "completed"];
    lab.run(check.iter().chain(&["--lessons", "lessons"]))
        .exits(1)
        .says("`point_count` is 3, but for this route of 3 points it must be 4.")
        .says("The cases were those of lessons.");
    // Without being asked for, they do not count, and that is said.
    lab.run(check)
        .exits(0)
        .complains("lessons/05-record-route/check.json is not as in this program");
}

#[test]
fn an_unreadable_progress_file_is_kept_under_another_name() {
    let lab = Lab::new("progress");
    lab.solve("define-messages");
    lab.run(["check"]).exits(0);
    let broken = lab.read(".routeguide-lab/progress.json").replace('}', "");
    lab.write(".routeguide-lab/progress.json", &broken);
    lab.run(["list"])
        .exits(0)
        .complains("progress.unreadable.json")
        .says(&course::of_all(0));
    assert_eq!(lab.read(".routeguide-lab/progress.unreadable.json"), broken);
    // What passes is found again.
    lab.run(["check"]).exits(0).says(&course::of_all(1));
    assert_eq!(lab.read(".routeguide-lab/.gitignore"), "*\n");
}

#[test]
fn a_manifest_that_cargo_refuses_is_named_at_its_line() {
    let lab = Lab::new("manifest");
    lab.solve_up_to("generate-code");
    lab.edit("start_here/Cargo.toml", |text| {
        text.replace("[dependencies]", "[dependencies")
    });
    lab.run(["check", "generate-code"])
        .exits(3)
        .says("Cargo cannot read Cargo.toml at line ")
        .says("error: ")
        .says("Edit start_here/Cargo.toml:");
}

#[test]
fn code_that_does_not_compile_gets_the_compilers_words_and_nothing_else() {
    let lab = Lab::new("rustc");
    lab.solve_up_to("list-features");
    for _ in 0..3 {
        lab.run(["check"]).exits(0);
    }
    lab.edit("start_here/src/server.rs", |text| {
        text.replace("let rectangle = request", "let rectangle: u8 = request")
    });
    let run = lab.run(["check"]).exits(3);
    assert!(
        run.stdout.contains("error[E0308]: mismatched types"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("! list-features"), "{}", run.stdout);
    let json = lab.run(["check", "--format", "json"]).exits(3).json();
    assert_eq!(json["outcome"], "error");
    assert_eq!(
        json["lessons"][3]["diagnosis"]["mistakes"][0],
        "build-failed"
    );
    // A build that fails takes nothing back.
    lab.run(["list"]).exits(0).says(&course::of_all(3));
}

#[test]
fn a_database_that_cannot_be_used_is_named_with_its_entry() {
    let lab = Lab::new("database");
    let reference = |file: &str| lab.run(["run-reference", "--addr", "127.0.0.1:0", "--db", file]);
    reference("nothing.json").exits(3).complains("nothing.json");
    let good = r#"{"location": {"latitude": 1, "longitude": 2}, "name": "A"}"#;
    lab.write(
        "features.json",
        &format!("[{good}, {good}, {{\"name\": \"B\"}}]"),
    );
    reference("features.json")
        .exits(3)
        .complains("entry 3: missing field `location`");
    lab.write("features.json", "not json");
    reference("features.json")
        .exits(3)
        .complains("features.json");
}

#[test]
fn a_taken_port_is_explained() {
    let lab = Lab::new("taken");
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = other.local_addr().unwrap().to_string();
    lab.run(["run-reference", "--addr", &addr])
        .exits(3)
        .complains(&format!("cannot listen on {addr}"))
        // By whom, where the system tells.
        .complains(" listens ")
        .complains("or use another port: `");
    lab.run(["run-reference", "--addr", "nonsense"])
        .exits(2)
        .complains("such as 127.0.0.1:50051");
    lab.run(["run-reference", "client", "--addr", "127.0.0.1:1"])
        .exits(3)
        .complains("Is a server listening");
}

#[test]
fn a_missing_file_of_the_learners_is_named() {
    let lab = Lab::new("missing-file");
    fs::remove_file(lab.path("start_here/proto/route_guide.proto")).unwrap();
    lab.run(["check"])
        .exits(3)
        .says("Cannot read start_here/proto/route_guide.proto")
        .says("reset define-messages --whole-file");
    lab.run(["reset", "define-messages", "--whole-file"])
        .exits(0);
    lab.run(["next"])
        .exits(0)
        .says("Edit    start_here/proto/route_guide.proto:");
}

#[test]
fn numbers_that_make_no_sense_do_no_harm() {
    let outside = tempfile::tempdir().unwrap();
    run(&mut testkit::outside::lab(outside.path(), &["init", "."])).exits(0);
    let lab = Lab::at(outside.path().to_path_buf());
    let record = format!(r#"{{"hints": {}, "attempts": {}}}"#, u64::MAX, u32::MAX);
    lab.write(
        ".routeguide-lab/progress.json",
        &format!(r#"{{"version": 1, "lessons": {{"define-messages": {record}}}}}"#),
    );
    lab.run(["hint"]).exits(0).says("hint 3 of 3");
    lab.run(["list", "1"]).exits(0);
}
