//! Whether programs on this machine can connect to each other, which every check needs.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{CheckId, Finding};
use crate::process::port;

/// How long a connection, and the lookup of a name, may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is sent.
const BYTES: &[u8] = b"routeguide";

/// The results of connecting to this machine.
#[derive(Debug)]
pub struct Facts {
    /// At 127.0.0.1, or why it failed.
    four: Result<(), String>,
    /// At ::1, or why it failed.
    six: Result<(), String>,
    /// The addresses of `localhost`.
    localhost: Result<Vec<IpAddr>, String>,
}

/// Listens, connects and sends for both address families, and looks up `localhost`.
pub async fn gather() -> Facts {
    let (four, six, localhost) = tokio::join!(
        in_time(call(Ipv4Addr::LOCALHOST.into())),
        in_time(call(Ipv6Addr::LOCALHOST.into())),
        look_up(),
    );
    Facts {
        four,
        six,
        localhost,
    }
}

async fn in_time<T>(call: impl Future<Output = io::Result<T>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_late) => Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
    }
}

async fn call(ip: IpAddr) -> io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::new(ip, 0)).await?;
    let addr = listener.local_addr()?;
    let serve = async {
        let (mut stream, _) = listener.accept().await?;
        stream.write_all(BYTES).await?;
        stream.shutdown().await
    };
    let ask = async {
        let mut received = Vec::new();
        let mut stream = port::connect(addr).await?;
        stream.read_to_end(&mut received).await?;
        match received == BYTES {
            true => Ok(()),
            false => Err(io::Error::other("another program answered")),
        }
    };
    tokio::try_join!(serve, ask).map(|_| ())
}

async fn look_up() -> Result<Vec<IpAddr>, String> {
    use std::net::ToSocketAddrs as _;
    let asked = super::apart(|| ("localhost", 0).to_socket_addrs()).await;
    match asked {
        Some(Ok(addresses)) => Ok(addresses.map(|addr| addr.ip()).collect()),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("no answer".to_string()),
    }
}

/// Three findings.
pub fn judge(facts: &Facts) -> [Finding; 3] {
    let four = match &facts.four {
        Ok(()) => Finding::ok(CheckId::LoopbackIpv4, "Connections to 127.0.0.1 work."),
        Err(words) => Finding::error(
            CheckId::LoopbackIpv4,
            format!("Connections to 127.0.0.1 fail: {words}."),
        )
        .fix("Every check needs them: allow connections to 127.0.0.1 in your firewall, VPN or container."),
    };
    let six = match &facts.six {
        Ok(()) => Finding::ok(CheckId::LoopbackIpv6, "Connections to ::1 work."),
        Err(words) => Finding::warning(
            CheckId::LoopbackIpv6,
            format!("Connections to ::1 fail: {words}."),
        )
        .fix("The course does not need IPv6. Only servers at addresses like [::1]:50051 cannot be checked here."),
    };
    [four, six, judge_localhost(&facts.localhost)]
}

fn judge_localhost(found: &Result<Vec<IpAddr>, String>) -> Finding {
    const CHECK: CheckId = CheckId::Localhost;
    const ADVICE: &str = "Your server and client use it when they are given no address: add the line `127.0.0.1 localhost` \
                          to /etc/hosts (C:\\Windows\\System32\\drivers\\etc\\hosts), or give them \
                          127.0.0.1:50051.";
    let addresses = match found {
        Ok(addresses) => addresses,
        Err(words) => {
            let message = format!("The name localhost does not resolve: {words}.");
            return Finding::warning(CHECK, message).fix(ADVICE);
        }
    };
    match addresses.iter().find(|ip| !ip.is_loopback()) {
        Some(other) => Finding::warning(
            CHECK,
            format!(
                "The name localhost resolves to {other}, which is not an address of this machine."
            ),
        )
        .fix(ADVICE),
        None if addresses.is_empty() => {
            Finding::warning(CHECK, "The name localhost resolves to no address.").fix(ADVICE)
        }
        None => {
            let mut names: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
            names.dedup();
            Finding::ok(
                CHECK,
                format!("The name localhost resolves to {}.", names.join(" and ")),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn without_ipv6_the_course_goes_on_and_without_ipv4_it_does_not() {
        let facts = Facts {
            four: Err("timed out".into()),
            six: Err("cannot assign requested address".into()),
            localhost: Ok(vec![Ipv4Addr::LOCALHOST.into()]),
        };
        let [four, six, localhost] = judge(&facts);
        assert_eq!(four.severity, Severity::Error);
        assert_eq!(six.severity, Severity::Warning);
        assert!(
            six.message
                .ends_with("::1 fail: cannot assign requested address.")
        );
        assert_eq!(
            localhost.message,
            "The name localhost resolves to 127.0.0.1."
        );
    }

    #[test]
    fn a_localhost_that_is_elsewhere_is_a_warning() {
        for found in [
            Ok(vec![IpAddr::from([10, 0, 0, 1])]),
            Ok(vec![]),
            Err("no such name".to_string()),
        ] {
            let finding = judge_localhost(&found);
            assert_eq!(finding.severity, Severity::Warning);
            assert!(finding.fix.unwrap().contains("127.0.0.1 localhost"));
        }
    }

    #[tokio::test]
    async fn connections_to_this_machine_work() {
        // A machine may have no IPv6; without IPv4, no test of the lab would pass.
        assert_eq!(gather().await.four, Ok(()));
    }
}
