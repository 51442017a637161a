//! Another language for real: servers and clients in Python, with grpcio from PyPI, right and wrong ones,
//! checked through the real binary. Where there is no Python with grpcio, they are skipped, and that is said.

use std::net::TcpStream;

use serde_json::Value;
use testkit::outside::free_port;
use testkit::parallel;
use testkit::python::{Python, python};

/// What is not right in a lesson: its id, the mistakes, and words of the sentence that is due.
type Wrong = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// Asserts that these lessons are not right, for these reasons, and all others are.
#[track_caller]
fn assert_found(what: &str, report: &Value, wrong: &[Wrong]) {
    let lessons = report["lessons"].as_array().unwrap().iter();
    let failed: Vec<&Value> = lessons
        .filter(|lesson| lesson["outcome"] != "pass")
        .collect();
    assert_eq!(failed.len(), wrong.len(), "{what}: {failed:#?}");
    for (lesson, (id, mistakes, words)) in failed.into_iter().zip(wrong) {
        let diagnosis = &lesson["diagnosis"];
        assert_eq!(lesson["lesson"], *id, "{what}");
        assert_eq!(
            diagnosis["mistakes"],
            serde_json::json!(mistakes),
            "{what}: {diagnosis:#}"
        );
        let said = format!("{} {}", diagnosis["message"], diagnosis["hint"]);
        for words in *words {
            assert!(said.contains(words), "{what}: no {words:?} in {said}");
        }
    }
}

const LIST: &str = "list-features";
const RECORD: &str = "record-route";
const CHAT: &str = "route-chat";

fn check_server(python: &Python, kind: &str, patience: &str) -> (Option<i32>, Value) {
    let server = python.serve(kind);
    let words = ["--timeout", patience, "--seed", "5", "--format", "json"];
    let run = python.check(&[&["--addr", &server.addr], &words[..]].concat());
    (run.code, run.json())
}

