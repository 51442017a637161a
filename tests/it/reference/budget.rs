//! What all clients together may make the server hold, and that it is given back.

use routeguide::proto::RouteNote;
use routeguide::proto::route_guide_client::RouteGuideClient;
use tokio::task::JoinSet;
use tonic::Code;
use tonic::transport::Channel;

use super::bystander::{BYSTANDER, beside_another, blocking};
use super::raw::{INITIAL_WINDOW_SIZE, Raw};
use testkit::reference::note;

/// As in `src/reference/limits.rs`.
const CALLS: u64 = 8_192;
const STREAMS: u32 = 2_048;
/// How many notes a chat may have, as in `route_chat` of the completed track.
const MOST_NOTES: i32 = 2_000;

/// Leaves notes of 1,000 characters, of four bytes each, at different places, and keeps the call open once all have been taken. Returns how
/// the call ends if the server ends it.
async fn fill(mut client: RouteGuideClient<Channel>, notes: i32) -> Option<Code> {
    let (sender, outgoing) = tokio::sync::mpsc::channel::<RouteNote>(256);
    let outgoing = tokio_stream::wrappers::ReceiverStream::new(outgoing);
    let mut replies = match client.route_chat(outgoing).await {
        Ok(response) => response.into_inner(),
        Err(status) => return Some(status.code()),
    };
    for place in 0..notes {
        if sender.send(note(place, &"😀".repeat(1_000))).await.is_err() {
            break;
        }
    }
    // The first note comes back after all the others have been taken.
    sender.send(note(0, "the last")).await.ok();
    match replies.message().await {
        Ok(_) => None,
        Err(status) => Some(status.code()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_long_chats() {
    beside_another(async |server, _| {
        for channels in [1, 40] {
            let shared = server.client().await;
            let mut chats = JoinSet::new();
            for _ in 0..40 {
                let client = match channels {
                    1 => shared.clone(),
                    _ => server.client().await,
                };
                chats.spawn(fill(client, MOST_NOTES - 1));
            }
            let ends = chats.join_all().await;
            let refused = ends.iter().flatten().collect::<Vec<_>>();
            assert!(refused.len() > 20, "{ends:?}");
            assert!(
                refused.iter().all(|code| **code == Code::ResourceExhausted),
                "{ends:?}"
            );
        }
        // All has been given back.
        assert_eq!(fill(server.client().await, MOST_NOTES - 1).await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_note_counts_with_its_length() {
    beside_another(async |server, _| {
        let mut chats = JoinSet::new();
        for _ in 0..40 {
            let client = server.client().await;
            let client = client.send_compressed(tonic::codec::CompressionEncoding::Gzip);
            chats.spawn(fill(client, MOST_NOTES - 1));
        }
        let ends = chats.join_all().await;
        assert!(ends.iter().flatten().count() > 20, "{ends:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_open_routes_than_one_server_keeps() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: testkit::reference::Figures| {
            let all: Vec<Raw> = (0..8)
                .map(|_| {
                    let raw = Raw::connect(&addr, &[]);
                    for n in 0..STREAMS - 8 {
                        raw.call(2 * n + 1, "RecordRoute");
                    }
                    raw
                })
                .collect();
            let calls = 8 * u64::from(STREAMS - 8);
            figures.wait("each is open or refused", |figures| {
                figures.started("RecordRoute") == calls
                    && figures.open("RecordRoute") == CALLS - BYSTANDER
            });
            assert_eq!(
                figures.ended("RecordRoute", "RESOURCE_EXHAUSTED"),
                calls - (CALLS - BYSTANDER)
            );
            drop(all);
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_thousand_answers_that_are_not_read() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: testkit::reference::Figures| {
            const CONNECTIONS: u64 = 13;
            let all: Vec<Raw> = (0..CONNECTIONS)
                .map(|_| {
                    let raw = Raw::connect(&addr, &[(INITIAL_WINDOW_SIZE, 0)]);
                    for n in 0..1_000 {
                        raw.list_everything(2 * n + 1);
                    }
                    raw
                })
                .collect();
            figures.wait("each is open or refused", |figures| {
                figures.open("ListFeatures") == CALLS - BYSTANDER
                    && figures.ended("ListFeatures", "RESOURCE_EXHAUSTED")
                        == CONNECTIONS * 1_000 - (CALLS - BYSTANDER)
            });
            drop(all);
        };
        blocking(work, server, figures).await;
    })
    .await;
}
