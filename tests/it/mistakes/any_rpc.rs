//! What can be wrong with any RPC.

use std::net::Ipv4Addr;
use std::sync::Arc;

use routeguide::proto::{Rectangle, RouteNote};
use tokio_stream::StreamExt as _;
use tonic::Status;

use super::list_features::{inside, is_inside, takes};
use super::route_chat::right;
use super::{Row, all_are_found};
use testkit::guide::{FEATURES, Guide, RUNTIME, Replies};
use testkit::outside::check;

#[test]
fn calls_that_disturb_each_other_are_told_from_calls_that_are_wrong_alone() {
    let open = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let one_at_a_time = Guide::streams_features(move |rectangle| {
        let open = Arc::clone(&open);
        Box::pin(async move {
            use std::sync::atomic::Ordering;
            if open.swap(true, Ordering::SeqCst) {
                return Err(Status::resource_exhausted("busy"));
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            open.store(false, Ordering::SeqCst);
            let features = inside(&rectangle).into_iter().map(Ok);
            Ok(Box::pin(tokio_stream::iter(features.collect::<Vec<_>>())) as Replies<_>)
        })
    });
    // The rectangle of the call that came last.
    let asked = Arc::new(std::sync::Mutex::new(Rectangle::default()));
    let last_rectangle = Guide::streams_features(move |rectangle| {
        let asked = Arc::clone(&asked);
        Box::pin(async move {
            *asked.lock().unwrap() = rectangle;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            let rectangle = *asked.lock().unwrap();
            let features = inside(&rectangle).into_iter().map(Ok);
            Ok(Box::pin(tokio_stream::iter(features.collect::<Vec<_>>())) as Replies<_>)
        })
    });
    let rows: Vec<Row> = vec![
        ("state-leaks", one_at_a_time, "While other calls are open"),
        ("state-leaks", last_rectangle, "While other calls are open"),
    ];
    all_are_found("list-features", rows);
}

#[test]
fn mistakes_that_any_rpc_can_make() {
    let lists: Vec<Row> = vec![
        (
            "wrong-status",
            Guide::streams_features(|rectangle| {
                Box::pin(async move {
                    let features = inside(&rectangle).into_iter().map(Ok);
                    let end = std::iter::once(Err(Status::internal("no more")));
                    let stream = tokio_stream::iter(features.chain(end).collect::<Vec<_>>());
                    Ok(Box::pin(stream) as Replies<_>)
                })
            }),
            "it must end with OK",
        ),
        (
            "error-before-data",
            Guide::lists(|_| Err(Status::internal("no database"))),
            "before any message with INTERNAL: no database",
        ),
        (
            "hangs",
            Guide::streams_features(|_| Box::pin(std::future::pending())),
            "and then nothing more",
        ),
        (
            "never-ends",
            Guide::streams_features(|rectangle| {
                Box::pin(async move {
                    let features = tokio_stream::iter(inside(&rectangle).into_iter().map(Ok));
                    let stream = features.chain(tokio_stream::pending());
                    Ok(Box::pin(stream) as Replies<_>)
                })
            }),
            "and then the stream did not end",
        ),
        // As many as are due, but others.
        (
            "hangs",
            Guide::streams_features(|rectangle| {
                Box::pin(async move {
                    let others = inside(&rectangle)
                        .into_iter()
                        .map(|_| Ok(FEATURES[1].clone()));
                    let others: Vec<_> = others.collect();
                    let stream = tokio_stream::iter(others).chain(tokio_stream::pending());
                    Ok(Box::pin(stream) as Replies<_>)
                })
            }),
            "and then nothing more",
        ),
        (
            "floods",
            Guide::streams_features(|_| {
                Box::pin(async {
                    let features = std::iter::repeat_with(|| Ok(FEATURES[0].clone()));
                    Ok(Box::pin(tokio_stream::iter(features)) as Replies<_>)
                })
            }),
            "more than can be right",
        ),
        (
            "unset-field-panics",
            takes(|r, p| {
                let (lo, hi) = (r.lo.unwrap(), r.hi.unwrap());
                is_inside(
                    &Rectangle {
                        lo: Some(lo),
                        hi: Some(hi),
                    },
                    p,
                )
            }),
            "leaves a corner of the rectangle unset",
        ),
    ];
    all_are_found("list-features", lists);
    let routes: Vec<Row> = vec![
        (
            "stops-reading",
            Guide::reads_route(|mut points| {
                Box::pin(async move {
                    points.message().await?;
                    std::future::pending().await
                })
            }),
            "The server stopped reading",
        ),
        (
            "hangs",
            Guide::reads_route(|mut points| {
                Box::pin(async move {
                    while points.message().await?.is_some() {}
                    std::future::pending().await
                })
            }),
            "and then nothing more",
        ),
    ];
    all_are_found("record-route", routes);
    let words = "calls that their clients cancelled";
    all_are_found(
        "route-chat",
        vec![("ignores-cancel", holds_on_after_cancel(), words)],
    );
}

/// The other chats show that the server remembers all that it must: of the one that hangs, no more is said than that.
#[test]
fn a_call_that_hangs_is_no_history_that_is_lost() {
    let addr = hangs_once().serve().to_string();
    let words = [
        "--addr",
        &addr,
        "route-chat",
        "--seed",
        "5",
        "--format",
        "json",
    ];
    let run = check(&words);
    assert_eq!(run.code, Some(1));
    let report = run.json();
    let diagnosis = &report["lessons"][0]["diagnosis"];
    assert_eq!(diagnosis["mistakes"], serde_json::json!([]));
    let message = diagnosis["message"].as_str().unwrap();
    assert!(message.contains("did not come"), "{message}");
}

/// A server whose third chat never begins to be answered.
fn hangs_once() -> Guide {
    let chats = std::sync::atomic::AtomicUsize::new(0);
    Guide::chats(move |mut notes| {
        let is_third = chats.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 2;
        Box::pin(async move {
            if is_third {
                std::future::pending::<()>().await;
            }
            let replies = async_stream::try_stream! {
                let mut earlier: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    for reply in right(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<_>)
        })
    })
}

/// A server with room for ten chats, which leave their room only when they come to their end.
pub fn holds_on_after_cancel() -> Guide {
    let room = Arc::new(tokio::sync::Semaphore::new(10));
    Guide::chats(move |mut notes| {
        let room = Arc::clone(&room);
        Box::pin(async move {
            // Nothing is given back when the call is dropped half-way.
            room.acquire().await.unwrap().forget();
            let replies = async_stream::try_stream! {
                let mut earlier: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    for reply in right(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
                room.add_permits(1);
            };
            Ok(Box::pin(replies) as Replies<_>)
        })
    })
}

/// A client-streaming call that ends with OK and brings no summary. tonic sends one whatever the handler
/// does, so this server is made of HTTP/2.
#[test]
fn a_summary_that_is_left_out_is_missed() {
    let listener = RUNTIME
        .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    RUNTIME.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answers_nothing(stream));
        }
    });
    let report = check(&["--addr", &addr, "record-route", "--format", "json"])
        .exits(1)
        .json();
    let diagnosis = &report["lessons"][0]["diagnosis"];
    assert_eq!(
        diagnosis["mistakes"],
        serde_json::json!(["replies-nothing"])
    );
    assert!(
        diagnosis["message"]
            .as_str()
            .unwrap()
            .contains("but without an answer")
    );
}

/// Reads each call to its half-close, and ends it with OK.
async fn answers_nothing(stream: tokio::net::TcpStream) {
    // A connection that only says hello is none of ours.
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        tokio::spawn(async move {
            let mut body = request.into_body();
            while let Some(Ok(bytes)) = body.data().await {
                body.flow_control().release_capacity(bytes.len()).unwrap();
            }
            let response = http::Response::builder().header("content-type", "application/grpc");
            let mut end = respond
                .send_response(response.body(()).unwrap(), false)
                .unwrap();
            let status = ("grpc-status".parse().unwrap(), "0".parse().unwrap());
            end.send_trailers(http::HeaderMap::from_iter([status]))
                .unwrap();
        });
    }
}
