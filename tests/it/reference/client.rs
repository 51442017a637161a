//! The finished client, as a learner runs it.

use std::process::Command;

use super::running::client;
use testkit::guide::{FEATURES, Guide};
use testkit::reference::Server;
use testkit::{Lab, run};

/// It is the lab's own client, which makes the same calls and prints the same lines, but for a route that chance chooses.
#[test]
fn the_client_prints_what_the_program_of_the_finished_track_prints() {
    let lab = Lab::new("reference-client");
    lab.run(["check", "run-client", "--track", "completed"])
        .exits(0);
    let server = Server::start(&[]);
    let own = run(Command::new(lab.path("target/debug/client")).arg(&server.addr)).exits(0);
    let ours = run(&mut client(&server.addr, &[])).exits(0);
    let lines = |text: &str| {
        let kinds = [
            "Looking ",
            "Found ",
            "Travelling ",
            "Sending ",
            "Got ",
            "---",
        ];
        let lines = text.lines();
        let mut lines: Vec<String> = lines
            .filter(|line| kinds.iter().any(|kind| line.starts_with(kind)))
            .map(str::to_string)
            .collect();
        // What is sent and what is received may come in either order.
        lines.sort();
        lines
    };
    assert_eq!(lines(&ours.stdout), lines(&own.stdout));
    assert_eq!(ours.stdout.lines().count(), own.stdout.lines().count());
}

#[test]
fn what_a_server_sends_commands_no_terminal() {
    let nasty = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}";
    let server = Guide::lists(move |_| {
        let mut features = FEATURES.clone();
        features[0].name = nasty.to_string();
        Ok(features)
    });
    let addr = server.serve().to_string();
    let shown = run(&mut client(&addr, &["--rpc", "list-features"]));
    let all = run(&mut client(&addr, &[]));
    for output in [shown.stdout, all.stdout, all.stderr] {
        let command = output.find(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}');
        assert_eq!(command, None, "{output:?}");
    }
}

#[test]
fn the_client_prints_what_the_server_sends() {
    let server = Server::start(&[]);
    let run = run(&mut client(&server.addr, &[])).exits(0);
    let lines = |start: &str| {
        run.stdout
            .lines()
            .filter(|line| line.starts_with(start))
            .count()
    };
    assert_eq!(lines("Found "), 147);
    assert_eq!(lines("Passing "), 10);
    assert_eq!(
        lines("Finished trip with 10 points, passed 10 features, travelled "),
        1
    );
    assert_eq!(lines("Sending "), 5);
    let replies: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("Got "))
        .collect();
    assert_eq!(
        replies,
        [
            "Got \"First message\" at 0, 0",
            "Got \"Third message\" at 1, 0"
        ]
    );
}
