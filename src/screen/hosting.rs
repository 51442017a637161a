//! Messages of the reference server to the person who runs it.

use std::net::SocketAddr;

use super::invocation;
use crate::process::sockets::Listening;
use crate::reference::listen::ServerAddresses;
use crate::reference::server_event::{ServerEvent, UnsupportedProtocol};

/// The addresses of the server. The first line names one for clients on this machine.
pub fn announcement(addresses: &ServerAddresses) -> String {
    let list = |addresses: &[SocketAddr]| {
        let texts: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
        texts.join(", ")
    };
    let mut text = String::new();
    if let Some(first) = addresses.local.first() {
        text = format!("Starting server on {first}\n");
    }
    if addresses.local.len() > 1 || addresses.is_remote {
        text.push_str(&format!(
            "  on this machine:      {}\n",
            list(&addresses.local)
        ));
    }
    if addresses.is_remote {
        text.push_str(&match addresses.remote.as_slice() {
            [] => "  from other machines:  this machine has no network address\n".to_string(),
            remote => format!("  from other machines:  {}\n", list(remote)),
        });
    }
    text
}

/// What to do about a port that is in use, in a command that takes `--addr`; and which process has it, if the system shows
/// that.
pub fn taken(addr: SocketAddr, holder: Option<&Listening>, command: &str) -> String {
    let program = invocation();
    // The highest port has no neighbour.
    let other = SocketAddr::new(addr.ip(), addr.port().checked_add(1).unwrap_or(50_052));
    let elsewhere = format!("`{program} {command} --addr {other}`");
    match holder {
        // It may be the lab that the learner is working in.
        Some(holder) if holder.name.starts_with(env!("CARGO_PKG_NAME")) => format!(
            "{holder} listens on {}: a lab that keeps your server running, `play` or `run-reference`. Call the server \
             that it runs, or end that (p in the lab, Ctrl-C elsewhere), or use another port: {elsewhere}.",
            holder.addr
        ),
        Some(holder) => {
            let process = holder.process;
            let end = match cfg!(windows) {
                true => format!("taskkill /F /PID {process}"),
                false => format!("kill {process}"),
            };
            format!(
                "{holder} listens on {}. Stop it, with Ctrl-C in its terminal or `{end}`, or use another port: \
                 {elsewhere}.",
                holder.addr
            )
        }
        None => format!(
            "Another program listens there, perhaps a server in another terminal. Stop it, or use another port: \
             {elsewhere}."
        ),
    }
}

/// An event in one line.
pub fn event(event: &ServerEvent) -> String {
    match event {
        ServerEvent::Stopping { open_calls: 0, .. } => "Stopping.".to_string(),
        ServerEvent::Stopping { open_calls, grace } => format!(
            "Stopping: {} still open. The server waits up to {} s. Press Ctrl-C again to end it now.",
            count(*open_calls, "is", "are"),
            grace.as_secs_f64()
        ),
        ServerEvent::GraceOver { ended_calls } => format!(
            "{} still open. The server ended {} with the status UNAVAILABLE.",
            count(*ended_calls, "was", "were"),
            if *ended_calls == 1 { "it" } else { "them" },
        ),
        ServerEvent::CannotAccept(error) => {
            format!("warning: cannot accept new connections: {error}. The server goes on trying.")
        }
        ServerEvent::UnsupportedProtocol(UnsupportedProtocol::Tls, peer) => format!(
            "warning: {peer} uses TLS, and this server does not. Use http:// or an insecure channel in the client, or \
             start the server with --tls-cert and --tls-key."
        ),
        ServerEvent::UnsupportedProtocol(UnsupportedProtocol::PlainText, peer) => format!(
            "warning: {peer} does not use TLS, and this server requires it. Use https:// or a channel with TLS in the \
             client."
        ),
        ServerEvent::UnsupportedProtocol(UnsupportedProtocol::Http1, peer) => format!(
            "warning: {peer} speaks HTTP/1, as browsers do. gRPC needs a client that speaks HTTP/2."
        ),
        ServerEvent::UnsupportedProtocol(UnsupportedProtocol::Unknown, peer) => {
            format!("warning: {peer} does not speak HTTP/2, which gRPC needs.")
        }
        ServerEvent::TlsHandshakeFailed(error, peer) => {
            format!("warning: the TLS handshake with {peer} failed: {error}")
        }
    }
}

/// `1 call is`, `2 calls are`.
fn count(calls: usize, singular: &str, plural: &str) -> String {
    match calls {
        1 => format!("1 call {singular}"),
        calls => format!("{calls} calls {plural}"),
    }
}
