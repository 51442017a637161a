//! The addresses that the server can listen at, and what it prints about them.

use std::io::BufRead as _;
use std::net::{TcpListener, TcpStream};

use testkit::outside::has_ipv6;
use testkit::reference::Server;
use testkit::{Run, run};

fn port(addr: &str) -> &str {
    addr.rsplit_once(':').unwrap().1
}

#[test]
fn this_machine_is_reached_by_both_families() {
    for addr in ["localhost:0", ":0"] {
        let mut server = Server::start_at(addr, &[]);
        assert!(server.addr.starts_with("127.0.0.1:"), "{}", server.addr);
        TcpStream::connect(&server.addr).unwrap();
        if has_ipv6("the reference server on IPv6") {
            let v6 = format!("[::1]:{}", port(&server.addr));
            TcpStream::connect(&v6).unwrap();
            let mut line = String::new();
            server.stdout.read_line(&mut line).unwrap();
            let expected = format!("  on this machine:      {}, {v6}\n", server.addr);
            assert_eq!(line, expected);
        }
    }
    if has_ipv6("the reference server on IPv6") {
        let server = Server::start_at("[::1]:0", &[]);
        assert!(server.addr.starts_with("[::1]:"), "{}", server.addr);
        TcpStream::connect(&server.addr).unwrap();
    }
}

#[test]
fn what_to_type_on_other_machines_is_printed() {
    let mut others = vec![("0.0.0.0:0", false)];
    if has_ipv6("the reference server on IPv6") {
        others.push(("[::]:0", true));
    }
    for (addr, both) in others {
        let mut server = Server::start_at(addr, &[]);
        // One that can be dialled on this machine.
        TcpStream::connect(&server.addr).unwrap();
        let mut said = String::new();
        server.stdout.read_line(&mut said).unwrap();
        let v6 = format!("[::1]:{}", port(&server.addr));
        assert_eq!(said.contains(&v6), both, "{said}");
        assert_eq!(TcpStream::connect(&v6).is_ok(), both);
        said.clear();
        server.stdout.read_line(&mut said).unwrap();
        let elsewhere = said
            .strip_prefix("  from other machines:  ")
            .unwrap()
            .trim();
        if elsewhere != "this machine has no network address" {
            for addr in elsewhere.split(", ") {
                assert!(!addr.starts_with("127.") && !addr.starts_with("[::1]"));
                // Our own address is one that we reach as others do.
                TcpStream::connect(addr).unwrap();
            }
        }
    }
}

/// What comes of a server that cannot start.
fn refused(addr: &str) -> Run {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_routeguide-lab"));
    run(command
        .args(["run-reference", "--addr", addr])
        .env_remove("CARGO_MANIFEST_DIR"))
}

#[test]
fn who_has_a_port_that_is_taken_is_said_and_what_to_do() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = holder.local_addr().unwrap();
    let other = format!("127.0.0.1:{}", addr.port().checked_add(1).unwrap_or(50_052));
    let run = refused(&addr.to_string())
        .exits(3)
        .complains(&format!("error: cannot listen on {addr}: "))
        .complains(&format!("`routeguide-lab run-reference --addr {other}`"));
    // Not every system tells.
    if cfg!(target_os = "linux") {
        let this = std::process::id();
        run.complains(&format!("(pid {this}) listens on {addr}. Stop it"))
            .complains(&format!("`kill {this}`"));
    }
}

#[test]
fn what_is_no_address_is_told_why() {
    refused("50051").exits(2).complains("type 127.0.0.1:50051");
    refused("::1:50051")
        .exits(2)
        .complains("in brackets, such as [::1]:50051");
    // An address for examples in books (RFC 5737).
    refused("203.0.113.7:0")
        .exits(3)
        .complains("This machine does not have that address.");
}

#[test]
fn the_client_calls_what_the_server_was_told() {
    let server = Server::start_at("0.0.0.0:0", &[]);
    for host in ["0.0.0.0", "", "localhost"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_routeguide-lab"));
        let addr = format!("{host}:{}", port(&server.addr));
        run(command.args(["run-reference", "client", "--addr", &addr]))
            .exits(0)
            .says("Finished trip with 10 points");
    }
}

/// As a learner builds it.
#[cfg(not(feature = "tls"))]
#[test]
fn how_to_get_encrypted_connections_is_said() {
    let server = Server::start(&[]);
    for words in [
        &["--tls-cert", "a.pem", "--tls-key", "a.key"][..],
        &["client", "--tls-ca", "ca.pem", "--addr", &server.addr],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_routeguide-lab"));
        run(command.arg("run-reference").args(words))
            .exits(3)
            .complains("error: this lab was built without TLS")
            .complains("cargo install --path . --features tls");
    }
}
