//! `call`: one RPC, called by hand.

mod describe;
mod errors;
mod typed;

use std::fs;
use std::process::Command;

use tempfile::TempDir;
use testkit::reference::Server;
use testkit::{Run, outside, run};

/// The command for a call, in a folder that holds no lab.
fn call(words: &[&str]) -> Command {
    call_in(&std::env::temp_dir(), words)
}

fn call_in(folder: &std::path::Path, words: &[&str]) -> Command {
    let mut command = outside::lab(folder, &[&["call"], words].concat());
    command.env_remove("ROUTEGUIDE_ADDR");
    command
}

/// Calls a server.
fn called(addr: &str, words: &[&str]) -> Run {
    run(&mut call(&[words, &["--addr", addr]].concat()))
}

/// A folder that the lab takes for a course, with this as the learner's .proto.
fn course_with(proto: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("start_here/proto");
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("route_guide.proto"), proto).unwrap();
    folder
}

const CITY_HALL: &str = r#"{"name": "Manhattan City Hall, New York, NY", "location": {"latitude": 407127753, "longitude": -740059728}}"#;
const BRIDGE: &str = r#"{"name": "Brooklyn Bridge, New York, NY", "location": {"latitude": 407060629, "longitude": -739969401}}"#;

#[test]
fn each_kind_of_rpc_is_called_and_each_reply_is_a_line() {
    let server = Server::start(&[]);
    let in_new_york = [
        r#"{"lo": {"latitude": 407150000, "longitude": -739900000}, "hi": {"latitude": 406900000, "longitude": -740100000}}"#,
    ];
    let listed = called(
        &server.addr,
        &[&["ListFeatures"], &in_new_york[..]].concat(),
    )
    .exits(0);
    assert_eq!(listed.stdout, format!("{CITY_HALL}\n{BRIDGE}\n"));
    assert_eq!(listed.stderr, "");
    let found = called(
        &server.addr,
        &["get-feature", "latitude=407127753", "longitude=-740059728"],
    );
    assert_eq!(found.exits(0).stdout, format!("{CITY_HALL}\n"));
    let recorded = called(
        &server.addr,
        &[
            "/routeguide.RouteGuide/RecordRoute",
            r#"{"latitude": 407127753, "longitude": -740059728}"#,
            r#"{"latitude": 407060629, "longitude": -739969401}"#,
            r#"{"latitude": 407127753, "longitude": -740059728}"#,
        ],
    )
    .exits(0);
    // Defaults are shown, too.
    assert_eq!(
        recorded.stdout,
        "{\"point_count\": 3, \"feature_count\": 3, \"distance\": 2132, \"elapsed_time\": 0}\n"
    );
    let note = r#"{"location": {"latitude": 1}, "message": "a"}"#;
    let chatted = called(&server.addr, &["route_chat", note, note]).exits(0);
    assert_eq!(
        chatted.stdout,
        "{\"location\": {\"latitude\": 1, \"longitude\": 0}, \"message\": \"a\"}\n"
    );
    // Without an argument, the message is empty; an empty answer is not silence.
    let empty = called(&server.addr, &["ListFeatures"]).exits(0);
    assert_eq!(
        (empty.stdout.as_str(), empty.stderr.as_str()),
        ("", "OK, no messages\n")
    );
}

#[test]
fn the_address_comes_from_the_environment_unless_it_is_given() {
    let server = Server::start(&[]);
    let point = ["GetFeature", "latitude=407127753", "longitude=-740059728"];
    let named = run(call(&point).env("ROUTEGUIDE_ADDR", &server.addr)).exits(0);
    named.says("City Hall");
    let given = [&point[..], &["--addr", &server.addr]].concat();
    run(call(&given).env("ROUTEGUIDE_ADDR", "nonsense")).exits(0);
    run(call(&point).env("ROUTEGUIDE_ADDR", "nonsense"))
        .exits(2)
        .complains("error: ROUTEGUIDE_ADDR is `nonsense`: there is no port");
}

#[test]
fn a_traced_call_is_drawn_in_place_of_the_lines() {
    let server = Server::start(&[]);
    let note = r#"{"location": {"latitude": 1}, "message": "a"}"#;
    let words = ["RouteChat", note, note, "--trace", "--timeout", "60"];
    let drawn = called(&server.addr, &words).exits(0);
    assert_eq!(drawn.stderr, "");
    let words: Vec<&str> = drawn.stdout.split_whitespace().collect();
    let words = words.join(" ");
    for text in [
        "client server #1",
        "RouteChat ───▶",
        // The server is told of the deadline.
        "grpc-timeout: 60",
        "\"a\" at (1, 0) ───▶",
        "half-close ───▶",
        "◀─── headers",
        "◀─── \"a\" at (1, 0)",
        "◀─── OK",
        "2 messages ▶, 1 ◀",
    ] {
        assert!(words.contains(text), "no {text:?} in\n{}", drawn.stdout);
    }
    assert!(!drawn.stdout.contains("{\""), "{}", drawn.stdout);
}

#[test]
fn a_server_is_asked_for_its_contract() {
    let server = Server::start(&[]);
    // The course's contract has no such service.
    let words = ["Check", "service=routeguide.RouteGuide"];
    called(&server.addr, &words).exits(2);
    let asked = called(&server.addr, &[&words[..], &["--reflection"]].concat()).exits(0);
    assert_eq!(asked.stdout, "{\"status\": \"SERVING\"}\n");
    let listed = called(&server.addr, &["list-features", "--reflection"]).exits(0);
    listed.complains("OK, no messages");
    let described = called(&server.addr, &["--describe", "Health", "--reflection"]).exits(0);
    described
        .says("  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);\n")
        .complains(&format!("From the server at {}:", server.addr));

    let silent = outside::host(outside::LOOPBACK, outside::codelabs_features());
    called(&silent.addr.to_string(), &["ListFeatures", "--reflection"])
        .exits(1)
        .complains("the server does not offer reflection\nLeave out --reflection");
}
