//! The finished server and client, run as a learner runs them.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

#[path = "../support/mod.rs"]
mod support;

mod abuse;
mod addresses;
mod errands;
mod limits;
mod metrics;
mod raw;
#[allow(dead_code, reason = "the soak and the tests of TLS use more of it")]
mod server;
mod slow;
#[cfg(unix)]
mod stopping;
mod stranger;
mod trace;
mod traps;
mod watching;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use support::Lab;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

/// A running `run-reference`; it is killed if a test fails.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Starts the finished server on a free port, and reads from its announcement which one.
fn start(lab: &Lab) -> (Server, String) {
    let mut command = lab.command(["run-reference", "--addr", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let addr = line
        .trim_end()
        .strip_prefix("Starting server on ")
        .unwrap()
        .to_string();
    (Server(child), addr)
}

#[test]
fn the_client_prints_what_the_server_sends() {
    let lab = Lab::new("reference");
    let (_server, addr) = start(&lab);
    let run = lab
        .run(["run-reference", "client", "--addr", &addr])
        .exits(0);
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

#[tokio::test]
async fn tools_can_ask_the_server_what_it_offers() {
    let lab = Lab::new("reflection");
    let (_server, addr) = start(&lab);
    let channel = tonic::transport::Channel::from_shared(format!("http://{addr}")).unwrap();
    let mut client = ServerReflectionClient::new(channel.connect().await.unwrap());
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = client
        .server_reflection_info(tokio_stream::once(question))
        .await
        .unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    assert!(
        list.service
            .iter()
            .any(|service| service.name == "routeguide.RouteGuide")
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_server_in_peace() {
    use rustix::process::{Pid, Signal, kill_process};
    let lab = Lab::new("reference-stop");
    let (mut server, _) = start(&lab);
    kill_process(
        Pid::from_raw(server.0.id().try_into().unwrap()).unwrap(),
        Signal::INT,
    )
    .unwrap();
    assert_eq!(server.0.wait().unwrap().code(), Some(0));

    // The same for the server program of the finished track.
    lab.run(["check", "start-server", "--track", "completed"])
        .exits(0);
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut own = std::process::Command::new(lab.path("target/debug/server"));
    own.arg(free.to_string()).stdout(Stdio::piped());
    let mut own = Server(own.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(own.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, format!("Starting server on {free}\n"));
    // Once it has answered, it waits for Ctrl-C, too.
    lab.run(["run-reference", "client", "--addr", &free.to_string()])
        .exits(0);
    kill_process(
        Pid::from_raw(own.0.id().try_into().unwrap()).unwrap(),
        Signal::INT,
    )
    .unwrap();
    assert_eq!(own.0.wait().unwrap().code(), Some(0));
}
