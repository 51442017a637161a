//! Which process listens on which address, as far as the system shows it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A listening socket and its process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// The address.
    pub addr: SocketAddr,
    /// Its process id.
    pub process: u32,
    /// Its name.
    pub name: String,
}

/// `python3 (pid 77)`.
impl fmt::Display for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {})", self.name, self.process)
    }
}

impl Listening {
    /// Whether a connection to `addr` can end up here: at this address, or where all addresses are
    /// listened on. A socket for all IPv6 addresses usually takes IPv4 as well.
    pub fn serves(&self, addr: SocketAddr) -> bool {
        let ip = self.addr.ip();
        self.addr.port() == addr.port()
            && (ip == addr.ip()
                || ip == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
                || (ip == IpAddr::V4(Ipv4Addr::UNSPECIFIED) && addr.is_ipv4()))
    }

    /// An address at which this machine can connect to it.
    pub fn reachable(&self) -> SocketAddr {
        let ip = match self.addr.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.addr.port())
    }
}

/// All TCP sockets whose process the system shows.
async fn tcp_sockets() -> impl Iterator<Item = listeners::Listener> {
    let look = || {
        // Without access to the list, no process is known.
        listeners::get_all().unwrap_or_default()
    };
    // Reading all processes takes some milliseconds.
    let all = tokio::task::spawn_blocking(look).await.unwrap_or_default();
    all.into_iter()
        .filter(|socket| socket.protocol == listeners::Protocol::TCP)
}

/// The process that has made a connection from an address of this machine, as far as the system shows it.
pub async fn connected_from(addr: SocketAddr) -> Option<u32> {
    let addr = SocketAddr::new(addr.ip().to_canonical(), addr.port());
    let is_there = |socket: &listeners::Listener| {
        socket.state != listeners::SocketState::Listen
            && SocketAddr::new(socket.socket.ip().to_canonical(), socket.socket.port()) == addr
    };
    let connected = tcp_sockets().await.find(is_there)?;
    Some(connected.process.pid)
}

/// All processes that listen for TCP connections, as far as the system shows them.
pub async fn listening() -> Vec<Listening> {
    let mut found: Vec<Listening> = tcp_sockets()
        .await
        .filter(|socket| socket.state == listeners::SocketState::Listen)
        .map(|listener| Listening {
            // Some listen for IPv4 with a socket of IPv6: `::ffff:127.0.0.1` is 127.0.0.1.
            addr: SocketAddr::new(listener.socket.ip().to_canonical(), listener.socket.port()),
            process: listener.process.pid,
            name: listener.process.name,
        })
        .collect();
    found.sort_by_key(|listening| (listening.addr, listening.process));
    found
}

/// What listens now and did not before. A process that listened before is none that has been started since.
pub fn new_since(before: &[Listening], now: Vec<Listening>) -> Vec<Listening> {
    let is_old = |found: &Listening| before.iter().any(|old| old.process == found.process);
    now.into_iter().filter(|found| !is_old(found)).collect()
}

/// The process that listens at an address; one that listens at exactly this address is preferred.
pub async fn listener_at(addr: SocketAddr) -> Option<Listening> {
    let mut all = listening().await;
    all.retain(|listening| listening.serves(addr));
    all.sort_by_key(|listening| listening.addr != addr);
    all.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_process_is_found_by_its_socket() {
        let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = socket.local_addr().unwrap();
        let found = listener_at(addr).await.unwrap();
        assert_eq!((found.addr, found.process), (addr, std::process::id()));
        drop(socket);
        assert_eq!(listener_at(addr).await, None);
    }

    #[tokio::test]
    async fn this_process_is_found_by_its_connection() {
        let server = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let client = std::net::TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let (_, from) = server.accept().unwrap();
        assert_eq!(connected_from(from).await, Some(std::process::id()));
        drop(client);
        assert_eq!(connected_from(from).await, None);
    }

    #[test]
    fn what_listens_newly_belongs_to_a_new_process() {
        let at = |addr: &str, process| Listening {
            addr: addr.parse().unwrap(),
            process,
            name: String::new(),
        };
        let before = [at("127.0.0.1:1", 7), at("[::1]:2", 8)];
        let opened_later = at("127.0.0.1:3", 8);
        let server = at("127.0.0.1:4", 9);
        // The old one of this address has ended.
        let successor = at("127.0.0.1:1", 10);
        let now = vec![
            before[1].clone(),
            opened_later,
            server.clone(),
            successor.clone(),
        ];
        assert_eq!(new_since(&before, now), [server, successor]);
        assert_eq!(new_since(&before, before.to_vec()), []);
    }

    #[test]
    fn a_socket_for_all_addresses_serves_each() {
        let at = |addr: &str| Listening {
            addr: addr.parse().unwrap(),
            process: 1,
            name: String::new(),
        };
        let expected = "127.0.0.1:5".parse().unwrap();
        assert!(at("0.0.0.0:5").serves(expected) && at("[::]:5").serves(expected));
        assert!(!at("[::1]:5").serves(expected) && !at("127.0.0.1:6").serves(expected));
        assert!(!at("0.0.0.0:5").serves("[::1]:5".parse().unwrap()));
        assert_eq!(at("[::]:5").reachable().to_string(), "[::1]:5");
    }
}
