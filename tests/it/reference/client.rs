//! The finished client, as a learner runs it.

use super::running::client;
use testkit::reference::Server;
use testkit::run;

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