/// Checks servers of these kinds, and asserts what is found in each.
fn servers_are_found(kinds: Vec<(&'static str, Vec<Wrong>)>) {
    let Some(python) = python() else { return };
    parallel(kinds, |(kind, wrong)| {
        let (code, report) = check_server(python, kind, "4");
        assert_eq!(code, Some(1), "{kind}: {report:#}");
        assert_found(kind, &report, &wrong);
    });
}

#[test]
fn right_servers_pass() {
    let Some(python) = python() else { return };
    let kinds = [
        "right",
        "four-threads",
        "one-thread",
        "gzip",
        "aio",
        "two-streams",
    ];
    parallel(kinds.to_vec(), |kind| {
        let (code, report) = check_server(python, kind, "30");
        assert_eq!(code, Some(0), "{kind}: {report:#}");
    });
}

#[test]
fn a_server_that_takes_ten_seconds_to_start_is_waited_for() {
    let Some(python) = python() else { return };
    let addr = format!("127.0.0.1:{}", free_port());
    let command = python.command_line("server.py", &format!("slow-start {addr}"));
    let words = ["--addr", &addr, "--server", &command, "--timeout", "30"];
    python
        .check(&words)
        .exits(0)
        .says("does what RouteGuide promises.");
    assert!(TcpStream::connect(&addr).is_err(), "it still listens");
}

#[test]
fn mistakes_in_list_features_are_found() {
    const RAISES: &str = "Your method raised an exception";
    servers_are_found(vec![
        (
            "returns-a-list",
            vec![(
                LIST,
                &["error-before-data"],
                &["UNKNOWN", "`yield` each message"],
            )],
        ),
        (
            "aio-returns-a-list",
            vec![(LIST, &["sends-nothing"], &["No feature ever comes"])],
        ),
        (
            "returns-from-the-loop",
            vec![(LIST, &["first-only"], &["You return inside the loop"])],
        ),
        (
            "range-leaves-out-its-end",
            vec![(
                LIST,
                &["border-north", "border-east"],
                &["exactly on the north border", "exactly on the east border"],
            )],
        ),
        (
            "none-is-not-found",
            vec![(LIST, &["empty-is-error"], &["NOT_FOUND: no feature there"])],
        ),
        (
            "the-nameless-raise",
            vec![(
                LIST,
                &["wrong-status"],
                &["Exception iterating responses", RAISES],
            )],
        ),
        // No table lists this: the first difference is shown.
        (
            "pages-of-ten",
            vec![(LIST, &["answer-limited"], &["No more than 10 features"])],
        ),
    ]);
}

#[test]
fn mistakes_in_record_route_are_found() {
    servers_are_found(vec![
        (
            "distance-is-a-float",
            vec![(
                RECORD,
                &["error-before-data"],
                &["UNKNOWN", "float", "Your method raised an exception"],
            )],
        ),
        (
            "wraps-the-summary",
            vec![(
                RECORD,
                &["error-before-data"],
                &["INTERNAL", "not a message of the type"],
            )],
        ),
        (
            "arc-cosine",
            vec![(
                RECORD,
                &["same-point-nan"],
                &["Where two equal points follow each other", "math"],
            )],
        ),
        (
            "counts-on-self",
            vec![(RECORD, &["state-leaks"], &["goes on counting"])],
        ),
        (
            "milliseconds",
            vec![(RECORD, &["elapsed-milliseconds"], &["must be in seconds"])],
        ),
        (
            "reads-twice",
            vec![(RECORD, &["no-point-counted"], &["`point_count` is 0, but"])],
        ),
    ]);
}

#[test]
fn mistakes_in_route_chat_are_found() {
    servers_are_found(vec![
        (
            "forgets-yield",
            vec![(
                CHAT,
                &["error-before-data"],
                &["UNKNOWN", "`yield` each message"],
            )],
        ),
        (
            "mutable-default",
            vec![(
                CHAT,
                &["shared-history"],
                &["Each call starts with an empty history"],
            )],
        ),
        (
            "compares-identity",
            vec![(CHAT, &["never-stores"], &["No replies come at all"])],
        ),
        (
            "collects-replies",
            vec![(CHAT, &["replies-at-end"], &["still talking"])],
        ),
        (
            "locks-the-whole-call",
            vec![(
                CHAT,
                &["blocks-other-chats"],
                &["While another chat is open"],
            )],
        ),
        ("is-close", vec![(CHAT, &["nearby"], &["near each other"])]),
        // No table lists these.
        (
            "strips-texts",
            vec![(CHAT, &[], &["\\\"  here  \\\" at", "must come next"])],
        ),
        (
            "forgets-the-oldest",
            vec![(
                CHAT,
                &["history-limited"],
                &["Only the last 2 earlier notes of a place"],
            )],
        ),
    ]);
}

#[test]
fn the_ways_of_the_public_examples_are_named() {
    const UNNAMED: Wrong = (LIST, &["skips-unnamed"], &["as some public RouteGuides do"]);
    const NAMED_ONLY: Wrong = (
        RECORD,
        &["counts-named-only"],
        &["as in the Java and Node examples"],
    );
    const SHARED: Wrong = (
        CHAT,
        &["shared-history"],
        &["the Java, C++, Node and C# examples share it"],
    );
    let dialects: Vec<(&str, &str, Vec<Wrong>)> = vec![
        (
            "go",
            "behaves as the Go example",
            vec![(
                CHAT,
                &["echoes-new-note", "shared-history"],
                &["as an example for Go"],
            )],
        ),
        // Where it dies, it does so last: what the other calls have shown is not lost.
        (
            "go-that-falls",
            "behaves as the Go example",
            vec![
                (
                    LIST,
                    &["dies-between-calls", "unset-field-panics"],
                    &["leaves a corner of the rectangle unset", "went away"],
                ),
                (
                    CHAT,
                    &["echoes-new-note", "shared-history"],
                    &["as an example for Go"],
                ),
            ],
        ),
        (
            "java",
            "behaves as the Java, Node and C# examples",
            vec![UNNAMED, NAMED_ONLY, SHARED],
        ),
        ("cpp", "behaves as the C++ example", vec![SHARED]),
        (
            "node",
            "behaves as the Java, Node and C# examples",
            vec![UNNAMED, NAMED_ONLY, SHARED],
        ),
        (
            "tonic",
            "behaves as tonic's example",
            vec![(
                CHAT,
                &["echoes-new-note"],
                &["as tonic's own RouteGuide does"],
            )],
        ),
    ];
    let Some(python) = python() else { return };
    parallel(dialects, |(kind, whose, wrong)| {
        let (code, report) = check_server(python, kind, "4");
        assert_eq!(code, Some(1), "{kind}: {report:#}");
        assert_found(kind, &report, &wrong);
        let note = report["notes"][0]["message"].as_str().unwrap();
        assert!(note.contains(whose), "{kind}: {note}");
    });
}

fn check_client(
    python: &Python,
    program: &str,
    kind: &str,
    patience: &str,
) -> (Option<i32>, Value) {
    let addr = format!("127.0.0.1:{}", free_port());
    let command = python.command_line(program, kind);
    let run = python.check(&[
        "--addr",
        &addr,
        "--client",
        &command,
        "--timeout",
        patience,
        "--format",
        "json",
    ]);
    (run.code, run.json())
}

#[test]
fn right_clients_pass() {
    let Some(python) = python() else { return };
    let clients = [
        ("client.py", "right"),
        ("client.py", "hurried"),
        ("client.py", "compressed"),
        ("client.py", "reporting"),
        ("client_aio.py", ""),
    ];
    parallel(clients.to_vec(), |(program, kind)| {
        let (code, report) = check_client(python, program, kind, "30");
        assert_eq!(code, Some(0), "{program} {kind}: {report:#}");
    });
}

#[test]
fn mistakes_of_clients_are_found() {
    const LIST: &str = "call-list-features";
    const RECORD: &str = "call-record-route";
    const CHAT: &str = "call-route-chat";
    const RUN: &str = "run-client";
    const HANGS: Wrong = (RUN, &["hangs"], &["did not end by itself"]);
    let Some(python) = python() else { return };
    let kinds: Vec<(&str, Vec<Wrong>)> = vec![
        (
            "ignores-errors",
            vec![
                (LIST, &["ignores-error"], &["DATA_LOSS"]),
                (RECORD, &["ignores-error"], &["DATA_LOSS"]),
                (CHAT, &["ignores-error"], &["DATA_LOSS"]),
            ],
        ),
        (
            "wrong-rectangle",
            vec![(LIST, &["wrong-rectangle"], &["lo 40 -75, hi 43 -73"])],
        ),
        (
            "forgets-the-sign",
            vec![(LIST, &["minus-missing"], &["west and south are negative"])],
        ),
        (
            "other-order",
            vec![(
                RUN,
                &["wrong-order"],
                &["in the order RouteChat, ListFeatures, RecordRoute"],
            )],
        ),
        (
            "prints-nothing",
            vec![
                (LIST, &["prints-nothing"], &["nothing of what came back"]),
                (RECORD, &["prints-nothing"], &["nothing of what came back"]),
                (CHAT, &["prints-nothing"], &["nothing of what came back"]),
            ],
        ),
        (
            "stops-after-the-first",
            vec![(LIST, &["stops-after-first"], &["Read in a loop"])],
        ),
        (
            "never-half-closes",
            vec![
                (
                    RECORD,
                    &["never-half-closes"],
                    &["sent 10 messages and never"],
                ),
                (CHAT, &["rpc-never-called"], &["was stopped before a call"]),
                HANGS,
            ],
        ),
        (
            "waits-for-each-reply",
            vec![
                (
                    CHAT,
                    &["waits-for-each-reply"],
                    &["sent 1 message and then"],
                ),
                HANGS,
            ],
        ),
        (
            "waits-for-the-headers",
            vec![(
                CHAT,
                &["waits-for-headers"],
                &["before you send the first note", "a task beside the call"],
            )],
        ),
        (
            "never-asks",
            vec![
                (RECORD, &["rpc-never-called"], &["never called RecordRoute"]),
                (RUN, &["rpc-never-called"], &["is not proven"]),
            ],
        ),
        (
            "raises-on-the-way",
            vec![
                (RECORD, &[], &["exit code 1", "AttributeError: metres"]),
                (
                    CHAT,
                    &["rpc-never-called"],
                    &["exit code 1 before a call of RouteChat"],
                ),
                (RUN, &[], &["exit code 1"]),
            ],
        ),
    ];
    parallel(kinds, |(kind, wrong)| {
        let (code, report) = check_client(python, "client.py", kind, "4");
        assert_eq!(code, Some(1), "{kind}: {report:#}");
        assert_found(kind, &report, &wrong);
    });
}
