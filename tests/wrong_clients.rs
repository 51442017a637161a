//! `check --client`: right clients of many kinds, and every row of the table of wrong ones, through the
//! real binary.
//!
//! The clients are this test program itself: the lab is told to run it again, so that nothing but
//! [`the_client`] runs, and an environment variable says what it does differently from a plain client.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

mod support;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use async_stream::stream;
use routeguide::features::Features;
use routeguide::proto::route_guide_client::RouteGuideClient;
use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
use support::{Run, run};
use tokio_stream::StreamExt as _;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// What the client does differently.
const WAY: &str = "TEST_CLIENT_WAY";

/// Where it connects, if not where it is told.
const ELSEWHERE: &str = "TEST_CLIENT_ELSEWHERE";

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The client under check, when the lab runs this program. As a test, it does nothing.
#[test]
#[allow(
    clippy::exit,
    reason = "it is a program of its own, and its exit code is looked at"
)]
fn the_client() {
    let Ok(way) = std::env::var(WAY) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = Client { way: &way };
    if let Err(error) = runtime.block_on(client.run()) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
    if way == "hangs" {
        loop {
            std::thread::park();
        }
    }
}

/// A client that does one thing, or a few, in its own way.
struct Client<'a> {
    way: &'a str,
}

impl Client<'_> {
    fn is(&self, way: &str) -> bool {
        self.way.split(' ').any(|word| word == way)
    }

    /// Prints where and how this client prints.
    fn say(&self, words: &str) {
        if self.is("on-stderr") {
            eprintln!("[client] {words}");
        } else {
            println!("{words}");
        }
    }

    async fn connect(&self) -> Result<RouteGuideClient<Channel>, Error> {
        let addr = match std::env::var(ELSEWHERE) {
            Ok(elsewhere) => elsewhere,
            Err(_) => std::env::var("ROUTEGUIDE_ADDR")?,
        };
        Ok(RouteGuideClient::connect(format!("http://{addr}")).await?)
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if self.is("metadata") {
            request
                .metadata_mut()
                .insert("authorization", "Bearer of news".parse().unwrap());
            request.set_timeout(Duration::from_secs(60));
        }
        request
    }

    async fn run(&self) -> Result<(), Error> {
        if self.is("never-connects") {
            return Ok(());
        }
        if self.is("compiles-first") && !Path::new("compiled").exists() {
            tokio::time::sleep(Duration::from_millis(3000)).await;
            std::fs::write("compiled", "")?;
        }
        let mut stub = self.connect().await?;
        if self.is("calls-another") {
            self.another_call().await;
        }
        if self.is("chatty") {
            for n in 0..2_000 {
                println!("{n} ... thinking");
                eprintln!("debug: {n}");
            }
        }
        self.say("-- ListFeatures");
        if self.is("wrong-order") {
            self.chat(&mut stub).await?;
        }
        let tries = if self.is("twice") { 2 } else { 1 };
        for _ in 0..tries {
            self.list(&mut stub).await?;
        }
        if self.is("connects-anew") {
            stub = self.connect().await?;
        }
        self.say("-- RecordRoute");
        if !self.is("rpc-never-called") {
            self.record(&mut stub).await?;
        }
        if self.is("connects-anew") {
            stub = self.connect().await?;
        }
        self.say("-- RouteChat");
        if !self.is("wrong-order") {
            self.chat(&mut stub).await?;
        }
        Ok(())
    }

    /// What the public examples call first.
    async fn another_call(&self) {
        let addr = std::env::var("ROUTEGUIDE_ADDR").unwrap();
        let channel = Channel::from_shared(format!("http://{addr}"))
            .unwrap()
            .connect()
            .await
            .unwrap();
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await.unwrap();
        let path = "/routeguide.RouteGuide/GetFeature".parse().unwrap();
        let codec = tonic_prost::ProstCodec::<Point, Feature>::default();
        let answer = client
            .unary(Request::new(Point::default()), path, codec)
            .await;
        println!("GetFeature: {}", answer.unwrap_err().code());
    }

    /// Does with the error of a call what this client does with errors.
    fn met(&self, error: Status) -> Result<(), Error> {
        if self.is("ignores-error") {
            return Ok(());
        }
        if self.is("says-error") {
            println!("The server says: {}", error.message());
            return Ok(());
        }
        if self.is("says-failed") {
            eprintln!("rpc failed.");
            return Ok(());
        }
        Err(error.into())
    }

    async fn list(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
        let tries = if self.is("tries-again") { 3 } else { 1 };
        for rest in (0..tries).rev() {
            match self.list_once(stub).await {
                Ok(()) => break,
                Err(_) if rest > 0 => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => self.met(error)?,
            }
        }
        if self.is("end-is-error") {
            return Err("the stream has ended".into());
        }
        Ok(())
    }

    async fn list_once(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Status> {
        let (west, east) = if self.is("minus-missing") {
            (750_000_000, 730_000_000)
        } else {
            (-750_000_000, -730_000_000)
        };
        let point = |latitude, longitude| Point {
            latitude,
            longitude,
        };
        let mut rectangle = Rectangle {
            lo: Some(point(400_000_000, west)),
            hi: Some(point(420_000_000, east)),
        };
        if self.is("other-corners") {
            rectangle = Rectangle {
                lo: Some(point(420_000_000, west)),
                hi: Some(point(400_000_000, east)),
            };
        } else if self.is("wrong-rectangle") {
            rectangle.hi = Some(point(430_000_000, east));
        } else if self.is("axes-swapped") {
            rectangle.lo = Some(point(west, 400_000_000));
            rectangle.hi = Some(point(east, 420_000_000));
        } else if self.is("corner-unset") {
            rectangle.hi = None;
        }
        let mut features = stub
            .list_features(self.request(rectangle))
            .await?
            .into_inner();
        if self.is("never-reads-features") {
            return Ok(());
        }
        let mut all = Vec::new();
        while let Some(feature) = features.message().await? {
            if self.is("slow") {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            all.push(feature);
            if self.is("stops-after-first") || self.is("exits-early") && all.len() == 3 {
                break;
            }
            if self.is("panics") {
                panic!("no reason");
            }
        }
        if self.is("backwards") {
            all.reverse();
        }
        for feature in all {
            if !self.is("prints-nothing") {
                self.say(&self.feature(&feature));
            }
        }
        Ok(())
    }

    fn feature(&self, feature: &Feature) -> String {
        if self.is("debug") {
            return format!("{feature:?}");
        }
        if self.is("prints-wrong") {
            return format!("Found {}", feature.name.to_uppercase());
        }
        format!("Found {:?}", feature.name)
    }

    async fn record(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
        match self.record_once(stub).await {
            Ok(_) if self.is("prints-nothing") => {}
            Ok(s) if self.is("debug") => self.say(&format!("{s:#?}")),
            Ok(s) if self.is("grouped") => self.say(&format!(
                "{} points, {} features, {},{:03} m in 0:00:{:02}",
                s.point_count,
                s.feature_count,
                s.distance / 1_000,
                s.distance % 1_000,
                s.elapsed_time,
            )),
            Ok(s) if self.is("prints-other-distance") => self.say(&format!(
                "{} points, {} features, {} m, {} s",
                s.point_count,
                s.feature_count,
                s.distance / 2,
                s.elapsed_time
            )),
            Ok(s) => self.say(&format!(
                "{} points, {} features, {} m, {} s",
                s.point_count, s.feature_count, s.distance, s.elapsed_time
            )),
            Err(error) => self.met(error)?,
        }
        Ok(())
    }

    async fn record_once(
        &self,
        stub: &mut RouteGuideClient<Channel>,
    ) -> Result<RouteSummary, Status> {
        let count = match self.way {
            _ if self.is("wrong-point-count") => 9,
            _ if self.is("half-closes-first") => 0,
            _ => 10,
        };
        let database = std::env::var_os("ROUTEGUIDE_DB").map_or(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("completed/route_guide_db.json"),
            Into::into,
        );
        let mut route: Vec<Point> = Features::from_file(&database)
            .unwrap()
            .iter()
            .cycle()
            .take(count)
            .map(|feature| feature.location.unwrap_or_default())
            .collect();
        if self.is("points-not-features") {
            route[4].latitude += 1;
        }
        let (slow, exits, open) = (
            self.is("slow"),
            self.is("exits-on-the-way"),
            self.is("never-half-closes"),
        );
        let points = stream! {
            for (n, point) in route.into_iter().enumerate() {
                yield point;
                if slow {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                if exits && n == 3 {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    std::process::exit(0);
                }
            }
            if open {
                std::future::pending::<()>().await;
            }
        };
        let answer = stub.record_route(self.request(points)).await?;
        Ok(answer.into_inner())
    }

    async fn chat(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
        match self.chat_once(stub).await {
            Ok(()) => Ok(()),
            Err(error) => self.met(error),
        }
    }

    async fn chat_once(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Status> {
        let note = |latitude, longitude, message: &str| RouteNote {
            location: Some(Point {
                latitude,
                longitude,
            }),
            message: message.to_string(),
        };
        let mut notes = vec![
            note(0, 0, "First message"),
            note(0, 1, "Second message"),
            note(1, 0, "Third message"),
            note(0, 0, "Fourth message"),
            note(1, 0, "Fifth message"),
        ];
        match self.way {
            "notes-lost" => drop(notes.remove(1)),
            "notes-reordered" => notes.swap(1, 2),
            "notes-altered" => notes[2].message.make_ascii_lowercase(),
            "notes-elsewhere" => notes[2].location = None,
            "notes-added" => notes.push(note(5, 5, "Bye")),
            "half-closes-first-chat" => notes.clear(),
            "origin-unset" => notes[0].location = None,
            _ => {}
        }
        let waits = self.is("waits-for-each-reply");
        let slow = self.is("slow");
        let outgoing = stream! {
            for note in notes {
                yield note;
                if waits {
                    std::future::pending::<()>().await;
                }
                if slow {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        };
        let mut replies = if self.is("waits-for-headers") {
            let (sender, notes) = tokio::sync::mpsc::channel(1);
            let notes = tokio_stream::wrappers::ReceiverStream::new(notes);
            let replies = stub.route_chat(self.request(notes)).await?.into_inner();
            tokio::spawn(async move {
                let mut outgoing = std::pin::pin!(outgoing);
                while let Some(note) = outgoing.next().await {
                    if sender.send(note).await.is_err() {
                        break;
                    }
                }
            });
            replies
        } else {
            stub.route_chat(self.request(outgoing)).await?.into_inner()
        };
        if self.is("never-reads") {
            return Ok(());
        }
        while let Some(reply) = replies.message().await? {
            if self.is("debug") {
                self.say(&format!("{reply:?}"));
            } else if !self.is("prints-nothing") {
                self.say(&format!("Got {}", reply.message));
            }
        }
        Ok(())
    }
}

/// The command that runs [`the_client`] alone.
fn client() -> String {
    let program = std::env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    let quote = if program.contains(' ') { "\"" } else { "" };
    format!("{quote}{program}{quote} --exact the_client --nocapture")
}

/// An address on which nothing listens.
fn free() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().to_string()
}

/// `check --client`, in a folder that is no lab.
fn command(folder: &Path, addr: &str, way: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_routeguide-lab"));
    command
        .args(["check", "--client", &client(), "--addr", addr])
        .args(words)
        .current_dir(folder)
        .env(WAY, way)
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("COLUMNS")
        .stdin(Stdio::null());
    command
}

/// Checks a client that goes about it in its own way.
fn check(way: &str, words: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    run(&mut command(folder.path(), &free(), way, words))
}

/// The mistakes in each lesson that is not right.
fn mistakes(run: &Run) -> Vec<(String, Vec<String>)> {
    let report = run.json();
    let lessons = report["lessons"].as_array().unwrap().iter();
    let wrong = lessons.filter(|lesson| lesson["outcome"] == "fail");
    wrong
        .map(|lesson| {
            let ids = lesson["diagnosis"]["mistakes"].as_array().unwrap().iter();
            (
                lesson["lesson"].as_str().unwrap().to_string(),
                ids.map(|id| id.as_str().unwrap().to_string()).collect(),
            )
        })
        .collect()
}

/// Asserts that these mistakes are found, each with the words that are its evidence, and no others.
#[track_caller]
fn finds(way: &str, expect: &[(&str, &str, &str)]) {
    let run = check(way, &["--format", "json", "--timeout", "2"]).exits(1);
    let found = mistakes(&run);
    let expected: Vec<(String, Vec<String>)> = expect
        .iter()
        .map(|(lesson, id, _)| (lesson.to_string(), vec![id.to_string()]))
        .collect();
    assert_eq!(found, expected, "{way}: {}", run.stdout);
    let report = run.json();
    for (lesson, _, words) in expect {
        let lessons = report["lessons"].as_array().unwrap();
        let lesson = lessons.iter().find(|l| l["lesson"] == *lesson).unwrap();
        let message = lesson["diagnosis"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{way}: no {words:?} in {message}");
    }
}

const LIST: &str = "call-list-features";
const RECORD: &str = "call-record-route";
const CHAT: &str = "call-route-chat";
const RUN: &str = "run-client";

#[test]
fn right_clients_pass_whatever_they_are_like() {
    for way in [
        "plain",
        "backwards",
        "chatty",
        "slow",
        "connects-anew",
        "metadata",
        "on-stderr",
        "debug",
        "grouped",
        "twice",
        "other-corners",
        "origin-unset",
        "calls-another",
        "waits-for-headers",
        "compiles-first",
        "says-error",
        "says-failed",
        "tries-again",
        "tries-again says-error",
    ] {
        // Long before it connects, it may take more than its patience.
        let words: &[&str] = match way {
            "compiles-first" => &["--timeout", "2"],
            _ => &[],
        };
        check(way, words)
            .exits(0)
            .says("✓ call-list-features")
            .says("✓ call-record-route")
            .says("✓ call-route-chat")
            .says("✓ run-client")
            .says("does what RouteGuide asks of a client.");
    }
}

#[test]
fn wrong_requests_are_named() {
    for (way, lesson, words) in [
        (
            "wrong-rectangle",
            LIST,
            "you asked for lo 40 -75, hi 43 -73.",
        ),
        (
            "minus-missing",
            LIST,
            "you asked for lo 40 75, hi 42 73: west",
        ),
        ("axes-swapped", LIST, "you asked for lo -75 40, hi -73 42:"),
        ("corner-unset", LIST, "hi unset: a corner is not set."),
        (
            "points-not-features",
            RECORD,
            "where no feature of the database stands",
        ),
        (
            "wrong-point-count",
            RECORD,
            "You sent 9 points, but the route must have 10.",
        ),
        (
            "half-closes-first",
            RECORD,
            "half-closed RecordRoute before it had sent anything",
        ),
        (
            "notes-lost",
            CHAT,
            "You sent 4 of 5 notes; \"Second message\" at (0, 1) is missing.",
        ),
        (
            "notes-reordered",
            CHAT,
            "note 2 must be \"Second message\" at (0, 1), but you sent \"Third",
        ),
        (
            "notes-altered",
            CHAT,
            "Note 3 must be \"Third message\" at (1, 0), but you sent \"third",
        ),
    ] {
        finds(way, &[(lesson, way, words)]);
    }
    let words = "half-closed RouteChat before it had sent anything";
    finds(
        "half-closes-first-chat",
        &[(CHAT, "half-closes-first", words)],
    );
    let words = "you sent \"Third message\" at (no location)";
    finds("notes-elsewhere", &[(CHAT, "notes-altered", words)]);
    let words = "You sent \"Bye\" at (5, 5) besides the 5 notes";
    finds("notes-added", &[(CHAT, "notes-altered", words)]);
    // Faults in different calls are all found.
    finds(
        "minus-missing wrong-point-count wrong-order",
        &[
            (LIST, "minus-missing", "west"),
            (RECORD, "wrong-point-count", "9 points"),
            (
                RUN,
                "wrong-order",
                "RouteChat, ListFeatures, RecordRoute, but it must be",
            ),
        ],
    );
}

#[test]
fn calls_that_are_missing_or_not_brought_to_their_end_are_named() {
    let words = "Your client never called RecordRoute.";
    finds("rpc-never-called", &[(RECORD, "rpc-never-called", words)]);
    let words = "in the order RouteChat, ListFeatures, RecordRoute";
    finds("wrong-order", &[(RUN, "wrong-order", words)]);
    let never_called = |rpc| format!("stopped before a call of {rpc} reached the server");
    finds(
        "never-half-closes",
        &[
            (
                RECORD,
                "never-half-closes",
                "sent 10 messages and never closed its side",
            ),
            (CHAT, "rpc-never-called", &never_called("RouteChat")),
            (RUN, "hangs", "did not end by itself"),
        ],
    );
    finds(
        "waits-for-each-reply",
        &[
            (
                CHAT,
                "waits-for-each-reply",
                "sent 1 message and then waited for a reply",
            ),
            (RUN, "hangs", "did not end by itself"),
        ],
    );
    finds("hangs", &[(RUN, "hangs", "did not end by itself")]);
    // The lab's own doing is not shown as the client's.
    check("never-half-closes", &[RECORD, "--timeout", "2"])
        .exits(1)
        .says("✗ 2")
        .says("no sign of another message or");
    let words = "left the call after 3 messages from the server, before its end";
    finds("exits-early", &[(LIST, "exits-early", words)]);
    finds(
        "exits-on-the-way",
        &[
            (
                RECORD,
                "exits-early",
                "left the call after it had sent 4 messages, before",
            ),
            (CHAT, "rpc-never-called", "never called RouteChat"),
        ],
    );
    let run = check("panics", &["--format", "json"]).exits(1);
    assert_eq!(mistakes(&run)[0].1, ["panics"]);
}

#[test]
fn clients_that_do_not_look_at_what_comes_back_are_named() {
    let words = "before anything of the answer had come";
    finds("never-reads", &[(CHAT, "never-reads", words)]);
    finds("never-reads-features", &[(LIST, "never-reads", words)]);
    let words = "left ListFeatures after the first message of the answer, \"Lighthouse ";
    finds("stops-after-first", &[(LIST, "stops-after-first", words)]);
    let words = "but your client did not print that";
    finds("prints-wrong", &[(LIST, "prints-wrong", words)]);
    finds(
        "prints-other-distance",
        &[(RECORD, "prints-wrong", "distance in the answer")],
    );
    let words = "printed nothing of what came back";
    finds(
        "prints-nothing",
        &[
            (LIST, "prints-nothing", words),
            (RECORD, "prints-nothing", words),
            (CHAT, "prints-nothing", words),
        ],
    );
}

#[test]
fn clients_that_take_no_notice_of_an_error_are_named() {
    finds(
        "ignores-error",
        &[
            (
                LIST,
                "ignores-error",
                "The server ended ListFeatures with DATA_LOSS: Storm ",
            ),
            (
                RECORD,
                "ignores-error",
                "The server ended RecordRoute with DATA_LOSS: Storm ",
            ),
            (
                CHAT,
                "ignores-error",
                "The server ended RouteChat with DATA_LOSS: Storm ",
            ),
        ],
    );
    // The evidence: the call, what the client printed, and how it ended.
    let run = check("ignores-error", &[LIST]).exits(1);
    run.says("call-list-features · ListFeatures-fails")
        .says("it ended with exit code 0")
        .says("-- RouteChat")
        .says("◀─── DATA_LOSS: Storm ")
        .says("Mend that, then");
    // With all its calls ended well, it fails.
    let words = "Every call that your client made ended with OK, and yet your client ended with exit code 1.";
    let never = "ended with exit code 1 before a call of";
    finds(
        "end-is-error",
        &[
            (RECORD, "rpc-never-called", never),
            (CHAT, "rpc-never-called", never),
            (RUN, "end-is-error", words),
        ],
    );
}

/// One test, since all of it is about addresses that the machine has only once.
#[test]
fn clients_that_do_not_connect_where_they_are_told_are_named() {
    let run = check("never-connects", &["--format", "json"]).exits(1);
    assert_eq!(
        mistakes(&run)[0],
        (LIST.to_string(), vec!["never-connects".to_string()])
    );
    let report = run.json();
    assert_eq!(report["lessons"][1]["outcome"], "skipped");

    let addresses = [
        "127.0.0.1:50051",
        "127.0.0.1:10000",
        "[::1]:50051",
        "[::1]:10000",
    ];
    let mut tried = 0;
    for elsewhere in addresses {
        if TcpListener::bind(elsewhere).is_err() {
            continue;
        }
        tried += 1;
        let folder = tempfile::tempdir().unwrap();
        let addr = free();
        let mut command = command(folder.path(), &addr, "plain", &["--format", "json"]);
        let run = support::run(command.env(ELSEWHERE, elsewhere)).exits(1);
        assert_eq!(
            mistakes(&run)[0].1,
            ["address-hard-coded"],
            "{}",
            run.stdout
        );
        let message =
            format!("Your client connected to {elsewhere}, but it was told to connect to {addr}.");
        assert!(run.stdout.contains(&message), "{}", run.stdout);
    }
    if tried == 0 {
        eprintln!("skipped: all of {addresses:?} are taken");
    }

    // Where another program listens, the lab cannot look; it says so.
    if let Ok(_other) = TcpListener::bind("127.0.0.1:50051") {
        check("never-connects", &[])
            .exits(1)
            .says("No connection reached 127.0.0.1:")
            .says("127.0.0.1:50051");
    }
}

#[test]
fn only_what_can_be_checked_is_checked() {
    // One lesson, and the connection.
    check("wrong-point-count", &["create-client", LIST])
        .exits(0)
        .says("✓ create-client")
        .says("✓ call-list-features");
    check("wrong-point-count", &["10", "--format", "json"]).exits(1);
    check("wrong-order", &["call-route-chat"]).exits(0);
    for lesson in ["define-messages", "list-features", "try-it-out"] {
        check("plain", &[lesson])
            .exits(2)
            .complains("is not about a client alone")
            .complains(
                "create-client, call-list-features, call-record-route, call-route-chat, run-client",
            );
    }
    for words in [
        &["check", "--client", "true"][..],
        &["check", "--client", "", "--addr", "127.0.0.1:50051"],
        &[
            "check",
            "--client",
            "true",
            "--addr",
            "127.0.0.1:50051",
            "--all",
        ],
    ] {
        run_words(words).exits(2);
    }
    // The features along which it travels.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("places.json");
    std::fs::write(
        &file,
        r#"[{"location":{"latitude":1,"longitude":2},"name":"Alone"}]"#,
    )
    .unwrap();
    let db = ["--db", "places.json"];
    run(&mut command(folder.path(), &free(), "plain", &db)).exits(0);
    let mut other = command(folder.path(), &free(), "plain", &[]);
    run(other.env("ROUTEGUIDE_DB", &file))
        .exits(1)
        .says("You sent (1, 2), where no feature of the database stands.")
        .says("name their file: `--db FILE`.");
}

fn run_words(words: &[&str]) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_routeguide-lab")).args(words))
}

#[test]
fn what_is_in_the_way_is_said() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let run = support::run(&mut command(
        folder.path(),
        &addr,
        "plain",
        &["--format", "json"],
    ))
    .exits(3);
    let report = run.json();
    assert_eq!(report["outcome"], "error");
    assert_eq!(
        report["lessons"][0]["diagnosis"]["mistakes"][0],
        "port-taken"
    );
    // A command that does not exist never connects; what the shell says about it is shown.
    let run = run_words(&[
        "check",
        "--client",
        "no-such-client-anywhere",
        "--addr",
        &free(),
    ]);
    run.exits(1)
        .says("no-such-client-anywhere")
        .says("No connection reached");
}
