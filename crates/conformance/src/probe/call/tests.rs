//! Calls that are refused before they are begun, and calls that are cancelled.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::messages::{Point, Rpc};
use crate::probe::script::MessageLimits;

const PATIENCE: Duration = Duration::from_secs(20);

/// What a server does with a call before it answers one.
#[derive(Clone, Copy)]
enum Refusal {
    /// Resets the stream as one that it has not begun to work on.
    Stream,
    /// Gives up the connection without an error, and takes the call on another.
    Connection,
    /// Answers as a proxy does that does not reach the server behind it.
    Proxy,
    /// Resets the stream with an error.
    WithError,
}

/// A server that refuses the first calls in this way, and ends all others with OK; and how often it was called.
async fn server(refused: usize, refusal: Refusal) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap();
    let addr = listener.local_addr().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut connection = h2::server::handshake(socket).await.unwrap();
                while let Some(Ok((_request, mut answer))) = connection.accept().await {
                    let is_refused = count.fetch_add(1, Ordering::SeqCst) < refused;
                    let response = http::Response::builder();
                    match refusal {
                        Refusal::Stream if is_refused => answer.send_reset(Reason::REFUSED_STREAM),
                        Refusal::WithError if is_refused => {
                            answer.send_reset(Reason::INTERNAL_ERROR)
                        }
                        Refusal::Connection if is_refused => {
                            answer.send_reset(Reason::REFUSED_STREAM);
                            connection.graceful_shutdown();
                        }
                        Refusal::Proxy if is_refused => {
                            let response = response.status(502).body(()).unwrap();
                            answer.send_response(response, true).unwrap();
                        }
                        _ => {
                            let response = response
                                .header("content-type", "application/grpc")
                                .header("grpc-status", "0")
                                .body(())
                                .unwrap();
                            answer.send_response(response, true).unwrap();
                        }
                    }
                }
            });
        }
    });
    (addr, calls)
}

/// The names of what happened in a call of two points, and how often the server was called.
async fn played(refused: usize, refusal: Refusal) -> (Transcript, usize) {
    let (addr, calls) = server(refused, refusal).await;
    let channel = open(&addr.to_string(), PATIENCE).await.unwrap();
    let steps = vec![Step::Send(Message::Point(Point::default())); 2];
    let transcript = play(channel, &script(steps)).await;
    (transcript, calls.load(Ordering::SeqCst))
}

fn script(steps: Vec<Step>) -> Script {
    Script {
        rpc: Rpc::RecordRoute,
        steps,
        expected: Expected::Count(1),
        limits: MessageLimits {
            messages: 10,
            bytes: 1_000,
        },
        patience: PATIENCE,
        activity: Activity::default(),
    }
}

#[tokio::test]
async fn a_call_that_was_not_begun_is_made_again_and_nothing_else_is_seen_of_it() {
    for refusal in [Refusal::Stream, Refusal::Connection, Refusal::Proxy] {
        let (transcript, calls) = played(3, refusal).await;
        assert_eq!(calls, 4);
        let status = transcript.status().unwrap();
        assert!(status.is_ok(), "{status:?}");
        assert_eq!(transcript.sent().count(), 2);
    }
}

#[tokio::test]
async fn a_call_that_failed_is_not_made_again() {
    let (transcript, calls) = played(1, Refusal::WithError).await;
    assert_eq!(calls, 1);
    assert!(transcript.status().unwrap().broke_off());
}

#[tokio::test]
async fn a_server_that_refuses_every_call_is_told_so_in_the_end() {
    let (transcript, calls) = played(usize::MAX, Refusal::Stream).await;
    assert!(calls > 10, "{calls}");
    assert!(transcript.status().unwrap().broke_off());
}

/// How the requests of calls end at a server that sends one message in each.
async fn ends_of_requests(listener: tokio::net::TcpListener, ends: mpsc::Sender<Option<Reason>>) {
    let (socket, _) = listener.accept().await.unwrap();
    let mut connection = h2::server::handshake(socket).await.unwrap();
    while let Some(Ok((request, mut answer))) = connection.accept().await {
        let ends = ends.clone();
        tokio::spawn(async move {
            let response = http::Response::builder().header("content-type", "application/grpc");
            let mut stream = answer
                .send_response(response.body(()).unwrap(), false)
                .unwrap();
            stream.send_data(vec![0; 5].into(), false).unwrap();
            let mut body = request.into_body();
            let end = loop {
                match body.data().await {
                    None => break None,
                    Some(Ok(_)) => {}
                    Some(Err(error)) => break error.reason(),
                }
            };
            ends.send(end).await.unwrap();
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_is_reset_and_not_half_closed_before() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let (sender, mut ends) = mpsc::channel(1);
    tokio::spawn(ends_of_requests(listener, sender));
    let channel = open(&addr, PATIENCE).await.unwrap();
    let steps = [
        Step::Send(Message::Point(Point::default())),
        Step::AwaitCount(1),
        Step::Cancel,
    ];
    for _ in 0..200 {
        let transcript = play(channel.clone(), &script(steps.to_vec())).await;
        assert!(
            transcript
                .position(|what| matches!(what, EventKind::Cancelled))
                .is_some()
        );
        assert_eq!(ends.recv().await, Some(Some(Reason::CANCEL)));
    }
}
