//! `--slow`: every message of the side that streams is held back, and nothing else is changed.

use std::fs;
use std::time::{Duration, Instant};

use super::running::{client, serve};
use testkit::run;

fn took(options: &[&str], addr: &str) -> (Duration, String) {
    let start = Instant::now();
    let run = run(&mut client(addr, options)).exits(0);
    (start.elapsed(), run.stdout)
}

#[test]
fn a_slow_server_holds_every_message_back_and_keeps_their_order() {
    let (_server, addr) = serve(&["--slow", "10"]);
    let (time, features) = took(&["--rpc", "list-features"], &addr);
    // 147 features.
    assert!(time >= Duration::from_millis(147 * 10), "{time:?}");
    let (_quick, quick_addr) = serve(&[]);
    let (_, quick_features) = took(&["--rpc", "list-features"], &quick_addr);
    assert_eq!(features, quick_features);

    let (time, summary) = took(&["--rpc", "record-route", "--points", "30"], &addr);
    // Thirty points, and the half-close.
    assert!(time >= Duration::from_millis(31 * 10), "{time:?}");
    assert!(
        summary.contains("Finished trip with 30 points, passed 30 features"),
        "{summary}"
    );
}

#[test]
fn a_slow_client_holds_back_what_it_sends_and_shows_what_answers_it() {
    let (_server, addr) = serve(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.json");
    let note = |n| format!(r#"{{"location":{{"latitude":1,"longitude":2}},"message":"note {n}"}}"#);
    let notes: Vec<String> = (1..=8).map(note).collect();
    fs::write(&file, format!("[{}]", notes.join(","))).unwrap();
    let options = [
        "--rpc",
        "route-chat",
        "--slow",
        "50",
        "--notes",
        file.to_str().unwrap(),
    ];
    let (time, chat) = took(&options, &addr);
    // Eight notes, and the half-close.
    assert!(time >= Duration::from_millis(9 * 50), "{time:?}");
    let lines: Vec<&str> = chat.lines().collect();
    // A reply for each pair of notes.
    assert_eq!(lines.len(), 8 + 28);
    let place = |text: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(text))
            .unwrap()
    };
    // Each note is named when its turn comes, so the first reply is there long before the last note.
    assert!(
        place("Got \"note 1\"") < place("Sending \"note 8\""),
        "{chat}"
    );
}
