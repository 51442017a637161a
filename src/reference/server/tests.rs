//! What takes too long to be tested from outside: clients that have left.

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use super::*;
use crate::course::files;

const PING: u8 = 6;

/// The frames of a client that starts a call: preface, SETTINGS, and HEADERS without compression.
fn started_call() -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/grpc.health.v1.Health/Watch"),
        ("content-type", "application/grpc"),
    ] {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend(text.as_bytes());
        }
    }
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    bytes.extend([0, 0, u8::try_from(block.len()).unwrap(), 1, 4, 0, 0, 0, 1]);
    bytes.extend(block);
    bytes
}

#[tokio::test]
async fn a_client_that_does_not_answer_pings_is_disconnected_and_others_are_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let options = ServerOptions {
        keep_alive: KeepAlive {
            interval: Duration::from_millis(20),
            timeout: Duration::from_secs(3),
        },
        ..ServerOptions::default()
    };
    let incoming = Incoming::new(vec![listener], None, Arc::new(|_| {}));
    let features = Features::from_json(files::DATABASE).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async {
        stopped.await.ok();
    };
    let serving = tokio::spawn(serve(incoming, features, options, stopped, |_| {}));

    let channel = Channel::from_shared(format!("http://{addr}")).unwrap();
    let mut client = HealthClient::new(channel.connect().await.unwrap());
    let request = HealthCheckRequest::default();
    let watch = client.watch(request.clone()).await.unwrap();
    let mut watch = watch.into_inner();
    assert!(watch.message().await.unwrap().is_some());

    let mut vanished = TcpStream::connect(addr).await.unwrap();
    vanished.write_all(&started_call()).await.unwrap();
    // It reads everything, and answers nothing.
    let mut received = Vec::new();
    vanished.read_to_end(&mut received).await.unwrap();
    let mut kinds = Vec::new();
    let mut rest = received.as_slice();
    while let [a, b, c, kind, ..] = rest {
        kinds.push(*kind);
        rest = &rest[9 + u32::from_be_bytes([0, *a, *b, *c]) as usize..];
    }
    assert!(kinds.contains(&PING), "{kinds:?}");

    client.check(request).await.unwrap();
    assert!(
        watch.message().now_or_never().is_none(),
        "the call has ended"
    );
    drop((client, watch, stop));
    serving.await.unwrap().unwrap();
}
