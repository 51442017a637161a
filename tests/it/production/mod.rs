//! Part two: what people get wrong who write a server or a client for production, checked over TCP through the real binary.

mod bound_memory;
mod cancel;
mod clients;
mod deadlines;
mod error_details;
mod health_and_reflection;
mod return_status;

use testkit::Run;
use testkit::guide::Guide;
use testkit::outside::{check, free_port};
use testkit::parallel;
use testkit::python::python;

/// A server that makes a mistake: the id (or several, apart by spaces), the server, and a word of the sentence that is due.
type Server = (&'static str, Guide, &'static str);

/// Asserts that the check of a lesson names a mistake, and says why.
#[track_caller]
fn assert_named(lesson: &str, run: &Run, id: &str, words: &str) {
    assert_eq!(run.code, Some(1), "{id}: {}{}", run.stdout, run.stderr);
    let report = run.json();
    let found = &report["lessons"][0];
    assert_eq!(found["lesson"], lesson);
    let diagnosis = &found["diagnosis"];
    let ids = diagnosis["mistakes"].as_array().unwrap();
    let expected: Vec<&str> = id.split(' ').collect();
    assert_eq!(
        serde_json::json!(ids),
        serde_json::json!(expected),
        "{id}: {diagnosis:#}"
    );
    let message = diagnosis["message"].as_str().unwrap();
    assert!(message.contains(words), "{id}: {message}");
    assert!(diagnosis["hint"].is_string(), "{id}: {diagnosis:#}");
}

/// Checks each server by a lesson, and asserts that its mistake is named.
fn servers_are_named(lesson: &str, servers: Vec<Server>) {
    parallel(servers, |(id, guide, words)| {
        let addr = guide.serve().to_string();
        let run = check(&["--addr", &addr, lesson, "--format", "json"]);
        assert_named(lesson, &run, id, words);
    });
}

/// Checks servers in Python by a lesson: right ones, which have no id, and wrong ones.
fn python_servers(lesson: &str, kinds: Vec<(&'static str, Option<&'static str>)>) {
    let Some(python) = python() else { return };
    parallel(kinds, |(kind, id)| {
        let server = python.serve(kind);
        let words = [
            "--addr",
            &server.addr,
            lesson,
            "--timeout",
            "10",
            "--format",
            "json",
        ];
        let run = python.check(&words);
        match id {
            Some(id) => assert_named(lesson, &run, id, ""),
            None => assert_eq!(run.code, Some(0), "{kind}: {}{}", run.stdout, run.stderr),
        }
    });
}

/// Checks clients in Python by a lesson: right ones, which have no id, and wrong ones.
fn python_clients(lesson: &str, kinds: Vec<(&'static str, Option<&'static str>)>) {
    let Some(python) = python() else { return };
    parallel(kinds, |(kind, id)| {
        let addr = format!("127.0.0.1:{}", free_port());
        let client = python.command_line("client.py", kind);
        let words = [
            "--addr",
            &addr,
            "--client",
            &client,
            lesson,
            "--timeout",
            "4",
            "--format",
            "json",
        ];
        let run = python.check(&words);
        match id {
            Some(id) => assert_named(lesson, &run, id, ""),
            None => assert_eq!(run.code, Some(0), "{kind}: {}{}", run.stdout, run.stderr),
        }
    });
}

/// The finished server, as `run-reference` hosts it, with limits of its own.
#[test]
fn the_reference_server_does_what_part_two_asks_of_servers() {
    let server = testkit::reference::Server::start(&[]);
    let addr = server.addr.clone();
    check(&[
        "--addr",
        &addr,
        "return-status",
        "error-details",
        "bound-memory",
        "get-feature",
    ])
    .exits(0);
}
