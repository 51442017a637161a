//! Servers that do what no server should: each check of one ends soon, with the right sentence, in bounded
//! memory.

mod broken_frames;
mod endless_streams;
mod floods;
mod many;
mod no_grpc;
#[cfg(unix)]
mod processes;
mod settings;
mod strangers;
mod text;

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

use routeguide::features::Features;
use routeguide::proto::{Feature, Point, RouteNote};
use serde_json::Value;
use testkit::frames::{
    CONTINUATION, Call, DATA, GRPC, HEADERS, INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, PING,
    SETTINGS, Wire, accepting, block, framed, http2,
};
use testkit::guide::{FEATURES, Guide, Replies};
use testkit::outside::{LOOPBACK, host, lab};
use testkit::{Run, run};
use tonic::Status;

/// What the checks are told, in seconds.
const TIME_OUT: &str = "2";

/// The time-out for servers that are right: however busy this machine is, they are not too slow.
const PATIENT: &str = "60";

/// How long a check may take. It should take no longer than the time-out and two seconds; a machine that
/// does much else at the same time is slower.
const MOST_TIME: Duration = Duration::from_secs(120);

/// How much memory a check may take, in KiB.
const MOST_MEMORY: usize = 400 << 10;

/// Checks a server, with bounds.
fn check(addr: SocketAddr, words: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let addr = addr.to_string();
    let time_out = match words.contains(&"--timeout") {
        true => vec![],
        false => vec!["--timeout", TIME_OUT],
    };
    let words = [&["check", "--addr", &addr], &time_out[..], words].concat();
    let mut command = lab(folder.path(), &words);
    if cfg!(target_os = "linux") {
        command = bounded(&command, folder.path());
    }
    let started = Instant::now();
    let run = run(&mut command);
    let time = started.elapsed();
    eprintln!("{:?} after {time:.1?}", run.code);
    assert!(time < MOST_TIME, "after {time:?}:\n{}", run.stdout);
    // No escape sequence of anybody else's comes through, and the lab makes none where no terminal is.
    let harmful = |c: char| c.is_control() && c != '\n';
    for output in [&run.stdout, &run.stderr] {
        assert!(!output.contains(harmful), "{output:?}");
    }
    run
}

/// The same command with a limit to its memory: what asks for more is ended.
fn bounded(command: &Command, folder: &std::path::Path) -> Command {
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            &format!("ulimit -d {MOST_MEMORY} && exec \"$0\" \"$@\""),
        ])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(folder)
        .stdin(std::process::Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

/// Asserts what is found in the first lesson, and returns the report.
#[track_caller]
fn found(addr: SocketAddr, id: &str, words: &str) -> Value {
    found_in(addr, &[], id, words)
}

/// The same where one call breaks the connection, and with it any others that are under way.
#[track_caller]
fn found_alone(addr: SocketAddr, id: &str, words: &str) -> Value {
    found_in(addr, &["list-features"], id, words)
}

/// The same of the lessons that are named.
#[track_caller]
fn found_in(addr: SocketAddr, lessons: &[&str], id: &str, words: &str) -> Value {
    let run = check(addr, &[lessons, &["--format", "json"]].concat()).exits(1);
    let report = run.json();
    let diagnosis = &report["lessons"][0]["diagnosis"];
    let message = diagnosis["message"].as_str().unwrap();
    assert!(message.contains(words), "no {words:?} in {message:?}");
    let ids: Vec<&str> = id.split_whitespace().collect();
    assert_eq!(diagnosis["mistakes"], serde_json::json!(ids), "{message}");
    // Nothing is left in the words of the libraries.
    let cases = report["lessons"].as_array().unwrap().iter();
    let cases = cases.flat_map(|lesson| lesson["cases"].as_array().unwrap());
    for case in cases {
        let message = case["message"].as_str().unwrap_or_default();
        assert!(!message.contains("the connection failed"), "{message}");
    }
    for raw in [
        "h2 ",
        "hyper",
        "tonic",
        "transport error",
        "RST_STREAM",
        "body",
    ] {
        assert!(!message.contains(raw), "{message}");
    }
    report
}

fn feature(name: &str) -> Feature {
    Feature {
        name: name.to_string(),
        location: Some(Point {
            latitude: 1,
            longitude: 2,
        }),
    }
}

/// A message for ever, with a pause before each.
fn endless<T: Clone + Send + Sync + 'static>(message: T, pause: Duration) -> Replies<T> {
    Box::pin(async_stream::stream! {
        loop {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            yield Ok(message.clone());
        }
    })
}

const SOON: Duration = Duration::from_millis(50);
