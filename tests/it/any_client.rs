//! `check --client`: right clients of many kinds, and every row of the table of wrong ones, through the
//! real binary.
//!
//! The clients are this test program itself: the lab is told to run it again, so that nothing but
//! [`the_client`] runs, and an environment variable says what it does differently from a plain client. Without it,
//! no call is recorded, and each check here fails.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use testkit::client::{Client, ELSEWHERE};
use testkit::outside::{self, free_port, lab};
use testkit::{Run, run};

/// What the client does differently.
const WAY: &str = "TEST_CLIENT_WAY";

/// The client under check, when the lab runs this program.
#[test]
#[ignore = "a client for the tests of this file, which run it"]
#[allow(
    clippy::exit,
    reason = "it is a program of its own, and its exit code is looked at"
)]
fn the_client() {
    let way = std::env::var(WAY).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = Client { way: &way };
    if let Err(error) = runtime.block_on(client.run()) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
    if way == "hangs" {
        loop {
            std::thread::park();
        }
    }
}

/// An address on which nothing listens.
fn free() -> String {
    format!("127.0.0.1:{}", free_port())
}

/// `check --client`, in a folder that is no lab.
fn command(folder: &Path, addr: &str, way: &str, words: &[&str]) -> Command {
    let client = outside::this_program("any_client::the_client");
    let all = [&["check", "--client", &client, "--addr", addr], words].concat();
    let mut command = lab(folder, &all);
    command.env(WAY, way);
    command
}

/// Checks a client that goes about it in its own way.
fn check(way: &str, words: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    run(&mut command(folder.path(), &free(), way, words))
}

/// The mistakes in each lesson that is not right.
fn mistakes(run: &Run) -> Vec<(String, Vec<String>)> {
    let report = run.json();
    let lessons = report["lessons"].as_array().unwrap().iter();
    let wrong = lessons.filter(|lesson| lesson["outcome"] == "fail");
    wrong
        .map(|lesson| {
            let ids = lesson["diagnosis"]["mistakes"].as_array().unwrap().iter();
            (
                lesson["lesson"].as_str().unwrap().to_string(),
                ids.map(|id| id.as_str().unwrap().to_string()).collect(),
            )
        })
        .collect()
}

