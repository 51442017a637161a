//! `--trace`: every call is drawn while it happens.

use routeguide::proto::Point;
use routeguide::proto::route_guide_client::RouteGuideClient;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;

use super::running::{client, of_call, place, serve};
use testkit::reference::Server;
use testkit::run;

#[test]
fn the_calls_of_the_completed_client_are_drawn_in_order() {
    let (mut server, addr) = serve(&["--trace"]);
    run(&mut client(&addr, &[])).exits(0);
    server.until("── RouteChat: OK");
    let lines = server.end();
    let calls = [1, 2, 3].map(|call| of_call(&lines, call));
    let in_order = |call: usize, events: &[&str]| {
        let lines = &calls[call - 1];
        let places: Vec<usize> = events.iter().map(|event| place(lines, event)).collect();
        assert!(places.is_sorted(), "{lines:#?}");
    };
    in_order(
        1,
        &[
            "0 µs ListFeatures ───▶",
            "from 127.0.0.1:",
            "user-agent: tonic/",
            "lo 40 -75, hi 42 -73 ───▶",
            "half-close ───▶",
            "◀─── headers",
            "◀─── \"Manhattan City Hall",
            " more …",
            "◀─── OK",
            "── ListFeatures: OK after ",
        ],
    );
    in_order(
        2,
        &[
            "RecordRoute ───▶",
            "half-close ───▶",
            "◀─── 10 points, 10 feature",
            "◀─── OK",
        ],
    );
    assert!(calls[1].last().unwrap().ends_with("10 messages ▶, 1 ◀"));
    in_order(
        3,
        &[
            "RouteChat ───▶",
            "\"First message\" at (0, 0) ───▶",
            "\"Fourth message\" at (0, 0) ───▶",
            "◀─── \"First message\" at (0, 0)",
            "◀─── \"Third message\" at (1, 0)",
            "◀─── OK",
        ],
    );
    assert!(calls[2].last().unwrap().ends_with("5 messages ▶, 2 ◀"));
    // Messages that are not drawn are counted.
    let shown = calls[0]
        .iter()
        .filter(|line| line.contains("◀─── \"") || line.contains("◀─── a "));
    let folded = calls[0].iter().filter_map(|line| {
        let (_, rest) = line.split_once("… ")?;
        rest.split_once(" more")?.0.parse::<usize>().ok()
    });
    assert_eq!(
        shown.count() + folded.sum::<usize>(),
        147,
        "{:#?}",
        calls[0]
    );
    // What is no terminal gets no colours.
    assert!(lines.iter().all(|line| !line.contains('\u{1b}')));
}

#[test]
fn many_calls_at_once_are_told_apart() {
    let (mut server, addr) = serve(&["--trace"]);
    let clients: Vec<_> = (0..8)
        .map(|_| client(&addr, &["--rpc", "route-chat"]))
        .map(|mut client| std::thread::spawn(move || run(&mut client).exits(0)))
        .collect();
    for client in clients {
        client.join().unwrap();
    }
    for _ in 0..8 {
        server.until("── RouteChat: OK");
    }
    let lines = server.end();
    for call in 1..=8 {
        let lines = of_call(&lines, call);
        assert!(lines[0].starts_with("0 µs RouteChat"), "{lines:#?}");
        let sent = lines.iter().filter(|line| line.ends_with("───▶")).count();
        // The opening, five notes, and the half-close.
        assert_eq!(sent, 7, "{lines:#?}");
        assert!(lines.last().unwrap().ends_with("5 messages ▶, 2 ◀"));
    }
}

async fn channel(addr: &str) -> Channel {
    let endpoint = Channel::from_shared(format!("http://{addr}")).unwrap();
    endpoint.connect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_cancelled_and_one_that_nobody_serves_are_told() {
    let (mut server, addr) = serve(&["--trace"]);
    let channel = channel(&addr).await;
    let mut stub = RouteGuideClient::new(channel.clone());
    let points = tokio_stream::iter([1, 2].map(|latitude| Point {
        latitude,
        longitude: 0,
    }));
    let open = tokio_stream::StreamExt::chain(points, tokio_stream::pending());
    let call = tokio::spawn(async move { stub.record_route(open).await });
    server.until("(2, 0)");
    call.abort();
    server.until("── RecordRoute: no status");

    let mut other = tonic::client::Grpc::new(channel);
    other.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<Point, Point>::default();
    let path = PathAndQuery::from_static("/routeguide.RouteGuide/NoSuchMethod");
    let request = tonic::Request::new(Point::default());
    let refused = other.unary(request, path, codec).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unimplemented);
    server.until("NoSuchMethod: UNIMPLEMENTED");

    let lines = server.end();
    let (route, unknown) = (of_call(&lines, 1), of_call(&lines, 2));
    let cancelled = route.iter().find(|line| line.contains("cancelled"));
    assert!(cancelled.unwrap().ends_with("───▶"), "{route:#?}");
    assert!(
        !route.iter().any(|line| line.contains("half-close")),
        "{route:#?}"
    );
    let status = place(&unknown, "◀─── UNIMPLEMENTED");
    assert!(
        unknown[status + 1].starts_with("trailers only"),
        "{unknown:#?}"
    );
}

#[test]
fn a_flood_is_counted_and_harms_nobody() {
    let (mut server, addr) = serve(&["--trace"]);
    let options = ["--rpc", "record-route", "--points", "200000"];
    run(&mut client(&addr, &options))
        .exits(0)
        .says("with 200000 points");
    server.until("── RecordRoute: OK");
    let lines = server.end();
    assert!(lines.last().unwrap().ends_with("200000 messages ▶, 1 ◀"));
    assert!(lines.len() < 20_000, "{}", lines.len());
}

#[test]
fn a_reader_who_stands_still_holds_up_no_call() {
    // Only the first line is read; what is drawn fills the pipe, and stays there.
    let server = Server::start(&["--trace"]);
    for _ in 0..10 {
        let options = ["--rpc", "record-route", "--points", "20000"];
        run(&mut client(&server.addr, &options)).exits(0);
        run(&mut client(&server.addr, &[])).exits(0);
    }
}

#[test]
fn the_client_draws_its_own_side() {
    let (_server, addr) = serve(&[]);
    let run = run(&mut client(&addr, &["--rpc", "RouteChat", "--trace"])).exits(0);
    let lines: Vec<String> = run.stdout.lines().map(str::to_string).collect();
    let call = of_call(&lines, 1);
    for event in [
        "\"Fifth message\" at (1, 0) ───▶",
        "half-close ───▶",
        "◀─── headers",
        "◀─── \"Third message\" at (1, 0)",
        "── RouteChat: OK after",
    ] {
        place(&call, event);
    }
    assert!(!run.stdout.contains("Sending"), "{}", run.stdout);
}

#[test]
fn nothing_is_drawn_unless_asked() {
    let (mut server, addr) = serve(&[]);
    run(&mut client(&addr, &[])).exits(0);
    // There is no condition to wait for: what must not come has had the time of two whole clients.
    run(&mut client(&addr, &[])).exits(0);
    server.read.clear();
    assert_eq!(server.end(), Vec::<String>::new());
}
