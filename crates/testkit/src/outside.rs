//! The real binary, run where there is no lab, and servers for it to check.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use routeguide::features::Features;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::server::RouteGuideService;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::{Run, checkout, program, run};

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

/// A port on which nothing listens.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
