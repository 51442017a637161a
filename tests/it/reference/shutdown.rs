//! The shutdown of the server, and what happens to open calls.

use std::process::Command;
use std::time::{Duration, Instant};

use routeguide::proto::Point;
use rustix::process::Signal;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::raw::Raw;
use testkit::Lab;
use testkit::outside::free_port;
use testkit::reference::{Chat, NEVER, Server};

#[tokio::test]
async fn open_calls_go_on_during_the_grace_period_and_end_with_a_reason() {
    let mut server = Server::start(&["--grace", "2"]);
    let mut chat = Chat::open(server.client().await).await;
    let mut client = server.client().await;
    // A client that never half-closes: the server has not even sent headers yet.
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let points = async_stream::stream! {
        begun.send(()).unwrap();
        yield Point::default();
        std::future::pending::<()>().await;
    };
    let mut same = client.clone();
    let route = tokio::spawn(async move { client.record_route(points).await });
    has_begun.await.unwrap();
    // A later call on the same connection is answered: the server has seen that one, too.
    let summary = same.record_route(tokio_stream::empty()).await.unwrap();
    assert_eq!(summary.into_inner().point_count, 0);

    server.signal(Signal::TERM);
    server.says("Stopping: ");
    server.stops_listening();
    chat.talk().await;
    for status in [chat.ended().await, route.await.unwrap().unwrap_err()] {
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(
            status.message().starts_with("the server is stopping"),
            "{status}"
        );
    }
    assert_eq!(server.ends(), Some(0));
    let said = server.said();
    assert!(
        said.contains("2 calls are still open. The server waits up to 2 s."),
        "{said}"
    );
    assert!(said.contains("2 calls were still open"), "{said}");
}

#[tokio::test]
async fn the_server_ends_as_soon_as_the_last_call_has_ended() {
    let mut server = Server::start(&["--grace", "3600"]);
    let chat = Chat::open(server.client().await).await;
    server.signal(Signal::INT);
    server.says("1 call is still open");
    assert_eq!(chat.close().await.unwrap(), None);
    assert_eq!(server.ends(), Some(0));
    assert!(!server.said().contains("UNAVAILABLE"));
}

#[tokio::test]
async fn a_second_ctrl_c_ends_it_at_once() {
    let mut server = Server::start(&["--grace", "3600"]);
    let _chat = Chat::open(server.client().await).await;
    server.signal(Signal::INT);
    server.says("Press Ctrl-C again to end it now");
    server.signal(Signal::INT);
    assert_eq!(server.ends(), Some(130));
}

#[tokio::test]
async fn health_watchers_learn_of_the_shutdown_and_do_not_delay_it() {
    let mut server = Server::start(&["--grace", "3600"]);
    let mut health = HealthClient::new(server.channel().await);
    for service in ["", "routeguide.RouteGuide"] {
        let request = HealthCheckRequest {
            service: service.to_string(),
        };
        let response = health.check(request).await.unwrap().into_inner();
        assert_eq!(response.status(), ServingStatus::Serving);
    }
    let request = HealthCheckRequest {
        service: "routeguide.RouteGuide".to_string(),
    };
    let mut watched = health.watch(request).await.unwrap().into_inner();
    let first = watched.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);
    server.signal(Signal::INT);
    let next = watched.message().await.unwrap().unwrap();
    assert_eq!(next.status(), ServingStatus::NotServing);
    let end = watched.message().await.unwrap_err();
    assert_eq!(end.code(), Code::Unavailable);
    assert_eq!(server.ends(), Some(0));
    assert!(server.said().contains("Stopping.\n"), "{}", server.said());
}

#[test]
fn clients_that_never_read_and_never_answer_do_not_delay_the_shutdown() {
    let mut server = Server::start(&["--grace", "1"]);
    let idle = Raw::connect(&server.addr, &[]);
    let mut stalled = Raw::connect(&server.addr, &[(super::raw::INITIAL_WINDOW_SIZE, 0)]);
    stalled.list_everything(1);
    stalled.reads_headers();
    let started = Instant::now();
    server.signal(Signal::INT);
    assert_eq!(server.ends(), Some(0));
    // The grace period, and what a slow machine may add.
    assert!(started.elapsed() < NEVER / 4);
    assert!(started.elapsed() >= Duration::from_secs(1));
    drop((idle, stalled));
}

#[test]
fn ctrl_c_ends_the_server_with_success() {
    let mut server = Server::start(&[]);
    server.signal(Signal::INT);
    assert_eq!(server.ends(), Some(0));

    // The same for the server program of the finished track.
    let lab = Lab::new("reference-stop");
    lab.run(["check", "start-server", "--track", "completed"])
        .exits(0);
    let free = format!("127.0.0.1:{}", free_port());
    let mut own = Command::new(lab.path("target/debug/server"));
    own.arg(&free);
    let mut own = Server::run(own, "Starting server on ");
    assert_eq!(own.addr, free);
    // Once it has answered, it waits for Ctrl-C, too.
    lab.run(["run-reference", "client", "--addr", &free])
        .exits(0);
    own.signal(Signal::INT);
    assert_eq!(own.ends(), Some(0));
}
