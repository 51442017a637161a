//! The real binary, run where there is no lab, and servers for it to check.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use routeguide::features::Features;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::server::RouteGuideService;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::{Run, checkout, program, run, skipped};

/// Where most servers of the tests listen.
pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The command that runs the binary in a folder that is no lab.
pub fn lab(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(words)
        .current_dir(folder)
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("COLUMNS")
        .stdin(Stdio::null());
    command
}

/// Checks, in a folder of its own.
pub fn check(words: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    run(&mut lab(folder.path(), &[&["check"], words].concat()))
}

/// The command that runs this test program again, as the program that one of its ignored tests is.
pub fn this_program(test: &str) -> String {
    let program = std::env::current_exe().unwrap();
    format!(
        "\"{}\" --ignored --exact {test} --nocapture",
        program.display()
    )
}

/// The ids of all mistakes that a JSON report names.
pub fn mistakes(report: &serde_json::Value) -> Vec<String> {
    let lessons = report["lessons"].as_array().unwrap();
    let named = lessons
        .iter()
        .filter_map(|lesson| lesson["diagnosis"]["mistakes"].as_array());
    named
        .flatten()
        .map(|id| id.as_str().unwrap().to_string())
        .collect()
}

/// A right server in this process, as long as this value lives.
pub struct Hosted {
    /// Where it listens.
    pub addr: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

/// Hosts the finished server on a free port of this address, with these features.
pub fn host(ip: IpAddr, features: Features) -> Hosted {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind((ip, 0)))
        .unwrap();
    let addr = listener.local_addr().unwrap();
    let serving = Server::builder()
        .add_service(RouteGuideServer::new(RouteGuideService::new(features)))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
    runtime.spawn(serving);
    Hosted {
        addr,
        _runtime: runtime,
    }
}

/// The features that the lab takes for granted.
pub fn codelabs_features() -> Features {
    let database = checkout().join("completed/route_guide_db.json");
    Features::from_file(&database).unwrap()
}

/// Keeps tests that listen on ports of fixed numbers apart: each port is there once for all of them.
pub fn fixed_ports() -> MutexGuard<'static, ()> {
    static IN_USE: Mutex<()> = Mutex::new(());
    // A test that failed has let go of its ports all the same.
    IN_USE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Checks again as long as another lab listens on the usual ports, to find a client that connects there: then this one
/// could not see where its client connects.
pub fn where_ports_are_free(check: impl Fn() -> Run) -> Run {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let run = check();
        // The sentence may be folded anywhere.
        let words: Vec<&str> = run.stdout.split_whitespace().collect();
        let is_taken = words.join(" ").contains("Another program listens on");
        if !is_taken || Instant::now() > deadline {
            return run;
        }
    }
}

/// Whether this machine has a loopback of IPv6. If not, it is said which part of a test is skipped.
pub fn has_ipv6(part: &str) -> bool {
    let has = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        skipped(&format!("{part}: this machine has no IPv6"));
    }
    has
}

/// A port on which nothing listens, and which no other test is given.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}
