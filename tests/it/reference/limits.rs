//! The limits for one client, and what happens to a client that exceeds them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use routeguide::proto::route_guide_client::RouteGuideClient;
use routeguide::proto::{Point, Rectangle};
use tonic::Code;
use tonic::codec::CompressionEncoding;

use super::raw::Raw;
use testkit::frames::{ACK, MAX_CONCURRENT_STREAMS, SETTINGS};
use testkit::reference::{Chat, NEVER, Server, note};

/// As in `src/reference/limits.rs`.
const STREAMS: u32 = 2_048;
const MESSAGE: usize = 64 << 10;

#[test]
fn the_limit_of_open_calls_is_announced_and_enforced() {
    let mut server = Server::start(&[]);
    let mut raw = Raw::connect(&server.addr, &[]);
    let settings = loop {
        let frame = raw.read().unwrap();
        if frame.kind == SETTINGS && frame.flags & ACK == 0 {
            break frame.payload;
        }
    };
    let told = settings.chunks(6).find_map(|setting| {
        let (name, value) = setting.split_at(2);
        (name == MAX_CONCURRENT_STREAMS.to_be_bytes())
            .then(|| u32::from_be_bytes(value.try_into().unwrap()))
    });
    assert_eq!(told, Some(STREAMS));
    // A client that takes no notice of it.
    for n in 0..=STREAMS {
        raw.call(2 * n + 1, "RouteChat");
    }
    const REFUSED_STREAM: u32 = 7;
    assert_eq!(raw.is_refused(), REFUSED_STREAM);
    server.is_well();
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_its_call_with_a_status() {
    let mut server = Server::start(&[]);
    let client = server.client().await;
    let mut chat = Chat::open(client.clone()).await;
    // The place takes a few bytes, too. One that can be read is refused by the service, whose texts are short.
    for (length, expected) in [
        (MESSAGE - 100, Code::InvalidArgument),
        (MESSAGE, Code::OutOfRange),
    ] {
        let long = note(1, &"x".repeat(length));
        let call = client.clone().route_chat(tokio_stream::iter([long])).await;
        let code = match call {
            Ok(response) => match response.into_inner().message().await {
                Ok(_) => Code::Ok,
                Err(status) => status.code(),
            },
            Err(status) => status.code(),
        };
        assert_eq!(code, expected, "{length}");
    }
    chat.talk().await;
    server.is_well();
}

#[tokio::test]
async fn responses_are_compressed_for_clients_that_ask() {
    let mut server = Server::start(&[]);
    let channel = server.channel().await;
    let usual = || RouteGuideClient::new(channel.clone());
    let everything = || Rectangle {
        lo: Some(Point {
            latitude: i32::MIN,
            longitude: i32::MIN,
        }),
        hi: Some(Point {
            latitude: i32::MAX,
            longitude: i32::MAX,
        }),
    };
    let gzip = CompressionEncoding::Gzip;
    for (mut client, expected) in [
        (usual(), None),
        (usual().accept_compressed(gzip), Some("gzip")),
        (
            usual().accept_compressed(gzip).send_compressed(gzip),
            Some("gzip"),
        ),
        // It compresses what it sends, and cannot read what is compressed.
        (usual().send_compressed(gzip), None),
    ] {
        let response = client.list_features(everything()).await.unwrap();
        let encoding = response.metadata().get("grpc-encoding");
        assert_eq!(
            encoding.map(|value| value.to_str().unwrap().to_string()),
            expected.map(str::to_string)
        );
        let mut features = response.into_inner();
        let mut count = 0;
        while features.message().await.unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, testkit::guide::FEATURES.len());
    }
    // As Python's client lists what it can read, without being told to.
    let mut listed = tonic::Request::new(everything());
    listed.metadata_mut().insert(
        "grpc-accept-encoding",
        "identity, deflate, gzip".parse().unwrap(),
    );
    let response = usual().list_features(listed).await.unwrap();
    assert!(response.metadata().get("grpc-encoding").is_none());
    server.is_well();
}

/// What a server says to a client that says this.
fn answer_to(server: &Server, words: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(&server.addr).unwrap();
    stream.set_read_timeout(Some(NEVER)).unwrap();
    stream.write_all(words).unwrap();
    let mut answer = Vec::new();
    // A reset is an end, too.
    stream.read_to_end(&mut answer).ok();
    answer
}

#[test]
fn clients_of_other_protocols_are_answered_and_reported_once() {
    let mut server = Server::start(&[]);
    let browser = answer_to(&server, b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let browser = String::from_utf8(browser).unwrap();
    assert!(browser.starts_with("HTTP/1.1 505 "), "{browser}");
    assert!(browser.ends_with(
        "\r\n\r\nThis is a gRPC server. It speaks HTTP/2, and browsers cannot call it directly.\n"
    ));
    server.says("speaks HTTP/1, as browsers do");
    // The beginning of a TLS handshake gets what no TLS library takes for an answer to it.
    let tls = answer_to(&server, &[22, 3, 1, 0, 5, 1, 0, 0, 1, 3]);
    assert_eq!(tls, [0, 0, 0, SETTINGS, 0, 0, 0, 0, 0]);
    server.says("uses TLS, and this server does not");
    // It is said once, however often they try.
    for _ in 0..20 {
        answer_to(&server, b"GET / HTTP/1.1\r\n\r\n");
    }
    assert_eq!(answer_to(&server, &[0; 100]), b"");
    server.says("does not speak HTTP/2, which gRPC needs");
    assert_eq!(server.said().matches("HTTP/1, as browsers do").count(), 1);
    server.is_well();
}

#[cfg(unix)]
#[tokio::test]
async fn a_lack_of_file_descriptors_is_reported_once_and_passes() {
    let program = testkit::program();
    let limited = r#"ulimit -n 40 && exec "$0" run-reference --addr 127.0.0.1:0"#;
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(limited).arg(program);
    let mut server = Server::run(command, "Starting server on ");
    let silent: Vec<TcpStream> = (0..60)
        .map(|_| TcpStream::connect(&server.addr).unwrap())
        .collect();
    server.says("warning: cannot accept new connections: ");
    drop(silent);
    // Once descriptors are free again, the next client is served.
    Chat::open(server.client().await).await;
    server.is_well();
    assert_eq!(server.said().matches("cannot accept").count(), 1);
}
