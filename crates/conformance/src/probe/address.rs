//! The address of a server, as people type it: `HOST:PORT`.

use std::fmt;
use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// The two names of this machine, for addresses such as `:50051` and `0.0.0.0:50051`: a server that
/// listens on all addresses is reached on the loopback.
const HERE: [&str; 2] = ["127.0.0.1", "::1"];

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    typed: String,
    /// The names or numbers to look up, in this order.
    hosts: Vec<String>,
    port: u16,
}

/// Why a text is not an address, and what would be one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

impl Address {
    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its socket addresses, of which a name can have several. There is at least one.
    ///
    /// # Errors
    ///
    /// If no such host is known.
    pub async fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        let mut all: Vec<SocketAddr> = Vec::new();
        for host in &self.hosts {
            for addr in tokio::net::lookup_host((host.as_str(), self.port)).await? {
                if !all.contains(&addr) {
                    all.push(addr);
                }
            }
        }
        if all.is_empty() {
            return Err(io::Error::other("the name has no address"));
        }
        Ok(all)
    }
}

/// As it was typed.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(typed: &str) -> Result<Address, AddressError> {
        let (host, port) = host_and_port(typed)?;
        if port == 0 {
            return Err(AddressError(
                "port 0 means any free port; name the one that the server listens on".into(),
            ));
        }
        let [v4, v6] = HERE.map(str::to_string);
        let hosts = match host {
            Host::Unspecified | Host::AnyV4 | Host::Localhost => vec![v4, v6],
            Host::Any => vec![v6, v4],
            Host::Named(name) => vec![name],
        };
        Ok(Address {
            typed: typed.trim().to_string(),
            hosts,
            port,
        })
    }
}

/// The part before the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Nothing.
    Unspecified,
    /// All addresses of IPv4.
    AnyV4,
    /// All addresses.
    Any,
    /// `localhost`. Whatever the machine's table of hosts says: it always means the loopback (RFC 6761), by IPv4
    /// or IPv6.
    Localhost,
    /// A name or a number to look up; one of IPv6 is without its brackets.
    Named(String),
}

/// Takes an address apart. The port may be 0.
///
/// # Errors
///
/// If it is not an address: why, and what would be one.
pub fn host_and_port(typed: &str) -> Result<(Host, u16), AddressError> {
    let wrong = |problem: String| Err(AddressError(problem));
    let text = typed.trim();
    if text.contains("://") || text.contains('/') {
        return wrong(
            "an address is a host and a port, such as 127.0.0.1:50051, without `http://` and without a path".to_string(),
        );
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return wrong(if text.parse::<u16>().is_ok() {
            format!("there is no host; type 127.0.0.1:{text} or :{text}")
        } else {
            "there is no port; an address is a host and a port, such as 127.0.0.1:50051".into()
        });
    };
    match port.parse() {
        Ok(number) => Ok((self::host(host, number)?, number)),
        Err(_) => wrong(format!(
            "invalid port: `{port}`; a port is a number from 1 to 65535"
        )),
    }
}

fn host(host: &str, port: u16) -> Result<Host, AddressError> {
    let bracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match (host, bracketed) {
        ("", _) => Ok(Host::Unspecified),
        ("0.0.0.0" | "*", _) => Ok(Host::AnyV4),
        (host, _) if host.eq_ignore_ascii_case("localhost") => Ok(Host::Localhost),
        (_, Some(inside)) => match inside.parse::<Ipv6Addr>() {
            Ok(addr) if addr.is_unspecified() => Ok(Host::Any),
            Ok(addr) => Ok(Host::Named(addr.to_string())),
            Err(_) => Err(AddressError(format!(
                "invalid IPv6 address: `{inside}`; an address in brackets is one such as [::1]:{port}"
            ))),
        },
        (host, None) if host.contains(':') => Err(AddressError(format!(
            "an IPv6 address must be in brackets, such as [::1]:{port}"
        ))),
        (host, None) if host.contains(|c: char| c.is_whitespace() || "[]%?#@,".contains(c)) => {
            Err(AddressError(format!("invalid host name: `{host}`")))
        }
        (host, None) => Ok(Host::Named(host.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts_of(text: &str) -> Vec<String> {
        text.parse::<Address>().unwrap().hosts
    }

    #[test]
    fn the_usual_ways_to_write_an_address_are_understood() {
        assert_eq!(hosts_of("127.0.0.1:50051"), ["127.0.0.1"]);
        assert_eq!(hosts_of("example.org:50051"), ["example.org"]);
        assert_eq!(hosts_of("[::1]:10000"), ["::1"]);
        // Where a server listens on all addresses, it is called on the loopback.
        assert_eq!(hosts_of("localhost:50051"), ["127.0.0.1", "::1"]);
        assert_eq!(hosts_of(":50051"), ["127.0.0.1", "::1"]);
        assert_eq!(hosts_of("0.0.0.0:50051"), ["127.0.0.1", "::1"]);
        assert_eq!(hosts_of("[::]:50051"), ["::1", "127.0.0.1"]);
        let address: Address = " localhost:50051 ".parse().unwrap();
        assert_eq!(
            (address.to_string().as_str(), address.port()),
            ("localhost:50051", 50051)
        );
    }

    #[test]
    fn an_invalid_address_is_explained() {
        for (text, why) in [
            ("", "there is no port"),
            ("localhost", "there is no port"),
            ("50051", "type 127.0.0.1:50051"),
            ("localhost:", "invalid port: ``"),
            ("localhost:grpc", "invalid port: `grpc`"),
            ("localhost:65536", "from 1 to 65535"),
            ("localhost:-1", "from 1 to 65535"),
            ("localhost:0", "any free port"),
            ("http://localhost:50051", "without `http://`"),
            ("localhost:50051/", "without a path"),
            ("::1:50051", "in brackets, such as [::1]:50051"),
            ("[::g]:50051", "invalid IPv6 address: `::g`"),
            ("a b:50051", "invalid host name"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }

    #[tokio::test]
    async fn an_address_resolves_to_sockets() {
        let address: Address = "localhost:50051".parse().unwrap();
        let found = address.resolve().await.unwrap();
        assert_eq!(
            found,
            ["127.0.0.1:50051", "[::1]:50051"].map(|a| a.parse().unwrap())
        );
        let nowhere: Address = "no-such-host.invalid:50051".parse().unwrap();
        assert!(nowhere.resolve().await.is_err());
    }
}
