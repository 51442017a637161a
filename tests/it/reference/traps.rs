//! The two traps of the stack, in each of the servers that the course has: Nagle's algorithm, which costs 40
//! milliseconds a call, and the budget for small frames, which a fast client exceeds.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use prost::Message as _;

use super::raw::Raw;
use testkit::frames::{DATA, END_STREAM, GOAWAY, HEADERS, PING, frame, framed};
use testkit::reference::{NEVER, PAUSE, Server, note};
use testkit::{Lab, outside};

/// How often a message goes there and another comes back.
const ROUNDS: i32 = 100;
/// Rounds that wait for Nagle's algorithm take at least 40 ms each. Without it, a slow machine needs a millisecond.
const ALL_ROUNDS: Duration = Duration::from_millis(2_000);
/// The budget of the HTTP/2 library is about 2,200 points, unless the window of the connection is raised.
const POINTS: usize = 30_000;

/// Where the client of the recording server writes that all was well.
const WELL: &str = "TEST_TRAPS_WELL";

/// Falls into neither trap, or panics.
fn passes(addr: &str) {
    answers_at_once(addr);
    takes_a_burst(addr);
}

/// In each round, the server writes twice: the answer to a PING, and a moment later a reply. Nagle's algorithm keeps
/// the second until the first is acknowledged, and our system takes its time with that, since we send nothing that
/// an acknowledgement could travel with.
fn answers_at_once(addr: &str) {
    let mut raw = Raw::connect(addr, &[]);
    raw.begin();
    raw.call(1, "RouteChat");
    let started = Instant::now();
    for place in 1..=ROUNDS {
        let notes = ["first", "second"].map(|text| framed(&note(place, text).encode_to_vec()));
        let mut frames = frame(DATA, 0, 1, &notes.concat());
        frames.extend(frame(PING, 0, 0, &[0; 8]));
        raw.wire.raw(&frames).unwrap();
        let mut awaited = vec![PING, DATA];
        while !awaited.is_empty() {
            let kind = raw.read().unwrap().kind;
            awaited.retain(|other| *other != kind);
        }
    }
    let took = started.elapsed();
    assert!(took < ALL_ROUNDS, "{took:?}");
}

fn takes_a_burst(addr: &str) {
    let mut raw = Raw::connect(addr, &[]);
    raw.begin();
    raw.call(1, "RecordRoute");
    raw.burst(1, POINTS);
    raw.message(1, &[], true).unwrap();
    loop {
        let frame = raw.read().unwrap();
        assert!(
            frame.kind != GOAWAY,
            "it hangs up: {}",
            String::from_utf8_lossy(&frame.payload)
        );
        if frame.kind == HEADERS && frame.flags & END_STREAM != 0 {
            break;
        }
    }
}

#[test]
fn the_reference() {
    let mut server = Server::start(&[]);
    passes(&server.addr);
    server.is_well();
}

#[test]
fn the_completed_server_and_the_stage() {
    let lab = Lab::new("traps");
    lab.run([
        "check",
        "list-features",
        "start-server",
        "--track",
        "completed",
    ])
    .exits(0);
    let mut stage = Command::new(lab.path("target/debug/stage"));
    stage.args(["service", "127.0.0.1:0"]);
    let mut stage = Server::run(stage, "listening on ");
    passes(&stage.addr);
    stage.is_well();

    let mut own = Command::new(lab.path("target/debug/server"));
    own.arg(format!("127.0.0.1:{}", outside::free_port()));
    let mut own = Server::run(own, "Starting server on ");
    // It says so before it listens.
    let started = Instant::now();
    while std::net::TcpStream::connect(&own.addr).is_err() {
        assert!(started.elapsed() < NEVER);
        std::thread::sleep(PAUSE);
    }
    passes(&own.addr);
    own.is_well();
}

#[test]
fn the_recording_server() {
    let folder = tempfile::tempdir().unwrap();
    let well = folder.path().join("well");
    let client = outside::this_program("reference::traps::the_client");
    let addr = format!("127.0.0.1:{}", outside::free_port());
    let words = [
        "check",
        "--addr",
        &addr,
        "--client",
        &client,
        "call-route-chat",
    ];
    let mut command = outside::lab(folder.path(), &words);
    let run = testkit::run(command.env(WELL, &well));
    assert!(well.exists(), "{}\n{}", run.stdout, run.stderr);
}

/// The client of the recording server, when the lab runs this program.
#[test]
#[ignore = "a client for another test of this file, which runs it"]
fn the_client() {
    let well = std::env::var(WELL).unwrap();
    passes(&std::env::var("ROUTEGUIDE_ADDR").unwrap());
    std::fs::write(Path::new(&well), "").unwrap();
}
