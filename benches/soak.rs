//! The finished server under a class's load for minutes: a thousand chats that are open and talk, and ten thousand
//! other calls a minute. It fails if any call ends in an error or gets a wrong answer, or if the server's memory
//! grows after the first minute.
//!
//! `cargo bench -p benches --bench soak`, for five minutes, or `cargo bench -p benches --bench soak -- --seconds 60`.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be set up cannot be measured, and an error is what this looks for"
)]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use routeguide::proto::route_guide_client::RouteGuideClient;
use routeguide::proto::{Point, Rectangle};
use testkit::reference::{Chat, Server};
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// How long it takes unless `--seconds` says otherwise.
const SECONDS: u64 = 300;
/// How many chats are open at any time, and over how many connections.
const CHATS: usize = 1_000;
const CONNECTIONS: usize = 40;
/// A chat talks once a second, and so often; then it half-closes and another begins, since a chat keeps its notes.
const TALKS: u64 = 30;
/// How many other calls begin in a minute.
const CALLS_A_MINUTE: u64 = 10_000;
/// By what part of it the memory after the first minute may grow until the end. The allocator goes on settling for some
/// minutes: from 32 MiB to 36, where it stays. 200 bytes of each call that were never freed would be more than this.
const GROWTH: f64 = 0.25;
/// How often the figures are printed.
const BETWEEN_FIGURES: Duration = Duration::from_secs(15);

/// What has been done so far.
#[derive(Default)]
struct Done {
    talks: AtomicU64,
    chats: AtomicU64,
    calls: AtomicU64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    let told = words.iter().position(|word| word == "--seconds");
    let seconds = told.map_or(SECONDS, |at| words[at + 1].parse().unwrap());
    benches::build_the_lab();
    let mut server = Server::start(&[]);
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(server.channel().await);
    }
    println!(
        "{CHATS} chats over {CONNECTIONS} connections and {CALLS_A_MINUTE} other calls a minute, for {seconds} s"
    );
    let begun = Instant::now();
    let end = begun + Duration::from_secs(seconds);
    let done = Arc::new(Done::default());
    let mut work = JoinSet::new();
    for n in 0..CHATS {
        let channel = connections[n % CONNECTIONS].clone();
        work.spawn(chats(n, channel, end, Arc::clone(&done)));
    }
    work.spawn(calls(connections, end, Arc::clone(&done)));

    // Nothing that happens in the first minute, or fifth, counts as growth.
    let settled = begun + Duration::from_secs((seconds / 5).clamp(1, 60));
    let mut first = None;
    let mut figures =
        tokio::time::interval(BETWEEN_FIGURES.min(Duration::from_secs(seconds / 5 + 1)));
    let mut failed = false;
    loop {
        tokio::select! {
            ended = work.join_next() => match ended {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    eprintln!("failed: {error}");
                    failed = true;
                    break;
                }
                None => break,
            },
            _ = figures.tick() => {
                print_figures(begun, &server, &done);
                if first.is_none() && Instant::now() >= settled {
                    first = server.memory();
                }
            }
        }
    }
    work.shutdown().await;
    print_figures(begun, &server, &done);
    server.is_well();
    match (first, server.memory()) {
        (Some(first), Some(last)) => {
            let growth = last as f64 / first as f64 - 1.0;
            println!(
                "memory: {first} MiB after {} s, {last} MiB at the end, {:+.1} %; {:.0} % may be",
                (settled - begun).as_secs(),
                100.0 * growth,
                100.0 * GROWTH
            );
            failed |= growth > GROWTH;
        }
        _ => println!("skipped: this system does not show a process's memory in /proc"),
    }
    match failed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn print_figures(begun: Instant, server: &Server, done: &Done) {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let memory = server
        .memory()
        .map_or("unknown".to_string(), |memory| format!("{memory} MiB"));
    println!(
        "{:4} s  {:8} talks in {:6} chats that have ended, {:7} other calls, memory {memory}",
        begun.elapsed().as_secs(),
        read(&done.talks),
        read(&done.chats),
        read(&done.calls),
    );
}

/// One chat after another.
async fn chats(n: usize, channel: Channel, end: Instant, done: Arc<Done>) {
    // They do not all begin at once, nor end.
    let mut talks = TALKS * n as u64 / CHATS as u64 + 1;
    while Instant::now() < end {
        let mut chat = Chat::open(RouteGuideClient::new(channel.clone())).await;
        for _ in 0..talks {
            tokio::time::sleep(Duration::from_secs(1)).await;
            chat.talk().await;
            done.talks.fetch_add(1, Ordering::Relaxed);
            if Instant::now() >= end {
                break;
            }
        }
        assert_eq!(chat.close().await.unwrap(), None);
        done.chats.fetch_add(1, Ordering::Relaxed);
        talks = TALKS;
    }
}

/// All other calls, each begun when it is due, however long those before it take.
async fn calls(connections: Vec<Channel>, end: Instant, done: Arc<Done>) {
    let mut due = tokio::time::interval(Duration::from_secs(60) / CALLS_A_MINUTE as u32);
    let mut open = JoinSet::new();
    let mut number = 0;
    while Instant::now() < end {
        due.tick().await;
        let channel = connections[number % CONNECTIONS].clone();
        let done = Arc::clone(&done);
        open.spawn(async move {
            call(number, channel).await;
            done.calls.fetch_add(1, Ordering::Relaxed);
        });
        number += 1;
        while let Some(ended) = open.try_join_next() {
            ended.unwrap();
        }
    }
    open.join_all().await;
}

/// One call, of each kind in turn, and its answer looked at.
async fn call(number: usize, channel: Channel) {
    let mut guide = RouteGuideClient::new(channel.clone());
    match number % 6 {
        0 => assert!(features(&mut guide, i32::MIN, i32::MAX).await >= 100),
        // The sea off Africa.
        1 => assert_eq!(features(&mut guide, -1, 1).await, 0),
        2 => {
            let route = (0..100).map(|n| Point {
                latitude: n,
                longitude: n,
            });
            let route = tokio_stream::iter(route.collect::<Vec<_>>());
            let summary = guide.record_route(route).await.unwrap().into_inner();
            assert_eq!(summary.point_count, 100);
        }
        3 => {
            let chat = Chat::open(guide).await;
            assert_eq!(chat.close().await.unwrap(), None);
        }
        // One that is broken off.
        4 => drop(Chat::open(guide).await),
        _ => {
            let request = HealthCheckRequest::default();
            let response = HealthClient::new(channel).check(request).await.unwrap();
            assert_eq!(response.into_inner().status(), ServingStatus::Serving);
        }
    }
}

/// How many features lie in a square around the point 0, 0.
async fn features(guide: &mut RouteGuideClient<Channel>, from: i32, to: i32) -> usize {
    let corner = |both| Point {
        latitude: both,
        longitude: both,
    };
    let square = Rectangle {
        lo: Some(corner(from)),
        hi: Some(corner(to)),
    };
    let mut stream = guide.list_features(square).await.unwrap().into_inner();
    let mut count = 0;
    while stream.message().await.unwrap().is_some() {
        count += 1;
    }
    count
}
