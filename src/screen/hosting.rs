//! What the finished server says to whoever runs it.

use std::net::SocketAddr;

use super::invocation;
use crate::process::sockets::Listening;
use crate::reference::listening::Places;
use crate::reference::news::{News, Stranger};

/// Where the server is to be found. The first line names one address at which this machine reaches it.
pub fn announcement(places: &Places) -> String {
    let list = |addresses: &[SocketAddr]| {
        let words: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
        words.join(", ")
    };
    let mut text = String::new();
    if let Some(first) = places.here.first() {
        text = format!("Starting server on {first}\n");
    }
    if places.here.len() > 1 || places.from_elsewhere {
        text.push_str(&format!("  on this machine:      {}\n", list(&places.here)));
    }
    if places.from_elsewhere {
        text.push_str(&match places.elsewhere.as_slice() {
            [] => "  from other machines:  this one has no address in a network\n".to_string(),
            addresses => format!("  from other machines:  {}\n", list(addresses)),
        });
    }
    text
}

/// What to do about a port that is taken, and who has it, if the system tells.
pub fn taken(addr: SocketAddr, holder: Option<&Listening>) -> String {
    let program = invocation();
    // The highest port has no neighbour.
    let other = SocketAddr::new(addr.ip(), addr.port().checked_add(1).unwrap_or(50_052));
    let elsewhere = format!("`{program} run-reference --addr {other}`");
    match holder {
        Some(holder) => {
            let process = holder.process;
            let end = match cfg!(windows) {
                true => format!("taskkill /F /PID {process}"),
                false => format!("kill {process}"),
            };
            format!(
                "{holder} listens on {}. Stop it, with Ctrl-C in its terminal or `{end}`, or listen elsewhere: \
                 {elsewhere}.",
                holder.addr
            )
        }
        None => format!(
            "Something listens there already, perhaps a server in another terminal; the system does not tell who. \
             Stop it, or listen elsewhere: {elsewhere}."
        ),
    }
}

/// One piece of news, in a line.
pub fn news(news: &News) -> String {
    match news {
        News::Stopping(0, _) => "Stopping.".to_string(),
        News::Stopping(open, grace) => format!(
            "Stopping: {} still open and may take up to {} s more. Ctrl-C again ends at once.",
            calls(*open),
            grace.as_secs_f64()
        ),
        News::GraceOver(ended) => format!(
            "{} still open and ended now, with the status UNAVAILABLE.",
            calls(*ended)
                .replace(" is", " was")
                .replace(" are", " were")
        ),
        News::Stranger(Stranger::Tls, peer) => format!(
            "note: {peer} wants TLS, and this server speaks plain text. Use http:// or an insecure channel there, \
             or start the server with --tls-cert and --tls-key."
        ),
        News::Stranger(Stranger::Plain, peer) => format!(
            "note: {peer} speaks plain text, and this server wants TLS. Use https:// there, or a channel with TLS."
        ),
        News::Stranger(Stranger::Http1, peer) => format!(
            "note: {peer} speaks HTTP/1, as browsers do. gRPC needs a client that speaks HTTP/2."
        ),
        News::Stranger(Stranger::Unknown, peer) => {
            format!("note: {peer} speaks neither HTTP/2 nor anything else that this server knows.")
        }
        News::NoTrust(words, peer) => {
            format!("note: {peer} and this server do not agree on TLS: {words}")
        }
    }
}

/// `1 call is`, `2 calls are`.
fn calls(number: usize) -> String {
    match number {
        1 => "1 call is".to_string(),
        number => format!("{number} calls are"),
    }
}
