//! Calls that fail: wrong words, servers that are not there or speak something else, and other statuses than OK.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use routeguide::proto::route_guide_server::{RouteGuide, RouteGuideServer};
use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
use testkit::outside::{LOOPBACK, free_port};
use testkit::run;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

use super::{call, call_in, called, course_with};

#[test]
fn wrong_usage_is_told_before_the_server_is_called() {
    // Nothing listens there: a call would exit with 3.
    let addr = format!("127.0.0.1:{}", free_port());
    for (words, said) in [
        (
            &["ListFeature"][..],
            "there is no RPC called `ListFeature`; did you mean `ListFeatures`?\nThese RPCs can be called:\n  \
             rpc ListFeatures(Rectangle) returns (stream Feature);",
        ),
        (&[], "no RPC is named\nThese RPCs can be called:"),
        (
            &["ListFeatures", r#"{"lo": {"lat": 1}}"#],
            "message 1 cannot be sent: Point has no field `lat`; did you mean `latitude`? Its fields are latitude, \
             longitude\n    {\"lo\": {\"lat\": 1}}\n                ^\n",
        ),
        (
            &["RecordRoute", "{}", r#"{"latitude": 4071500000}"#],
            "message 2 cannot be sent: `latitude` is an int32, a whole number, and 4071500000 is out of its range",
        ),
        (
            &["GetFeature", "{latitude: 1}"],
            "message 1 is not valid JSON: the name of a field must be in double quotation marks\n    {latitude: 1}\n     ^\nThe shell may have taken \
             quotation marks away.",
        ),
        (
            &["GetFeature", "{}", "{}"],
            "GetFeature takes one Point, and 2 messages are given",
        ),
        (
            &["GetFeature", "latitude=40.7"],
            "cannot use `latitude=40.7`: `latitude` is an int32",
        ),
        (
            &["RecordRoute", "-", "{}"],
            "`-` reads the messages from standard input",
        ),
        (
            &["GetFeature", "--timeout", "0"],
            "it must be a number of seconds",
        ),
        (
            &["GetFeature", "--timeout", "soon"],
            "it must be a number of seconds",
        ),
        (&["--describe", "Point", "--trace"], "cannot be used with"),
    ] {
        called(&addr, words).exits(2).complains(said);
    }
}

#[test]
fn a_server_that_is_not_there_is_to_be_started() {
    let port = free_port();
    let addr = format!("127.0.0.1:{port}");
    called(&addr, &["ListFeatures"])
        .exits(3)
        .complains(&format!("error: could not connect to {addr}: "))
        .complains(&format!(
            "`routeguide-lab run-reference --addr localhost:{port}`"
        ));
    let course = course_with("");
    let words = ["ListFeatures", "--addr", &addr];
    run(&mut call_in(course.path(), &words))
        .exits(3)
        .complains(&format!("routeguide-lab play --addr localhost:{port}\n"));
    let nowhere = ["ListFeatures", "--addr", "no-such-host.invalid:50051"];
    run(&mut call(&nowhere))
        .exits(3)
        .complains("cannot find the server no-such-host.invalid:50051");
}

/// Something that reads a little of each connection, answers with these bytes, and closes it.
fn answering(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else {
                return;
            };
            // The first connection only shows that something listens.
            if connection.read(&mut [0; 64]).is_ok_and(|count| count > 0) {
                connection.write_all(answer).ok();
            }
        }
    });
    addr
}

#[test]
fn another_protocol_is_named() {
    for (answer, said) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "it answers in HTTP/1",
        ),
        (
            &[0x15, 3, 1, 0, 2, 2, 0x46],
            "it wants an encrypted connection (TLS)",
        ),
        (
            b"220 smtp.example.org\r\n",
            "it answers in an unknown protocol",
        ),
    ] {
        let addr = answering(answer).to_string();
        called(&addr, &["ListFeatures"])
            .exits(3)
            .complains(&format!(
                "Something listens on {addr}, but it does not speak HTTP/2: {said}."
            ));
    }
}

/// A server whose methods fail, or never end.
struct Odd;

type Replies<T> = tokio_stream::wrappers::ReceiverStream<Result<T, Status>>;

#[tonic::async_trait]
impl RouteGuide for Odd {
    type ListFeaturesStream = Replies<Feature>;
    type RouteChatStream = Replies<RouteNote>;

    async fn list_features(
        &self,
        _: Request<Rectangle>,
    ) -> Result<Response<Self::ListFeaturesStream>, Status> {
        let (send, replies) = tokio::sync::mpsc::channel(2);
        send.send(Ok(Feature::default())).await.unwrap();
        let status = Status::invalid_argument("hi is missing\n::error::\u{1b}[2J");
        send.send(Err(status)).await.unwrap();
        Ok(Response::new(replies.into()))
    }

    async fn record_route(
        &self,
        _: Request<Streaming<Point>>,
    ) -> Result<Response<RouteSummary>, Status> {
        std::future::pending().await
    }

    async fn route_chat(
        &self,
        request: Request<Streaming<RouteNote>>,
    ) -> Result<Response<Self::RouteChatStream>, Status> {
        let (send, replies) = tokio::sync::mpsc::channel(2);
        // The replies never end, whatever the client sends.
        tokio::spawn(async move {
            let _open = (send, request);
            std::future::pending::<()>().await;
        });
        Ok(Response::new(replies.into()))
    }

    async fn get_feature(&self, _: Request<Point>) -> Result<Response<Feature>, Status> {
        Err(Status::unimplemented("get_feature is not written yet"))
    }
}

/// The server, as long as the runtime lives.
fn odd() -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind((LOOPBACK, 0)))
        .unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let server = Server::builder().add_service(RouteGuideServer::new(Odd));
    runtime.spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    (runtime, addr)
}

#[test]
fn another_status_is_said_after_the_replies() {
    let (_server, addr) = odd();
    let listed = called(&addr, &["ListFeatures"]).exits(1);
    assert_eq!(listed.stdout, "{\"name\": \"\", \"location\": null}\n");
    assert!(
        listed
            .stderr
            .starts_with("status: INVALID_ARGUMENT: hi is missing ::error::"),
        "{}",
        listed.stderr
    );
    assert!(!listed.stderr.contains('\u{1b}'), "{}", listed.stderr);
    let stub = called(&addr, &["GetFeature"]).exits(1);
    stub.complains("status: UNIMPLEMENTED: get_feature is not written yet\n")
        .complains(&format!(
            "The server at {addr} has no RPC routeguide.RouteGuide/GetFeature, or its method is not written yet."
        ));
    // A server without the service.
    called(&addr, &["Check", "--reflection"])
        .exits(1)
        .complains("does not offer reflection");
}

#[test]
fn a_deadline_ends_a_call_that_does_not() {
    let (_server, addr) = odd();
    for rpc in ["RecordRoute", "RouteChat"] {
        let called = called(&addr, &[rpc, "{}", "--timeout", "0.2"]).exits(1);
        assert_eq!(
            called.stderr,
            "status: DEADLINE_EXCEEDED: the deadline of 0.2 s has passed\n"
        );
    }
}

#[test]
fn a_connection_that_breaks_is_no_status_of_the_server() {
    let (server, addr) = odd();
    let mut command = call(&["RouteChat", "{}", "--addr", &addr, "--trace"]);
    let mut chat =
        crate::reference::running::Running::start(command.stderr(std::process::Stdio::null()));
    chat.until("headers");
    server.shutdown_background();
    assert_eq!(chat.ends(), Some(1));
    let last = chat.read.last().unwrap();
    assert!(last.contains("RouteChat: no status after"), "{last}");
}
