//! `call --describe`: the contract, read back.

use super::{call, call_in, course_with};
use testkit::run;

/// The beginning of the learner's file.
const HEAD: &str = "syntax = \"proto3\";\npackage routeguide;\n\n// lesson: define-messages\n";

#[test]
fn the_courses_contract_is_described_outside_of_a_course() {
    let feature = run(&mut call(&["--describe", "Feature"])).exits(0);
    assert!(
        feature
            .stdout
            .ends_with("\nmessage Feature {\n  string name = 1;\n  Point location = 2;\n}\n"),
        "{}",
        feature.stdout
    );
    assert_eq!(feature.stderr, "From the course's contract:\n");
    let all = run(&mut call(&["--describe"])).exits(0);
    all.says("message Point {\n").says("service RouteGuide {\n");
    let rpc = run(&mut call(&["route-chat", "--describe"])).exits(0);
    rpc.says("\nrpc RouteChat(stream RouteNote) returns (stream RouteNote);\n")
        .complains("its path on the wire is /routeguide.RouteGuide/RouteChat:");
    run(&mut call(&["RouteChat", "--describe", "Feature"]))
        .exits(2)
        .complains("two names are given, `RouteChat` and `Feature`");
}

#[test]
fn in_a_course_it_is_the_learners() {
    let text = format!(
        "{HEAD}// What I have written.\nmessage Feature {{ int64 id = 7; Place at=8;}}\nmessage Place {{}}\n\
         // end lesson\nservice Mine {{ rpc Go(Place) returns (stream Feature); }}\n"
    );
    let course = course_with(&text);
    let described = |name: &str| run(&mut call_in(course.path(), &["--describe", name]));
    let feature = described("Feature").exits(0);
    assert_eq!(
        feature.stdout,
        "// What I have written.\nmessage Feature {\n  int64 id = 7;\n  Place at = 8;\n}\n"
    );
    assert_eq!(
        feature.stderr,
        "From start_here/proto/route_guide.proto:6:\n"
    );
    let service = described("Mine").exits(0);
    assert_eq!(
        service.stdout,
        "service Mine {\n  rpc Go(Place) returns (stream Feature);\n}\n"
    );
    // Also from below.
    let below = course.path().join("start_here/proto");
    run(&mut call_in(&below, &["--describe", "Place"])).exits(0);
    described("Futur").exits(2).complains(
        "error: start_here/proto/route_guide.proto does not define `Futur`; did you mean `Feature`?\n\
         It defines Feature, Place, Mine, Go.",
    );
    let empty = course_with(HEAD);
    run(&mut call_in(empty.path(), &["--describe", "Feature"]))
        .exits(2)
        .complains("It defines nothing yet.");
    run(&mut call_in(empty.path(), &["--describe"]))
        .exits(1)
        .complains("start_here/proto/route_guide.proto defines nothing yet");
}

#[test]
fn a_proto_that_does_not_compile_is_shown_as_check_shows_it() {
    let course = course_with(&format!(
        "{HEAD}message Point {{\n  int32 latitude 1;\n}}\n"
    ));
    let broken = run(&mut call_in(course.path(), &["--describe", "Point"])).exits(1);
    assert_eq!(broken.stdout, "");
    broken
        .complains("start_here/proto/route_guide.proto:6:18")
        .complains("6 │   int32 latitude 1;\n    │                  ^");
    std::fs::remove_file(course.path().join("start_here/proto/route_guide.proto")).unwrap();
    std::fs::write(course.path().join("start_here/Cargo.toml"), "").unwrap();
    run(&mut call_in(course.path(), &["--describe"]))
        .exits(3)
        .complains("cannot read start_here/proto/route_guide.proto")
        .complains("`routeguide-lab reset define-messages --whole-file` brings it back");
}
