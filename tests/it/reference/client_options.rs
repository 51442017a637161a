//! What the client can be asked to do, and what it refuses.

use std::fs;

use super::running::{client, lab, serve};
use testkit::run;

#[test]
fn one_call_says_what_it_says_among_the_three() {
    let (_server, addr) = serve(&[]);
    let all = run(&mut client(&addr, &[])).exits(0).stdout;
    for name in ["list-features", "ListFeatures", "LIST-FEATURES"] {
        let one = run(&mut client(&addr, &["--rpc", name])).exits(0).stdout;
        assert!(
            one.starts_with("Looking for features") && all.contains(&one),
            "{one}"
        );
    }
    let chat = run(&mut client(&addr, &["--rpc", "route-chat"]))
        .exits(0)
        .stdout;
    let lines = |text: &str, start: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with(start));
        lines.map(str::to_string).collect()
    };
    for start in ["Sending ", "Got "] {
        assert_eq!(lines(&chat, start), lines(&all, start));
    }
    assert_eq!(chat.lines().count(), 7);
}

#[test]
fn the_optional_call_is_made_where_it_is_named() {
    let (_server, addr) = serve(&[]);
    for name in ["get-feature", "GetFeature"] {
        let one = run(&mut client(&addr, &["--rpc", name])).exits(0).stdout;
        assert_eq!(
            one,
            "Found \"Manhattan City Hall, New York, NY\" at 40.7127753, -74.0059728\n"
        );
    }
    let all = run(&mut client(&addr, &[])).exits(0).stdout;
    assert!(!all.contains("GetFeature"), "{all}");
}

#[test]
fn a_route_is_as_long_as_one_likes() {
    let (_server, addr) = serve(&[]);
    let travel = |points: &str| {
        let options = ["--rpc", "record-route", "--points", points];
        run(&mut client(&addr, &options)).exits(0).stdout
    };
    assert!(travel("0").contains("Finished trip with 0 points, passed 0 features, travelled 0"));
    let short = travel("300");
    assert_eq!(
        short
            .lines()
            .filter(|line| line.starts_with("Passing "))
            .count(),
        300
    );
    assert!(short.contains("Finished trip with 300 points, passed 300 features"));
    let long = travel("1000000");
    assert!(long.contains("… and 999990 more points"), "{long}");
    assert!(
        long.contains("Finished trip with 1000000 points, passed 1000000 features"),
        "{long}"
    );
    assert_eq!(long.lines().count(), 13);
}

#[test]
fn notes_come_from_a_file() {
    let (_server, addr) = serve(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.json");
    let chat = |text: &str| {
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        run(&mut client(
            &addr,
            &["--rpc", "route-chat", "--notes", file],
        ))
    };
    let note = |message: &str| {
        format!(r#"{{"location":{{"latitude":4,"longitude":-2}},"message":"{message}"}}"#)
    };
    let two = format!("[{}, {}]", note("Tea?"), note("Yes!"));
    let said = chat(&two).exits(0).stdout;
    let sent = "Sending \"Tea?\" at 4, -2\nSending \"Yes!\" at 4, -2\nGot \"Tea?\" at 4, -2\n";
    assert_eq!(said, sent);
    chat("[]").exits(0);

    let broken = format!("[{}, {{\"message\": \"where?\"}}]", note("Tea?"));
    chat(&broken)
        .exits(3)
        .complains("entry 2: missing field `location`")
        .complains("The file must hold a JSON list of notes");
    let nowhere = folder.path().join("none.json");
    let options = ["--notes", nowhere.to_str().unwrap()];
    run(&mut client(&addr, &options))
        .exits(3)
        .complains("none.json");
}

#[test]
fn what_does_not_go_together_is_refused_with_what_to_do() {
    for (arguments, what, next) in [
        (
            &["--rpc", "route-chat"][..],
            "this is the server",
            "run-reference client --rpc",
        ),
        (
            &["--points", "5"],
            "this is the server",
            "run-reference client --points",
        ),
        (
            &["--notes", "x.json"],
            "this is the server",
            "run-reference client --notes",
        ),
        (
            &["client", "--metrics", ":0"],
            "this is the client",
            "run-reference --metrics",
        ),
        (
            &["client", "--points", "5", "--rpc", "route-chat"],
            "--points is for RecordRoute",
            "`--rpc record-route`",
        ),
        (
            &["client", "--notes", "x", "--rpc", "list-features"],
            "--notes is for RouteChat",
            "`--rpc route-chat`",
        ),
        (
            &["client", "--rpc", "GetFeatures"],
            "possible values: list-features",
            "--help",
        ),
        (&["--slow", "0"], "1..=60000", "--help"),
        (
            &["--metrics", "nowhere"],
            "cannot show metrics on nowhere",
            "127.0.0.1:9090",
        ),
    ] {
        let mut command = lab(&["run-reference", "--addr", "127.0.0.1:0"]);
        let run = run(command.args(arguments)).exits(2);
        assert_eq!(run.stdout, "");
        run.complains(what).complains(next);
    }
}

#[test]
fn an_error_ends_the_client_as_ever() {
    // Nobody listens there: the system has just given the port, and taken it back.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for options in [
        &[][..],
        &["--rpc", "route-chat"],
        &["--trace"],
        &["--slow", "5"],
    ] {
        run(&mut client(&free.to_string(), options))
            .exits(3)
            .complains("Is a server listening on");
    }
}
