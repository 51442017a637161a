//! What takes too long to be seen from outside: clients that are no longer there.

use std::time::Duration;

use routeguide::proto::RouteNote;
use routeguide::proto::route_guide_client::RouteGuideClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::course::files;

const PING: u8 = 6;

/// The frames of a client that opens a chat: preface, SETTINGS, HEADERS without any compression.
fn opened_chat() -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/routeguide.RouteGuide/RouteChat"),
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
async fn a_client_that_does_not_answer_pings_is_given_up_and_others_are_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let options = Options {
        keep_alive: KeepAlive {
            interval: Duration::from_millis(20),
            timeout: Duration::from_secs(3),
        },
        ..Options::default()
    };
    let incoming = Incoming::new(vec![listener], None, Arc::new(|_| {}));
    let features = Features::from_json(files::DATABASE).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async {
        stopped.await.ok();
    };
    let serving = tokio::spawn(serve(incoming, features, options, stopped, |_| {}));

    let (notes, outgoing) = tokio::sync::mpsc::unbounded_channel();
    let outgoing = tokio_stream::wrappers::UnboundedReceiverStream::new(outgoing);
    let mut client = RouteGuideClient::connect(format!("http://{addr}"))
        .await
        .unwrap();
    let mut replies = client.route_chat(outgoing).await.unwrap().into_inner();

    let mut vanished = TcpStream::connect(addr).await.unwrap();
    vanished.write_all(&opened_chat()).await.unwrap();
    // It takes everything in, and answers nothing.
    let mut received = Vec::new();
    vanished.read_to_end(&mut received).await.unwrap();
    let mut kinds = Vec::new();
    let mut rest = received.as_slice();
    while let [a, b, c, kind, ..] = rest {
        kinds.push(*kind);
        rest = &rest[9 + u32::from_be_bytes([0, *a, *b, *c]) as usize..];
    }
    assert!(kinds.contains(&PING), "{kinds:?}");

    for _ in 0..2 {
        notes.send(RouteNote::default()).unwrap();
    }
    assert!(replies.message().await.unwrap().is_some());
    drop(notes);
    assert!(replies.message().await.unwrap().is_none());
    drop((client, stop));
    serving.await.unwrap().unwrap();
}
