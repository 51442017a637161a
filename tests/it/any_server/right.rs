//! No right program is refused: servers that are right, each in its own way, checked over and over with
//! other seeds.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use routeguide::features::distance;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
use routeguide::server::RouteGuideService;
use testkit::guide::{FEATURES, Guide, Replies};
use testkit::outside::{LOOPBACK, check, codelabs_features, host};
use testkit::{parallel, side_by_side};
use tonic::Status;
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// Each server is checked as often as there are seeds here.
const SEEDS: Range<u64> = 0..3;

/// More of them, for which there is no time every day. They are always the same, so that what lands does not depend on
/// luck.
const MORE_SEEDS: Range<u64> = 3..50;

/// Every so many of them are checked whole, the first among them. The others leave out what is the same in every server:
/// what only its lists can show is not looked for in chats, and RecordRoute, whose one slow route takes a second, is left
/// to those that are special in it.
const WHOLE: u64 = 8;

/// How many checks run side by side: those with the slow route mostly wait.
const AT_ONCE: usize = 12;

/// What a server is special in.
type Lessons = &'static [&'static str];
const LISTS: Lessons = &["list-features"];
const ROUTES: Lessons = &["record-route"];
const CHATS: Lessons = &["route-chat"];
const STREAMS: Lessons = &["list-features", "route-chat"];

fn inside(rectangle: &Rectangle) -> Vec<Feature> {
    let (a, b) = (
        rectangle.lo.unwrap_or_default(),
        rectangle.hi.unwrap_or_default(),
    );
    let between = |a: i32, b: i32, x: i32| a.min(b) <= x && x <= a.max(b);
    let inside = |feature: &&Feature| {
        let at = feature.location.unwrap_or_default();
        between(a.latitude, b.latitude, at.latitude)
            && between(a.longitude, b.longitude, at.longitude)
    };
    FEATURES.iter().filter(inside).cloned().collect()
}

/// Each leg made to fit before it is added, as the Java and tonic examples do.
fn summary(route: &[Point], elapsed: Duration, leg: fn(f64) -> f64) -> RouteSummary {
    let legs = route.windows(2).map(|two| leg(distance(&two[0], &two[1])));
    let metres: f64 = legs.sum();
    let stands_there = |point: &&Point| {
        FEATURES
            .iter()
            .any(|f| f.location.unwrap_or_default() == **point)
    };
    RouteSummary {
        point_count: route.len() as i32,
        feature_count: route.iter().filter(stands_there).count() as i32,
        distance: metres as i32,
        elapsed_time: elapsed.as_secs() as i32,
    }
}

fn replies(earlier: &[RouteNote], note: &RouteNote) -> Vec<RouteNote> {
    let place = |note: &RouteNote| note.location.unwrap_or_default();
    let same = |old: &&RouteNote| place(old) == place(note);
    earlier.iter().filter(same).cloned().collect()
}

/// A stream whose first messages come with a pause before each.
fn slowly<T: Send + 'static>(messages: Vec<T>) -> Replies<T> {
    const PAUSES: usize = 3;
    Box::pin(async_stream::stream! {
        for (n, message) in messages.into_iter().enumerate() {
            if n < PAUSES {
                tokio::time::sleep(Duration::from_micros(300)).await;
            }
            yield Ok(message);
        }
    })
}

/// A server of tonic's, with the finished service behind something else.
fn hosted(runtime: tokio::runtime::Runtime, builder: impl FnOnce() -> Server) -> SocketAddr {
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .unwrap();
    let addr = listener.local_addr().unwrap();
    let service = RouteGuideServer::new(RouteGuideService::new(codelabs_features()));
    let mut server = builder();
    std::thread::spawn(move || {
        let serving = server
            .add_service(service)
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
        runtime.block_on(serving).unwrap();
    });
    addr
}

/// Sends and takes messages that are compressed with gzip.
fn compressed(runtime: tokio::runtime::Runtime) -> SocketAddr {
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .unwrap();
    let addr = listener.local_addr().unwrap();
    let service = RouteGuideServer::new(RouteGuideService::new(codelabs_features()))
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    std::thread::spawn(move || {
        let serving = Server::builder()
            .add_service(service)
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
        runtime.block_on(serving).unwrap();
    });
    addr
}

