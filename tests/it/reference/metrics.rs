//! `--metrics`: figures for Prometheus.

use std::net::TcpListener;

use super::running::{client, lab, serve};
use testkit::reference::{get, request};
use testkit::run;

#[test]
fn calls_and_messages_are_counted() {
    let (mut server, addr) = serve(&["--metrics", "127.0.0.1:0"]);
    let line = server.until("Metrics on ");
    let page = line
        .trim_start_matches("Metrics on http://")
        .trim_end_matches("/metrics");
    for _ in 0..2 {
        run(&mut client(&addr, &[])).exits(0);
    }
    let answer = get(page, "/metrics");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("content-type: application/openmetrics-text; version=1.0.0"),
        "{answer}"
    );
    assert!(answer.ends_with("# EOF\n"), "{answer}");
    let list = r#"grpc_service="routeguide.RouteGuide",grpc_method="ListFeatures",grpc_type="server_stream""#;
    let record = r#"grpc_service="routeguide.RouteGuide",grpc_method="RecordRoute",grpc_type="client_stream""#;
    let chat =
        r#"grpc_service="routeguide.RouteGuide",grpc_method="RouteChat",grpc_type="bidi_stream""#;
    for line in [
        format!("grpc_server_started_total{{{list}}} 2"),
        format!("grpc_server_handled_total{{{list},grpc_code=\"OK\"}} 2"),
        format!("grpc_server_msg_received_total{{{list}}} 2"),
        format!("grpc_server_msg_sent_total{{{list}}} 294"),
        format!("grpc_server_msg_received_total{{{record}}} 20"),
        format!("grpc_server_msg_sent_total{{{record}}} 2"),
        format!("grpc_server_msg_received_total{{{chat}}} 10"),
        format!("grpc_server_msg_sent_total{{{chat}}} 4"),
        format!("grpc_server_open_calls{{{chat}}} 0"),
        format!("grpc_server_handling_seconds_count{{{chat}}} 2"),
    ] {
        assert!(
            answer.lines().any(|there| there == line),
            "no {line} in\n{answer}"
        );
    }
    assert!(get(page, "/").starts_with("HTTP/1.1 404 "));
    let refused = request(page, "POST", "/metrics");
    assert!(refused.starts_with("HTTP/1.1 405 "), "{refused}");
    assert!(refused.contains("\r\nallow: GET, HEAD\r\n"), "{refused}");
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_served() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let server = ["run-reference", "--addr", "127.0.0.1:0", "--metrics", &addr];
    let run = run(&mut lab(&server)).exits(3);
    assert_eq!(run.stdout, "");
    run.complains(&format!("cannot show metrics on {addr}"))
        .complains("Choose another port");
}
