//! Calls that send or want far more than others do. The figures of the server show what reached it and how it ended;
//! the server goes on, its memory stays in bounds, and another client that talks to it meanwhile notices nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use routeguide::proto::{Point, RouteNote};
use tokio::task::JoinSet;

use super::bystander::{BYSTANDER, beside_another, blocking};
use super::raw::{INITIAL_WINDOW_SIZE, Raw};
use testkit::frames::DATA;
use testkit::reference::{Chat, Figures, Server, note};

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_far_too_long() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            for _ in 0..20 {
                let mut raw = Raw::connect(&addr, &[]);
                raw.call(1, "RouteChat");
                raw.reads_headers();
                // It announces 4 GiB, and begins to send, whatever the server says to that.
                raw.wire
                    .frame(DATA, 0, 1, &[0, 0xff, 0xff, 0xff, 0xff])
                    .unwrap();
                raw.reads_headers();
                for _ in 0..50 {
                    if raw.wire.frame(DATA, 0, 1, &[0; 16_000]).is_err() {
                        break;
                    }
                }
                raw.wire.close().ok();
                raw.is_closed();
            }
            figures.wait("each is refused for its length", |figures| {
                figures.ended("RouteChat", "OUT_OF_RANGE") == 20
            });
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn points_in_a_hurry() {
    // h2 takes a flood of small frames for an attack, unless it is told otherwise.
    beside_another(async |server, figures| {
        let mut client = server.client().await;
        let points = (0..100_000).map(|n| Point {
            latitude: n,
            longitude: n,
        });
        let points = futures_util::stream::iter(points.collect::<Vec<_>>());
        let summary = client.record_route(points).await.unwrap().into_inner();
        assert_eq!(summary.point_count, 100_000);
        assert_eq!(figures.received("RecordRoute"), 100_000);
    })
    .await;
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            // One frame for each point, and no waiting: all together are less than the window of the stream, which
            // counts from the acknowledgement of the server's settings on.
            let mut raw = Raw::connect(&addr, &[]);
            raw.begin();
            raw.call(1, "RecordRoute");
            raw.burst(1, 50_000);
            raw.message(1, &[], true).unwrap();
            raw.reads_headers();
            // The last message, which is empty, is a point too.
            figures.wait("all points have come", |figures| {
                figures.received("RecordRoute") == 50_000 + 1
                    && figures.ended("RecordRoute", "OK") == 1
            });
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_chats_over_one_connection() {
    beside_another(async |server, figures| {
        let client = server.client().await;
        let mut chats = JoinSet::new();
        for _ in 0..1_000 {
            chats.spawn(Chat::open(client.clone()));
        }
        let mut open = chats.join_all().await;
        assert_eq!(figures.open("RouteChat"), 1_000 + BYSTANDER);
        // All at once, several times.
        for _ in 0..3 {
            let mut talks = JoinSet::new();
            for mut chat in open {
                talks.spawn(async move {
                    chat.talk().await;
                    chat
                });
            }
            open = talks.join_all().await;
        }
        for chat in open {
            assert_eq!(chat.close().await.unwrap(), None);
        }
        figures.wait("they have ended well", |figures| {
            figures.ended("RouteChat", "OK") == 1_000
        });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_nobody_takes() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            use prost::Message as _;
            // Each note calls for all those before it, and no window is ever opened for them.
            let all: Vec<Raw> = (0..10)
                .map(|_| {
                    let raw = Raw::connect(&addr, &[(INITIAL_WINDOW_SIZE, 0)]);
                    raw.call(1, "RouteChat");
                    let text = note(1, &"x".repeat(1_000)).encode_to_vec();
                    for _ in 0..50 {
                        raw.message(1, &text, false).unwrap();
                    }
                    raw
                })
                .collect();
            figures.wait("the chats are open, and notes have come", |figures| {
                figures.open("RouteChat") == 10 + BYSTANDER
            });
            // None of them can have ended: their replies have not been taken.
            assert_eq!(figures.started("RouteChat"), 10 + BYSTANDER);
            drop(all);
        };
        blocking(work, server, figures).await;
    })
    .await;
}

/// Sends notes until the call ends, and returns how many were taken and how it ended. Replies are read, but for those
/// that come after the end.
async fn sends_notes(
    server: &Server,
    notes: impl Iterator<Item = RouteNote> + Send + 'static,
) -> (usize, tonic::Status) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let notes = notes.inspect(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let mut client = server.client().await;
    let replies = client.route_chat(futures_util::stream::iter(notes)).await;
    let mut replies = replies.unwrap().into_inner();
    loop {
        match replies.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("all notes were taken"),
            Err(status) => return (taken.load(Ordering::Relaxed), status),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_notes_at_one_place() {
    beside_another(async |server, figures| {
        let notes = (0..1_000_000).map(|_| note(1, "again"));
        let (taken, status) = sends_notes(server, notes).await;
        assert_eq!(status.code(), tonic::Code::ResourceExhausted, "{status}");
        assert!((2_000..1_000_000).contains(&taken), "{taken}");
        assert_eq!(figures.ended("RouteChat", "RESOURCE_EXHAUSTED"), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_at_more_places_than_memory_holds() {
    beside_another(async |server, figures| {
        for text in ["here", &"x".repeat(1_000)] {
            let text = text.to_string();
            let notes = (0..i32::MAX).map(move |place| note(place, &text));
            let (taken, status) = sends_notes(server, notes).await;
            assert_eq!(status.code(), tonic::Code::ResourceExhausted, "{status}");
            assert!(taken > 2_000, "{taken}");
        }
        assert_eq!(figures.ended("RouteChat", "RESOURCE_EXHAUSTED"), 2);
    })
    .await;
}