fn one_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The servers, by what is special about each, and in what that shows.
fn servers() -> Vec<(&'static str, Lessons, SocketAddr)> {
    let many = || tokio::runtime::Runtime::new().unwrap();
    vec![
        ("as in the course", STREAMS, Guide::default().serve()),
        (
            "features backwards",
            LISTS,
            Guide::lists(|rectangle| Ok(inside(rectangle).into_iter().rev().collect())).serve(),
        ),
        (
            "features in an order of the moment",
            LISTS,
            Guide::lists(|rectangle| {
                let shuffled: HashMap<Point, Feature> = inside(rectangle)
                    .into_iter()
                    .map(|f| (f.location.unwrap_or_default(), f))
                    .collect();
                Ok(shuffled.into_values().collect())
            })
            .serve(),
        ),
        (
            "legs cut to whole metres",
            ROUTES,
            Guide::records(|route, elapsed| Ok(summary(route, elapsed, f64::trunc))).serve(),
        ),
        (
            "legs rounded up",
            ROUTES,
            Guide::records(|route, elapsed| Ok(summary(route, elapsed, f64::ceil))).serve(),
        ),
        (
            "slow streams",
            LISTS,
            Guide::streams_features(|rectangle| {
                Box::pin(async move { Ok(slowly(inside(&rectangle))) })
            })
            .serve(),
        ),
        ("headers late", CHATS, headers_late().serve()),
        ("unset fields refused", STREAMS, refuses_unset().serve()),
        ("a thread for each chat", CHATS, threads().serve()),
        ("one thread", STREAMS, hosted(one_thread(), Server::builder)),
        // Calls come to a connection that is about to be given up.
        (
            "connections that are given up after 300 ms",
            STREAMS,
            hosted(many(), || {
                Server::builder().max_connection_age(Duration::from_millis(300))
            }),
        ),
        (
            "two streams at a time",
            STREAMS,
            hosted(many(), || Server::builder().max_concurrent_streams(Some(2))),
        ),
        (
            "small windows",
            STREAMS,
            hosted(many(), || {
                Server::builder()
                    .initial_stream_window_size(1 << 16)
                    .initial_connection_window_size(1 << 16)
                    .max_frame_size(1 << 14)
            }),
        ),
        ("compressed", STREAMS, compressed(many())),
        (
            "two calls at once",
            STREAMS,
            hosted(many(), || {
                Server::builder().concurrency_limit_per_connection(4)
            }),
        ),
        (
            "keep-alives and metadata",
            STREAMS,
            hosted(many(), || {
                Server::builder()
                    .http2_keepalive_interval(Some(Duration::from_millis(20)))
                    .timeout(Duration::from_secs(60))
            }),
        ),
    ]
}