/// Asserts that these mistakes are found, each with the words that are its evidence, and no others.
#[track_caller]
fn finds(way: &str, expect: &[(&str, &str, &str)]) {
    let run = check(way, &["--format", "json", "--timeout", "2"]).exits(1);
    let found = mistakes(&run);
    let expected: Vec<(String, Vec<String>)> = expect
        .iter()
        .map(|(lesson, id, _)| (lesson.to_string(), vec![id.to_string()]))
        .collect();
    assert_eq!(found, expected, "{way}: {}", run.stdout);
    let report = run.json();
    for (lesson, _, words) in expect {
        let lessons = report["lessons"].as_array().unwrap();
        let lesson = lessons.iter().find(|l| l["lesson"] == *lesson).unwrap();
        let message = lesson["diagnosis"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{way}: no {words:?} in {message}");
        // Who wrote the client may write no Rust. (Below the first line are the client's own words.)
        let message = message.lines().next().unwrap_or_default();
        let hint = lesson["diagnosis"]["hint"].as_str().unwrap_or_default();
        for rust in [
            "`?`",
            ".await",
            "Err(",
            "`Ok`",
            "`None`",
            "while let",
            "tokio",
            "::",
        ] {
            assert!(
                !message.contains(rust) && !hint.contains(rust),
                "{way}: {message} {hint}"
            );
        }
    }
}

#[test]
fn a_client_that_calls_get_feature_is_checked_for_it_and_no_other_is() {
    let ids = |run: &Run| -> Vec<String> {
        let lessons = run.json()["lessons"].as_array().unwrap().clone();
        let id = |lesson: &serde_json::Value| lesson["lesson"].as_str().unwrap().to_string();
        lessons.iter().map(id).collect()
    };
    let json = ["--format", "json"];
    assert_eq!(
        ids(&check("plain", &json).exits(0)),
        [LIST, RECORD, CHAT, RUN]
    );
    assert_eq!(
        ids(&check("gets-first own-point", &json).exits(0)),
        [LIST, RECORD, CHAT, RUN, "get-feature"]
    );
    finds(
        "gets-first hides-name",
        &[(
            "get-feature",
            "prints-wrong",
            "in the answer to GetFeature was",
        )],
    );
}

#[test]
fn a_client_is_held_to_get_feature_where_it_is_named() {
    let found = |way: &str| {
        let words = ["get-feature", "--format", "json", "--timeout", "2"];
        mistakes(&check(way, &words))
    };
    let one = |id: &str| vec![("get-feature".to_string(), vec![id.to_string()])];
    assert_eq!(found("gets-first"), []);
    assert_eq!(found("plain"), one("rpc-never-called"));
    assert_eq!(found("gets-first own-point"), one("wrong-point"));
    assert_eq!(found("gets-first ignores-error"), one("ignores-error"));
}

const LIST: &str = "call-list-features";
const RECORD: &str = "call-record-route";
const CHAT: &str = "call-route-chat";
const RUN: &str = "run-client";

/// Windows drops what a client has sent before it resets the connection, and a right client may do that: it is run again.
#[test]
fn a_connection_that_is_reset_says_nothing_about_the_client() {
    check("resets-twice", &["--format", "json"]).exits(0);
    let run = check("resets", &["--timeout", "2", "--format", "json"]).exits(1);
    run.says("opened a connection and reset it before anything that it sent could be read");
}

#[test]
fn right_clients_pass_whatever_they_are_like() {
    for way in [
        "plain",
        "backwards",
        "chatty",
        "slow",
        "connects-anew",
        "metadata",
        "on-stderr",
        "debug",
        "grouped",
        "twice",
        "other-corners",
        "origin-unset",
        "calls-another",
        "gets-first",
        "gets-first own-point",
        "compiles-first",
        "says-error",
        "says-failed",
        "tries-again",
        "tries-again says-error",
    ] {
        // Long before it connects, it may take more than its patience.
        let words: &[&str] = match way {
            "compiles-first" => &["--timeout", "2"],
            _ => &[],
        };
        check(way, words)
            .exits(0)
            .says("✓ call-list-features")
            .says("✓ call-record-route")
            .says("✓ call-route-chat")
            .says("✓ run-client")
            .says("does what RouteGuide asks of a client.");
    }
}

#[test]
fn wrong_requests_are_named() {
    for (way, lesson, words) in [
        (
            "wrong-rectangle",
            LIST,
            "you asked for lo 40 -75, hi 43 -73.",
        ),
        (
            "minus-missing",
            LIST,
            "you asked for lo 40 75, hi 42 73: west",
        ),
        ("axes-swapped", LIST, "you asked for lo -75 40, hi -73 42:"),
        ("corner-unset", LIST, "hi unset: a corner is not set."),
        (
            "points-not-features",
            RECORD,
            "where the database has no feature",
        ),
        (
            "wrong-point-count",
            RECORD,
            "You sent 9 points, but the route must have 10.",
        ),
        (
            "same-point",
            RECORD,
            "You sent the same point 10 times; the route must go along 10 features.",
        ),
        (
            "half-closes-first",
            RECORD,
            "half-closed RecordRoute before it had sent anything",
        ),
        (
            "notes-lost",
            CHAT,
            "You sent 4 of 5 notes; \"Second message\" at (0, 1) is missing.",
        ),
        (
            "notes-reordered",
            CHAT,
            "note 2 must be \"Second message\" at (0, 1), but you sent \"Third",
        ),
        (
            "notes-altered",
            CHAT,
            "Note 3 must be \"Third message\" at (1, 0), but you sent \"third",
        ),
    ] {
        finds(way, &[(lesson, way, words)]);
    }
    let words = "half-closed RouteChat before it had sent anything";
    finds(
        "half-closes-first-chat",
        &[(CHAT, "half-closes-first", words)],
    );
    let words = "you sent \"Third message\" at (no location)";
    finds("notes-elsewhere", &[(CHAT, "notes-altered", words)]);
    let words = "You sent \"Bye\" at (5, 5) besides the 5 notes";
    finds("notes-added", &[(CHAT, "notes-altered", words)]);
    // Faults in different calls are all found.
    finds(
        "minus-missing wrong-point-count wrong-order",
        &[
            (LIST, "minus-missing", "west"),
            (RECORD, "wrong-point-count", "9 points"),
            (
                RUN,
                "wrong-order",
                "RouteChat, ListFeatures, RecordRoute, but it must be",
            ),
        ],
    );
}

#[test]
fn calls_that_are_missing_or_not_brought_to_their_end_are_named() {
    let words = "Your client never called RecordRoute.";
    // With a call missing, their order is not proven.
    let unproven = "never called RecordRoute, so the order of the calls is not proven";
    let unproven = (RUN, "rpc-never-called", unproven);
    finds(
        "rpc-never-called",
        &[(RECORD, "rpc-never-called", words), unproven],
    );
    let words = "It called /guide.RouteGuide/RecordRoute, which this service does not have.";
    let way = "rpc-never-called other-package";
    finds(way, &[(RECORD, "rpc-never-called", words), unproven]);
    let words = "in the order RouteChat, ListFeatures, RecordRoute";
    finds("wrong-order", &[(RUN, "wrong-order", words)]);
    let never_called = |rpc| format!("stopped before a call of {rpc} reached the server");
    finds(
        "never-half-closes",
        &[
            (
                RECORD,
                "never-half-closes",
                "sent 10 messages and never closed its side",
            ),
            (CHAT, "rpc-never-called", &never_called("RouteChat")),
            (RUN, "hangs", "did not end by itself"),
        ],
    );
    finds(
        "waits-for-each-reply",
        &[
            (
                CHAT,
                "waits-for-each-reply",
                "sent 1 message and then waited for a reply",
            ),
            (RUN, "hangs", "did not end by itself"),
        ],
    );
    let words =
        "before you send the first note; a server may begin to answer only with its first reply.";
    finds("waits-for-headers", &[(CHAT, "waits-for-headers", words)]);
    finds("hangs", &[(RUN, "hangs", "did not end by itself")]);
    // What the lab does is not shown as the client's.
    check("never-half-closes", &[RECORD, "--timeout", "2"])
        .exits(1)
        .says("✗ 2")
        .says("no sign of another message or");
    // Whether the server sees it leave is a matter of time: all may have been sent by then.
    let words = "printed the first 3 ";
    finds("exits-early", &[(LIST, "exits-early", words)]);
    finds(
        "exits-on-the-way",
        &[
            (
                RECORD,
                "exits-early",
                "left the call after it had sent 4 messages, before",
            ),
            (CHAT, "rpc-never-called", "never called RouteChat"),
            (RUN, "rpc-never-called", "order of the calls is not proven"),
        ],
    );
    let run = check("panics", &["--format", "json"]).exits(1);
    assert_eq!(mistakes(&run)[0].1, ["panics"]);
}

#[test]
fn clients_that_do_not_look_at_what_comes_back_are_named() {
    let words = "printed the first 10 ";
    finds("takes-ten", &[(LIST, "exits-early", words)]);
    let words = "left RouteChat before the end of the answer, and printed nothing of";
    finds("never-reads", &[(CHAT, "never-reads", words)]);
    let words = "left ListFeatures before the end of the answer, and printed nothing of";
    finds("never-reads-features", &[(LIST, "never-reads", words)]);
    let words = "printed only the first message in the answer to ListFeatures, \"Lighthouse ";
    finds("stops-after-first", &[(LIST, "stops-after-first", words)]);
    let words = "but your client did not print that";
    finds("prints-wrong", &[(LIST, "prints-wrong", words)]);
    finds(
        "prints-other-distance",
        &[(RECORD, "prints-wrong", "distance in the answer")],
    );
    let words = "printed nothing of what came back";
    finds(
        "prints-nothing",
        &[
            (LIST, "prints-nothing", words),
            (RECORD, "prints-nothing", words),
            (CHAT, "prints-nothing", words),
        ],
    );
}

#[test]
fn clients_that_take_no_notice_of_an_error_are_named() {
    finds(
        "ignores-error",
        &[
            (
                LIST,
                "ignores-error",
                "The server ended ListFeatures with DATA_LOSS: Storm ",
            ),
            (
                RECORD,
                "ignores-error",
                "The server ended RecordRoute with DATA_LOSS: Storm ",
            ),
            (
                CHAT,
                "ignores-error",
                "The server ended RouteChat with DATA_LOSS: Storm ",
            ),
        ],
    );
    // The evidence: the call, what the client printed, and how it ended.
    let run = check("ignores-error", &[LIST]).exits(1);
    run.says("call-list-features · ListFeatures-fails")
        .says("it ended with exit code 0")
        .says("-- RouteChat")
        .says("◀─── DATA_LOSS: Storm ")
        .says("Fix that, then");
    // With all its calls ended well, it fails.
    let words = "Every call that your client made ended with OK, and yet your client ended with exit code 1.";
    let never = "ended with exit code 1 before a call of";
    finds(
        "end-is-error",
        &[
            (RECORD, "rpc-never-called", never),
            (CHAT, "rpc-never-called", never),
            (RUN, "end-is-error", words),
        ],
    );
}

/// One test, since all of it is about addresses that the machine has only once.
#[test]
fn clients_that_do_not_connect_where_they_are_told_are_named() {
    let _ports = outside::fixed_ports();
    let run = check("never-connects", &["--format", "json"]).exits(1);
    assert_eq!(
        mistakes(&run)[0],
        (LIST.to_string(), vec!["never-connects".to_string()])
    );
    let report = run.json();
    assert_eq!(report["lessons"][1]["outcome"], "skipped");

    let addresses = [
        "127.0.0.1:50051",
        "127.0.0.1:10000",
        "[::1]:50051",
        "[::1]:10000",
    ];
    for elsewhere in addresses {
        if TcpListener::bind(elsewhere).is_err() {
            eprintln!("skipped: {elsewhere} is taken, or none of this machine's");
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let addr = free();
        let run = outside::where_ports_are_free(|| {
            let mut command = command(folder.path(), &addr, "plain", &["--format", "json"]);
            testkit::run(command.env(ELSEWHERE, elsewhere))
        });
        let run = run.exits(1);
        assert_eq!(
            mistakes(&run)[0].1,
            ["address-hard-coded"],
            "{}",
            run.stdout
        );
        let message =
            format!("Your client connected to {elsewhere}, but it was told to connect to {addr}.");
        assert!(run.stdout.contains(&message), "{}", run.stdout);
    }
    // Where another program listens, the lab cannot look; it says so.
    let _other = TcpListener::bind("127.0.0.1:50051");
    let run = check("never-connects", &["--format", "json"]).exits(1);
    run.says("No connection reached 127.0.0.1:")
        .says("Another program listens on 127.0.0.1:50051");
}

/// Other systems do not tell whose connection it is.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_of_another_program_is_not_the_clients() {
    use std::io::Read as _;
    use std::net::TcpStream;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    let _ports = outside::fixed_ports();
    let done = AtomicBool::new(false);
    let run = std::thread::scope(|scope| {
        // It began before the lab, and connects to the usual port as long as the lab runs.
        let connections = scope.spawn(|| {
            let mut connections = 0;
            while !done.load(Ordering::Relaxed) {
                if let Ok(mut connection) = TcpStream::connect("127.0.0.1:50051") {
                    connections += 1;
                    // Until the lab hangs up.
                    connection.read_to_end(&mut Vec::new()).ok();
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            connections
        });
        let run = check("never-connects", &["--format", "json"]);
        done.store(true, Ordering::Relaxed);
        assert!(connections.join().unwrap() > 0);
        run
    });
    assert_eq!(mistakes(&run)[0].1, ["never-connects"], "{}", run.stdout);
}

#[test]
fn only_what_can_be_checked_is_checked() {
    // One lesson, and the connection.
    check("wrong-point-count", &["create-client", LIST])
        .exits(0)
        .says("✓ create-client")
        .says("✓ call-list-features");
    check("wrong-point-count", &["10", "--format", "json"]).exits(1);
    check("wrong-order", &["call-route-chat"]).exits(0);
    for lesson in ["define-messages", "list-features", "try-it-out"] {
        check("plain", &[lesson])
            .exits(2)
            .complains("is not about a client alone")
            .complains(
                "create-client, call-list-features, call-record-route, call-route-chat, run-client",
            );
    }
    for words in [
        &["--client", "true"][..],
        &["--client", "", "--addr", "127.0.0.1:50051"],
        &["--client", "true", "--addr", "127.0.0.1:50051", "--all"],
    ] {
        outside::check(words).exits(2);
    }
    // The features along which it travels.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("places.json");
    std::fs::write(
        &file,
        r#"[{"location":{"latitude":1,"longitude":2},"name":"Alone"}]"#,
    )
    .unwrap();
    let db = ["--db", "places.json"];
    run(&mut command(folder.path(), &free(), "plain", &db)).exits(0);
    let mut other = command(folder.path(), &free(), "plain", &[]);
    run(other.env("ROUTEGUIDE_DB", &file))
        .exits(1)
        .says("You sent (1, 2), where the database has no feature.")
        .says("name their file: `--db FILE`.");
}

#[test]
fn what_is_in_the_way_is_said() {
    let _ports = outside::fixed_ports();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let run = testkit::run(&mut command(
        folder.path(),
        &addr,
        "plain",
        &["--format", "json"],
    ))
    .exits(3);
    let report = run.json();
    assert_eq!(report["outcome"], "error");
    assert_eq!(
        report["lessons"][0]["diagnosis"]["mistakes"][0],
        "port-taken"
    );
    // A client that speaks another language.
    check("speaks-http1", &[])
        .exits(1)
        .says("Your client speaks HTTP/1.1, not gRPC, which is spoken over HTTP/2.")
        .says("Use a gRPC client over HTTP/2");
    check("speaks-grpc-web", &[])
        .exits(1)
        .says("Your client speaks gRPC-Web, not gRPC: its content-type is")
        .says("application/grpc-web+proto.");
    // A command that does not exist never connects; what the shell says about it is shown.
    let run = outside::check(&["--client", "no-such-client-anywhere", "--addr", &free()]);
    run.exits(1)
        .says("no-such-client-anywhere")
        .says("No connection reached");
}