/// Sends no headers before there is a message, as servers of other libraries do; and its chat lets
/// metadata come with them.
fn headers_late() -> Guide {
    Guide::chats(|mut notes| {
        Box::pin(async move {
            let mut earlier: Vec<RouteNote> = Vec::new();
            let mut first = Vec::new();
            while let Some(note) = notes.message().await? {
                first = replies(&earlier, &note);
                earlier.push(note);
                if !first.is_empty() {
                    break;
                }
            }
            let rest = async_stream::try_stream! {
                for reply in first {
                    yield reply;
                }
                while let Some(note) = notes.message().await? {
                    for reply in replies(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
            };
            Ok(Box::pin(rest) as Replies<RouteNote>)
        })
    })
}

/// A message that lacks what it needs may be refused.
fn refuses_unset() -> Guide {
    let refusal = || Status::invalid_argument("a field is missing");
    let lists = Guide::lists(move |rectangle| match (rectangle.lo, rectangle.hi) {
        (Some(_), Some(_)) => Ok(inside(rectangle)),
        _ => Err(refusal()),
    });
    let chats = Guide::chats(move |mut notes| {
        Box::pin(async move {
            let stream = async_stream::try_stream! {
                let mut earlier: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    if note.location.is_none() {
                        Err(refusal())?;
                    }
                    for reply in replies(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
            };
            Ok(Box::pin(stream) as Replies<RouteNote>)
        })
    });
    lists.and(chats)
}

/// Blocking code behind channels: a thread reads a chat's notes and makes the replies.
fn threads() -> Guide {
    Guide::chats(|mut notes| {
        Box::pin(async move {
            let (to_thread, from_client) = mpsc::channel::<RouteNote>();
            let (to_client, from_thread) = tokio::sync::mpsc::unbounded_channel();
            std::thread::spawn(move || {
                let earlier: Arc<Mutex<Vec<RouteNote>>> = Arc::default();
                for note in from_client {
                    let mut earlier = earlier.lock().unwrap();
                    for reply in replies(&earlier, &note) {
                        // The client may have gone.
                        to_client.send(Ok(reply)).ok();
                    }
                    earlier.push(note);
                }
            });
            tokio::spawn(async move {
                while let Ok(Some(note)) = notes.message().await {
                    to_thread.send(note).unwrap();
                }
            });
            let stream = tokio_stream::wrappers::UnboundedReceiverStream::new(from_thread);
            Ok(Box::pin(stream) as Replies<RouteNote>)
        })
    })
}

/// The features of a server may be anything, as long as `--db` says what they are.
#[test]
fn a_right_server_passes_with_any_features() {
    let feature = |latitude: i32, longitude: i32, name: &str| {
        let location = Some(Point {
            latitude,
            longitude,
        });
        Feature {
            name: name.to_string(),
            location,
        }
    };
    let ends = [i32::MIN, -1, 0, i32::MAX];
    let extremes = ends.iter().flat_map(|a| ends.map(|b| feature(*a, b, "")));
    let many = (0..100_000).map(|n| feature(400_000_000 + n / 300, n % 300 - 740_000_000, "f"));
    let databases: Vec<Vec<Feature>> = vec![
        Vec::new(),
        vec![feature(1, 2, "one")],
        extremes.collect(),
        vec![
            feature(5, 5, "two"),
            feature(5, 5, "at one place"),
            feature(5, 5, ""),
        ],
        many.collect(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let databases = databases.into_iter().enumerate().collect();
    parallel(databases, |(n, features): (usize, Vec<Feature>)| {
        let entry = |feature: &Feature| {
            let at = feature.location.unwrap();
            serde_json::json!({
                "location": {"latitude": at.latitude, "longitude": at.longitude},
                "name": feature.name,
            })
        };
        let json: Vec<_> = features.iter().map(entry).collect();
        let file = folder.path().join(format!("{n}.json"));
        std::fs::write(&file, serde_json::to_string(&json).unwrap()).unwrap();
        let server = host(LOOPBACK, features.into_iter().collect());
        let (addr, file) = (server.addr.to_string(), file.to_str().unwrap());
        check(&["--addr", &addr, "--db", file, "--timeout", "30"]).exits(0);
    });
}

#[test]
fn right_servers_pass_whatever_is_drawn() {
    pass_with(SEEDS);
}

#[test]
#[ignore = "takes three minutes of two cores; .ci/run runs it"]
fn right_servers_pass_whatever_else_is_drawn() {
    pass_with(MORE_SEEDS);
}

/// Checks each server with each of these seeds. What fails says its seed.
fn pass_with(seeds: Range<u64>) {
    let servers = servers();
    assert!(servers.len() >= 12);
    let checks = seeds.flat_map(|seed| servers.iter().map(move |server| (seed, server)));
    side_by_side(AT_ONCE, checks.collect(), |(seed, server)| {
        let (special, lessons, addr) = server;
        let (addr, drawn) = (addr.to_string(), seed.to_string());
        let mut words = vec!["--addr", &addr, "--seed", &drawn, "--timeout", "30"];
        if !seed.is_multiple_of(WHOLE) {
            words.extend(*lessons);
        }
        let run = check(&words);
        assert_eq!(run.code, Some(0), "{special}, seed {seed}:\n{}", run.stdout);
    });
}
